/**
 * Whatever the event holds: a clear error or a counted reason, in bounded time, and no request leaves for a host that
 * the event named. Every connection of the process is watched, below the SDK.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startCpuClock } from '../helpers/cpu-clock.ts';
import { TIME_IS_UP } from '../helpers/deadlines.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  REGION,
  s3Event,
  snsEvent,
  sqsEvent,
  topic,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { unbalanced } from '../helpers/reports.ts';
import { runs, size } from '../helpers/runs.ts';
import { fixture } from './notification/fixtures.ts';

let deployment: Deployment;
const hosts = new Set<string>();
const addresses = new Set<string>();

const onRequest = (message: unknown) => hosts.add((message as { request: ClientRequest }).request.host);
const onSocket = (message: unknown) => {
  const { socket } = message as { socket: Socket };
  socket.once('lookup', (_error, _address, _family, host) => hosts.add(host));
  socket.once('connect', () => addresses.add(socket.remoteAddress ?? ''));
};

beforeAll(() => {
  subscribe('http.client.request.start', onRequest);
  subscribe('net.client.socket', onSocket);
});
afterAll(() => {
  unsubscribe('http.client.request.start', onRequest);
  unsubscribe('net.client.socket', onSocket);
});

beforeEach(async () => {
  hosts.clear();
  addresses.clear();
  deployment = await deploy({ limits: { requestTimeoutMs: 30_000 } }); // nothing hangs here, and machines may be busy
});

afterEach(async () => {
  await deployment.close();
  // The endpoint, or a bucket or an account before it.
  for (const host of hosts) expect(host).toMatch(/^(127\.0\.0\.1|([\w-][\w.-]*\.)?localhost)$/);
  for (const address of addresses) expect(address).toBe('127.0.0.1');
});

const KEY = logKeyOf(ACCOUNT, REGION, 1);

/** What the function makes of it: an answer, or one of its own errors. Anything else is a crash. */
async function outcomeOf(event: unknown): Promise<object> {
  try {
    return await deployment.invoke(event);
  } catch (error) {
    const { name, message } = error as Error;
    expect(['InvocationError', 'AnswerError']).toContain(name);
    expect(message.length).toBeLessThan(2_000);
    return { name, message };
  }
}

const nested = (depth: number, wrap: (inner: unknown) => unknown, innermost: unknown = {}) => {
  let event = innermost;
  for (let level = 0; level < depth; level++) event = wrap(event);
  return event;
};

describe('envelopes nested a thousand deep', () => {
  test.each([
    ['lists', (inner: unknown) => [inner]],
    ['records', (inner: unknown) => ({ Records: [inner] })],
    ['messages of SNS', (inner: unknown) => ({ Type: 'Notification', Message: inner })],
    ['destinations', (inner: unknown) => ({ requestContext: {}, requestPayload: inner })],
    ['batches', (inner: unknown) => ({ Items: [inner] })],
    ['objects of nothing', (inner: unknown) => ({ inner })],
  ])('%s', async (_, wrap) => {
    const cpuMs = startCpuClock();
    const outcome = await outcomeOf(nested(1000, wrap, s3Event([KEY])));
    expect(JSON.stringify(outcome)).toMatch(/envelopes inside one another|cannot tell what the event is/);
    expect(cpuMs()).toBeLessThan(30_000); // twice the work at each level never ends
    expect(deployment.reports()).toEqual([]);
  });

  test('inside a message of SQS', async () => {
    const body = JSON.stringify(nested(1000, (inner) => [inner]));
    expect(await outcomeOf(sqsEvent([body]))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('failure')).toMatchObject([{ kind: 'unreadable', body }]);
  });

  test('inside a record, which is counted as invalid', async () => {
    deployment.putResources([volumeArn(1)]);
    const record = { ...volume(1), additionalEventData: nested(1000, (inner) => ({ inner })) };
    expect(await outcomeOf(callEvent(record))).toMatchObject({
      reports: [{ ignored: { invalid: 1 }, resources: 0 }],
    });
  });
});

