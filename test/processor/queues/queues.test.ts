/**
 * What could not be done goes alone to a queue and comes back by itself, later and later, until it is done, gone or
 * given up. What a message says is believed no more than a log record.
 */
import { describe, expect, test } from '@jest/globals';
import { delaySeconds } from '../../../processor/queues/visibility.ts';
import { TIME_IS_UP } from '../../helpers/deadlines.ts';
import { type Deployment, deploysForEach, type OwnMessage } from '../../helpers/deployment.ts';
import {
  ACCOUNT,
  EVENT_TIME,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  ofAnna,
  REGION,
  s3Event,
  secondsAgo,
  snsEvent,
  sqsEvent,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const LOCATION = { kind: 's3', bucket: LOG_BUCKET, key: KEY };
const MINUTE = 60;
const GRACE_SECONDS = 10 * MINUTE; // of EC2

const tagsOf = (number: number) => deployment.sandbox.tagsOf(volumeArn(number));
const creation = (record: object, more: object = {}) => ({
  autoTagger: { kind: 'creation', record, arns: [volumeArn(1)], location: LOCATION, ...more },
});
const outcomes = () => deployment.reports().map((report) => report.outcomes);

function failingTags(code: string, status: number, times?: number): () => void {
  const effect = { error: { code, status, message: `${code} of the test` } };
  return deployment.sandbox.faults.add({
    operation: 'CreateTags',
    effect,
    ...(times !== undefined && { times }),
  });
}

/** Seconds from one receive to the next, of the only message in the retry queue, `rounds` times. */
async function pausesOfRetry(rounds: number): Promise<readonly number[]> {
  const pauses: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let seconds = 0;
    while ((await deployment.poll('retry')) === 0) {
      deployment.advance(30);
      seconds += 30;
      if (seconds > 2000) return pauses;
    }
    pauses.push(seconds);
  }
  return pauses;
}

describe('a resource that is not ready', () => {
  test('goes alone to the retry queue, and its neighbours are tagged', async () => {
    await start();
    const at = secondsAgo(10);
    deployment.putResources([volumeArn(1), volumeArn(3)]);
    deployment.putFile(
      KEY,
      [1, 2, 3].map((number) => volume(number, { at })),
    );
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({ batchItemFailures: [] });
    expect(outcomes()).toEqual([{ tagged: 2, deferred: 1 }]);
    expect(deployment.sent('retry')).toMatchObject([
      { kind: 'creation', arns: [volumeArn(2)], location: LOCATION },
    ]);
    expect(deployment.sent('failure')).toEqual([]);
  });

  test('comes back after a minute, and then later and later, and is tagged once it is there', async () => {
    await start();
    deployment.putFile(KEY, [volume(1, { at: secondsAgo(10) })]);
    await deployment.invoke(s3Event([KEY]));
    expect(await pausesOfRetry(4)).toEqual([60, 30, 60, 120]);
    deployment.putResources([volumeArn(1)]);
    expect(await pausesOfRetry(1)).toEqual([240]);
    expect(outcomes().at(-1)).toEqual({ tagged: 1 });
    expect(await deployment.count('retry')).toBe(0);
    expect(deployment.sent('retry')).toHaveLength(1); // it was handed back, never sent again
  });

  test('is gone when its grace is over, and its message with it', async () => {
    await start();
    deployment.putFile(KEY, [volume(1, { at: secondsAgo(10) })]);
    await deployment.invoke(s3Event([KEY]));
    const pauses = await pausesOfRetry(20);
    expect(outcomes().at(-1)).toEqual({ gone: 1 });
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThanOrEqual(GRACE_SECONDS - 10);
    expect(await deployment.count('retry')).toBe(0);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('without a retry queue stays with its caller', async () => {
    await start({ queues: ['failure'] });
    deployment.putFile(KEY, [volume(1, { at: secondsAgo(10) })]);
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    await expect(deployment.invoke(s3Event([KEY]))).rejects.toThrow('1 deferred');
    expect(await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })).toMatchObject({
      remaining: [{ autoTagger: { kind: 'creation', arns: [volumeArn(1)] } }],
    });
    expect(deployment.sent('failure')).toEqual([]);
  });
});

