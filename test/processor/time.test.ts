/**
 * Whatever waits when time is up, the function answers within two seconds: what was done is done, the rest comes back,
 * and in the end all is done. Services are slow, throttle, or accept connections and never answer, all on the wire.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Deadline } from '../../processor/runtime/deadline.ts';
import type { CallPattern, FaultEffect } from '../../sandbox/sandbox.ts';
import { deadlineIn, deadlineWhen } from '../helpers/deadlines.ts';
import { type Deployment, type DeploymentOptions, deploy } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
  describeCall,
  LOG_BUCKET,
  REGION,
  s3Event,
  sqsEvent,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { size } from '../helpers/runs.ts';

/** As in AWS: a call is tried five times, and a silent service waited for longer than these tests take. */
const AS_DEPLOYED = { limits: { maxAttempts: 5, connectionTimeoutMs: 3_000, requestTimeoutMs: 10_000 } };

/** Calls that are cut off wait on in the SDK's rate limiter, each for two seconds more: few are enough here. */
const FEW_CALLS = { CONCURRENCY: '3' };

const WORK_MS = 300;
const MOST_MS = 2_000;

let deployment: Deployment;
let warnings: string[];
const onWarning = ({ name }: Error) => warnings.push(name);
const start = async (options?: DeploymentOptions) => {
  deployment = await deploy({ ...AS_DEPLOYED, settings: FEW_CALLS, ...options });
};

