/** What a launch makes and no record names: asked for, tagged like the rest of the launch, and never mistaken for what others made. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Creation } from '../../../parser/event/creation.ts';
import { createDenials } from '../../../tag-manager/denials.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import type { Ledger } from '../../../tag-manager/store/ledger.ts';
import { createMemory } from '../../../tag-manager/store/memory.ts';
import { runs } from '../../helpers/runs.ts';
import {
  ACCOUNT,
  ALICE,
  arnOf,
  creationOf,
  EVENT_TIME,
  KINDS,
  minutesLater,
  REGION,
  readOrThrow,
} from '../creations.ts';
import { openStore, putTable } from '../store/stores.ts';
import { operationsOf, ours, putResource, startTagging, type Tagging, UNENDING } from '../tagging.ts';

let tagging: Tagging;
let ids = 0;

beforeAll(async () => {
  tagging = await startTagging();
  await putTable(tagging);
});
afterAll(() => tagging.close());
beforeEach(() => tagging.sandbox.faults.clear());

const LAUNCHED = Date.parse(EVENT_TIME);
const YOUNG = { now: LAUNCHED + 60_000 };
const JANE = `arn:aws:iam::${ACCOUNT}:user/jane`;

function newInstance(): string {
  const id = KINDS.instance.id(ids++);
  putResource(tagging.sandbox, 'instance', id);
  return id;
}

interface VolumeFacts {
  /** Milliseconds after the launch. */
  readonly created?: number;
  readonly attached?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** As the service shows it, attached to the instance. */
function putVolume(instanceId: string, { created = 84, attached = 0, tags = {} }: VolumeFacts = {}): string {
  const arn = arnOf('volume', KINDS.volume.id(ids++));
  const attachments = [{ instanceId, attachedAt: LAUNCHED + attached }];
  tagging.sandbox.putResource({ arn, createdAt: LAUNCHED + created, tags, details: { attachments } });
  return arn;
}

const idOf = (arn: string) => arn.split('/').at(-1) ?? '';
const launch = (instances: readonly string[], more: Partial<Parameters<typeof creationOf>[2]> = {}) =>
  creationOf('instance', instances, { createdAt: LAUNCHED, asksBeside: true, ...more });
const tagsOf = (arn: string) => tagging.sandbox.tagsOf(arn);
const AS_LAUNCHED = ours(ALICE, EVENT_TIME);

/** `tagged arn`, in their order. */
const told = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ outcome, resource, reason }) => [outcome, resource.arn, reason].join(' ').trim());

const countOf = (operations: readonly string[], name: string) =>
  operations.filter((each) => each === `ec2 ${name}`).length;

