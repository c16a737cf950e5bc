/**
 * What holds for every tagging API: tags are read, added beside others, found again, and left where they are
 * somebody else's.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome } from '../../tag-manager/outcome.ts';
import { ALICE, creationOf, EVENT_TIME, KINDS, type KindName, TAGGED_KINDS } from './creations.ts';
import { isWrite, operationsOf, ours, putResource, startTagging, type Tagging } from './tagging.ts';

let tagging: Tagging;

beforeAll(async () => {
  tagging = await startTagging();
});
afterAll(() => tagging.close());

const REGIONS = ['us-east-1', 'ap-southeast-2'];

/** What a resource costs that was created an hour ago or later: a read and a write. */
const CALLS: Readonly<Record<string, readonly [read: string, write: string]>> = {
  instance: ['ec2 DescribeTags', 'ec2 CreateTags'],
  bucket: ['s3 GetBucketTagging', 's3-control TagResource'],
  database: ['rds ListTagsForResource', 'rds AddTagsToResource'],
  function: ['lambda ListTags', 'lambda TagResource'],
  table: ['dynamodb ListTagsOfResource', 'dynamodb TagResource'],
  topic: ['sns ListTagsForResource', 'sns TagResource'],
  queue: ['sqs ListQueueTags', 'sqs TagQueue'],
  'cache cluster': ['elasticache ListTagsForResource', 'elasticache AddTagsToResource'],
};

/** What it costs besides, where what is older, or may have been a repeat, can be told from what has the name now. */
const ASKS: Readonly<Record<string, string>> = {
  database: 'rds DescribeDBInstances',
  table: 'dynamodb DescribeTable',
  queue: 'sqs GetQueueAttributes',
  'cache cluster': 'elasticache DescribeCacheClusters',
};

const asksOf = (kind: KindName) => [ASKS[kind] ?? []].flat();

const others = { Team: 'blue', CostCentre: '', 'aws:cloudformation:stack-name': 'web' };

let resources = 0;

/** A resource of its own for each test. */
function newResource(kind: KindName, facts: { region?: string; tags?: Readonly<Record<string, string>> }) {
  const id = KINDS[kind].id(resources++);
  const arn = putResource(tagging.sandbox, kind, id, facts);
  return { arn, creation: (at = EVENT_TIME) => creationOf(kind, id, { ...facts, tags: {}, at }) };
}

/** Without what asks for volumes of launches. */
const operationsBeside = (requests: Parameters<typeof operationsOf>[0]) =>
  operationsOf(requests).filter((each) => each !== 'ec2 DescribeVolumes');

describe.each(TAGGED_KINDS)('a %s', (kind) => {
  describe.each(REGIONS)('in %s', (region) => {
    test('gets the three tags beside those that it has, with one read and one write in its region, and one question where it was made long ago', async () => {
      const { arn, creation } = newResource(kind, { region, tags: others });
      let outcomes: readonly Outcome[] = [];
      const requests = await tagging.requestsOf(async () => {
        outcomes = await tagging.tag([creation()]);
      });
      expect(outcomes).toMatchObject([
        { outcome: 'tagged', reason: '', failure: undefined, adjustments: [], resource: { arn } },
      ]);
      expect(tagging.sandbox.tagsOf(arn)).toEqual({ ...others, ...ours(ALICE, EVENT_TIME) });
      expect(operationsBeside(requests)).toEqual(CALLS[kind]?.toSpliced(1, 0, ...asksOf(kind)));
      expect(new Set(requests.map((request) => request.region))).toEqual(new Set([region]));
    });

    test('is found unchanged by a second run, which writes nothing', async () => {
      const { arn, creation } = newResource(kind, { region, tags: others });
      await tagging.tag([creation()]);
      const before = tagging.sandbox.tagsOf(arn);
      let outcomes: readonly Outcome[] = [];
      const requests = await tagging.requestsOf(async () => {
        outcomes = await tagging.tag([creation()]);
      });
      expect(outcomes).toMatchObject([
        { outcome: 'unchanged', reason: 'it bears the tags of this event', failure: undefined },
      ]);
      expect(operationsBeside(requests)).toEqual(CALLS[kind]?.slice(0, 1));
      expect(tagging.sandbox.tagsOf(arn)).toEqual(before);
    });
  });

  test('is read and not written in a dry run', async () => {
    const { arn, creation } = newResource(kind, { tags: others });
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      const twice = creation();
      outcomes = await tagging.tag([twice, twice], { options: { dryRun: true } });
    });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['would-tag', 'unchanged']);
    expect(Object.fromEntries(outcomes[0]?.tags ?? [])).toEqual(ours(ALICE, EVENT_TIME));
    expect(requests.filter(isWrite)).toEqual([]);
    expect(operationsBeside(requests)).toEqual([...(CALLS[kind]?.slice(0, 1) ?? []), ...asksOf(kind)]);
    expect(tagging.sandbox.tagsOf(arn)).toEqual(others);
  });

  test("keeps somebody else's CreatedBy, also when it stands behind forty other tags", async () => {
    const forty = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`key-${at}`, 'value']));
    const tags = { ...forty, CreatedBy: 'the platform team' };
    const { arn, creation } = newResource(kind, { tags });
    let outcomes: readonly Outcome[] = [];
    const requests = await tagging.requestsOf(async () => {
      outcomes = await tagging.tag([creation()]);
    });
    expect(outcomes).toMatchObject([{ outcome: 'kept', reason: "CreatedBy is somebody else's" }]);
    expect(requests.filter(isWrite)).toEqual([]);
    expect(tagging.sandbox.tagsOf(arn)).toEqual(tags);
  });

  test('gets a value that its service takes, and the change is reported', async () => {
    const { arn, creation } = newResource(kind, {});
    const env = { NASTY: `aws:a, b\t€\ud800${'😀'.repeat(300)}` };
    const [outcome] = await tagging.tag([creation()], {
      options: { extra: [['Nasty', '{env.NASTY}']] },
      env,
    });
    expect(outcome).toMatchObject({
      outcome: 'tagged',
      adjustments: [{ key: 'Nasty', from: env.NASTY, to: expect.any(String) }],
    });
    expect(tagging.sandbox.tagsOf(arn).Nasty).toBe(outcome?.adjustments[0]?.to);
    expect([...(tagging.sandbox.tagsOf(arn).Nasty ?? '')].length).toBe(256);
  });
});