describe('a resource that cannot be tagged', () => {
  test('goes alone to the failure queue, with the reason, and is not tried again', async () => {
    await start();
    deployment.putResources([volumeArn(1), topicArn(2)]);
    deployment.putFile(KEY, [volume(1), topic(2)]);
    failingTags('UnauthorizedOperation', 403);
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({ batchItemFailures: [] });
    expect(outcomes()).toEqual([{ failed: 1, tagged: 1 }]);
    expect(deployment.sent('failure')).toMatchObject([
      {
        kind: 'creation',
        arns: [volumeArn(1)],
        location: LOCATION,
        failure: { class: 'denied', error: 'UnauthorizedOperation' },
      },
    ]);
    expect(deployment.sent('failure')[0]?.record).toEqual(volume(1)); // whole, so that it can be replayed
    expect(deployment.sent('retry')).toEqual([]);
  });

  test('is an error in the log', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1)]);
    failingTags('UnauthorizedOperation', 403);
    await deployment.invoke(s3Event([KEY]));
    const [line] = deployment.lines;
    expect(line).toMatchObject({
      level: 'ERROR',
      message: 'file',
      report: { failures: [{ class: 'denied' }] },
    });
  });

  test('without a failure queue is rejected where the caller takes that, and stays with the others', async () => {
    await start({ queues: ['retry'] });
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1)]);
    failingTags('UnauthorizedOperation', 403);
    expect(await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })).toMatchObject({
      items: { rejected: 1 },
      remaining: [],
    });
    expect(await deployment.invoke(sqsEvent([s3Event([KEY])]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-0' }],
    });
    await expect(deployment.invoke(snsEvent(s3Event([KEY])))).rejects.toThrow('1 failed');
  });

  test('is not sent again beside what can be: what remains by hand is only what may yet be done', async () => {
    await start({ queues: [] });
    const at = secondsAgo(10);
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1, { at }), topic(2, { at: secondsAgo(10) })]);
    failingTags('UnauthorizedOperation', 403);
    expect(await deployment.invoke({ bucket: LOG_BUCKET, key: KEY })).toMatchObject({
      items: { retry: 1 },
      remaining: [{ autoTagger: { arns: [topicArn(2)] } }],
    });
  });
});

test('as many messages as there are resources: batches of ten, each message once', async () => {
  await start();
  const numbers = Array.from({ length: 25 }, (_, number) => number);
  deployment.putResources(numbers.map((number) => volumeArn(number)));
  deployment.putFile(
    KEY,
    numbers.map((number) => volume(number)),
  );
  failingTags('UnauthorizedOperation', 403);
  const requests = await deployment.requestsOf(() => deployment.invoke(s3Event([KEY])));
  const batches = requests.filter(({ operation }) => operation === 'SendMessageBatch');
  expect(batches.map(({ input }) => (input.Entries as object[]).length).sort()).toEqual([10, 10, 5]);
  expect(
    deployment
      .sent('failure')
      .flatMap(({ arns = [] }) => arns)
      .sort(),
  ).toEqual(numbers.map((number) => volumeArn(number)));
});

test('a thousand failures and more are handed on as their file, from the first of them', async () => {
  await start();
  const numbers = Array.from({ length: 1_010 }, (_, number) => number);
  deployment.putResources(numbers.map((number) => volumeArn(number)));
  deployment.putFile(KEY, [topic(5000), ...numbers.map((number) => volume(number))]);
  failingTags('UnauthorizedOperation', 403);
  await deployment.invoke(s3Event([KEY]));
  const problem = expect.stringContaining('UnauthorizedOperation of the test');
  expect(deployment.sent('failure')).toEqual([
    { kind: 'file', bucket: LOG_BUCKET, key: KEY, fromIndex: 1, problem },
  ]);
});

