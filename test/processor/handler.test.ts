/**
 * Every way in, from the event as AWS sends it to the tags on the resources and the answer that this caller wants. Who
 * may tag what, by the key that a file lies under, and what the function logs.
 */
import { describe, expect, test } from '@jest/globals';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
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
import { logKeyOf } from '../helpers/log-files.ts';
import { BUCKET, fixture, LOG, LOG_OF_MEMBER } from './notification/fixtures.ts';

let deployment: Deployment;
const deploy = deploysForEach((started) => {
  deployment = started;
});
const start = async (options?: DeploymentOptions) => {
  const settings = { LOG_BUCKETS: `${LOG_BUCKET},${BUCKET}`, ...options?.settings };
  await deploy({ ...options, settings });
  deployment.sandbox.putBucket({ name: BUCKET, account: ACCOUNT, region: REGION });
};

/** Puts a file with volume `number`, which exists, under a key. */
function putVolume(number: number, key: string, bucket: string = BUCKET): void {
  deployment.putResources([volumeArn(number)]);
  deployment.putFile(key, [volume(number)], bucket);
}

const tagsOf = (number: number) => deployment.sandbox.tagsOf(volumeArn(number));

const LOG_OF_ORGANIZATION = LOG_OF_MEMBER.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/');

const ALL_DONE = { items: { done: 1, retry: 0, rejected: 0 }, failures: [] };

interface Case {
  readonly form: string;
  /** Where one form has several cases. */
  readonly how?: string;
  /** Objects of this account that are read, by their keys in S3. */
  readonly ours: readonly string[];
  /** Of an account that there is no role for. */
  readonly others?: readonly string[];
  readonly answer: object;
}

const CASES: readonly Case[] = [
  {
    form: 's3',
    ours: [`team a/${LOG}`],
    others: [LOG_OF_MEMBER],
    answer: { ...ALL_DONE, caller: 's3', skipped: { digest: 1, config: 1, 'not-created': 1 } },
  },
  { form: 'sns', ours: [LOG], answer: { ...ALL_DONE, caller: 'sns', skipped: {} } },
  {
    form: 'cloudtrail',
    ours: [LOG],
    others: [LOG_OF_ORGANIZATION],
    answer: { ...ALL_DONE, caller: 'sns', skipped: { digest: 1 } },
  },
  { form: 'sqs', ours: [LOG], others: [LOG_OF_MEMBER], answer: { batchItemFailures: [] } },
  { form: 'sns-in-sqs', ours: [LOG], answer: { batchItemFailures: [] } },
  { form: 'list', ours: [LOG], others: [LOG_OF_MEMBER], answer: { batchItemFailures: [] } },
  {
    form: 'eventbridge-object-created',
    ours: [`team%20a/${LOG}`],
    answer: { ...ALL_DONE, caller: 'eventbridge' },
  },
  // AWS does not say whether it encodes these keys.
  {
    form: 'eventbridge-object-created',
    how: ', had its key been encoded',
    ours: [`team a/${LOG}`],
    answer: { ...ALL_DONE, caller: 'eventbridge' },
  },
  {
    form: 'lambda-destination',
    ours: [LOG],
    answer: { ...ALL_DONE, caller: 'lambda' },
  },
  {
    form: 'batch-1.0',
    ours: [`team a/${LOG}`],
    others: [LOG_OF_MEMBER],
    answer: {
      invocationSchemaVersion: '1.0',
      treatMissingKeysAs: 'TemporaryFailure',
      invocationId: 'YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo',
      results: [
        {
          taskId: 'dGFza2lkZ29lc2hlcmUK',
          resultCode: 'Succeeded',
          resultString: `s3://${BUCKET}/team a/${LOG}: 1 resources: 1 tagged`,
        },
        {
          taskId: 'dGFza2lkdHdvCg',
          resultCode: 'Succeeded',
          resultString: `s3://${BUCKET}/${LOG_OF_MEMBER}: 0 resources`,
        },
      ],
    },
  },
  {
    form: 'batch-2.0',
    ours: [`team+a/${LOG}`],
    answer: {
      invocationSchemaVersion: '2.0',
      results: [
        {
          taskId: 'dGFza2lkZ29lc2hlcmUK',
          resultCode: 'Succeeded',
          resultString: expect.stringMatching(/1 tagged/),
        },
      ],
    },
  },
  {
    form: 'step-functions',
    ours: [LOG],
    answer: { ...ALL_DONE, caller: 'step-functions', remaining: [], reports: [{ outcomes: { tagged: 1 } }] },
  },
  {
    form: 'step-functions-batch',
    ours: [`team+a/${LOG}`],
    answer: { ...ALL_DONE, skipped: { folder: 1, digest: 1, empty: 1 }, remaining: [] },
  },
  {
    form: 'step-functions-inventory',
    ours: [`team a/${LOG}`],
    others: [LOG_OF_MEMBER],
    answer: { ...ALL_DONE, caller: 'step-functions', remaining: [] },
  },
  {
    form: 'key',
    ours: ['AWSLogs/111122223333/CloudTrail/joined 100%+.json.gz'],
    answer: { ...ALL_DONE, caller: 'manual', remaining: [], reports: [{ outcomes: { tagged: 1 } }] },
  },
  {
    form: 'keys',
    ours: [LOG],
    others: [LOG_OF_ORGANIZATION],
    answer: { ...ALL_DONE, caller: 'manual', remaining: [], skipped: { other: 1 } },
  },
  { form: 'prefix', ours: [LOG], answer: { ...ALL_DONE, caller: 'manual', remaining: [] } },
  {
    form: 'records', // a mixture
    ours: [LOG],
    others: [LOG_OF_MEMBER],
    answer: { ...ALL_DONE, caller: 's3' },
  },
];

