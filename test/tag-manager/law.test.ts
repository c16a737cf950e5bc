/**
 * The law: whatever the order, repetition and splitting in which the same events are dealt with, and whatever failed
 * for a while in between, the tags end the same, and no tag of somebody else's is lost. It is tried with the memory of a
 * process and without it, as if each call were a process of its own: then the tags are the only ledger.
 *
 * Without memory it does not hold where nothing on earth tells two lives of a name apart, and for two callers of one
 * second: that is all CloudTrail writes.
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import fc from 'fast-check';
import type { Creation } from '../../parser/event/creation.ts';
import type { Deletion } from '../../parser/event/deletion.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { Ledger } from '../../tag-manager/store/ledger.ts';
import { createMemory } from '../../tag-manager/store/memory.ts';
import type { TagManager } from '../../tag-manager/tag-manager.ts';
import { runs } from '../helpers/runs.ts';
import { ACCOUNT, arnOf, creationOf, deletionOf, KINDS, type KindName, minutesLater } from './creations.ts';
import { ours, putResource, startTagging, type Tagging, UNENDING } from './tagging.ts';

let tagging: Tagging;
let manager: TagManager;
/** Of the run under way: ids come again from run to run. */
let memory: Ledger;

beforeAll(async () => {
  tagging = await startTagging();
  const ledger: Ledger = {
    get kin() {
      return memory.kin;
    },
    record: (...all) => memory.record(...all),
    settle: (...all) => memory.settle(...all),
  };
  manager = tagging.manager({ ledger });
});
afterAll(() => tagging.close());

const OTHERS = { Team: 'blue', 'aws:cloudformation:stack-name': 'web' };

/** What a resource bears before any of our runs, and whether that keeps us off. */
const STATES = {
  bare: { tags: {}, isTaken: false },
  'with tags of others': { tags: OTHERS, isTaken: false },
  "with somebody else's CreatedBy": { tags: { ...OTHERS, CreatedBy: 'eve' }, isTaken: true },
  "with another tool's ManagedBy": { tags: { ...OTHERS, ManagedBy: 'terraform' }, isTaken: false },
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
  kind: fc.constantFrom<KindName>('instance', 'instance', 'volume'),
  states: fc.array(state(STATES), { minLength: 1, maxLength: 3 }),
  calls: minutes(3),
  delayMs: fc.integer({ min: 0, max: 2_000 }),
});

const copyLaunch = fc.record({
  kind: fc.constant<KindName>('snapshot'),
  states: fc.array(state({ ...STATES, ...COPIED }), { minLength: 1, maxLength: 1 }),
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
  /** One process deals with all calls; else each is a process of its own. */
  readonly remembers: boolean;
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
  remembers: fc.boolean(),
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
      putResource(tagging.sandbox, kind, id, { tags, createdAt });
      const creator = `arn:aws:iam::${ACCOUNT}:user/user-${launch}-0`;
      const first = ours(creator, minutesLater(calls[0] ?? 0));
      const beside = 'ManagedBy' in tags && tags.ManagedBy === 'terraform';
      const own = beside ? { ...first, ManagedBy: 'terraform', TaggedBy: 'auto-tagger' } : first;
      expected.set(arnOf(kind, id), isTaken ? tags : { ...tags, ...own });
      return id;
    });
    return calls.map((minute, call) =>
      creationOf(kind, ids, { at: minutesLater(minute), by: `user-${launch}-${call}`, createdAt }),
    );
  });
  return { events, expected };
}

/** A name that was created, deleted and created anew. */
interface Lives {
  readonly kind: (typeof REUSED)[number];
  /** One for each life: how many calls repeated its creation, where such calls succeed. */
  readonly repeats: readonly number[];
}

const REUSED = ['bucket', 'table', 'function', 'database', 'cache cluster', 'queue', 'topic'] as const;
const REPEATABLE: ReadonlySet<string> = new Set(['queue', 'topic']);

/** Databases exist minutes after their event. */
const LAG_MINUTES: Readonly<Record<string, number>> = { database: 9, 'cache cluster': 6 };

const lives = (kinds: readonly Lives['kind'][]) =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    repeats: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
  });