describe('a file that came back from the retry queue', () => {
  test('is gone on with from where it was left: what was done before is counted as such', async () => {
    await start();
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    deployment.putFile(KEY, [volume(1), volume(2)]);
    await deployment.send('retry', {
      autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: KEY, fromIndex: 1 },
    });
    await deployment.poll('retry');
    expect(deployment.reports()).toMatchObject([
      { records: 2, creations: 1, ignored: { 'done-before': 1 }, outcomes: { tagged: 1 } },
    ]);
    expect([tagsOf(1), tagsOf(2)]).toEqual([{}, ofAnna()]);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('and is denied still, is given up after twenty receives: to the failure queue, once, with the reason', async () => {
    await start();
    deployment.sandbox.deny.add({ service: 's3', operation: 'GetObject' });
    const message = { kind: 'file', bucket: LOG_BUCKET, key: KEY };
    await deployment.send('retry', { autoTagger: message });
    const pauses = await pausesOfRetry(30);
    expect(pauses).toHaveLength(20);
    expect(pauses.slice(0, 8)).toEqual([0, 30, 60, 120, 240, 480, 900, 900]);
    expect(deployment.sent('failure')).toMatchObject([
      { ...message, problem: expect.stringMatching(/given up.*not authorized/) },
    ]);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('and is given up where there is no failure queue, stays in the queue that it came from', async () => {
    await start({ queues: ['retry'] });
    deployment.sandbox.deny.add({ service: 's3', operation: 'GetObject' });
    const event = sqsEvent([{ autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: KEY } }], 25);
    expect(await deployment.invoke(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }] });
  });
});

test('a notification that cannot be done is given up like a message of ours, and can be replayed', async () => {
  await start();
  deployment.sandbox.deny.add({ service: 's3', operation: 'GetObject' });
  await deployment.send('retry', s3Event([KEY]));
  expect(await pausesOfRetry(30)).toHaveLength(20);
  const [kept, ...more] = deployment.sent('failure');
  expect(more).toEqual([]);
  expect(JSON.parse(kept?.body ?? '')).toEqual(s3Event([KEY]));
});

test.each([
  [1, 30],
  [2, 60],
  [3, 120],
  [6, 900],
  [1000, 900],
])('after receive %d a message is hidden for %d seconds', (receives, seconds) => {
  expect(delaySeconds(receives)).toBe(seconds);
  expect(delaySeconds(receives)).toBeLessThanOrEqual(12 * 60 * 60); // what SQS takes
});

