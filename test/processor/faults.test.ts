/**
 * Whatever AWS answers, or does not: nothing is lost, nothing is tagged twice differently, and every sum holds. Faults
 * happen on the wire.
 */
import { gzipSync } from 'node:zlib';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../sandbox/sandbox.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  describeCall,
  failedCall,
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
import { sqsClientOf } from '../sandbox/sqs-client.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const NAME = `s3://${LOG_BUCKET}/${KEY}`;
const ONE_FILE = { tasks: { file: 1 }, items: { done: 1, retry: 0, rejected: 0 } };

/** A file in which Anna made volumes 1 and 2, which exist. */
function putFile(): void {
  deployment.putResources([volumeArn(1), volumeArn(2)]);
  deployment.putFile(KEY, [volume(1), describeCall(), failedCall(), volume(2)]);
}

function expectAllTagged(): void {
  for (const number of [1, 2]) expect(deployment.sandbox.tagsOf(volumeArn(number))).toEqual(ofAnna());
}

function expectNothingTagged(): void {
  for (const number of [1, 2]) expect(deployment.sandbox.tagsOf(volumeArn(number))).toEqual({});
}

function fault(operation: string, effect: FaultEffect, times = Number.POSITIVE_INFINITY): void {
  deployment.sandbox.faults.add({ operation, effect, times });
}

const OPERATOR = { type: 'IAMUser', account: ACCOUNT, userName: 'ops' } as const;
const error = (code: string, status: number) => ({ error: { code, status, message: `${code} of the test` } });

const TRANSIENT: readonly (readonly [string, FaultEffect])[] = [
  ['answers 503', error('ServiceUnavailable', 503)],
  ['answers 500', error('InternalError', 500)],
  ['resets before it answers', { reset: true }],
  ['resets in the middle of the body', { resetAfterBytes: 100 }],
  ['never answers', { stall: true }],
];

const DENIED: readonly (readonly [string, FaultEffect])[] = [
  ['denies access', error('AccessDenied', 403)],
  ['may not use the key', error('KMS.DisabledException', 400)],
];

const FINAL: readonly (readonly [string, () => void, string])[] = [
  ['there is no such object', () => {}, 'NoSuchKey'],
  [
    'it is archived',
    () => {
      putFile();
      fault('GetObject', error('InvalidObjectState', 403));
    },
    'InvalidObjectState',
  ],
  [
    'it is corrupt',
    () => deployment.putFile(KEY, gzipSync('{"Records":[]}').subarray(0, -4)),
    'TruncatedGzip',
  ],
  ['it is no gzip', () => deployment.putFile(KEY, Buffer.from('hello')), 'NotGzip'],
  [
    'it is too large',
    () => deployment.putFile(KEY, [describeCall(), describeCall(), describeCall()]),
    'TooLarge',
  ],
];

/** Only where it is waited for in vain: on a busy machine an answer may take longer. */
const IN_VAIN = { limits: { requestTimeoutMs: 500 } };
const quickFor = (effect: FaultEffect) => ('stall' in effect ? IN_VAIN : {});

describe.each([...TRANSIENT, ...DENIED])('while S3 %s', (_, effect) => {
  test('SQS is given its message back, and the file is done when it comes again', async () => {
    await start(quickFor(effect));
    putFile();
    await deployment.send('retry', s3Event([KEY]));
    fault('GetObject', effect, 1);
    expect(await deployment.poll('retry')).toBe(1);
    expect(await deployment.count('retry')).toBe(1);
    expectNothingTagged();
    expect(await deployment.poll('retry')).toBe(0); // not at once
    deployment.advance(30);
    expect(await deployment.poll('retry')).toBe(1);
    expectAllTagged();
    expect(await deployment.count('retry')).toBe(0);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('an asynchronous caller need not come back: the retry queue keeps the file', async () => {
    await start(quickFor(effect));
    putFile();
    fault('GetObject', effect, 1);
    expect(await deployment.invoke(s3Event([KEY]))).toMatchObject(ONE_FILE);
    expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', bucket: LOG_BUCKET, key: KEY }]);
    deployment.advance(60);
    await deployment.poll('retry');
    expectAllTagged();
    expect(await deployment.count('retry')).toBe(0);
  });

  test('without a queue it is told to come back, and Batch Operations and people are told what is left', async () => {
    await start({ ...quickFor(effect), queues: [] });
    putFile();
    fault('GetObject', effect);
    await expect(deployment.invoke(s3Event([KEY]))).rejects.toMatchObject({
      code: 'NotAllDone',
      retryable: true,
    });
    expect(await deployment.invoke(batchEvent([KEY]))).toMatchObject({
      results: [
        { taskId: 'task-0', resultCode: 'TemporaryFailure', resultString: expect.stringContaining(NAME) },
      ],
    });
    expect(await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })).toMatchObject({
      remaining: [{ bucket: LOG_BUCKET, keys: [KEY] }],
      items: { retry: 1 },
    });
    expectNothingTagged();
  });

  test('the file has a line in the log that says so, as an error', async () => {
    await start(quickFor(effect));
    fault('GetObject', effect);
    putFile();
    await deployment.invoke(sqsEvent([s3Event([KEY])]));
    const [line] = deployment.lines.filter(({ message }) => message === 'file');
    const expected = DENIED.some(([, denied]) => denied === effect) ? 'denied' : 'transient';
    expect(line).toMatchObject({
      level: 'ERROR',
      report: { file: NAME, complete: false, error: { class: expected } },
    });
  });
});

