/**
 * What the table tells whoever asks and does not tag: which names it knows resources of an id by, what somebody created, what stands on
 * a resource. The indexes hold states alone, so that the first takes one page however large the table is, and the second as many as
 * there are resources of that creator, up to an end; an index is read a moment behind its table.
 */
import type { Calls } from '../calls/calls.ts';
import type { Name } from '../ownership/name-event.ts';
import type { Item } from './items.ts';
import { stateKey } from './table.ts';
import { createTableCalls, type Table } from './table-calls.ts';

export interface NamesOfId {
  readonly names: readonly Name[];
  /** There are no more of them. */
  readonly isAll: boolean;
}

/** What stands on a resource by what the table knows. Of what somebody else has written there, what can be read; texts are empty where there are none. */
export interface KeptState {
  readonly name: Name;
  /** As `Settled` has it, or `undone`. */
  readonly outcome: string;
  /** Of the event that the tags name, or of the deletion that was the last; empty where they are somebody else's. */
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  /** Who did it: the ARN of the caller, or its name; empty of deletions. */
  readonly user: string;
  readonly region: string;
}

/** ISO 8601, UTC, to the second; both are inside. */
export interface TimeRange {
  readonly first?: string | undefined;
  readonly last?: string | undefined;
}

export interface LookUp {
  /** Those that were created last. Throws CallError. */
  namesOf(id: string, signal: AbortSignal): Promise<NamesOfId>;
  /** `user` as it stands in states, page by page, the newest first; at the end, whether there was more than is read. Throws CallError. */
  madeBy(
    user: string,
    range: TimeRange,
    signal: AbortSignal,
  ): AsyncGenerator<readonly KeptState[], 'all' | 'cut'>;
  /** `undefined` of a name of which nothing has become yet. Throws CallError. */
  stateOf(name: Name, signal: AbortSignal): Promise<KeptState | undefined>;
}

/** Whoever has more resources of one name asks by ARN. */
const MOST_NAMES = 100;

/** States have about 500 bytes, so that a page stays far below the 1 MB at which DynamoDB ends one. */
const PAGE_OF_STATES = 100;

/** 10,000 resources; whoever has made more is asked for month by month. */
const MAX_PAGES = 100;

/** DynamoDB takes no longer key of an index. */
const MAX_KEY_BYTES = 2_048;

export function createLookUp(table: Table, calls: Calls): LookUp {
  const items = createTableCalls(table, calls);
  return {
    async namesOf(id, signal) {
      if (!isKey(id)) return { names: [], isAll: true };
      const page = { index: 'by-id', partition: id, newestFirst: true, limit: MOST_NAMES } as const;
      const { items: states, isLast } = await items.query(page, signal);
      return { names: states.flatMap((item) => readKept(item)?.name ?? []), isAll: isLast };
    },

    async *madeBy(user, { first = '0', last = '~' }, signal) {
      if (!isKey(user)) return 'all';
      const pages = { index: 'by-creator', partition: user, sort: [first, last], newestFirst: true } as const;
      let after: Item | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const { items: states, next } = await items.query({ ...pages, limit: PAGE_OF_STATES, after }, signal);
        yield states.flatMap((item) => readKept(item) ?? []);
        if (next === undefined) return 'all';
        after = next;
      }
      const { items: more } = await items.query({ ...pages, limit: 1, after }, signal);
      return more.length > 0 ? 'cut' : 'all';
    },

    async stateOf({ arn, account }, signal) {
      const { items: states } = await items.query(
        { partition: arn, sort: stateKey(account), limit: 1 },
        signal,
      );
      return states.flatMap((item) => readKept(item) ?? [])[0];
    },
  };
}

/** Whether an index can know it. */
export function isKey(text: string): boolean {
  return text !== '' && Buffer.byteLength(text) <= MAX_KEY_BYTES;
}

/** `undefined` of what is no state of anything. */
export function readKept({ ResourceId, Account, ...item }: Item): KeptState | undefined {
  if (!ResourceId?.S || !Account?.S) return undefined;
  return {
    name: { arn: ResourceId.S, account: Account.S },
    outcome: item.Outcome?.S ?? '',
    eventID: item.EventId?.S ?? '',
    eventTime: item.EventTime?.S ?? '',
    eventName: item.Action?.S ?? '',
    user: item.User?.S ?? '',
    region: item.Region?.S ?? '',
  };
}
