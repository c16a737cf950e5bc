/** EC2: many resources in one call, which is all or nothing. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Creation } from '../../parser/event/creation.ts';
import type { ObservedCall } from '../../sandbox/sandbox.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { ALICE, arnOf, creationOf, EVENT_TIME, KINDS, type KindName, minutesLater } from './creations.ts';
import { isWrite, type ManagerOptions, ours, putResource, startTagging, type Tagging } from './tagging.ts';

let tagging: Tagging;

beforeEach(async () => {
  tagging = await startTagging();
});
afterEach(() => tagging.close());

/** Ids of one kind, all of them there unless left out. */
function ids(kind: KindName, count: number, gone: readonly number[] = []): string[] {
  return Array.from({ length: count }, (_, number) => {
    const id = KINDS[kind].id(number);
    if (!gone.includes(number)) putResource(tagging.sandbox, kind, id);
    return id;
  });
}

async function run(creations: readonly Creation[], options: ManagerOptions = {}) {
  let outcomes: readonly Outcome[] = [];
  const requests = await tagging.requestsOf(async () => {
    outcomes = await tagging.tag(creations, options);
  });
  return {
    outcomes,
    names: outcomes.map(({ outcome }) => outcome),
    /** Of tags. */
    reads: requests.filter(({ operation }) => operation === 'DescribeTags'),
    /** The ids of each CreateTags. */
    writes: requests.filter(isWrite).map(idsOf),
  };
}

function idsOf({ input }: Pick<ObservedCall, 'input'>): readonly string[] {
  return input.ResourceId as readonly string[];
}

function isTagged(kind: KindName, id: string): boolean {
  return tagging.sandbox.tagsOf(arnOf(kind, id)).ManagedBy === 'auto-tagger';
}

const MIXED: readonly KindName[] = ['instance', 'volume', 'snapshot', 'security group'];

describe('one CreateTags', () => {
  test('is enough for the instances of one event', async () => {
    const instances = ids('instance', 5);
    const { names, reads, writes } = await run([creationOf('instance', instances)]);
    expect(names).toEqual(Array(5).fill('tagged'));
    expect(writes).toEqual([instances]);
    expect(reads).toHaveLength(1);
  });

  test('is enough for several events of one second and person, whatever they created', async () => {
    const creations = MIXED.map((kind) => creationOf(kind, ids(kind, 1)));
    const { names, reads, writes } = await run(creations);
    expect(names).toEqual(Array(4).fill('tagged'));
    expect(writes).toEqual([MIXED.map((kind) => KINDS[kind].id(0))]);
    expect(reads).toHaveLength(1);
  });

  test('is made for each set of tags', async () => {
    const [first = '', second = '', third = ''] = ids('instance', 3);
    const { writes } = await run([
      creationOf('instance', first),
      creationOf('instance', second, { by: 'bob' }),
      creationOf('instance', third, { at: minutesLater(1) }),
    ]);
    expect(writes.toSorted()).toEqual([[first], [second], [third]]);
    expect(tagging.sandbox.tagsOf(arnOf('instance', second)).CreatedBy).toMatch(/bob$/);
  });

  test('takes 200 ids at most, and so does a read', async () => {
    const instances = ids('instance', 450);
    const { names, reads, writes } = await run([creationOf('instance', instances)]);
    expect(names).toEqual(Array(450).fill('tagged'));
    expect(writes.map(({ length }) => length).toSorted()).toEqual([200, 200, 50]);
    expect(reads).toHaveLength(3);
    expect(instances.every((id) => isTagged('instance', id))).toBe(true);
  });

  test('is read for in pages: the tags of the last resource count too', async () => {
    const instances = ids('instance', 200);
    const six = Object.fromEntries(Array.from({ length: 6 }, (_, at) => [`key-${at}`, 'value']));
    for (const id of instances) tagging.sandbox.putTags(arnOf('instance', id), six);
    const last = instances.at(-1) ?? '';
    tagging.sandbox.putTags(arnOf('instance', last), { CreatedBy: 'eve' });
    const { names, reads, writes } = await run([creationOf('instance', instances)]);
    expect(names).toEqual([...Array(199).fill('tagged'), 'kept']);
    expect(reads).toHaveLength(2);
    expect(writes).toEqual([instances.slice(0, -1)]);
  });
});