beforeEach(() => {
  warnings = [];
  process.on('warning', onWarning);
});
afterEach(async () => {
  await deployment.close();
  await sleep(0); // warnings come in the next turn
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** Files 0, 1, … with a volume and a topic each. */
function putFiles(count: number): readonly string[] {
  return upTo(count).map((number) => {
    deployment.putResources([volumeArn(number), topicArn(number)]);
    deployment.putFile(keyOf(number), [volume(number), topic(number)]);
    return keyOf(number);
  });
}

const isTagged = (arn: string) => 'CreatedBy' in deployment.sandbox.tagsOf(arn);

function expectAllTagged(count: number): void {
  const arns = upTo(count).flatMap((number) => [volumeArn(number), topicArn(number)]);
  expect(arns.filter((arn) => !isTagged(arn))).toEqual([]);
}

/** What the function makes of it, and how long after the end of all work. Its errors are answers too. */
async function answerTo(event: unknown, deadline: Deadline = deadlineIn(WORK_MS)) {
  const stopped = new Promise<number>((resolve) => {
    deadline.work.addEventListener('abort', () => resolve(performance.now()));
  });
  const answer = await deployment.invoke(event, deadline).catch((error: Error) => error);
  const answeredAt = performance.now();
  const lateMs = deadline.work.aborted ? answeredAt - (await stopped) : 0;
  deadline.clear();
  return { answer, lateMs, isStopped: deadline.work.aborted };
}

interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** As SQS does: what was given back comes again, until nothing is; and what waits in the retry queue comes, too. */
async function untilAllIsDone(bodies: readonly unknown[], first: unknown): Promise<void> {
  deployment.renew();
  let left = givenBack(bodies, first);
  for (let round = 0; left.length > 0; round++) {
    expect(round).toBeLessThan(10);
    left = givenBack(left, await deployment.invoke(sqsEvent(left)));
  }
  await untilRetryIsEmpty();
}

function givenBack(bodies: readonly unknown[], answer: unknown): readonly unknown[] {
  const { batchItemFailures } = answer as SqsAnswer;
  return batchItemFailures.map(({ itemIdentifier }) => bodies[Number(itemIdentifier.split('-')[1])]);
}

async function untilRetryIsEmpty(): Promise<void> {
  for (let round = 0; (await deployment.count('retry')) > 0; round++) {
    expect(round).toBeLessThan(200);
    deployment.advance(900);
    await deployment.poll('retry');
  }
}

function fault(pattern: CallPattern, effect: FaultEffect): () => void {
  return deployment.sandbox.faults.add({ ...pattern, effect });
}

const error = (code: string, status: number) => ({ error: { code, status, message: `${code} of the test` } });
const STALL = { stall: true } as const;

/** What is in trouble, and for how many files. */
const TROUBLES: readonly (readonly [string, CallPattern, FaultEffect])[] = [
  ['EC2 throttles', { service: 'ec2' }, error('RequestLimitExceeded', 503)],
  ['writes alone are throttled', { operation: 'CreateTags' }, error('RequestLimitExceeded', 503)],
  ['S3 throttles', { operation: 'GetObject' }, error('SlowDown', 503)],
  ['EC2 accepts and never answers', { service: 'ec2' }, STALL],
  ['S3 accepts and never answers', { operation: 'GetObject' }, STALL],
];

const COUNT = 8;

test.each(TROUBLES)(
  'while %s, SQS has its answer, and in the end all is done',
  async (_, pattern, effect) => {
    await start();
    const bodies = putFiles(COUNT).map((key) => s3Event([key]));
    const mend = fault(pattern, effect);
    const { answer, lateMs, isStopped } = await answerTo(sqsEvent(bodies));
    expect(isStopped).toBe(true);
    expect(lateMs).toBeLessThan(MOST_MS);
    mend();
    await untilAllIsDone(bodies, answer);
    expectAllTagged(COUNT);
    expect(await deployment.count('failure')).toBe(0);
  },
);

test('while a service never answers, what an asynchronous caller brought is handed on in time', async () => {
  await start();
  const mend = fault({ service: 'sns' }, STALL);
  const { answer, lateMs } = await answerTo(s3Event(putFiles(COUNT)));
  expect(lateMs).toBeLessThan(MOST_MS);
  expect(answer).toMatchObject({ items: { done: 1 } });
  mend();
  deployment.renew();
  await untilRetryIsEmpty();
  expectAllTagged(COUNT);
});

test('while listing is never answered, the prefix comes again', async () => {
  await start();
  putFiles(COUNT);
  const bodies = [{ bucket: LOG_BUCKET, prefix: 'AWSLogs/' }];
  const mend = fault({ operation: 'ListObjectsV2' }, STALL);
  const { answer, lateMs } = await answerTo(sqsEvent(bodies));
  expect(lateMs).toBeLessThan(MOST_MS);
  mend();
  await untilAllIsDone(bodies, answer);
  expectAllTagged(COUNT);
});

test('while credentials are never given, nothing is begun, and everything comes again', async () => {
  await start();
  const bodies = putFiles(COUNT).map((key) => s3Event([key]));
  const mend = await withSilentCredentials();
  deployment.renew();
  const { answer, lateMs, isStopped } = await answerTo(sqsEvent(bodies));
  expect([isStopped, givenBack(bodies, answer)]).toEqual([true, bodies]);
  expect(lateMs).toBeLessThan(MOST_MS);
  mend();
  await untilAllIsDone(bodies, answer);
  expectAllTagged(COUNT);
});

describe('while the queues never answer', () => {
  const BUSY = error('ConcurrentTagAccess', 400);

  test.each(['SendMessageBatch', 'ChangeMessageVisibilityBatch'])('%s', async (operation) => {
    await start();
    const bodies = putFiles(COUNT).map((key) => s3Event([key]));
    const mend = fault({ operation }, STALL);
    const free = fault({ operation: 'CreateTags' }, BUSY);
    const stop = fault({ operation: 'GetObject' }, { delayMs: 100 });
    const { answer, lateMs, isStopped } = await answerTo(sqsEvent(bodies));
    expect(isStopped).toBe(true);
    expect(lateMs).toBeLessThan(MOST_MS);
    for (const undo of [mend, free, stop]) undo();
    await untilAllIsDone(bodies, answer);
    expectAllTagged(COUNT);
  });

  test('an asynchronous caller, people and Batch Operations keep what was not handed on', async () => {
    await start();
    const [key = ''] = putFiles(1);
    fault({ operation: 'SendMessageBatch' }, STALL);
    fault({ operation: 'CreateTags' }, BUSY);
    const answers = await Promise.all(
      [s3Event([key]), { bucket: LOG_BUCKET, key }, batchEvent([key]), callEvent(volume(0))].map((event) =>
        answerTo(event),
      ),
    );
    for (const { lateMs } of answers) expect(lateMs).toBeLessThan(MOST_MS);
    expect(answers.map(({ answer }) => answer)).toMatchObject([
      { code: 'NotAllDone' },
      { items: { retry: 1 }, remaining: [{ bucket: LOG_BUCKET, keys: [key] }] },
      { results: [{ resultCode: 'TemporaryFailure' }] },
      { code: 'NotAllDone' },
    ]);
  });
});

test('a large document is given up in time, and a healthy message beside it is done', async () => {
  await start();
  const [healthy = '', large = ''] = putFiles(2);
  deployment.putFile(large, prettyDocument(size(25, 250)));
  const bodies = [s3Event([large]), s3Event([healthy])];
  const isHealthyDone = () => [volumeArn(0), topicArn(0)].every(isTagged);
  const { answer, lateMs } = await answerTo(sqsEvent(bodies), deadlineWhen(isHealthyDone));
  expect(givenBack(bodies, answer)).toEqual([s3Event([large])]);
  expect(lateMs).toBeLessThan(MOST_MS);
});

test('a file of very many creations for which no time is left goes on where it was left, and ends', async () => {
  await start();
  const count = size(1_000, 100_000);
  deployment.putResources(upTo(count).map((number) => volumeArn(number)));
  deployment.putFile(keyOf(0), upTo(count).map(smallVolume()));
  const mend = fault({ service: 'ec2' }, error('RequestLimitExceeded', 503));
  const isBeingTagged = () => deployment.sandbox.requests.some(({ service }) => service === 'ec2');
  const { answer, lateMs } = await answerTo(s3Event([keyOf(0)]), deadlineWhen(isBeingTagged));
  expect(lateMs).toBeLessThan(MOST_MS);
  expect(answer).toMatchObject({ items: { done: 1 } });
  expect(await deployment.count('retry')).toBe(1);
  mend();
  deployment.renew();
  await untilRetryIsEmpty();
  expect(upTo(count).filter((number) => !isTagged(volumeArn(number)))).toEqual([]);
});

test('of a thousand messages those that were not done are given back in time, each to come later', async () => {
  await start();
  const count = 1_000;
  const bodies = putFiles(count).map((key) => s3Event([key]));
  const { answer, lateMs } = await answerTo(sqsEvent(bodies));
  expect(lateMs).toBeLessThan(MOST_MS);
  const left = givenBack(bodies, answer).length;
  expect(left).toBeGreaterThan(0);
  const { length: calls } = deployment.sandbox.requests.filter(
    ({ operation }) => operation === 'ChangeMessageVisibilityBatch',
  );
  expect(calls).toBeGreaterThan(0);
  expect(calls).toBeLessThan(left / 5); // up to ten go together
});

/** The SDK asks a server for credentials that accepts and says nothing. Returns how to undo that. */
async function withSilentCredentials(): Promise<() => void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
  delete process.env.AWS_ACCESS_KEY_ID;
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return () => {
    delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    server.close();
    for (const socket of sockets) socket.destroy();
  };
}

/** So many megabytes of records, as no fast reader takes them. */
function prettyDocument(megabytes: number): Buffer {
  const record = `${JSON.stringify(describeCall(), undefined, 2)},\n`;
  const text = record.repeat(Math.ceil((megabytes * 1024 * 1024) / record.length));
  return gzipSync(`{ "Records": [\n${text}${JSON.stringify(volume(1))}\n] }`, { level: 1 });
}

/** Makes the record of volume `number`, with what is looked at and no more. */
function smallVolume(): (number: number) => object {
  const {
    requestParameters: _,
    userAgent: __,
    tlsDetails: ___,
    ...record
  } = volume(0) as Record<string, unknown>;
  return (number) => ({
    ...record,
    eventID: `${number}`,
    responseElements: { volumeId: volumeArn(number).split('/').at(-1) },
  });
}