describe('from the event as it is sent to the tags and the answer', () => {
  test.each(CASES.map((each) => [each.form + (each.how ?? ''), each] as const))(
    '%s',
    async (_, { form, ours, others = [], answer }) => {
      await start();
      for (const [at, key] of ours.entries()) putVolume(at + 1, key);
      for (const key of others) deployment.putFile(key, [volume(9, { account: OTHER_ACCOUNT })], BUCKET);
      expect(await deployment.invoke(fixture(form))).toMatchObject(answer);
      for (const at of ours.keys()) expect(tagsOf(at + 1)).toEqual(ofAnna());
      // Nothing else was read, and all was read once.
      const names = [...ours, ...others].map((key) => `s3://${BUCKET}/${key}`);
      expect(deployment.reports().map(({ ignored }) => ignored)).toEqual(
        expect.arrayContaining(others.map(() => ({ 'no-role': 1 }))),
      );
      const reported = deployment.reports().map(({ file }) => file.replace('%20', ' '));
      expect(reported.toSorted()).toEqual(names.map((name) => name.replace('%20', ' ')).toSorted());
    },
  );

  test('sqs, with a test message that is skipped and one that nobody understands, which the failure queue keeps', async () => {
    await start();
    putVolume(1, LOG);
    deployment.putFile(LOG_OF_MEMBER, [], BUCKET);
    expect(await deployment.invoke(fixture('sqs'))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('failure')).toMatchObject([
      {
        kind: 'unreadable',
        body: 'this is no notification',
        problem: expect.stringContaining('expected JSON'),
      },
    ]);
    expect(deployment.lines.filter(({ message }) => message === 'invocation')).toMatchObject([
      { level: 'ERROR', skipped: { 'test-message': 1 }, tasks: { file: 2, unreadable: 1, skipped: 1 } },
    ]);
  });

  test('raw SNS, EventBridge and CloudTrail messages in SQS', async () => {
    await start();
    const keys = [LOG, `team%20a/${LOG}`];
    for (const [at, key] of keys.entries()) putVolume(at, key);
    deployment.putFile(LOG_OF_ORGANIZATION, [], BUCKET);
    const cloudTrail = (fixture('cloudtrail') as { Records: { Sns: { Message: string } }[] }).Records[0]?.Sns
      .Message;
    const raw = (fixture('sns') as { Records: { Sns: { Message: string } }[] }).Records[0]?.Sns.Message;
    for (const body of [raw, cloudTrail, fixture('eventbridge-object-created')]) {
      expect(await deployment.invoke(sqsEvent([body]))).toEqual({ batchItemFailures: [] });
    }
    expect(deployment.reports().map(({ file, outcomes }) => [file, outcomes])).toEqual([
      [`s3://${BUCKET}/${LOG}`, { tagged: 1 }],
      [`s3://${BUCKET}/${LOG_OF_ORGANIZATION}`, {}],
      [`s3://${BUCKET}/${LOG}`, { unchanged: 1 }],
      [`s3://${BUCKET}/team%20a/${LOG}`, { tagged: 1 }],
    ]);
  });

  test('an answer to SQS names the messages that were not done, and those alone', async () => {
    await start();
    const keys = [1, 2, 3].map((number) => logKeyOf(ACCOUNT, REGION, number));
    for (const [at, key] of keys.entries()) putVolume(at, key, LOG_BUCKET);
    const answering = deployment.sandbox.faults.add({
      operation: 'GetObject',
      match: ({ input }) => input.Key === keys[1],
      effect: { error: { code: 'InternalError', status: 500, message: 'sorry' } },
    });
    expect(await deployment.invoke(sqsEvent(keys.map((key) => s3Event([key]))))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    answering();
    expect([tagsOf(0), tagsOf(1), tagsOf(2)]).toEqual([ofAnna(), {}, ofAnna()]);
  });

  test('a file of many files in one event is done for each, whatever becomes of its neighbours', async () => {
    await start();
    const keys = [1, 2, 3].map((number) => logKeyOf(ACCOUNT, REGION, number));
    putVolume(1, keys[0] ?? '', LOG_BUCKET);
    deployment.putFile(keys[1] ?? '', Buffer.from('not gzip'));
    putVolume(3, keys[2] ?? '', LOG_BUCKET);
    expect(await deployment.invoke(batchEvent(keys))).toMatchObject({
      results: [{ resultCode: 'Succeeded' }, { resultCode: 'PermanentFailure' }, { resultCode: 'Succeeded' }],
    });
    expect([tagsOf(1), tagsOf(3)]).toEqual([ofAnna(), ofAnna()]);
  });
});

describe('what asks for nothing is skipped and counted', () => {
  test.each([
    ['s3-test', { 'test-message': 1 }],
    ['cloudtrail-test', { 'test-message': 1 }],
    ['eventbridge-object-other', { 'not-created': 1 }],
  ])('%s', async (form, skipped) => {
    await start();
    const requests = await deployment.requestsOf(async () => {
      expect(await deployment.invoke(fixture(form))).toMatchObject({ ...ALL_DONE, skipped, reports: [] });
    });
    expect(requests).toEqual([]);
    expect(deployment.lines).toMatchObject([{ message: 'invocation', level: 'INFO', skipped }]);
  });

  test('a subscription in a queue: it is acknowledged, and not confirmed', async () => {
    await start();
    const requests = await deployment.requestsOf(async () => {
      expect(await deployment.invoke(fixture('sns-subscription'))).toEqual({ batchItemFailures: [] });
    });
    expect(requests).toEqual([]);
    expect(deployment.lines).toMatchObject([{ skipped: { subscription: 1 } }]);
  });
});

describe('a call by itself from EventBridge', () => {
  test('is tagged at once, without a file', async () => {
    await start();
    const arn = `arn:aws:ec2:us-east-1:${ACCOUNT}:volume/vol-0123456789abcdef0`;
    deployment.sandbox.putResource({ arn, account: ACCOUNT, region: 'us-east-1' });
    const requests = await deployment.requestsOf(async () => {
      expect(await deployment.invoke(fixture('eventbridge-cloudtrail'))).toMatchObject({
        ...ALL_DONE,
        caller: 'eventbridge',
        reports: [{ records: 1, creations: 1, outcomes: { tagged: 1 } }],
      });
    });
    expect(requests.map(({ operation }) => operation)).not.toContain('GetObject');
    expect(deployment.sandbox.tagsOf(arn)).toEqual({
      CreatedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/Developer/alice@example.com`,
      CreatedDate: '2026-03-17T01:02:03Z',
      ManagedBy: 'auto-tagger',
    });
  });

  test('whose envelope is of another account is counted, and tags nothing', async () => {
    await start();
    deployment.putResources([volumeArn(1)]);
    expect(await deployment.invoke(callEvent(volume(1), OTHER_ACCOUNT))).toMatchObject({
      ...ALL_DONE,
      reports: [{ ignored: { 'account-differs': 1 }, creations: 0 }],
    });
    expect(tagsOf(1)).toEqual({});
  });

  test('that a sender of events made up is not believed: only AWS sends from aws.…', async () => {
    await start();
    const forged = { ...callEvent(volume(1)), source: 'my.app' };
    await expect(deployment.invoke(forged)).rejects.toMatchObject({ code: 'UnknownEvent' });
  });
});

describe('the account in the key must be the account of the record', () => {
  const inFolderOf = (account: string) => logKeyOf(account, REGION, 1);

  test.each([
    ['of our own account', inFolderOf(ACCOUNT)],
    ['with a prefix', `trails/all of them/${inFolderOf(ACCOUNT)}`],
    ['of an organization', inFolderOf(ACCOUNT).replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/')],
    ['renamed, in our folder', `AWSLogs/${ACCOUNT}/CloudTrail/renamed.json.gz`],
  ])('a key %s', async (_, key) => {
    await start();
    putVolume(1, key);
    await deployment.invoke({ bucket: BUCKET, key });
    expect(tagsOf(1)).toEqual(ofAnna());
  });

  test.each([
    ['of another account', inFolderOf(OTHER_ACCOUNT)],
    ['of another account, with a prefix', `trails/${inFolderOf(OTHER_ACCOUNT)}`],
    [
      'of another account of the organization',
      inFolderOf(OTHER_ACCOUNT).replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/'),
    ],
    ['renamed, in the folder of another account', `AWSLogs/${OTHER_ACCOUNT}/CloudTrail/renamed.json.gz`],
    [
      'in a folder of ours that another account made in its own',
      `AWSLogs/${OTHER_ACCOUNT}/CloudTrail/${inFolderOf(ACCOUNT)}`,
    ],
  ])('a record of ours below a key %s is counted, and tags nothing', async (_, key) => {
    await start();
    putVolume(1, key);
    expect(await deployment.invoke({ bucket: BUCKET, key })).toMatchObject({
      reports: [{ records: 1, ignored: { 'account-differs': 1 }, creations: 0, resources: 0 }],
    });
    expect(tagsOf(1)).toEqual({});
  });

  test('one forged record among ours is left out alone', async () => {
    await start();
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    deployment.putFile(LOG, [volume(1), volume(2, { account: OTHER_ACCOUNT })], BUCKET);
    expect(await deployment.invoke({ bucket: BUCKET, key: LOG })).toMatchObject({
      reports: [{ records: 2, ignored: { 'account-differs': 1 }, outcomes: { tagged: 1 } }],
    });
  });
});

describe('TRIGGER_MODE', () => {
  test.each([
    ['s3', 's3'],
    ['sns', 'sns'],
    ['eventbridge', 'eventbridge-object-created'],
    ['batch', 'batch-2.0'],
    ['step-functions', 'step-functions'],
    ['manual', 'key'],
  ])('%s lets %s through, and nothing else', async (mode, form) => {
    await start({ settings: { TRIGGER_MODE: mode } });
    await deployment.invoke(fixture(form));
    const others = ['s3', 'sns', 'eventbridge-object-created', 'batch-2.0', 'resource'].filter(
      (name) => name !== form,
    );
    for (const other of others.filter((name) => !(mode === 'manual' && name === 'resource'))) {
      await expect(deployment.invoke(fixture(other))).rejects.toMatchObject({ code: 'OtherTrigger' });
    }
  });

  test('what was put off comes back all the same, through the retry queue', async () => {
    await start({ settings: { TRIGGER_MODE: 's3' } });
    putVolume(1, LOG);
    deployment.sandbox.faults.add({
      operation: 'CreateTags',
      times: 1,
      effect: { error: { code: 'ConcurrentTagAccess', status: 400, message: 'later' } },
    });
    await deployment.invoke(s3Event([LOG], BUCKET));
    deployment.advance(60);
    await deployment.poll('retry');
    expect(tagsOf(1)).toEqual(ofAnna());
  });

  test('a queue that brings what it may not is not listened to, and its messages are kept', async () => {
    await start({ settings: { TRIGGER_MODE: 's3' } });
    putVolume(1, LOG);
    expect(
      await deployment.invoke(
        sqsEvent([s3Event([LOG], BUCKET), { autoTagger: { kind: 'none' } }], 1, 'retry'),
      ),
    ).toEqual({
      batchItemFailures: [],
    });
    expect(tagsOf(1)).toEqual({});
    expect(deployment.sent('failure')).toHaveLength(2);
  });
});

describe('something unknown is one clear error that names what was seen', () => {
  test.each([
    ['an empty object', {}, 'an empty object'],
    ['nothing', null, 'null'],
    ['an object of something else', { hello: 'world' }, 'an object with "hello"'],
    ['no records', { Records: [] }, 'Records is empty'],
  ])('%s', async (_, event, seen) => {
    await start();
    await expect(deployment.invoke(event)).rejects.toThrow(seen);
    await expect(deployment.invoke(event)).rejects.toMatchObject({
      name: 'InvocationError',
      code: 'UnknownEvent',
    });
  });

  test('beside something known, from a caller that forgets: the failure queue keeps the event, once', async () => {
    await start();
    putVolume(1, LOG);
    const event = { Records: [...s3Event([LOG], BUCKET).Records, { hello: 'world' }, 42] };
    expect(await deployment.invoke(event)).toMatchObject({ items: { done: 1 } });
    expect(tagsOf(1)).toEqual(ofAnna());
    const [kept, ...more] = deployment.sent('failure');
    expect(kept).toMatchObject({ kind: 'unreadable', problem: expect.stringContaining('"hello"') });
    expect(JSON.parse(kept?.body ?? '')).toEqual(event);
    expect(more).toEqual([]);
  });

  test('and without a failure queue it is an error, after the rest is done', async () => {
    await start({ queues: [] });
    putVolume(1, LOG);
    const event = snsEvent([s3Event([LOG], BUCKET), { hello: 'world' }]);
    await expect(deployment.invoke(event)).rejects.toThrow('"hello"');
    expect(tagsOf(1)).toEqual(ofAnna());
  });
});

test('messages that nobody understands are given to the failure queue once a message, however many parts it has', async () => {
  await start();
  const parts = Array.from({ length: 500 }, (_, at) => ({ hello: at }));
  expect(await deployment.invoke(sqsEvent([parts, s3Event([LOG])]))).toMatchObject({ batchItemFailures: [] });
  expect(deployment.sent('failure').filter(({ kind }) => kind === 'unreadable')).toHaveLength(1);
});

test('what nobody understands is kept once, and the rest of its message comes back by itself', async () => {
  await start();
  putVolume(1, LOG);
  const stop = deployment.sandbox.deny.add({ service: 's3', operation: 'GetObject' });
  await deployment.send('retry', [s3Event([LOG], BUCKET), { hello: 'world' }]);
  for (let round = 0; round < 4; round++) {
    expect(await deployment.poll('retry')).toBe(1);
    deployment.advance(900);
  }
  expect(deployment.sent('retry')).toMatchObject([{ kind: 'file', key: LOG }]);
  stop();
  await deployment.poll('retry');
  expect(tagsOf(1)).toEqual(ofAnna());
  expect(deployment.sent('failure')).toHaveLength(1);
  expect(await deployment.count('retry')).toBe(0);
});