describe('the volumes of a launch', () => {
  test('are tagged with its instances, behind them, with tags of their own', async () => {
    const [one, two] = [newInstance(), newInstance()];
    const volumes = [putVolume(one), putVolume(one), putVolume(two)];
    const options = { options: { extra: [['What', '{resourceType} {id}']] } } as const;
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      outcomes = await tagging.tag([launch([one, two])], options);
    });
    expect(told(outcomes)).toEqual(
      [arnOf('instance', one), arnOf('instance', two), ...volumes].map((arn) => `tagged ${arn}`),
    );
    for (const arn of volumes)
      expect(tagsOf(arn)).toEqual({ ...AS_LAUNCHED, What: `ec2:volume ${idOf(arn)}` });
    expect(countOf(operationsOf(requests), 'DescribeVolumes')).toBe(1);
    expect(countOf(operationsOf(requests), 'DescribeTags')).toBe(1);
  });

  test('of 400 instances with one volume each take two calls, and 100 of one instance one', async () => {
    const instances = Array.from({ length: 400 }, newInstance);
    const volumes = instances.map((id) => putVolume(id));
    const many = newInstance();
    const ofMany = Array.from({ length: 100 }, () => putVolume(many));
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      outcomes = await tagging.tag([launch(instances)]);
    });
    expect(outcomes).toHaveLength(800);
    expect(countOf(operationsOf(requests), 'DescribeVolumes')).toBe(2);
    expect(volumes.every((arn) => tagsOf(arn).CreatedBy === ALICE)).toBe(true);
    const again = await tagging.requestsOf(() => tagging.tag([launch([many])]));
    expect(countOf(operationsOf(again), 'DescribeVolumes')).toBe(1);
    expect(ofMany.every((arn) => tagsOf(arn).CreatedBy === ALICE)).toBe(true);
  });

  test('of launches in one file are asked for together', async () => {
    const instances = [newInstance(), newInstance(), newInstance()];
    for (const id of instances) putVolume(id);
    const requests = await tagging.requestsOf(() => tagging.tag(instances.map((id) => launch([id]))));
    expect(countOf(operationsOf(requests), 'DescribeVolumes')).toBe(1);
  });

  test.each<[string, VolumeFacts]>([
    ['that was there before', { created: -86_400_000, attached: 30_000 }],
    ['that was made and attached a minute before', { created: -60_000, attached: -60_000 }],
    ['that was made and attached a minute later', { created: 60_000, attached: 60_000 }],
    [
      'that was made with the launch and attached when the instance ran',
      { created: 1_000, attached: 20_000 },
    ],
  ])('are not one %s', async (_, facts) => {
    const instance = newInstance();
    const other = putVolume(instance, facts);
    const outcomes = await tagging.tag([launch([instance])]);
    expect(told(outcomes)).toEqual([`tagged ${arnOf('instance', instance)}`]);
    expect(tagsOf(other)).toEqual({});
  });

  test('are not claimed by a call that repeated the client token', async () => {
    const instance = newInstance();
    const volume = putVolume(instance);
    await tagging.tag([launch([instance], { at: minutesLater(5), by: JANE })]);
    expect(tagsOf(volume)).toEqual({});
  });

  test('keep what the request said of volumes, and others wrote', async () => {
    const instance = newInstance();
    const [asked, others] = [
      putVolume(instance, { tags: { CreatedBy: 'team', Name: 'root' } }),
      putVolume(instance, { tags: { CreatedDate: 'long ago' } }),
    ];
    const record = launch([instance]).record as Record<string, unknown>;
    const specifications = [
      { resourceType: 'volume', tags: [{ key: 'CreatedBy', value: 'team' }] },
      { resourceType: 'instance', tags: [{ key: 'Name', value: 'web' }] },
    ];
    const outcomes = await tagging.tag([
      readOrThrow({ ...record, requestParameters: { tagSpecificationSet: { items: specifications } } }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['tagged', 'kept', 'kept']);
    expect(outcomes[1]?.reason).toMatch(/the creating request itself set CreatedBy$/);
    expect([tagsOf(asked), tagsOf(others)]).toEqual([
      { CreatedBy: 'team', Name: 'root' },
      { CreatedDate: 'long ago' },
    ]);
  });

  test('would be tagged in a dry run, which asks and writes nothing', async () => {
    const instance = newInstance();
    const volume = putVolume(instance);
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      outcomes = await tagging.tag([launch([instance])], { options: { dryRun: true } });
    });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['would-tag', 'would-tag']);
    expect(operationsOf(requests)).not.toContain('ec2 CreateTags');
    expect(tagsOf(volume)).toEqual({});
  });

  test('are told to the journal as what they are', async () => {
    const instance = newInstance();
    const volume = putVolume(instance);
    const intents: string[] = [];
    await tagging.tag([launch([instance])], {
      journal: {
        intend: async (all) => void intents.push(...all.map(({ arn, type }) => `${type} ${arn}`)),
        end: async () => {},
      },
    });
    expect(intents.toSorted()).toEqual([
      `ec2:instance ${arnOf('instance', instance)}`,
      `ec2:volume ${volume}`,
    ]);
  });
});

const ALL_VOLUMES = `arn:aws:ec2:${REGION}:${ACCOUNT}:volume/*`;

