/**
 * The law: whatever the order, repetition and splitting in which the same events are dealt with, and whatever failed
 * for a while in between, the tags end the same, and no tag of somebody else's is lost.
 *
 * It holds today for ids that are never used again, and for reusable names that were created once. It does not yet
 * hold for a reusable name that was created, deleted and created anew: that takes the rules about lives of a name.
 * Two events of one second cannot be told apart: that is all CloudTrail writes. Ids that can be returned twice (client
 * tokens) come with the service's time of creation, which the law needs; the others are never returned twice.
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { Creation } from '../../parser/event/creation.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import { runs } from '../helpers/runs.ts';
import { ACCOUNT, arnOf, creationOf, KINDS, type KindName, minutesLater } from './creations.ts';
import { ours, putResource, startTagging, type Tagging, UNENDING } from './tagging.ts';

let tagging: Tagging;
let manager: TagManager;

beforeAll(async () => {
  tagging = await startTagging();
  manager = tagging.manager();
});
afterAll(() => tagging.close());

const OTHERS = { Team: 'blue', 'aws:cloudformation:stack-name': 'web' };

/** What a resource bears before any of our runs, and whether that keeps us off. */
const STATES = {
  bare: { tags: {}, isTaken: false },
  'with tags of others': { tags: OTHERS, isTaken: false },
  "with somebody else's CreatedBy": { tags: { ...OTHERS, CreatedBy: 'eve' }, isTaken: true },
  "with another tool's ManagedBy": { tags: { ...OTHERS, ManagedBy: 'terraform' }, isTaken: true },
  'with a date in the future': { tags: ours('eve', '2030-01-01T00:00:00Z'), isTaken: true },
} as const;

/** Ids are never used again, so tags of ours from before the creation were copied with the snapshot or image. */
const COPIED = {
  'with copied tags of ours': { tags: { ...OTHERS, ...ours('carol', minutesLater(-600)) }, isTaken: false },
  'with copied tags of ours, of a later time': {
    tags: { ...OTHERS, ...ours('carol', minutesLater(600)) },
    isTaken: false,
  },
} as const;

interface State {
  readonly tags: Readonly<Record<string, string>>;
  readonly isTaken: boolean;
}

/** One creation and the calls that repeated its client token, which return the same ids. */
interface Launch {
  readonly kind: KindName;
  readonly states: readonly State[];
  /** Of the calls, in minutes after EVENT_TIME; the first made the resources. */
  readonly calls: readonly number[];
  /** From the call to the time that the service states. */
  readonly delayMs: number;
}

const minutes = (maxLength: number) =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength })
    .map((calls) => calls.toSorted((a, b) => a - b));

const state = (states: Readonly<Record<string, State>>) => fc.constantFrom(...Object.values(states));

const uniqueLaunch = fc.record({
  kind: fc.constantFrom<KindName>('instance', 'instance', 'volume', 'snapshot'),
  states: fc.array(state({ ...STATES, ...COPIED }), { minLength: 1, maxLength: 3 }),
  calls: minutes(3),
  delayMs: fc.integer({ min: 0, max: 2_000 }),
});

const reusableLaunch = fc.record({
  kind: fc.constantFrom<KindName>(
    'bucket',
    'table',
    'topic',
    'queue',
    'database',
    'function',
    'cache cluster',
  ),
  states: state(STATES).map((only) => [only]),
  calls: minutes(1),
  delayMs: fc.constant(0),
});

/** How the events reach us. */
interface Delivery {
  /** Sorts the events: one number each, taken in turn. */
  readonly order: readonly number[];
  /** Which events come again, by place. */
  readonly again: readonly number[];
  /** After how many events a call of the tag manager ends, taken in turn. */
  readonly sizes: readonly number[];
  /** In which of the calls every write is answered 500, taken in turn. */
  readonly fails: readonly boolean[];
}

const delivery = fc.record({
  order: fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
  again: fc.array(fc.nat(1000), { maxLength: 6 }),
  sizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 }),
  fails: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
});