const MANY = size(200_000, 1_000_000);

describe('very many', () => {
  test(`${MANY} keys that are no logs are counted, in an answer of a few bytes`, async () => {
    const keys = Array.from({ length: MANY }, (_, number) => `${number}`);
    const cpuMs = startCpuClock();
    const value = await outcomeOf({ bucket: LOG_BUCKET, keys });
    expect(value).toMatchObject({
      tasks: { skipped: MANY },
      skipped: { other: MANY },
      items: { done: 1 },
    });
    expect(JSON.stringify(value).length).toBeLessThan(10_000);
    expect(cpuMs() / MANY).toBeLessThan(0.3); // a search in what is there already takes longer
  });

  test('a quarter of a million parts that nobody understands are one message in the failure queue', async () => {
    const body = `[${'1,'.repeat(249_999)}1]`;
    expect(await outcomeOf(sqsEvent([body]))).toEqual({ batchItemFailures: [] });
    expect(deployment.sent('failure')).toHaveLength(1);
  });

  test('a hundred thousand keys for which no time is left remain, all of them, in an answer that Lambda takes', async () => {
    const keys = Array.from({ length: 100_000 }, (_, number) => `${number}.gz`);
    const cpuMs = startCpuClock();
    const value = await deployment.invoke({ bucket: LOG_BUCKET, keys }, TIME_IS_UP);
    expect(value).toMatchObject({ remaining: [{ bucket: LOG_BUCKET, keys }] });
    expect(JSON.stringify(value).length).toBeLessThan(6_000_000);
    expect(cpuMs()).toBeLessThan(60_000); // likewise
  });

  test('more than an answer can hold is an error that says so, and not an answer that was cut', async () => {
    const keys = Array.from({ length: 10_000 }, (_, number) => `${'k'.repeat(700)}${number}.gz`);
    await expect(deployment.invoke({ bucket: LOG_BUCKET, keys }, TIME_IS_UP)).rejects.toMatchObject({
      name: 'AnswerError',
      code: 'AnswerTooLarge',
    });
  });

  test('a thousand tasks of Batch Operations have a thousand results', async () => {
    const event = batchEvent(Array.from({ length: 1_000 }, (_, number) => `${number}.gz`));
    const { results } = (await outcomeOf(event)) as { results: { taskId: string; resultCode: string }[] };
    expect(results.map(({ taskId }) => taskId)).toEqual(event.tasks.map(({ taskId }) => taskId));
    expect(new Set(results.map(({ resultCode }) => resultCode))).toEqual(new Set(['PermanentFailure']));
  });
});

describe('wrong types everywhere', () => {
  test('any JSON at all is answered, or refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (event) => {
        expect(typeof (await outcomeOf(event))).toBe('object');
      }),
      runs(200),
    );
  });

  const FORMS = [
    's3',
    'sns',
    'sqs',
    'cloudtrail',
    'eventbridge-object-created',
    'eventbridge-cloudtrail',
    'batch-1.0',
    'batch-2.0',
    'step-functions-batch',
    'step-functions-inventory',
    'keys',
    'prefix',
    'resource',
    'own-message',
    'lambda-destination',
  ];

  test.each(FORMS)('%s, with one value in it replaced by anything', async (form) => {
    const event = fixture(form);
    const paths = pathsOf(event);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 2 }), async (path, value) => {
        expect(typeof (await outcomeOf(replaced(event, path, value)))).toBe('object');
      }),
      runs(40),
    );
  });

  test('a record by itself, with one value in it replaced by anything, makes sums that hold', async () => {
    const records = [volume(1), topic(2)];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...records),
        fc.nat(),
        fc.jsonValue({ maxDepth: 2 }),
        async (record, at, value) => {
          const paths = pathsOf(record);
          const changed = replaced(record, paths[at % paths.length] ?? [], value);
          await outcomeOf(callEvent(changed as object));
        },
      ),
      runs(100),
    );
    expect(deployment.reports().length).toBeGreaterThan(50);
    expect(unbalanced(deployment.reports())).toEqual([]);
  });
});

