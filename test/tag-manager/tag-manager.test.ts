/** Many resources at once: nothing hides anything else, everything has its outcome, in order, within the limits. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Creation } from '../../parser/event/creation.ts';
import type { FaultEffect } from '../../sandbox/sandbox.ts';
import { TimeUpError } from '../../tag-manager/calls/stop.ts';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { startCpuClock } from '../helpers/cpu-clock.ts';
import {
  ACCOUNT,
  ALICE,
  arnOf,
  type CreationFacts,
  creationOf,
  deletionOf,
  EVENT_TIME,
  KINDS,
  type KindName,
  minutesLater,
  OTHER_ACCOUNT,
  REGION,
  readOrThrow,
  TAGGED_KINDS,
} from './creations.ts';
import {
  isWrite,
  type ManagerOptions,
  ours,
  putResource,
  startTagging,
  type Tagging,
  taggerOf,
  UNENDING,
} from './tagging.ts';

let tagging: Tagging;

beforeEach(async () => {
  tagging = await startTagging();
});
afterEach(() => tagging.close());

const idOf = (kind: KindName, number: number) => KINDS[kind].id(number);

function put(kind: KindName, number: number, facts: CreationFacts = {}): Creation {
  putResource(tagging.sandbox, kind, idOf(kind, number), facts);
  return creationOf(kind, idOf(kind, number), facts);
}

const namesOf = (outcomes: readonly Outcome[]) => outcomes.map(({ outcome }) => outcome);

describe('outcomes', () => {
  test('stand in the order of creations and resources, one for each, whatever becomes of them', async () => {
    const gone = (kind: KindName) => creationOf(kind, idOf(kind, 99));
    const creations = [
      put('queue', 1),
      gone('topic'),
      creationOf('instance', ['i-00000000000000007', 'i-00000000000000008', 'i-00000000000000009']),
      put('bucket', 1),
      gone('database'),
      put('table', 1),
      put('queue', 2),
      creationOf('queue', idOf('queue', 1)), // the same again
      put('function', 1),
      gone('cache cluster'),
    ];
    putResource(tagging.sandbox, 'instance', 'i-00000000000000008');
    tagging.sandbox.deny.add({ service: 'lambda' });
    const outcomes = await tagging.tag(creations);
    expect(outcomes.map(({ resource }) => resource.arn)).toEqual(
      creations.flatMap(({ resources }) => resources.map(({ arn }) => arn)),
    );
    expect(outcomes.map(({ creation }) => creation.eventID)).toEqual(
      creations.flatMap(({ eventID, resources }) => resources.map(() => eventID)),
    );
    expect(namesOf(outcomes)).toEqual([
      ...['tagged', 'gone'],
      ...['gone', 'tagged', 'gone'],
      ...['tagged', 'gone', 'tagged', 'tagged', 'unchanged', 'failed', 'gone'],
    ]);
  });

  test('are none for no creations', async () => {
    expect(await tagging.tag([])).toEqual([]);
  });
});

describe.each(TAGGED_KINDS)('the failure of a %s', (kind) => {
  test('fails no other', async () => {
    const others = TAGGED_KINDS.filter((other) => other !== kind);
    const creations = [kind, ...others].map((each) => put(each, 1));
    tagging.sandbox.deny.add({ service: KINDS[kind].eventSource.replace('.amazonaws.com', '') });
    if (kind === 'bucket') tagging.sandbox.deny.add({ service: 's3-control' });
    const outcomes = await tagging.tag(creations);
    expect(namesOf(outcomes)).toEqual(['failed', ...others.map(() => 'tagged')]);
  });

  test('with fifty tags on it fails none of its kind', async () => {
    const creations = [1, 2, 3].map((number) => put(kind, number));
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`key-${at}`, 'value']));
    tagging.sandbox.putTags(arnOf(kind, idOf(kind, 2)), fifty);
    const outcomes = await tagging.tag(creations);
    expect(namesOf(outcomes)).toEqual(['tagged', 'failed', 'tagged']);
    expect(['too-many-tags', 'invalid-tags']).toContain(outcomes[1]?.failure?.class);
    expect(tagging.sandbox.tagsOf(arnOf(kind, idOf(kind, 2)))).toEqual(fifty);
  });
});

describe('the pace of one API', () => {
  test('holds up no other, nor another region', async () => {
    const tables = Array.from({ length: 40 }, (_, number) => put('table', number));
    const others = [put('volume', 1), put('topic', 1), put('queue', 1, { region: 'us-west-2' })];
    const stop = new AbortController();
    const pace = { share: 1, handlers: 10, factor: 1 }; // a table every two seconds
    const manager = tagging.manager({ concurrency: 2, pace });
    const tagged = manager.tag({ creations: [...tables, ...others] }, stop.signal);
    const isTagged = ({ resources: [resource] }: Creation) =>
      'CreatedBy' in tagging.sandbox.tagsOf(resource?.arn ?? '');
    while (!others.every(isTagged)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tables.filter(isTagged).length).toBeLessThan(10);
    stop.abort(new TimeUpError());
    const { outcomes } = await tagged;
    expect(namesOf(outcomes.slice(-3))).toEqual(['tagged', 'tagged', 'tagged']);
    expect(outcomes.filter(({ failure }) => failure?.class === 'stopped').length).toBeGreaterThan(30);
  });
});

describe('calls under way at once', () => {
  test.each([1, 3, 8])('are %i when that is the limit, over all files of a process', async (concurrency) => {
    const creations = [
      ...Array.from({ length: 12 }, (_, number) => put('queue', number)),
      ...Array.from({ length: 6 }, (_, number) => put('topic', number)),
      ...Array.from({ length: 6 }, (_, number) => put('bucket', number)),
      // One batch that is read at once, and takes a write for each of its creators.
      ...Array.from({ length: 12 }, (_, number) => put('instance', number, { by: `user-${number}` })),
    ];
    tagging.sandbox.deny.add({ service: 's3-control' }); // so that a bucket takes four calls
    tagging.sandbox.faults.add({ effect: { delayMs: 4 * concurrency } }); // long enough for all to meet
    const manager = tagging.manager({ concurrency });
    const files = [creations.slice(0, 10), creations.slice(10, 20), creations.slice(20)];
    const requests = await tagging.requestsOf(() =>
      Promise.all(files.map((file) => manager.tag({ creations: file }, UNENDING))),
    );
    expect(requests.length).toBeGreaterThan(40);
    expect(Math.max(...requests.map(({ inFlight }) => inFlight))).toBe(concurrency);
  });
});

describe('clients', () => {
  test('are made once for each account, region and service, whatever is tagged how often', async () => {
    const manager = tagging.manager();
    const places = [
      { account: ACCOUNT, region: REGION },
      { account: ACCOUNT, region: 'us-west-2' },
      { account: OTHER_ACCOUNT, region: REGION },
    ];
    for (const round of [0, 1, 2]) {
      const creations = places.flatMap((place, at) =>
        TAGGED_KINDS.map((kind) => put(kind, 10 * at + round, place)),
      );
      const { outcomes } = await manager.tag({ creations }, UNENDING);
      expect(new Set(namesOf(outcomes))).toEqual(new Set(['tagged']));
    }
    const perPlace = TAGGED_KINDS.length + 1; // S3 and S3 Control
    expect(tagging.clientsMade).toHaveLength(places.length * perPlace);
    expect(tagging.clientsMade.filter((account) => account === OTHER_ACCOUNT)).toHaveLength(perPlace);
  });

  /** A read and a write each; the queue, the table, the database and the cache are asked when they were made. */
  const CALLS_OF_ALL_KINDS = 2 * TAGGED_KINDS.length + 4;

  test('call with the credentials of the account that owns the resource', async () => {
    const accounts = [ACCOUNT, OTHER_ACCOUNT, '777788889999'];
    const creations = accounts.flatMap((account, at) =>
      TAGGED_KINDS.map((kind) => put(kind, at, { account })),
    );
    const requests = await tagging.requestsOf(async () => {
      const outcomes = await tagging.tag(creations);
      expect(new Set(namesOf(outcomes))).toEqual(new Set(['tagged']));
    });
    for (const { account } of creations) {
      const own = requests.filter((request) => request.account === account);
      expect(own).toHaveLength(CALLS_OF_ALL_KINDS);
    }
    expect(requests).toHaveLength(CALLS_OF_ALL_KINDS * accounts.length);
  });

  test('of one account are no help in another', async () => {
    const own = async () => tagging.sandbox.credentials(taggerOf(ACCOUNT));
    const creations = TAGGED_KINDS.map((kind) => put(kind, 1, { account: OTHER_ACCOUNT }));
    const outcomes = await tagging.tag(creations, { credentialsFor: () => own });
    expect(namesOf(outcomes)).not.toContain('tagged');
    for (const { resource } of outcomes) expect(tagging.sandbox.tagsOf(resource.arn)).toEqual({});
  });
});

