/**
 * The law with the store: whatever the order, repetition and overlap in which functions that know nothing of each other
 * deal with the events of a name, and whatever fails in between, its tags name the same creation in the end.
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Events, TagManager } from '../../../tag-manager/tag-manager.ts';
import { runs } from '../../helpers/runs.ts';
import { ACCOUNT, creationOf, deletionOf, minutesLater } from '../creations.ts';
import { ours, putResource, startTagging, type Tagging, UNENDING } from '../tagging.ts';
import { openStore, putTable } from './stores.ts';

/** That many functions at once. */
const FUNCTIONS = 3;

let tagging: Tagging;
let managers: readonly TagManager[];
let names = 0;

beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
  managers = Array.from({ length: FUNCTIONS }, () => tagging.manager({ ledger: openStore(tagging).ledger }));
});
afterAll(() => tagging.close());

const history = fc.record({
  kind: fc.constantFrom('topic', 'function'),
  /** By minute; the last that happens to a name that is there is never its deletion. */
  what: fc.array(fc.constantFrom('create', 'create', 'delete'), { minLength: 1, maxLength: 6 }),
  order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
  again: fc.array(fc.nat(1000), { maxLength: 4 }),
  /** Which function gets it, and whether it waits until all before it are done. */
  ways: fc.array(fc.record({ by: fc.nat(FUNCTIONS - 1), waits: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  }),
  /** Of how many calls one fails, and is slow; none where it is 0. */
  every: fc.nat(7),
});

type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

function eventsOf(kind: 'topic' | 'function', id: string, what: readonly string[]): readonly Events[] {
  return what.map((each, minute) =>
    each === 'delete'
      ? { creations: [], deletions: [deletionOf(kind, id, minutesLater(minute))] }
      : { creations: [creationOf(kind, id, { at: minutesLater(minute), by: `user-${minute}` })] },
  );
}

/** Minute of the creation that the tags must name. */
function winnerIn(kind: string, what: readonly string[]): number {
  const first = what.lastIndexOf('delete') + 1;
  return kind === 'topic' ? first : what.length - 1;
}

function trouble({ faults }: Sandbox, every: number): void {
  if (every === 0) return;
  let calls = 0;
  const isHit = () => ++calls % (every + 2) === 0;
  faults.add({
    match: isHit,
    effect: { error: { code: 'InternalServerError', status: 500, message: 'sorry' } },
  });
  faults.add({ match: isHit, effect: { delayMs: 3 } });
}

/** What it could not do comes again, when all the others are done. */
async function deliver(manager: TagManager | undefined, events: Events): Promise<readonly Events[]> {
  if (manager === undefined) return [];
  const { outcomes, undone } = await manager.tag(events, UNENDING);
  const isDone = outcomes.every(({ outcome }) => outcome !== 'deferred') && undone.length === 0;
  return isDone ? [] : [events];
}

async function holds({ kind, what: drawn, order, again, ways, every }: History): Promise<void> {
  const what = [...drawn, 'create'];
  const id = `law-${names++}`;
  const arn = putResource(tagging.sandbox, kind as 'topic', id);
  const events = eventsOf(kind as 'topic', id, what);
  const queue = [...events, ...again.flatMap((at) => events[at % events.length] ?? [])]
    .map((event, at) => ({ event, key: order[at % order.length] ?? 0 }))
    .toSorted((a, b) => a.key - b.key);
  trouble(tagging.sandbox, every);
  const begun: Promise<readonly Events[]>[] = [];
  for (const [at, { event }] of queue.entries()) {
    const { by = 0, waits = false } = ways[at % ways.length] ?? {};
    if (waits) await Promise.all(begun);
    begun.push(deliver(managers[by], event));
  }
  const left = (await Promise.all(begun)).flat();
  tagging.sandbox.faults.clear();
  for (const event of left) await deliver(managers[0], event);

  const winner = winnerIn(kind, what);
  const expected = ours(`arn:aws:iam::${ACCOUNT}:user/user-${winner}`, minutesLater(winner));
  const found = tagging.sandbox.tagsOf(arn);
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  throw new Error(`${what.join(', ')}: bears ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

test('of names that were created, repeated, deleted and created anew', async () => {
  await fc.assert(fc.asyncProperty(history, holds), runs(15));
});
