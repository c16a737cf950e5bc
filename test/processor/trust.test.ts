/**
 * Who is believed, at the wire: what anybody may send tags nothing and asks nothing of AWS but to keep it; log files come
 * from the buckets that are named, and from the account that must own them.
 */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServedRequest } from '../../sandbox/sandbox.ts';
import { type Deployment, type DeploymentOptions, deploy, queueArn } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  s3Event,
  snsEvent,
  sqsEvent,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';

let deployment: Deployment;
const start = async (options?: DeploymentOptions) => {
  deployment = await deploy(options);
  deployment.putResources([volumeArn(1)]);
};
afterEach(() => deployment.close());

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const STRANGE = 'bucket-of-a-stranger';
const tags = () => deployment.sandbox.tagsOf(volumeArn(1));

const objectCreated = (bucket: string, key: string, more: object = {}) => ({
  version: '0',
  'detail-type': 'Object Created',
  source: 'aws.s3',
  account: ACCOUNT,
  region: REGION,
  detail: { bucket: { name: bucket }, object: { key, size: 1000, ...more } },
});
const destination = (requestPayload: unknown) => ({ requestContext: {}, requestPayload });
const ownMessage = (bucket: string) => ({
  autoTagger: {
    kind: 'creation',
    record: volume(1),
    arns: [volumeArn(1)],
    location: { kind: 's3', bucket, key: KEY },
  },
});

const ALIEN: readonly (readonly [string, object, RegExp])[] = [
  ['an upload to another bucket over EventBridge', objectCreated(STRANGE, KEY), /LOG_BUCKETS/],
  ['an upload to another bucket, from S3', s3Event([KEY], STRANGE), /LOG_BUCKETS/],
  ['an upload to another bucket, through SNS', snsEvent(s3Event([KEY], STRANGE)), /LOG_BUCKETS/],
  ['an upload to another bucket, through SQS', sqsEvent([objectCreated(STRANGE, KEY)]), /LOG_BUCKETS/],
  ['an upload to another bucket, in a destination', destination(s3Event([KEY], STRANGE)), /LOG_BUCKETS/],
  ['a prefix of another bucket', sqsEvent([{ bucket: STRANGE, prefix: 'AWSLogs/' }]), /LOG_BUCKETS/],
  [
    'a message like ours about another bucket, in the work queue itself',
    sqsEvent([ownMessage(STRANGE)], 1, 'retry'),
    /LOG_BUCKETS/,
  ],
  ['a message like ours in another queue', sqsEvent([ownMessage(LOG_BUCKET)]), /is believed only from/],
  ['a message like ours through SNS', snsEvent(ownMessage(LOG_BUCKET)), /is believed only from/],
  ['a message like ours in a destination', destination(ownMessage(LOG_BUCKET)), /is believed only from/],
  ['an event in a queue that is not named', sqsEvent([callEvent(volume(1))]), /EVENT_QUEUES/],
  ['an event through SNS', snsEvent(callEvent(volume(1))), /EVENT_QUEUES/],
  ['an event in a destination', destination(callEvent(volume(1))), /EVENT_QUEUES/],
  [
    'an event through SNS in a queue that is named',
    sqsEvent([{ Type: 'Notification', Message: JSON.stringify(callEvent(volume(1))) }], 1, 'events'),
    /EVENT_QUEUES/,
  ],
];

const EVENT_QUEUES = { EVENT_QUEUES: `arn:aws:sqs:${REGION}:${ACCOUNT}:events` };