describe('where the volumes cannot be told', () => {
  const fail = (code: string, status: number) =>
    tagging.sandbox.faults.add({
      operation: 'DescribeVolumes',
      effect: { error: { code, status, message: 'no' } },
    });

  test.each([
    ['denied', 'UnauthorizedOperation', 403, 'failed'],
    ['throttled', 'RequestLimitExceeded', 503, 'deferred'],
    ['busy', 'InternalError', 500, 'deferred'],
  ])('%s, the instances are tagged, and one outcome says so', async (what, code, status, outcome) => {
    const instances = Array.from({ length: 250 }, newInstance);
    fail(code, status);
    const outcomes = await tagging.tag([launch(instances)]);
    const [last, ...rest] = outcomes.toReversed();
    expect(rest.map((each) => each.outcome)).toEqual(instances.map(() => 'tagged'));
    expect(last).toMatchObject({ outcome, reason: what, resource: { arn: ALL_VOLUMES } });
    expect(last?.failure).toMatchObject({
      class: what,
      message: `volumes made with ${instances[0]} and 249 more: no`,
    });
  });

  test('whoever works through years of logs stops asking where it is always denied, and says so once', async () => {
    fail('UnauthorizedOperation', 403);
    const stops: string[] = [];
    const denials = createDenials(({ place = '' }) => stops.push(place));
    const manager = tagging.manager({ denials });
    const outcomes: Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      for (let file = 0; file < 15; file++)
        outcomes.push(...(await manager.tag({ creations: [launch([newInstance()])] }, UNENDING)).outcomes);
    });
    expect(countOf(operationsOf(requests), 'DescribeVolumes')).toBe(10);
    expect(stops).toEqual([`DescribeVolumes ${ACCOUNT} ${REGION}`]);
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toHaveLength(15);
    expect(outcomes.filter(({ outcome }) => outcome === 'tagged')).toHaveLength(15);
  });

  test('a young instance that shows none comes again, once for all of a launch; an old one has none', async () => {
    const [shows, ...waits] = [newInstance(), newInstance(), newInstance()];
    putVolume(shows);
    const all = [shows, ...waits];
    const young = await tagging.tag([launch(all)], YOUNG);
    expect(told(young).slice(4)).toEqual([`deferred ${ALL_VOLUMES} busy`]);
    expect(young.at(-1)?.failure?.message).toBe(
      `volumes made with ${waits[0]} and 1 more: the service shows none yet`,
    );
    expect(told(await tagging.tag([launch(all)]))).toHaveLength(4);
  });

  test('once time is up nothing is asked, and all comes again', async () => {
    const instance = newInstance();
    putVolume(instance);
    const { outcomes } = await tagging
      .manager()
      .tag({ creations: [launch([instance])] }, AbortSignal.abort(new Error('time is up')));
    expect(outcomes.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'deferred stopped',
      'deferred stopped',
    ]);
  });
});

describe('an answer that is not what was asked for', () => {
  const answer = (body: string) =>
    tagging.sandbox.faults.add({
      operation: 'DescribeVolumes',
      effect: { answer: { status: 200, contentType: 'text/xml', body } },
    });
  const attached = (instanceId: string) =>
    `<attachmentSet><item><instanceId>${instanceId}</instanceId><attachTime>2026-11-20T10:00:00.000Z</attachTime></item></attachmentSet>`;
  const volume = (id: string, instanceId: string) =>
    `<item><volumeId>${id}</volumeId><createTime>2026-11-20T10:00:00.084Z</createTime>${attached(instanceId)}</item>`;
  const page = (items: string, next = '') =>
    `<DescribeVolumesResponse><volumeSet>${items}</volumeSet>${next}</DescribeVolumesResponse>`;

  test.each<[string, (instance: string) => string, string]>([
    ['ids of another form', (id) => page(volume('i-0123456789abcdef0', id)), 'deferred'],
    ['ids that lead elsewhere', (id) => page(volume('vol-0a/../../x', id)), 'deferred'],
    [
      'pages without end',
      (id) => page(volume('vol-0123456789abcdef0', id), '<nextToken>x</nextToken>'),
      'deferred',
    ],
    [
      'more than an instance can have',
      (id) => page(Array.from({ length: 129 }, (_, at) => volume(KINDS.volume.id(90_000 + at), id)).join('')),
      'deferred',
    ],
    ['no XML', () => 'Welcome to the hotel', 'deferred'],
  ])('%s: nothing of it is tagged, and it comes again', async (_, bodyOf, outcome) => {
    const instance = newInstance();
    answer(bodyOf(instance));
    const outcomes = await tagging.tag([launch([instance])]);
    expect(outcomes.map((each) => each.outcome)).toEqual(['tagged', outcome]);
    expect(outcomes[1]).toMatchObject({
      resource: { arn: ALL_VOLUMES },
      failure: { class: 'broken-answer' },
    });
  });

  test('volumes of others are passed over', async () => {
    const instance = newInstance();
    answer(page(volume('vol-0123456789abcdef0', 'i-0fffffffffffffff0')));
    expect(told(await tagging.tag([launch([instance])]))).toEqual([`tagged ${arnOf('instance', instance)}`]);
  });
});