describe('once the time is up', () => {
  test('what stands first in the file is done, no call is begun any more, and the rest is deferred', async () => {
    const creations = Array.from({ length: 10 }, (_, index) => ({
      ...put(index % 2 === 0 ? 'function' : 'topic', index),
      index,
    }));
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      const stop = new AbortController();
      let calls = 0;
      const stopAtTheNinth = () => {
        if (++calls === 9) stop.abort(new TimeUpError());
        return false;
      };
      tagging.sandbox.faults.add({ match: stopAtTheNinth, effect: { stall: true } });
      ({ outcomes } = await tagging.manager({ concurrency: 1 }).tag({ creations }, stop.signal));
    });
    expect(namesOf(outcomes)).toEqual([...Array(4).fill('tagged'), ...Array(6).fill('deferred')]);
    expect(outcomes[4]).toMatchObject({
      reason: 'stopped',
      failure: { class: 'stopped', error: 'TimeUpError' },
    });
    expect(requests).toHaveLength(9); // the ninth was on the wire
  });
});

describe('within a second of the stop', () => {
  /** How long `tag` takes to return after the stop, and what became of what was not dealt with. */
  async function stopSoon(
    creations: readonly Creation[],
    options: ManagerOptions = {},
    hasBegun = () => tagging.sandbox.requests.length > 0,
  ) {
    const stop = new AbortController();
    const tagged = tagging.manager(options).tag({ creations }, stop.signal);
    await new Promise((resolve) => setTimeout(resolve, 300));
    while (!hasBegun()) await new Promise(setImmediate); // a busy machine takes longer
    const stoppedAt = performance.now();
    const sinceStop = startCpuClock();
    stop.abort(new TimeUpError());
    const { outcomes } = await tagged;
    const tookMs = performance.now() - stoppedAt;
    const workedMs = sinceStop();
    const rest = outcomes.filter(({ outcome }) => outcome !== 'tagged');
    const became = new Set(rest.map(({ outcome, failure }) => `${outcome} ${failure?.class}`));
    const requests = tagging.sandbox.requests.length;
    return { outcomes, tookMs, workedMs, became, requests };
  }

  const RETRIES = { limits: { maxAttempts: 5 }, concurrency: 4 };
  const many = (kind: KindName, count: number) =>
    Array.from({ length: count }, (_, number) => creationOf(kind, idOf(kind, number)));
  const THROTTLED: Readonly<Record<string, FaultEffect>> = {
    ec2: { error: { code: 'RequestLimitExceeded', status: 503, message: 'Request limit exceeded.' } },
    sns: { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } },
  };

  test.each<KindName>(['topic', 'instance'])(
    'everything throttled for ever is deferred: %s',
    async (kind) => {
      tagging.sandbox.faults.add({ effect: THROTTLED[kind === 'topic' ? 'sns' : 'ec2'] ?? { stall: true } });
      const { outcomes, tookMs, became, requests } = await stopSoon(many(kind, 300), RETRIES);
      expect(outcomes).toHaveLength(300);
      expect(became).toEqual(new Set(['deferred stopped']));
      expect(tookMs).toBeLessThan(1_900);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(tagging.sandbox.requests).toHaveLength(requests);
    },
  );

  test('everything that waits for a service that never answers is deferred', async () => {
    tagging.sandbox.faults.add({ effect: { stall: true } });
    const { became, tookMs } = await stopSoon([...many('topic', 100), ...many('bucket', 100)]);
    expect(became).toEqual(new Set(['deferred stopped']));
    expect(tookMs).toBeLessThan(1_900);
  });

  test('a thousand instances that are narrowed down and throttled are deferred', async () => {
    const instances = many('instance', 1_000);
    let writes = 0;
    tagging.sandbox.faults.add({
      operation: 'CreateTags',
      match: () => ++writes % 2 === 1,
      effect: { error: { code: 'InvalidInstanceID.NotFound', status: 400, message: 'one does not exist' } },
    });
    tagging.sandbox.faults.add({ operation: 'CreateTags', effect: THROTTLED.ec2 ?? { stall: true } });
    const { outcomes, tookMs, became, requests } = await stopSoon(instances, RETRIES, () => writes > 0);
    expect(outcomes).toHaveLength(1_000);
    expect(became).toEqual(new Set(['deferred stopped']));
    expect(tookMs).toBeLessThan(1_900);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(tagging.sandbox.requests).toHaveLength(requests);
  });

  /** Reading as many records would take longer than dealing with them. */
  const likeIt = (creation: Creation, number: number): Creation => ({
    ...creation,
    resources: creation.resources.map((resource) => ({ ...resource, arn: `${resource.arn}-${number}` })),
  });

  test('ten thousand resources are deferred', async () => {
    const topic = creationOf('topic', 'news');
    tagging.sandbox.faults.add({ effect: { stall: true } });
    const { outcomes, workedMs, became } = await stopSoon(
      Array.from({ length: 10_000 }, (_, number) => likeIt(topic, number)),
    );
    expect(outcomes).toHaveLength(10_000);
    expect(became).toEqual(new Set(['deferred stopped']));
    expect(workedMs).toBeLessThan(1_500); // beside the second for the calls on the wire; a busy machine takes longer
  });
});

