/** Who asked whom, in the table: an item for each child, below its parent, which expires like what cannot win any more. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Name } from '../ownership/name-event.ts';
import { BrokenItemError, type Item, text } from './items.ts';
import type { Child, Kin, PageOfChildren, ToldChild } from './kin.ts';
import { childKey, childrenOf, EXPIRES_AT } from './table.ts';
import type { TableCalls } from './table-calls.ts';

/** Items have about 400 bytes, so that a page stays below the 1 MB at which DynamoDB ends one. */
const PAGE_OF_CHILDREN = 1_000;

/** `passing` is when an item of now expires. */
export function createKin(items: TableCalls, passing: () => AttributeValue): Kin {
  const keep = (parent: Name, child: Child, told: Item, signal: AbortSignal) =>
    items.update(
      keyOf(parent, child),
      { set: { ...itemOf(child, passing()), ...told }, setOnce: {}, add: {} },
      signal,
    );
  return {
    ask: (parent, child, signal) => keep(parent, child, {}, signal),
    tell: (parent, child, person, signal) => keep(parent, child, { Told: text(person) }, signal),
    async *childrenOf(parent, signal) {
      let after: Item | undefined;
      do {
        const page = {
          partition: childrenOf(parent.arn),
          sort: childKey(parent.account),
          limit: PAGE_OF_CHILDREN,
          after,
        };
        const { items: found, next } = await items.query(page, signal);
        yield pageOf(found, parent);
        after = next;
      } while (after !== undefined);
    },
  };
}

function pageOf(items: readonly Item[], parent: Name): PageOfChildren {
  const children: ToldChild[] = [];
  const passedOver: string[] = [];
  for (const item of items) {
    const child = readChild(item, parent);
    if (child !== undefined) children.push(child);
    else passedOver.push(new BrokenItemError(item, 'Child').message);
  }
  return { children, passedOver };
}

function keyOf(parent: Name, { account, arn, eventID }: Child): Item {
  return { ResourceId: text(childrenOf(parent.arn)), Event: text(childKey(account, arn, eventID)) };
}

function itemOf({ arn, eventID, eventTime }: Child, expiresAt: AttributeValue): Item {
  return { Child: text(arn), Id: text(eventID), At: text(eventTime), [EXPIRES_AT]: expiresAt };
}

/** What auto-tagger did not write so is nobody's child: also what is not found again where it lies. */
function readChild({ Event, Child, Id, At, Told }: Item, { account, arn }: Name): ToldChild | undefined {
  if (!Child?.S || !Id?.S || Number.isNaN(Date.parse(At?.S ?? ''))) return undefined;
  const [prefix, partition, , , owner, id] = Child.S.split(':');
  if (prefix !== 'arn' || partition !== arn.split(':')[1] || !id) return undefined;
  if (owner !== '' && owner !== account) return undefined;
  if (Event?.S !== childKey(account, Child.S, Id.S)) return undefined;
  return { account, arn: Child.S, eventID: Id.S, eventTime: At?.S ?? '', told: Told?.S };
}
