// What holds for every tagging API: tags are read, added beside others, and found again.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ACCOUNT,
  ALICE,
  creationOf,
  EVENT_TIME,
  KINDS,
  type KindName,
  OTHER_ACCOUNT,
  TAGGED_KINDS,
} from './creations.ts';
import { isWrite, operationsOf, ours, putResource, startTagging, type Tagging } from './tagging.ts';

let tagging: Tagging;

beforeAll(async () => {
  tagging = await startTagging();
});
afterAll(() => tagging.close());

const REGIONS = ['us-east-1', 'ap-southeast-2'];

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

describe.each(TAGGED_KINDS)('a %s', (kind) => {
  test.each(REGIONS)('in %s gets the three tags beside those that it has', async (region) => {
    const id = `${KINDS[kind].id(1)}`;
    const arn = putResource(tagging.sandbox, kind, id, { region, tags: { Team: 'blue', CostCentre: '' } });
    const creation = creationOf(kind, id, { region });

    let outcome: unknown;
    const requests = await tagging.requestsOf(async () => {
      [outcome] = await tagging.tag([creation]);
    });

    expect(outcome).toMatchObject({ outcome: 'tagged', reason: '', failure: undefined, adjustments: [] });
    expect(tagging.sandbox.tagsOf(arn)).toEqual({ Team: 'blue', CostCentre: '', ...ours(ALICE, EVENT_TIME) });
    expect(operationsOf(requests)).toEqual(CALLS[kind]);
    expect(new Set(requests.map((request) => request.region))).toEqual(new Set([region]));
  });
});