describe('what anybody may send tags nothing, asks for nothing, and is kept with the reason', () => {
  test.each(ALIEN)('%s', async (_, event, reason) => {
    await start({ settings: EVENT_QUEUES });
    deployment.sandbox.putBucket({ name: STRANGE, account: ACCOUNT, region: REGION });
    deployment.sandbox.putObject(STRANGE, KEY, logFileOf([volume(1)]));
    const requests = await deployment.requestsOf(() => deployment.invoke(event));
    expect(requests.map(({ operation }) => operation)).toEqual(['SendMessageBatch']);
    expect(tags()).toEqual({});
    const [kept, ...more] = deployment.sent('failure');
    expect(more).toEqual([]);
    expect(JSON.stringify(kept)).toMatch(reason);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('and whoever asked for a bucket that is not named is told so', async () => {
    await start();
    const refused = { items: { rejected: 1 }, failures: [{ message: expect.stringMatching('LOG_BUCKETS') }] };
    expect(await deployment.invoke({ bucket: STRANGE, key: KEY })).toMatchObject(refused);
    expect(await deployment.invoke({ bucket: STRANGE, prefix: '' })).toMatchObject(refused);
    const batch = batchEvent([KEY]);
    const tasks = batch.tasks.map((task) => ({ ...task, s3BucketArn: `arn:aws:s3:::${STRANGE}` }));
    expect(await deployment.invoke({ ...batch, tasks })).toMatchObject({
      results: [{ resultCode: 'PermanentFailure', resultString: expect.stringMatching('LOG_BUCKETS') }],
    });
  });
});

test('an event in a queue that is named is tagged, and only where the envelope is of its account', async () => {
  await start({ settings: EVENT_QUEUES });
  await deployment.invoke(sqsEvent([callEvent(volume(1), OTHER_ACCOUNT)], 1, 'events'));
  expect(tags()).toEqual({});
  await deployment.invoke(sqsEvent([callEvent(volume(1))], 1, 'events'));
  expect(tags()).toEqual(ofAnna());
});

describe('a bucket must belong to the account that is expected', () => {
  const EVENTS: readonly object[] = [s3Event([KEY]), { bucket: LOG_BUCKET, prefix: 'AWSLogs/' }];
  const OWNER_HEADER = 'x-amz-expected-bucket-owner';
  const ofS3 = ({ service }: ServedRequest) => service === 's3';

  /** What the requests for the log bucket, whoever owns it, say about its owner. */
  async function expectedOwners(
    LOG_BUCKETS: string,
    { account, region = REGION }: { readonly account: string; readonly region?: string },
  ) {
    await start({ settings: { LOG_BUCKETS } });
    deployment.sandbox.putBucket({ name: LOG_BUCKET, account, region, sharedWith: [ACCOUNT] });
    deployment.putFile(KEY, [volume(1)]);
    const requests = await deployment.requestsOf(async () => {
      for (const event of EVENTS) await deployment.invoke(event);
    });
    return requests.filter(ofS3).map(({ operation, headers }) => [operation, headers[OWNER_HEADER]]);
  }

  test.each([
    ['ours, where none is named', LOG_BUCKET, ACCOUNT, ACCOUNT],
    ['the one that is named', `${LOG_BUCKET}=${OTHER_ACCOUNT}`, OTHER_ACCOUNT, OTHER_ACCOUNT],
    ['any, where every bucket is believed', '*', OTHER_ACCOUNT, undefined],
  ])('%s, by every request', async (_, setting, account, owner) => {
    expect(await expectedOwners(setting, { account })).toEqual([
      ['GetObject', owner],
      ['ListObjectsV2', owner],
      ['GetObject', owner],
      ['ListObjectsV2', owner],
    ]);
    expect(tags()).toEqual(ofAnna());
  });

  test('also where S3 sends us to another region', async () => {
    const asked = await expectedOwners(LOG_BUCKET, { account: ACCOUNT, region: 'eu-central-1' });
    expect(asked.length).toBeGreaterThan(4);
    expect(new Set(asked.map(([, owner]) => owner))).toEqual(new Set([ACCOUNT]));
    expect(tags()).toEqual(ofAnna());
  });

  test('and is not read where somebody else owns it by now: the reason names the account', async () => {
    await expectedOwners(LOG_BUCKET, { account: OTHER_ACCOUNT });
    expect(tags()).toEqual({});
    const [report] = deployment.reports();
    expect(report?.error).toMatchObject({ class: 'denied', message: expect.stringMatching(ACCOUNT) });
    expect(report?.error?.message).toMatch(/LOG_BUCKETS/);
  });
});

describe('a version of an object', () => {
  const versionOf = ({ input }: ServedRequest) => (input.query as URLSearchParams).get('versionId');
  const versioned = (versionId: string) => {
    const [record] = s3Event([KEY]).Records;
    const object = { ...record?.s3.object, versionId };
    return { Records: [{ ...record, s3: { ...record?.s3, object } }] };
  };
  const batch = batchEvent([KEY]);

  test.each([
    ['S3 names', versioned('v1'), 'v1'],
    ['EventBridge names', objectCreated(LOG_BUCKET, KEY, { 'version-id': 'v2' }), 'v2'],
    [
      'Batch Operations name',
      { ...batch, tasks: batch.tasks.map((task) => ({ ...task, s3VersionId: 'v3' })) },
      'v3',
    ],
    ['people name', { bucket: LOG_BUCKET, key: KEY, versionId: 'v4' }, 'v4'],
    ['nobody names', s3Event([KEY]), null],
    ['Batch Operations leave open', batch, null],
    ['a listing finds', { bucket: LOG_BUCKET, prefix: 'AWSLogs/' }, null],
  ])('that %s is asked for, and no other', async (_, event, version) => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    const requests = await deployment.requestsOf(() => deployment.invoke(event));
    expect(requests.filter(({ operation }) => operation === 'GetObject').map(versionOf)).toEqual([version]);
    expect(tags()).toEqual(ofAnna());
  });

  test.each([
    ['with a version', 'GetObjectVersion', versioned('v1')],
    ['without one', 'GetObject', s3Event([KEY])],
  ])('that may not be read %s: the reason names the permission', async (_, operation, event) => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    // As S3 answers where the bucket is another account's.
    deployment.sandbox.faults.add({
      operation: 'GetObject',
      effect: { error: { code: 'AccessDenied', status: 403, message: 'Access Denied' } },
    });
    await deployment.invoke(event);
    const { error } = deployment.reports()[0] ?? {};
    expect(error).toMatchObject({ class: 'denied', message: expect.stringContaining(`s3:${operation}`) });
    const other = operation === 'GetObject' ? /GetObjectVersion/ : /s3:GetObject\b(?!Version)/;
    expect(error?.message).not.toMatch(other);
  });

  test('takes a permission of its own', async () => {
    await start();
    deployment.putFile(KEY, [volume(1)]);
    deployment.sandbox.deny.add({ service: 's3', operation: 'GetObjectVersion' });
    await deployment.invoke(versioned('v1'));
    expect(tags()).toEqual({});
    await deployment.invoke(s3Event([KEY]));
    expect(tags()).toEqual(ofAnna());
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', key: KEY, versionId: 'v1' }]);
  });
});

test('only queues of ours bring messages of ours', async () => {
  await start();
  for (const queue of ['retry', 'failure'] as const) {
    expect(queueArn(queue)).toContain(queue);
    await deployment.invoke(sqsEvent([ownMessage(LOG_BUCKET)], 1, queue));
    expect(tags()).toEqual(ofAnna());
  }
});