describe('a message is handed back to where it came from', () => {
  const visibility = (event: object) =>
    deployment.requestsOf(async () => {
      expect(await deployment.invoke(event, TIME_IS_UP)).toMatchObject({ batchItemFailures: [{}] });
    });

  test('with the handle that it was received with', async () => {
    await start();
    const [request] = await visibility(sqsEvent([s3Event([KEY])], 3));
    expect(request).toMatchObject({
      operation: 'ChangeMessageVisibilityBatch',
      input: {
        QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/notifications`,
        Entries: [{ ReceiptHandle: 'handle-0', VisibilityTimeout: 120 }],
      },
    });
  });

  test.each([
    ['in another region', `arn:aws:sqs:us-west-2:${ACCOUNT}:notifications`],
    ['of another service', `arn:aws:sns:${REGION}:${ACCOUNT}:notifications`],
    ['that is a host', 'arn:aws:sqs:evil.example:1:x'],
    ['that is a URL', 'https://evil.example/1/x'],
    ['that is nothing', ''],
  ])(
    'but not to a queue %s: it comes back after the time-out of its own queue',
    async (_, eventSourceARN) => {
      await start();
      const event = sqsEvent([s3Event([KEY])]);
      const forged = { Records: event.Records.map((record) => ({ ...record, eventSourceARN })) };
      expect(await visibility(forged)).toEqual([]);
    },
  );
});

describe('a message that somebody forged', () => {
  test('with tags of its own gets none of them', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    const evil = { CreatedBy: 'mallory', Owner: 'mallory' };
    const forged = creation(
      { ...volume(1), tags: evil },
      { tags: evil, creator: 'mallory', outcome: 'tagged', settings: { onExisting: 'overwrite' } },
    );
    await deployment.send('retry', { ...forged, tags: evil });
    await deployment.poll('retry');
    expect(tagsOf(1)).toEqual(ofAnna());
  });

  test('about a resource that somebody else has tagged changes nothing', async () => {
    await start();
    deployment.sandbox.putResource({ arn: volumeArn(1), tags: { CreatedBy: 'bob' } });
    await deployment.send('retry', creation(volume(1)));
    await deployment.poll('retry');
    expect(tagsOf(1)).toEqual({ CreatedBy: 'bob' });
    expect(outcomes()).toEqual([{ kept: 1 }]);
  });

  const WRONG: readonly (readonly [string, () => object, string])[] = [
    ['an ARN that its record did not create', () => creation(volume(2)), 'no-resource'],
    [
      'an ARN of another account',
      () => creation(volume(1), { arns: [volumeArn(1, OTHER_ACCOUNT)] }),
      'no-resource',
    ],
    [
      'an ARN of another region',
      () => creation(volume(1), { arns: [volumeArn(1).replace(REGION, 'us-east-1')] }),
      'no-resource',
    ],
    ['an ARN that is none', () => creation(volume(1), { arns: ['*'] }), 'no-resource'],
    [
      'a record of another account',
      () => creation(volume(1, { account: OTHER_ACCOUNT }), { arns: [volumeArn(1, OTHER_ACCOUNT)] }),
      'account-differs',
    ],
    [
      'a record of another account, and a file of that account',
      () =>
        creation(volume(1, { account: OTHER_ACCOUNT }), {
          arns: [volumeArn(1, OTHER_ACCOUNT)],
          location: { ...LOCATION, key: logKeyOf(OTHER_ACCOUNT, REGION, 1) },
        }),
      'no-role',
    ],
    [
      'a file of another account',
      () => creation(volume(1), { location: { ...LOCATION, key: logKeyOf(OTHER_ACCOUNT, REGION, 1) } }),
      'account-differs',
    ],
    ['a record of a failed call', () => creation({ ...volume(1), errorCode: 'Denied' }), 'failed-call'],
    ['a record of nothing', () => creation({}), 'not-in-catalogue'],
  ];

  test.each(WRONG)('with %s tags nothing, and ends in the failure queue', async (_, message, reason) => {
    await start();
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    await deployment.send('retry', message());
    await deployment.poll('retry');
    expect([tagsOf(1), tagsOf(2)]).toEqual([{}, {}]);
    expect(deployment.sent('failure')).toMatchObject([
      { kind: 'unreadable', problem: expect.stringContaining(reason) },
    ]);
    expect(JSON.parse(deployment.sent('failure')[0]?.body ?? '')).toEqual(message());
    expect(await deployment.count('retry')).toBe(0);
    expect(deployment.reports()).toMatchObject([{ records: 1, ignored: { [reason]: 1 }, resources: 0 }]);
  });

  const POISON: readonly (readonly [string, unknown])[] = [
    ['no JSON', 'hello'],
    ['a kind that there is none of', { autoTagger: { kind: 'shell', command: 'rm -rf /' } }],
    ['no record', { autoTagger: { kind: 'creation', arns: [volumeArn(1)], location: LOCATION } }],
    ['a record that is a text', creation('record' as unknown as object)],
    ['no bucket', { autoTagger: { kind: 'file', key: KEY } }],
    ['a bucket that is a host', { autoTagger: { kind: 'file', bucket: 'evil.example/x', key: KEY } }],
    [
      'a bucket that is an access point',
      {
        autoTagger: { kind: 'file', bucket: `arn:aws:s3:us-west-2:${OTHER_ACCOUNT}:accesspoint/x`, key: KEY },
      },
    ],
    ['a bucket that is an address', { autoTagger: { kind: 'file', bucket: '169.254.169.254', key: KEY } }],
    ['no key', { autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: '' } }],
    [
      'a key of two thousand bytes',
      { autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: 'k'.repeat(2000) } },
    ],
    ['an index below zero', { autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: KEY, fromIndex: -1 } }],
    ['no files', { autoTagger: { kind: 'files', files: [] } }],
    [
      'files with a length that is no number',
      { autoTagger: { kind: 'files', files: { length: { toString: 'x' } } } },
    ],
    [
      'one of its files in a bucket that is a host',
      { autoTagger: { kind: 'files', files: [LOCATION, { bucket: 'evil.example/x', key: KEY }] } },
    ],
  ];

  test.each(POISON)('with %s ends in the failure queue once, and is acknowledged', async (_, body) => {
    await start();
    await deployment.send('retry', body);
    const requests = await deployment.requestsOf(() => deployment.poll('retry'));
    expect(await deployment.count('retry')).toBe(0);
    expect(deployment.sent('failure')).toMatchObject([{ kind: 'unreadable', problem: expect.any(String) }]);
    const kept = deployment.sent('failure')[0]?.body ?? '';
    expect(kept).toBe(typeof body === 'string' ? body : JSON.stringify(body));
    expect(new Set(requests.map(({ service }) => service))).toEqual(new Set(['sqs']));
  });

  test('and poisoned without a failure queue stays with SQS, which gives up by the rules of the queue', async () => {
    await start({ queues: ['retry'] });
    await deployment.send('retry', 'hello');
    await deployment.poll('retry');
    expect(await deployment.count('retry')).toBe(1);
  });

  test('naming a bucket that LOG_BUCKETS does not name asks nothing of S3, and ends in the failure queue', async () => {
    await start();
    deployment.sandbox.putBucket({ name: 'forged', account: ACCOUNT, region: REGION });
    deployment.sandbox.putObject('forged', KEY, logFileOf([volume(1)]));
    deployment.putResources([volumeArn(1)]);
    const forged = [
      { kind: 'file', bucket: 'forged', key: KEY },
      { kind: 'prefix', bucket: 'forged', prefix: 'AWSLogs/' },
      creation(volume(1), { location: { ...LOCATION, bucket: 'forged' } }).autoTagger,
    ];
    for (const autoTagger of forged) await deployment.send('retry', { autoTagger });
    const requests = await deployment.requestsOf(() => deployment.poll('retry'));
    expect(requests.filter(({ service }) => service !== 'sqs')).toEqual([]);
    expect(tagsOf(1)).toEqual({});
    expect(deployment.sent('failure')).toHaveLength(3);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('naming a bucket that is another account’s now reads nothing, and ends in the failure queue in the end', async () => {
    await start({ settings: { LOG_BUCKETS: `${LOG_BUCKET},of-others` } });
    deployment.sandbox.putBucket({ name: 'of-others', account: OTHER_ACCOUNT, region: REGION });
    deployment.sandbox.putObject('of-others', KEY, logFileOf([volume(1)]));
    deployment.putResources([volumeArn(1)]);
    await deployment.send('retry', { autoTagger: { kind: 'file', bucket: 'of-others', key: KEY } });
    await pausesOfRetry(30);
    expect(tagsOf(1)).toEqual({});
    expect(deployment.reports()).toHaveLength(20);
    expect(deployment.sent('failure')).toHaveLength(1);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('with a key that pollutes a prototype pollutes none', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    const text = JSON.stringify(creation({ ...volume(1), XX: { isAdmin: true, userIdentity: {} } }));
    await deployment.send('retry', text.replace('"XX"', '"__proto__"'));
    await deployment.poll('retry');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    expect(tagsOf(1)).toEqual(ofAnna());
  });
});

test('a deferred resource keeps the time of its event: a minute later is not the time of its creation', async () => {
  await start();
  deployment.putResources([volumeArn(1)]);
  deployment.putFile(KEY, [volume(1)]);
  failingTags('ConcurrentTagAccess', 400, 1);
  await deployment.invoke(s3Event([KEY]));
  const [message] = deployment.sent('retry') as readonly (OwnMessage & { readonly tags?: unknown })[];
  expect(message?.tags).toBeUndefined();
  deployment.advance(60);
  await deployment.poll('retry');
  expect(tagsOf(1)).toEqual(ofAnna(EVENT_TIME));
});