describe('tags of the creating request', () => {
  const requested = { CreatedBy: 'the platform team' };
  const YOUNG = { now: Date.parse(EVENT_TIME) + 60_000 };
  const BESIDE_THEM = ["CreatedBy is somebody else's; the creating request itself set CreatedBy"];
  const reasons = (outcomes: readonly Outcome[]) => outcomes.map(({ reason }) => reason);

  test.each<KindName>(['instance', 'database', 'function', 'table', 'topic', 'queue', 'cache cluster'])(
    'of a young %s are kept before the service shows them',
    async (kind) => {
      const creation = put(kind, 1); // its tags do not show yet
      const { requestTags } = creationOf(kind, idOf(kind, 1), { tags: requested });
      const outcomes = await tagging.tag([{ ...creation, requestTags }], YOUNG);
      expect(namesOf(outcomes)).toEqual(['kept']);
      expect(reasons(outcomes)).toEqual(BESIDE_THEM);
    },
  );

  test('name another tool on a name: that is waited for, because another resource may have the name by now', async () => {
    const arn = arnOf('topic', idOf('topic', 1));
    const creation = { ...put('topic', 1), requestTags: { ManagedBy: 'terraform' } };
    expect(await tagging.tag([creation], YOUNG)).toMatchObject([
      { outcome: 'deferred', failure: { error: 'TagNotShown' } },
    ]);
    expect(tagging.sandbox.tagsOf(arn)).toEqual({});
    tagging.sandbox.putTags(arn, { ManagedBy: 'terraform' });
    expect(namesOf(await tagging.tag([creation], YOUNG))).toEqual(['tagged']);
    expect(tagging.sandbox.tagsOf(arn)).toMatchObject({ ManagedBy: 'terraform', TaggedBy: 'auto-tagger' });
  });

  test('that an old resource does not show were taken away since', async () => {
    const creation = { ...put('topic', 1), requestTags: requested };
    expect(namesOf(await tagging.tag([creation]))).toEqual(['tagged']);
  });

  test('stand behind what the service shows: it was corrected since', async () => {
    const creation = { ...put('topic', 1), requestTags: { ...requested, Team: 'red' } };
    tagging.sandbox.putTags(arnOf('topic', idOf('topic', 1)), { CreatedBy: 'carol' });
    const outcomes = await tagging.tag([creation], YOUNG);
    expect(reasons(outcomes)).toEqual(["CreatedBy is somebody else's"]);
  });

  test('make nothing ours of what a person wrote alone, where they were forged', async () => {
    const forged = { CreatedBy: 'nobody', CreatedDate: '2024-02-29T12:00:00Z', ManagedBy: 'auto-tagger' };
    const creation = { ...put('topic', 1), requestTags: forged };
    const arn = arnOf('topic', idOf('topic', 1));
    tagging.sandbox.putTags(arn, { CreatedBy: 'carol' });
    expect(namesOf(await tagging.tag([creation], YOUNG))).toEqual(['kept']);
    expect(tagging.sandbox.tagsOf(arn)).toEqual({ CreatedBy: 'carol' });
  });

  test('keep tags of the user of ours from being written over them', async () => {
    const creation = { ...put('topic', 1), requestTags: { Team: 'red' } };
    await tagging.tag([creation], {
      ...YOUNG,
      options: {
        extra: [
          ['Team', 'blue'],
          ['Cost', '{account}'],
        ],
      },
    });
    const tags = tagging.sandbox.tagsOf(arnOf('topic', idOf('topic', 1)));
    expect(tags).toEqual({ ...ours(ALICE, EVENT_TIME), Cost: ACCOUNT });
  });
});