test('a volume of which the service does not say when it was made is not tagged', async () => {
  const instance = newInstance();
  const { faults } = tagging.sandbox;
  const body = `<DescribeVolumesResponse><volumeSet><item><volumeId>vol-0123456789abcdef0</volumeId><attachmentSet><item><instanceId>${instance}</instanceId></item></attachmentSet></item></volumeSet></DescribeVolumesResponse>`;
  faults.add({
    operation: 'DescribeVolumes',
    effect: { answer: { status: 200, contentType: 'text/xml', body } },
  });
  expect(told(await tagging.tag([launch([instance])]))).toEqual([`tagged ${arnOf('instance', instance)}`]);
});

test('more pages than one are followed', async () => {
  const instances = Array.from({ length: 6 }, newInstance);
  const volumes = instances.flatMap((id) => Array.from({ length: 100 }, () => putVolume(id)));
  const requests = await tagging.requestsOf(() => tagging.tag([launch(instances)]));
  expect(countOf(operationsOf(requests), 'DescribeVolumes')).toBe(2);
  expect(volumes.every((arn) => tagsOf(arn).CreatedBy === ALICE)).toBe(true);
});

describe('the snapshots of an image', () => {
  const imageOf = (number: number) => `ami-${number.toString(16).padStart(17, '0')}`;
  const createImage = (imageId: string, requestParameters: object = {}, eventName = 'CreateImage') =>
    readOrThrow({
      ...(launch(['i-0123456789abcdef0']).record as object),
      eventName,
      requestParameters: { instanceId: 'i-0123456789abcdef0', ...requestParameters },
      responseElements: { imageId },
    });

  function putImage(snapshots: number) {
    const id = imageOf(ids++);
    const names = Array.from({ length: snapshots }, () => KINDS.snapshot.id(ids++));
    for (const name of names) putResource(tagging.sandbox, 'snapshot', name);
    const arn = `arn:aws:ec2:${REGION}::image/${id}`;
    const place = { account: ACCOUNT, region: REGION };
    tagging.sandbox.putResource({ arn, ...place, details: { snapshots: names } });
    return { id, arn, names, snapshots: names.map((name) => arnOf('snapshot', name)) };
  }

  test.each(['CreateImage', 'CopyImage'])('are tagged with it (%s)', async (call) => {
    const image = putImage(2);
    const outcomes = await tagging.tag([createImage(image.id, {}, call)]);
    expect(told(outcomes)).toEqual([image.arn, ...image.snapshots].map((arn) => `tagged ${arn}`));
    for (const arn of image.snapshots) expect(tagsOf(arn)).toEqual(AS_LAUNCHED);
  });

  test('but none that the request named, and none of an image that was registered of them', async () => {
    const image = putImage(2);
    const [given = '', taken] = image.names;
    const blockDeviceMapping = { items: [{ deviceName: '/dev/sdb', ebs: { snapshotId: given } }] };
    const outcomes = await tagging.tag([createImage(image.id, { blockDeviceMapping })]);
    expect(told(outcomes).slice(1)).toEqual([`tagged ${arnOf('snapshot', taken ?? '')}`]);
    expect(await tagging.tag([createImage(image.id, {}, 'RegisterImage')])).toHaveLength(1);
  });

  test('of a copy, which may take hours, come again for four', async () => {
    const outcomesAfter = async (hours: number, call: string) => {
      const created = [createImage(putImage(0).id, {}, call)];
      const [, ...more] = await tagging.tag(created, { now: LAUNCHED + hours * 3_600_000 });
      return more.map(({ outcome }) => outcome);
    };
    expect(await outcomesAfter(3.9, 'CopyImage')).toEqual(['deferred']);
    expect(await outcomesAfter(4.1, 'CopyImage')).toEqual([]);
    expect(await outcomesAfter(0.5, 'CreateImage')).toEqual([]);
  });

  test('come again while the image shows none', async () => {
    const image = putImage(0);
    const [, waits] = await tagging.tag([createImage(image.id)], YOUNG);
    expect(waits).toMatchObject({
      outcome: 'deferred',
      failure: { message: `snapshots made with ${image.id}: the service shows none yet` },
      resource: { arn: `arn:aws:ec2:${REGION}::snapshot/*` },
    });
  });
});