test('a file whose bucket throttles comes again', async () => {
  await start();
  putFile();
  fault('GetObject', error('SlowDown', 503), 1);
  expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-0' }],
  });
});

test('what passes by itself within a moment is not even noticed', async () => {
  await start({ limits: { maxAttempts: 3 } });
  putFile();
  fault('GetObject', { reset: true }, 1);
  fault('DescribeTags', error('Unavailable', 503), 1);
  fault('CreateTags', { reset: true }, 1);
  expect(await deployment.invoke(s3Event([KEY]))).toMatchObject(ONE_FILE);
  expectAllTagged();
  expect(deployment.sent('retry')).toEqual([]);
});

describe.each(FINAL)('a file is handed on as it is, once, when %s', (_, prepare, code) => {
  const SETTINGS = { settings: { MAX_FILE_BYTES: '3000' } };

  test('and SQS is not asked for it again', async () => {
    await start(SETTINGS);
    prepare();
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('failure')).toMatchObject([
      { kind: 'file', bucket: LOG_BUCKET, key: KEY, failure: { code, class: 'final' } },
    ]);
    expect(deployment.sent('retry')).toEqual([]);
  });

  test('and Batch Operations is told that it failed for good, all the same', async () => {
    await start(SETTINGS);
    prepare();
    const answer = await deployment.invoke(batchEvent([KEY]));
    expect(answer).toMatchObject({ results: [{ resultCode: 'PermanentFailure' }] });
    expect(deployment.sent('failure')).toHaveLength(1);
  });

  test('and the answer to people says so', async () => {
    await start(SETTINGS);
    prepare();
    expect(await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })).toMatchObject({
      items: { rejected: 1 },
      failures: [{ disposition: 'rejected', message: expect.stringContaining(NAME) }],
      reports: [{ error: { code } }],
      remaining: [],
    });
  });

  test('and without a failure queue it stays with whoever brought it', async () => {
    await start({ ...SETTINGS, queues: ['retry'] });
    prepare();
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    await expect(deployment.invoke(snsEvent(s3Event([KEY])))).rejects.toThrow(NAME);
    expect(deployment.sent('retry')).toEqual([]);
  });
});