interface Prepared {
  readonly events: readonly Creation[];
  /** The tags that every resource must end with, by ARN. */
  readonly expected: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Puts the resources into the sandbox, as they are before any of our runs. */
function prepare(launches: readonly Launch[]): Prepared {
  const expected = new Map<string, Readonly<Record<string, string>>>();
  let resources = 0;
  const events = launches.flatMap(({ kind, states, calls, delayMs }, launch) => {
    // EC2's volumes and snapshots are made one a call.
    const wanted = kind === 'instance' ? states : states.slice(0, 1);
    const createdAt = Date.parse(minutesLater(calls[0] ?? 0)) + delayMs;
    const ids = wanted.map(({ tags, isTaken }) => {
      const id = KINDS[kind].id(resources++);
      putResource(tagging.sandbox, kind, id, { tags });
      const creator = `arn:aws:iam::${ACCOUNT}:user/user-${launch}-0`;
      const first = ours(creator, minutesLater(calls[0] ?? 0));
      expected.set(arnOf(kind, id), isTaken ? tags : { ...tags, ...first });
      return id;
    });
    return calls.map((minute, call) =>
      creationOf(kind, ids, { at: minutesLater(minute), by: `user-${launch}-${call}`, createdAt }),
    );
  });
  return { events, expected };
}

/** Every event at least once, in the delivery's order, cut into calls. */
function callsOf(events: readonly Creation[], { order, again, sizes }: Delivery): Creation[][] {
  const repeated = again.flatMap((at) => events[at % events.length] ?? []);
  const queue = [...events, ...repeated]
    .map((event, at) => ({ event, key: order[at % order.length] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
  const calls: Creation[][] = [];
  while (queue.length > 0) calls.push(queue.splice(0, sizes[calls.length % sizes.length]));
  return calls;
}

async function deliver(events: readonly Creation[], how: Delivery): Promise<void> {
  const deferred: Outcome[] = [];
  for (const [at, call] of callsOf(events, how).entries()) {
    const isFailing = how.fails[at % how.fails.length];
    const effect = { error: { code: 'InternalError', status: 500, message: 'sorry' } };
    for (const operation of isFailing ? ['CreateTags', 'TagResource', 'TagQueue', 'AddTagsToResource'] : [])
      tagging.sandbox.faults.add({ operation, effect });
    const outcomes = await manager.tag(call, UNENDING);
    tagging.sandbox.faults.clear();
    deferred.push(...outcomes.filter(({ outcome }) => outcome === 'deferred'));
  }
  // What was deferred comes back alone, each in a call of its own.
  for (const { creation, resource } of deferred)
    await manager.tag([{ ...creation, resources: [resource] }], UNENDING);
}

function differencesTo(expected: Prepared['expected']): string[] {
  return [...expected].flatMap(([arn, tags]) => {
    const [found, wanted] = [tagging.sandbox.tagsOf(arn), tags].map(canonical);
    return found === wanted ? [] : [`${arn} bears ${found}, expected ${wanted}`];
  });
}

function canonical(tags: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify(Object.entries(tags).toSorted());
}

async function holds(launches: readonly Launch[], how: Delivery): Promise<void> {
  const { events, expected } = prepare(launches);
  await deliver(events, how);
  const differences = differencesTo(expected);
  if (differences.length > 0) throw new Error(differences.join('\n'));
}

test('of ids that are never used again, with repeated client tokens and copied tags', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(uniqueLaunch, { minLength: 1, maxLength: 4 }), delivery, holds),
    runs(40),
  );
});

test('of reusable names that were created once, in every service', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(reusableLaunch, { minLength: 1, maxLength: 6 }), delivery, holds),
    runs(30),
  );
});

test('of both together', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(uniqueLaunch, reusableLaunch), { minLength: 2, maxLength: 6 }),
      delivery,
      holds,
    ),
    runs(25),
  );
});