describe('an id that is gone', () => {
  test.each([
    ['an old event', 24 * 60, 'gone', 'not found: it was deleted'],
    ['an event of five minutes ago', 5, 'deferred', 'not found: it may still be being created'],
  ] as const)('of %s ends alone, and the others are tagged', async (_, ageMinutes, outcome, reason) => {
    const instances = ids('instance', 7, [3]);
    const now = Date.parse(EVENT_TIME) + ageMinutes * 60_000;
    const { outcomes, names, writes } = await run([creationOf('instance', instances)], { now });
    expect(names).toEqual(['tagged', 'tagged', 'tagged', outcome, 'tagged', 'tagged', 'tagged']);
    expect(outcomes[3]).toMatchObject({
      reason,
      failure: { class: 'not-found', error: 'InvalidInstanceID.NotFound' },
    });
    expect(writes).toEqual([instances, instances.toSpliced(3, 1)]);
  });

  test('is taken out together with the others that the error names', async () => {
    const instances = ids('instance', 6, [0, 2, 5]);
    const { names, writes } = await run([creationOf('instance', instances)]);
    expect(names).toEqual(['gone', 'tagged', 'gone', 'tagged', 'tagged', 'gone']);
    expect(writes).toHaveLength(2);
  });

  test('is taken out also when errors name only one type or one id at a time', async () => {
    const creations = MIXED.map((kind) => creationOf(kind, ids(kind, 1, [0])));
    const alive = creationOf('instance', putThere('instance', 9));
    const more = creationOf('volume', KINDS.volume.id(5)); // gone, too, but volumes are named one by one
    const { names, writes } = await run([...creations, alive, more]);
    expect(names).toEqual(['gone', 'gone', 'gone', 'gone', 'tagged', 'gone']);
    expect(writes.map(({ length }) => length)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('is recognised whole: a shorter id that it begins with is not taken for it', async () => {
    const long = 'vol-0123456789abcdef0';
    const short = 'vol-01234567';
    putResource(tagging.sandbox, 'volume', short);
    const { names } = await run([creationOf('volume', long), creationOf('volume', short)]);
    expect(names).toEqual(['gone', 'tagged']);
    expect(isTagged('volume', short)).toBe(true);
  });

  test('is recognised behind five hundred characters of other ids', async () => {
    const gone = Array.from({ length: 60 }, (_, number) => number);
    const instances = ids('instance', 61, gone);
    const { outcomes, writes } = await run([creationOf('instance', instances)]);
    expect(Object.groupBy(outcomes, ({ outcome }) => outcome)).toMatchObject({
      gone: { length: 60 },
      tagged: { length: 1 },
    });
    expect(writes).toHaveLength(2);
  });

  function putThere(kind: KindName, number: number): string {
    const id = KINDS[kind].id(number);
    putResource(tagging.sandbox, kind, id);
    return id;
  }
});

describe('an error that names no id', () => {
  test.each([
    ['InvalidInstanceID.Malformed', 'failed', 'invalid'],
    ['TagLimitExceeded', 'failed', 'too-many-tags'],
    ['InvalidInstanceID.NotFound', 'gone', 'not-found'],
  ] as const)(
    '%s halves the batch until the one at fault stands alone',
    async (code, outcome, failureClass) => {
      const instances = ids('instance', 100);
      const [culprit = ''] = instances.slice(77);
      tagging.sandbox.faults.add({
        service: 'ec2',
        operation: 'CreateTags',
        match: (call) => idsOf(call).includes(culprit),
        effect: { error: { code, status: 400, message: 'Something is wrong with a resource' } },
      });
      const { outcomes, names, writes } = await run([creationOf('instance', instances)]);
      expect(names).toEqual(instances.map((id) => (id === culprit ? outcome : 'tagged')));
      expect(outcomes[77]?.failure).toMatchObject({ class: failureClass, error: code });
      expect(writes.length).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(100)) + 1);
      expect(instances.filter((id) => isTagged('instance', id))).toHaveLength(99);
    },
  );

  test.each([
    ['UnauthorizedOperation', 403, 'failed'],
    ['RequestLimitExceeded', 503, 'deferred'],
    ['InternalError', 500, 'deferred'],
    ['ConcurrentTagAccess', 400, 'deferred'],
  ] as const)('%s is about the call: it is not made again in halves', async (code, status, outcome) => {
    const instances = ids('instance', 8);
    tagging.sandbox.faults.add({
      operation: 'CreateTags',
      effect: { error: { code, status, message: 'You may not' } },
    });
    const { names, writes } = await run([creationOf('instance', instances)]);
    expect(names).toEqual(Array(8).fill(outcome));
    expect(writes).toHaveLength(1);
  });
});

describe('tags that are refused', () => {
  /** As a tag policy does, which is made for types of resources. */
  function refuseFor(
    prefix: string,
    code = 'TagPolicyViolation',
    message = 'The tag policy does not allow it',
  ) {
    tagging.sandbox.faults.add({
      operation: 'CreateTags',
      match: (call) => idsOf(call).some((id) => id.startsWith(prefix)),
      effect: { error: { code, status: 400, message } },
    });
  }

  test.each(['TagPolicyViolation', 'InvalidParameterValue', 'InvalidTagKey.Malformed'])(
    'with %s fail all of one type at once, in one call',
    async (code) => {
      refuseFor('i-', code);
      const { outcomes, writes } = await run([creationOf('instance', ids('instance', 200))]);
      expect(new Set(outcomes.map(({ outcome, reason }) => `${outcome} ${reason}`))).toEqual(
        new Set(['failed invalid-tags']),
      );
      expect(writes).toHaveLength(1);
    },
  );

  test('for one type fail no other: at most one more call for each type', async () => {
    refuseFor('i-');
    const { names, writes } = await run(MIXED.map((kind) => creationOf(kind, ids(kind, 10).slice(0, 1))));
    expect(names).toEqual(['failed', 'tagged', 'tagged', 'tagged']);
    expect(writes.map(({ length }) => length)).toEqual([4, 1, 1, 1, 1]);
  });

  test('for all types take as many calls and no more, though the message names an id each time', async () => {
    const creations = MIXED.flatMap((kind) => ids(kind, 20).map((id) => creationOf(kind, id)));
    refuseFor('', 'TagPolicyViolation', `The tag policy does not allow it: ${KINDS.volume.id(3)}`);
    const { names, writes } = await run(creations);
    expect(names).toEqual(Array(80).fill('failed'));
    expect(writes).toHaveLength(1 + MIXED.length);
  });

  test('because one instance shows its tags in its metadata fail that one alone', async () => {
    const instances = ids('instance', 16);
    const [culprit = ''] = instances.slice(5);
    const message = "'Created By' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z]{1,255})";
    tagging.sandbox.faults.add({
      operation: 'CreateTags',
      match: (call) => idsOf(call).includes(culprit),
      effect: { error: { code: 'InvalidParameterValue', status: 400, message } },
    });
    const { names } = await run([creationOf('instance', instances)]);
    expect(names).toEqual(instances.map((id) => (id === culprit ? 'failed' : 'tagged')));
  });
});

test('a denial that names one resource leaves the others to be tagged', async () => {
  const instances = ids('instance', 4);
  const [denied = ''] = instances;
  tagging.sandbox.faults.add({
    operation: 'CreateTags',
    match: (call) => idsOf(call).includes(denied),
    effect: {
      error: {
        code: 'UnauthorizedOperation',
        status: 403,
        message: `You are not authorized to perform ec2:CreateTags on resource: ${arnOf('instance', denied)}`,
      },
    },
  });
  const { names } = await run([creationOf('instance', instances)]);
  expect(names).toEqual(['failed', 'tagged', 'tagged', 'tagged']);
});

test('a resource with fifty tags fails alone', async () => {
  const instances = ids('instance', 4);
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`key-${at}`, 'value']));
  tagging.sandbox.putTags(arnOf('instance', instances[1] ?? ''), fifty);
  const { outcomes, names } = await run([creationOf('instance', instances)]);
  expect(names).toEqual(['tagged', 'failed', 'tagged', 'tagged']);
  expect(outcomes[1]?.failure).toMatchObject({ class: 'too-many-tags', error: 'TagLimitExceeded' });
});

test('tags that cannot be read are not written over: no CreateTags leaves', async () => {
  tagging.sandbox.deny.add({ operation: 'DescribeTags' });
  const { outcomes, writes } = await run([creationOf('instance', ids('instance', 3))]);
  expect(outcomes.map(({ outcome, reason }) => [outcome, reason])).toEqual(
    Array(3).fill(['failed', 'denied']),
  );
  expect(writes).toEqual([]);
});

test('a resource that bears other tags is left alone while the rest of its event is tagged', async () => {
  const instances = ids('instance', 3);
  tagging.sandbox.putTags(arnOf('instance', instances[0] ?? ''), { CreatedBy: 'eve' });
  tagging.sandbox.putTags(arnOf('instance', instances[2] ?? ''), ours(ALICE, EVENT_TIME));
  const { names, writes } = await run([creationOf('instance', instances)]);
  expect(names).toEqual(['kept', 'tagged', 'unchanged']);
  expect(writes).toEqual([[instances[1]]]);
});
