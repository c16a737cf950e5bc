/**
 * A dry function watches: it writes no tag and sends nothing, acknowledges what a backfill can ask for again, says how
 * much that is, and leaves our own messages where they are.
 */
import { describe, expect, test } from '@jest/globals';
import { TIME_IS_UP } from '../helpers/deadlines.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  LOG_BUCKET,
  ofAnna,
  REGION,
  s3Event,
  snsEvent,
  sqsEvent,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});
const DRY = { settings: { DRY_RUN: 'true' } };

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const CORRUPT = logKeyOf(ACCOUNT, REGION, 2);
const MISSING = logKeyOf(ACCOUNT, REGION, 3);

function putFiles(): void {
  deployment.putResources([volumeArn(1)]);
  deployment.putFile(KEY, [volume(1)]);
  deployment.putFile(CORRUPT, Buffer.from('no gzip'));
}

const objectCreated = (key: string) => ({
  'detail-type': 'Object Created',
  source: 'aws.s3',
  detail: { bucket: { name: LOG_BUCKET }, object: { key } },
});

/** Of every caller that can be acknowledged, with a good file and two that can never be read. */
const NOTIFICATIONS: readonly (readonly [string, (key: string) => object])[] = [
  ['S3', (key) => s3Event([key])],
  ['SNS', (key) => snsEvent(s3Event([key]))],
  ['SQS', (key) => sqsEvent([s3Event([key])])],
  ['SQS at its last receive', (key) => sqsEvent([s3Event([key])], 25)],
  ['EventBridge', objectCreated],
  ['a destination', (key) => ({ requestContext: {}, requestPayload: s3Event([key]) })],
  ['a prefix in SQS', (key) => sqsEvent([{ bucket: LOG_BUCKET, prefix: key }])],
];

const NOTHING_IS_SENT = ['GetObject', 'ListObjectsV2', 'DescribeTags'];

const invocationLine = () => deployment.lines.filter(({ message }) => message === 'invocation').at(-1);

/** It does not throw, and gives nothing back. */
async function expectAcknowledged(event: object, deadline?: typeof TIME_IS_UP): Promise<void> {
  const requests = await deployment.requestsOf(async () => {
    const answer = (await deployment.invoke(event, deadline)) as { batchItemFailures?: readonly object[] };
    expect(answer.batchItemFailures ?? []).toEqual([]);
  });
  for (const { operation } of requests) expect(NOTHING_IS_SENT).toContain(operation);
  expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
}

describe.each(NOTIFICATIONS)('a notification of %s', (_, eventOf) => {
  test.each([
    ['that is done is acknowledged', KEY, 0],
    ['of a file that is corrupt is acknowledged, and counted as left', CORRUPT, 1],
  ])('%s', async (__, key, left) => {
    await start(DRY);
    putFiles();
    await expectAcknowledged(eventOf(key));
    expect(invocationLine()).toMatchObject({ dryRun: true, leftToBackfill: left });
  });

  test.each([[['retry', 'failure'] as const], [[]]])(
    'that no time is left for is acknowledged, and counted as left, with the queues %j',
    async (queues) => {
      await start({ ...DRY, queues });
      putFiles();
      await expectAcknowledged(eventOf(KEY), TIME_IS_UP);
      expect(invocationLine()).toMatchObject({ dryRun: true, leftToBackfill: 1 });
    },
  );
});

test('an event by itself, and what nobody understands, are acknowledged too', async () => {
  await start(DRY);
  putFiles();
  await expectAcknowledged(callEvent(volume(1)));
  await expectAcknowledged(callEvent(volume(1)), TIME_IS_UP);
  expect(invocationLine()).toMatchObject({ leftToBackfill: 1 });
  await expectAcknowledged(sqsEvent(['what is this?']));
  await expectAcknowledged(snsEvent({ hello: 'world' }));
  expect(invocationLine()).toMatchObject({ leftToBackfill: 1, failures: [{}] });
});

test('a resource whose tags cannot be read for the moment is counted as left', async () => {
  await start(DRY);
  putFiles();
  const effect = { error: { code: 'Unavailable', status: 503, message: 'later' } };
  deployment.sandbox.faults.add({ operation: 'DescribeTags', effect });
  await expectAcknowledged(s3Event([KEY]));
  expect(invocationLine()).toMatchObject({ leftToBackfill: 1 });
});

describe('a message of ours stays in its queue', () => {
  const creation = (location: object) => ({ kind: 'creation', record: volume(1), location });
  const MESSAGES: readonly (readonly [string, object])[] = [
    ['with resources of a record', creation({ kind: 's3', bucket: LOG_BUCKET, key: KEY })],
    ['with a file', { kind: 'file', bucket: LOG_BUCKET, key: KEY }],
    ['with a file that is corrupt', { kind: 'file', bucket: LOG_BUCKET, key: CORRUPT }],
    ['with files', { kind: 'files', files: [{ bucket: LOG_BUCKET, key: KEY }] }],
    ['with a prefix', { kind: 'prefix', bucket: LOG_BUCKET, prefix: 'AWSLogs/' }],
    ['with a text that is understood by now', { kind: 'unreadable', body: JSON.stringify(s3Event([KEY])) }],
    ['that nobody understands', { kind: 'what' }],
  ];

  test.each(MESSAGES)('%s, however often it is received', async (_, autoTagger) => {
    await start(DRY);
    putFiles();
    await deployment.send('retry', { autoTagger });
    for (let round = 0; round < 22; round++) {
      expect(await deployment.poll('retry')).toBe(1);
      deployment.advance(900);
    }
    expect(await deployment.count('retry')).toBe(1);
    expect([deployment.sent('retry'), deployment.sent('failure')]).toEqual([[], []]);
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
  });
});

describe('whoever asks for something is told the truth', () => {
  test('Batch Operations', async () => {
    await start(DRY);
    putFiles();
    expect(await deployment.invoke(batchEvent([KEY, CORRUPT, MISSING]))).toMatchObject({
      results: [
        { resultCode: 'Succeeded' },
        { resultCode: 'PermanentFailure' },
        { resultCode: 'PermanentFailure' },
      ],
    });
    expect(await deployment.invoke(batchEvent([KEY]), TIME_IS_UP)).toMatchObject({
      results: [{ resultCode: 'TemporaryFailure' }],
    });
  });

  test('people', async () => {
    await start(DRY);
    putFiles();
    const event = { bucket: LOG_BUCKET, keys: [KEY, CORRUPT] };
    expect(await deployment.invoke(event)).toMatchObject({ items: { rejected: 1 }, remaining: [] });
    expect(await deployment.invoke(event, TIME_IS_UP)).toMatchObject({ remaining: [event] });
    expect(await deployment.invoke({ resourceId: volumeArn(1), user: 'bob' })).toMatchObject({
      reports: [{ outcomes: { 'would-tag': 1 } }],
    });
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
  });
});

test('what a dry function has acknowledged, a backfill does', async () => {
  await start(DRY);
  putFiles();
  await expectAcknowledged(s3Event([KEY]), TIME_IS_UP);
  deployment.renew({ DRY_RUN: 'false' });
  await deployment.invoke({ bucket: LOG_BUCKET, prefix: 'AWSLogs/' });
  expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual(ofAnna());
});