describe('when a queue does not take what must be handed on', () => {
  const DOWN: readonly (readonly [string, () => void])[] = [
    ['is down', () => fault('SendMessageBatch', error('ServiceUnavailable', 503))],
    ['throttles', () => fault('SendMessageBatch', error('RequestThrottled', 403))],
    ['resets', () => fault('SendMessageBatch', { reset: true })],
    ['never answers', () => fault('SendMessageBatch', { stall: true })],
    ['may not be used', () => deployment.sandbox.deny.add({ service: 'sqs', operation: 'SendMessageBatch' })],
  ];

  describe.each(DOWN)('because it %s', (how, prepare) => {
    const options = how === 'never answers' ? IN_VAIN : {};

    test.each([
      ['deferred', error('ConcurrentTagAccess', 400)],
      ['failed', error('UnauthorizedOperation', 403)],
    ])('for a resource that %s, the caller brings all of it again', async (_, effect) => {
      await start(options);
      putFile();
      fault('CreateTags', effect, 1);
      prepare();
      expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
        batchItemFailures: [{ itemIdentifier: 'message-0' }],
      });
      fault('CreateTags', effect, 1);
      await expect(deployment.invoke(s3Event([KEY]))).rejects.toThrow('the queue did not take it');
      fault('CreateTags', effect, 1);
      const { remaining } = (await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })) as {
        remaining: object[];
      };
      expect(remaining).toHaveLength(2);
      await deployment.invoke(remaining);
      expectAllTagged();
    });

    test('for a file, too', async () => {
      await start(options);
      prepare();
      expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
        batchItemFailures: [{ itemIdentifier: 'message-0' }],
      });
      await expect(deployment.invoke(s3Event([KEY]))).rejects.toThrow(NAME);
    });
  });

  test('of which it takes half, only those come again whose messages were refused', async () => {
    await start();
    const [corrupt = '', denied = ''] = [2, 3].map((number) => logKeyOf(ACCOUNT, REGION, number));
    deployment.putFile(corrupt, Buffer.from('no gzip'));
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(denied, [volume(1)]);
    fault('CreateTags', error('UnauthorizedOperation', 403));
    const { sqs, destroy } = sqsClientOf(deployment.sandbox, OPERATOR, REGION);
    const Attributes = { MaximumMessageSize: '1024' }; // a file's message is shorter, a record's is not
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: deployment.queueUrl('failure'), Attributes }));
    destroy();
    const event = sqsEvent([corrupt, denied, corrupt].map((key) => s3Event([key])));
    expect(await deployment.invoke(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(await deployment.count('failure')).toBe(2);
  });

  test('one message of a batch that is refused is enough, and the others are not sent for nothing', async () => {
    await start();
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    // An event has no file to be come back to; the sandbox refuses a message that is too large, as SQS does.
    const large = { ...volume(1), additionalEventData: 'x'.repeat(1_048_576) };
    fault('CreateTags', error('UnauthorizedOperation', 403));
    const events = [large, volume(2)].map((record) => callEvent(record));
    await expect(deployment.invoke(events)).rejects.toThrow(/the queue did not take it/);
    expect(await deployment.count('failure')).toBe(1);
  });

  test('a record too large for a message is handed on as its place in the file', async () => {
    await start();
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    const large = { ...volume(2), additionalEventData: 'x'.repeat(1_000_000) };
    deployment.putFile(KEY, [volume(1), large]);
    fault('CreateTags', error('UnauthorizedOperation', 403));
    await deployment.invoke(s3Event([KEY]));
    expect(deployment.sent('failure')).toMatchObject([
      { kind: 'creation', arns: [volumeArn(1)] },
      { kind: 'file', bucket: LOG_BUCKET, key: KEY, fromIndex: 1 },
    ]);
  });
});

describe('the function is stopped between tagging and answering', () => {
  const tags = () => [volumeArn(1), volumeArn(2)].map((arn) => deployment.sandbox.tagsOf(arn));

  test('and the event comes again: the tags are the same, and all is unchanged', async () => {
    await start();
    putFile();
    await deployment.invoke(s3Event([KEY])); // its answer is lost
    const before = tags();
    const again = await deployment.invoke(s3Event([KEY]));
    expect(again).toMatchObject({ reports: [{ outcomes: { unchanged: 2 } }] });
    expect(tags()).toEqual(before);
    expectAllTagged();
  });

  test('after a message was handed on, which is then handed on twice: the tags are the same', async () => {
    await start();
    putFile();
    fault('CreateTags', error('ConcurrentTagAccess', 400), 2);
    await deployment.invoke(sqsEvent([s3Event([KEY])]));
    await deployment.invoke(sqsEvent([s3Event([KEY])]));
    expect(deployment.sent('retry')).toHaveLength(4);
    deployment.advance(60);
    await deployment.poll('retry');
    expectAllTagged();
    expect(
      deployment
        .reports()
        .slice(2)
        .map(({ outcomes }) => outcomes),
    ).toEqual(expect.arrayContaining([{ tagged: 1 }]));
    expect(await deployment.count('retry')).toBe(0);
  });

  test('and a write whose answer was lost is written once more, the same', async () => {
    await start({ limits: { maxAttempts: 2 } });
    putFile();
    fault('CreateTags', { reset: true, applied: true }, 1);
    expect(await deployment.invoke(s3Event([KEY]))).toMatchObject({ reports: [{ outcomes: { tagged: 2 } }] });
    expectAllTagged();
  });

  test('and a write whose answer was lost for good is deferred, and found unchanged', async () => {
    await start();
    putFile();
    fault('CreateTags', { reset: true, applied: true }, 1);
    expect(await deployment.invoke(s3Event([KEY]))).toMatchObject({
      reports: [{ outcomes: { deferred: 2 } }],
    });
    deployment.advance(60);
    await deployment.poll('retry');
    expect(deployment.reports().slice(1)).toMatchObject([
      { outcomes: { unchanged: 1 } },
      { outcomes: { unchanged: 1 } },
    ]);
    expectAllTagged();
    expect(await deployment.count('retry')).toBe(0);
  });
});

test('a report counts every record and every resource once', async () => {
  await start();
  putFile();
  deployment.putFile(KEY, [volume(1), describeCall(), failedCall(), 42, volume(2), volume(3)]);
  expect(await deployment.invoke(s3Event([KEY]))).toMatchObject({
    reports: [
      {
        records: 6,
        malformed: 1,
        ignored: { 'failed-call': 1, 'not-in-catalogue': 1 },
        creations: 3,
        resources: 3,
        outcomes: { tagged: 2, gone: 1 },
      },
    ],
  });
});