/** As functions do that know nothing of each other but the tags, or the store; or one process, which remembers. */
const LEDGERS = {
  'the tags alone': () => createMemory(0),
  'one process': () => createMemory(),
  'the store': () => openStore(tagging).ledger,
} satisfies Record<string, () => Ledger>;

test.each(Object.keys(LEDGERS) as (keyof typeof LEDGERS)[])(
  'a volume that somebody made is theirs, whatever comes first, how often and however split; known is %s',
  async (kind) => {
    const history = fc.record({
      /** Seconds before the launch; the volume looks as if that had made it. Of one second the tags alone tell nothing. */
      direct: fc.option(fc.integer({ min: kind === 'the tags alone' ? 1 : 0, max: 4 }), { nil: undefined }),
      order: fc.array(fc.nat(100), { minLength: 1, maxLength: 6 }),
      again: fc.array(fc.nat(100), { maxLength: 3 }),
      isTogether: fc.boolean(),
      fails: fc.boolean(),
    });
    const manager = tagging.manager({ ledger: LEDGERS[kind]() });
    await fc.assert(
      fc.asyncProperty(history, async ({ direct, order, again, isTogether, fails }) => {
        const instance = newInstance();
        const volume = putVolume(instance);
        const made = (seconds: number) =>
          new Date(LAUNCHED - seconds * 1000).toISOString().replace('.000Z', 'Z');
        const own =
          direct === undefined ? [] : [creationOf('volume', idOf(volume), { by: JANE, at: made(direct) })];
        const events = [launch([instance]), ...own];
        const queue = [...events, ...again.flatMap((at) => events[at % events.length] ?? [])]
          .map((event, at) => ({ event, key: order[at % order.length] ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ event }) => event);
        const calls: (readonly Creation[])[] = isTogether ? [queue] : queue.map((event) => [event]);
        const left: Creation[] = [];
        for (const [at, creations] of calls.entries()) {
          const error = { code: 'InternalError', status: 500, message: 'sorry' };
          if (fails && at === 0) tagging.sandbox.faults.add({ operation: 'CreateTags', effect: { error } });
          const { outcomes } = await manager.tag({ creations }, UNENDING);
          tagging.sandbox.faults.clear();
          left.push(
            ...outcomes.filter(({ outcome }) => outcome === 'deferred').map(({ creation }) => creation),
          );
        }
        for (const creation of left) await manager.tag({ creations: [creation] }, UNENDING);
        const expected = direct === undefined ? AS_LAUNCHED : ours(JANE, made(direct));
        expect(tagsOf(volume)).toEqual(expected);
        expect(tagsOf(arnOf('instance', instance))).toEqual(AS_LAUNCHED);
      }),
      runs(20),
    );
  },
);