function prepareLives(names: readonly Lives[]): {
  events: Event[];
  expected: Map<string, Record<string, string>>;
} {
  const expected = new Map<string, Record<string, string>>();
  const events = names.flatMap(({ kind, repeats }, name): Event[] => {
    const id = KINDS[kind].id(1000 + name);
    let minute = 0;
    const twoMinutesOn = () => {
      minute += 2;
      return minutesLater(minute);
    };
    return repeats.flatMap((count, life) => {
      const deletion = life === 0 ? [] : [deletionOf(kind, id, twoMinutesOn())];
      const start = twoMinutesOn();
      const calls = REPEATABLE.has(kind) ? count + 1 : 1;
      const creations = Array.from({ length: calls }, (_, call) => {
        const at = call === 0 ? start : twoMinutesOn();
        return creationOf(kind, id, { at, by: `user-${life}-${call}` });
      });
      if (life === repeats.length - 1) {
        const createdAt = Date.parse(start) + (LAG_MINUTES[kind] ?? 0) * 60_000;
        putResource(tagging.sandbox, kind, id, { createdAt });
        expected.set(arnOf(kind, id), ours(`arn:aws:iam::${ACCOUNT}:user/user-${life}-0`, start));
      }
      return [...deletion, ...creations];
    });
  });
  return { events, expected };
}

type Event = Creation | Deletion;

const isDeletion = (event: Event): event is Deletion => 'names' in event;

/** Every event at least once, in the delivery's order, cut into calls. */
function callsOf(events: readonly Event[], { order, again, sizes }: Delivery): Event[][] {
  const repeated = again.flatMap((at) => events[at % events.length] ?? []);
  const queue = [...events, ...repeated]
    .map((event, at) => ({ event, key: order[at % order.length] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ event }) => event);
  const calls: Event[][] = [];
  while (queue.length > 0) calls.push(queue.splice(0, sizes[calls.length % sizes.length]));
  return calls;
}

async function deliver(events: readonly Event[], how: Delivery): Promise<void> {
  memory = createMemory(how.remembers ? undefined : 0);
  const deferred: Outcome[] = [];
  const undone: Deletion[] = [];
  for (const [at, call] of callsOf(events, how).entries()) {
    const isFailing = how.fails[at % how.fails.length];
    const effect = { error: { code: 'InternalError', status: 500, message: 'sorry' } };
    for (const operation of isFailing ? ['CreateTags', 'TagResource', 'TagQueue', 'AddTagsToResource'] : [])
      tagging.sandbox.faults.add({ operation, effect });
    const deletions = call.filter(isDeletion);
    const creations = call.filter((event): event is Creation => !isDeletion(event));
    const tagged = await manager.tag({ creations, deletions }, UNENDING);
    tagging.sandbox.faults.clear();
    deferred.push(...tagged.outcomes.filter(({ outcome }) => outcome === 'deferred'));
    undone.push(...tagged.undone.flatMap((each) => (each.kind === 'deletion' ? each.event : [])));
  }
  // What was deferred comes back alone, each in a call of its own.
  for (const { creation, resource } of deferred)
    await manager.tag({ creations: [{ ...creation, resources: [resource] }] }, UNENDING);
  for (const deletion of undone) await manager.tag({ creations: [], deletions: [deletion] }, UNENDING);
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
    fc.asyncProperty(
      fc.array(fc.oneof(uniqueLaunch, copyLaunch), { minLength: 1, maxLength: 4 }),
      delivery,
      holds,
    ),
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

/** Of topics nothing tells one life from another but their deletions, which only a memory keeps. */
const TOLD_APART = REUSED.filter((kind) => kind !== 'topic');

test.each([
  ['that a memory keeps', true, REUSED],
  ['whose tags are the only ledger', false, TOLD_APART],
] as const)('of names %s, which are deleted and used again', async (_, remembers, kinds) => {
  await fc.assert(
    fc.asyncProperty(fc.array(lives(kinds), { minLength: 1, maxLength: 4 }), delivery, async (names, how) => {
      const { events, expected } = prepareLives(names);
      await deliver(events, { ...how, remembers });
      const differences = differencesTo(expected);
      if (differences.length > 0) throw new Error(differences.join('\n'));
    }),
    runs(40),
  );
});