type Path = readonly (string | number)[];

/** Of every value in it, itself left out. */
function pathsOf(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
  const keys: Path = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const below = keys.flatMap((key) =>
    pathsOf((value as Record<string | number, unknown>)[key], [...at, key]),
  );
  return at.length === 0 ? below : [at, ...below];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const object = copy as Record<string | number, unknown>;
  object[key] = replaced(object[key], rest, by);
  return copy;
}

describe('keys that pollute a prototype', () => {
  const POLLUTION = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
  const polluted = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('{', `{${POLLUTION},`).replaceAll(',}', '}'));

  test.each([
    ['a notification', s3Event([KEY])],
    ['a call', callEvent(volume(1))],
    ['keys', { bucket: LOG_BUCKET, keys: [KEY] }],
    [
      'a message of ours',
      { autoTagger: { kind: 'creation', record: volume(1), arn: volumeArn(1), file: 'a' } },
    ],
  ])('in %s pollute none', async (_, event) => {
    deployment.putResources([volumeArn(1)]);
    await outcomeOf(polluted(event));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('in a record of a file are passed by', async () => {
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [polluted(volume(1))]);
    expect(await outcomeOf(s3Event([KEY]))).toMatchObject({ reports: [{ records: 1, malformed: 0 }] });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('names that point elsewhere', () => {
  const NAMES = [
    'evil.example/x',
    'evil.example:443',
    'user@evil.example',
    'http://evil.example',
    '169.254.169.254',
    '[::1]',
    '..',
    'log-files/../of-others',
    'log-files?x=',
    'log-files#',
    'log files',
    "'; DROP TABLE buckets; --",
    '$(curl evil.example)',
    '<Bucket>&evil;</Bucket>',
    `arn:aws:s3:us-west-2:${OTHER_ACCOUNT}:accesspoint/evil`,
    `arn:aws:s3::${OTHER_ACCOUNT}:accesspoint/evil.mrap`,
    `arn:aws:s3-outposts:us-west-2:${OTHER_ACCOUNT}:outpost/op-1/accesspoint/evil`,
    `arn:aws:s3-object-lambda:us-west-2:${OTHER_ACCOUNT}:accesspoint/evil`,
  ];

  test.each(NAMES)('a bucket %j is asked for nowhere, in no form', async (bucket) => {
    const events = [
      s3Event([KEY], bucket),
      snsEvent({ s3Bucket: bucket, s3ObjectKey: [KEY] }),
      { bucket, key: KEY },
      { bucket, keys: [KEY] },
      { bucket, prefix: '' },
      { Bucket: bucket, Key: KEY },
      { BatchInput: { bucket }, Items: [{ Key: KEY }] },
      { ...batchEvent([KEY]), tasks: [{ taskId: '1', s3Key: KEY, s3BucketArn: `arn:aws:s3:::${bucket}/x` }] },
      sqsEvent([{ autoTagger: { kind: 'file', bucket, key: KEY } }]),
    ];
    const requests = await deployment.requestsOf(async () => {
      for (const event of events) await outcomeOf(event);
    });
    expect(new Set(requests.map(({ service }) => service))).toEqual(new Set(['sqs'])); // the failure queue's
    expect(deployment.reports()).toEqual([]);
  });

  test('keys of shell, XML and paths are keys, and lead to no other object', async () => {
    const keys = [
      '../of-others/x.gz',
      '//evil.example/x.gz',
      '$(reboot).gz',
      '<a>&amp;.gz',
      'a b\n"c".gz',
      '?versionId=1.gz',
      '%2e%2e/x.gz',
      '😀.gz',
    ];
    const inFolder = keys.map((key) => `AWSLogs/${ACCOUNT}/CloudTrail/${key}`);
    deployment.putResources(keys.map((_, at) => volumeArn(at)));
    for (const [at, key] of inFolder.entries()) deployment.putFile(key, [volume(at)]);
    for (const [at, key] of keys.entries()) deployment.putFile(key, [volume(at)]);
    await outcomeOf(s3Event([...inFolder, ...keys]));
    const reports = new Map(deployment.reports().map((report) => [report.file, report]));
    expect(reports.size).toBe(2 * keys.length);
    for (const { outcomes, ignored } of [...reports.values()].filter(({ file }) =>
      file.includes('CloudTrail'),
    )) {
      expect([outcomes, ignored]).toEqual([{ tagged: 1 }, {}]);
    }
    for (const { outcomes, ignored } of [...reports.values()].filter(
      ({ file }) => !file.includes('CloudTrail'),
    )) {
      expect([outcomes, ignored]).toEqual([{}, { 'account-unknown': 1 }]);
    }
  });

  test('a bucket that LOG_BUCKETS does not name is refused, whoever names it', async () => {
    deployment.sandbox.putBucket({ name: 'of-others', account: OTHER_ACCOUNT, region: REGION });
    deployment.sandbox.putObject('of-others', KEY, logFileOf([volume(1)]));
    deployment.putResources([volumeArn(1)]);
    const requests = await deployment.requestsOf(async () => {
      expect(await outcomeOf(sqsEvent([s3Event([KEY], 'of-others')]))).toEqual({ batchItemFailures: [] });
      expect(await outcomeOf({ bucket: 'of-others', key: KEY })).toMatchObject({
        items: { rejected: 1 },
        reports: [{ error: { code: 'RefusedBucketError', class: 'final' } }],
      });
    });
    expect(new Set(requests.map(({ service }) => service))).toEqual(new Set(['sqs']));
    expect(deployment.sent('failure')).toMatchObject([{ bucket: 'of-others' }, { bucket: 'of-others' }]);
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
  });

  const ELSEWHERE: readonly (readonly [string, object])[] = [
    ['an ARN of another service', { responseElements: { topicArn: `arn:aws:s3:::evil` } }],
    [
      'an ARN of another account',
      { responseElements: { topicArn: `arn:aws:sns:${REGION}:${OTHER_ACCOUNT}:x` } },
    ],
    [
      'a region that is a host',
      { awsRegion: 'evil.example', responseElements: { topicArn: `arn:aws:sns:evil.example:${ACCOUNT}:x` } },
    ],
    ['a region with a path', { awsRegion: 'eu-west-1.evil.example/', responseElements: {} }],
  ];

  test.each(ELSEWHERE)('a record with %s is counted, and nobody is asked', async (_, more) => {
    const requests = await deployment.requestsOf(async () => {
      expect(await outcomeOf(callEvent({ ...topic(1), ...more }))).toMatchObject({
        reports: [{ resources: 0 }],
      });
    });
    expect(requests).toEqual([]);
  });

  test.each([
    ['spaces', 'vol-0 0'],
    ['shell', 'vol-$(reboot)'],
    ['XML', 'vol-<a/>&amp;'],
    ['a path', '../../etc/passwd'],
    ['a thousand characters', `vol-${'0'.repeat(1000)}`],
  ])('an id with %s is counted as invalid', async (_, volumeId) => {
    const record = { ...volume(1), responseElements: { volumeId } };
    const requests = await deployment.requestsOf(async () => {
      expect(await outcomeOf(callEvent(record))).toMatchObject({
        reports: [{ ignored: { invalid: 1 }, resources: 0 }],
      });
    });
    expect(requests).toEqual([]);
  });

  test('the URL of a queue in a record is not where its tags are sent', async () => {
    const queueUrl = 'https://evil.example/111122223333/parcels';
    const record = {
      ...volume(1),
      eventSource: 'sqs.amazonaws.com',
      eventName: 'CreateQueue',
      requestParameters: { queueName: 'parcels' },
      responseElements: { queueUrl },
    };
    await outcomeOf(callEvent(record));
    await outcomeOf(
      callEvent({
        ...record,
        responseElements: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/parcels' },
      }),
    );
    for (const { host } of deployment.sandbox.requests) expect(host).toContain('localhost');
  });
});