describe('a queue', () => {
  test('is asked for by a URL made from its ARN: the host of the record is never called', async () => {
    const record = {
      ...creationOf('queue', 'jobs').record,
      responseElements: { queueUrl: `http://evil.example:8080/${ACCOUNT}/jobs` },
    };
    putResource(tagging.sandbox, 'queue', 'jobs');
    const requests = await tagging.requestsOf(async () => {
      expect(await tagging.tag([readOrThrow(record)])).toMatchObject([{ outcome: 'tagged' }]);
    });
    const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs`;
    expect(new Set(requests.map(({ input }) => input.QueueUrl))).toEqual(new Set([url]));
  });

  test('has a URL in the domain of its partition', async () => {
    const creation = put('queue', 1, { region: 'cn-north-1' });
    const requests = await tagging.requestsOf(() => tagging.tag([creation]));
    const url = `https://sqs.cn-north-1.amazonaws.com.cn/${ACCOUNT}/${idOf('queue', 1)}`;
    expect(new Set(requests.map(({ input }) => input.QueueUrl))).toEqual(new Set([url]));
  });
});

describe('ownership, over HTTP', () => {
  test('a resource that terraform manages gets our tags beside its own, or over them on demand', async () => {
    const creation = put('topic', 1);
    const arn = arnOf('topic', idOf('topic', 1));
    tagging.sandbox.putTags(arn, { ManagedBy: 'terraform', Team: 'blue' });
    expect(await tagging.tag([creation])).toMatchObject([
      { outcome: 'tagged', reason: "ManagedBy is somebody else's, so TaggedBy marks our tags" },
    ]);
    const beside = {
      ...ours(ALICE, EVENT_TIME),
      ManagedBy: 'terraform',
      TaggedBy: 'auto-tagger',
      Team: 'blue',
    };
    expect(tagging.sandbox.tagsOf(arn)).toEqual(beside);
    expect(await tagging.tag([creation])).toMatchObject([{ outcome: 'unchanged' }]);
    const later = creationOf('topic', idOf('topic', 1), { at: minutesLater(5), by: 'bob' });
    expect(await tagging.tag([later])).toMatchObject([{ outcome: 'unchanged' }]);

    const forced = put('topic', 2);
    tagging.sandbox.putTags(arnOf('topic', idOf('topic', 2)), { ManagedBy: 'terraform', Team: 'blue' });
    await tagging.tag([forced], { options: { onExisting: 'overwrite' } });
    expect(tagging.sandbox.tagsOf(arnOf('topic', idOf('topic', 2)))).toEqual({
      Team: 'blue',
      ...ours(ALICE, EVENT_TIME),
    });
  });

  test.each<KindName>(['instance', 'database', 'function', 'table', 'topic', 'queue', 'cache cluster'])(
    'a %s whose creating request set CreatedBy itself is kept, and the reason says so',
    async (kind) => {
      const tags = { CreatedBy: 'nobody' };
      putResource(tagging.sandbox, kind, idOf(kind, 1), { tags });
      const outcomes = await tagging.tag([creationOf(kind, idOf(kind, 1), { tags })]);
      expect(outcomes).toMatchObject([
        {
          outcome: 'kept',
          reason: "CreatedBy is somebody else's; the creating request itself set CreatedBy",
        },
      ]);
    },
  );

  test('tags of ours that a snapshot took over from its volume are replaced', async () => {
    const [volume, snapshot] = ['vol-0000000a', 'snap-0000000a'];
    const madeAt = minutesLater(600);
    putResource(tagging.sandbox, 'volume', volume);
    await tagging.tag([creationOf('volume', volume, { createdAt: Date.parse(EVENT_TIME) })]);
    const arn = putResource(tagging.sandbox, 'snapshot', snapshot, {
      tags: tagging.sandbox.tagsOf(arnOf('volume', volume)),
    });
    const creation = creationOf('snapshot', snapshot, {
      by: 'bob',
      at: madeAt,
      createdAt: Date.parse(madeAt),
    });
    expect(await tagging.tag([creation])).toMatchObject([{ outcome: 'tagged' }]);
    expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(`arn:aws:iam::${ACCOUNT}:user/bob`, madeAt));
  });

  test('a CreatedBy that a person corrected stays corrected', async () => {
    const creation = put('instance', 1);
    await tagging.tag([creation]);
    const arn = arnOf('instance', idOf('instance', 1));
    tagging.sandbox.putTags(arn, { CreatedBy: 'carol' });
    expect(await tagging.tag([creation])).toMatchObject([{ outcome: 'unchanged' }]);
    expect(tagging.sandbox.tagsOf(arn).CreatedBy).toBe('carol');
  });

  describe('of calls that repeat a client token, the earliest made the instance', () => {
    const createdAt = Date.parse(EVENT_TIME) + 1000;
    const first = creationOf('instance', 'i-0000000000000000c', { createdAt });
    const repeat = creationOf('instance', 'i-0000000000000000c', {
      by: 'bob',
      at: minutesLater(5),
      createdAt,
    });
    const arn = arnOf('instance', 'i-0000000000000000c');

    test.each<[string, Creation[][], string[][]]>([
      ['in one call', [[first, repeat]], [['tagged', 'unchanged']]],
      ['in one call, the repeat first', [[repeat, first]], [['unchanged', 'tagged']]],
      ['in two calls', [[first], [repeat]], [['tagged'], ['unchanged']]],
      ['in two calls, the repeat first', [[repeat], [first]], [['tagged'], ['tagged']]],
    ])('%s', async (_, calls, expected) => {
      putResource(tagging.sandbox, 'instance', 'i-0000000000000000c');
      const seen: string[][] = [];
      for (const creations of calls) seen.push(namesOf(await tagging.tag(creations)));
      expect(seen).toEqual(expected);
      expect(tagging.sandbox.tagsOf(arn)).toEqual(ours(ALICE, EVENT_TIME));
    });
  });

  test('events of one name take one read and one write, however many they are', async () => {
    const first = put('instance', 1);
    const repeats = [5, 6, 7].map((minute) =>
      creationOf('instance', idOf('instance', 1), { by: 'bob', at: minutesLater(minute) }),
    );
    const requests = await tagging.requestsOf(async () => {
      const outcomes = await tagging.tag([...repeats, first]);
      expect(namesOf(outcomes)).toEqual(['unchanged', 'unchanged', 'unchanged', 'tagged']);
    });
    expect(requests.map(({ operation }) => operation)).toEqual(['DescribeTags', 'CreateTags']);
  });

  test('calls that hold the same name take turns, whatever else they hold', async () => {
    const file = (by: string, minute: number) => [
      creationOf('topic', 'news', { by, at: minutesLater(minute) }),
      put('queue', minute),
    ];
    putResource(tagging.sandbox, 'topic', 'news');
    const manager = tagging.manager();
    tagging.sandbox.faults.add({ operation: 'ListTagsForResource', effect: { delayMs: 50 } });
    const files = [file('bob', 3), file('carol', 2), file('alice', 1)];
    const requests = await tagging.requestsOf(() =>
      Promise.all(files.map((creations) => manager.tag({ creations }, UNENDING))),
    );
    const ofTopic = requests.filter(({ service }) => service === 'sns').map(({ operation }) => operation);
    const readAndWrite = ['ListTagsForResource', 'TagResource'];
    expect(ofTopic).toEqual([...readAndWrite, ...readAndWrite, ...readAndWrite]);
    expect(tagging.sandbox.tagsOf(arnOf('topic', 'news'))).toMatchObject({ CreatedDate: minutesLater(1) });
  });

  test("a deletion of another account's bucket of that name says nothing", async () => {
    const creations = [put('bucket', 1)];
    const deletion = deletionOf('bucket', idOf('bucket', 1), minutesLater(5));
    const elsewhere = { ...deletion, account: OTHER_ACCOUNT };
    const events = { creations, deletions: [elsewhere] };
    expect((await tagging.manager().tag(events, UNENDING)).outcomes).toMatchObject([{ outcome: 'tagged' }]);
    expect(
      (await tagging.manager().tag({ creations, deletions: [deletion] }, UNENDING)).outcomes,
    ).toMatchObject([{ outcome: 'kept', reason: 'it was deleted since' }]);
  });

  test('a set of tags that is there already is not written', async () => {
    const creation = put('topic', 1);
    tagging.sandbox.putTags(arnOf('topic', idOf('topic', 1)), ours(ALICE, EVENT_TIME));
    const requests = await tagging.requestsOf(async () => {
      expect(await tagging.tag([creation])).toMatchObject([{ outcome: 'unchanged' }]);
    });
    expect(requests.filter(isWrite)).toEqual([]);
  });

  test('a resource with the tag by which its owner keeps us off is kept', async () => {
    const creation = put('topic', 1);
    tagging.sandbox.putTags(arnOf('topic', idOf('topic', 1)), { 'no-tagger': '' });
    expect(await tagging.tag([creation], { options: { skipKey: 'no-tagger' } })).toMatchObject([
      { outcome: 'kept', reason: 'it bears the tag no-tagger, by which its owner keeps us off' },
    ]);
    expect(tagging.sandbox.tagsOf(arnOf('topic', idOf('topic', 1)))).toEqual({ 'no-tagger': '' });
  });
});
