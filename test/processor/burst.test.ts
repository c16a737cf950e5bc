/** A burst of tiny files: a thousand notifications, read side by side with bounds, over few connections, a line each. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { MAX_OPEN_FILES } from '../../processor/runtime/planning-runtime.ts';
import type { ServedRequest } from '../../sandbox/sandbox.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import { ACCOUNT, ofAnna, REGION, s3Event, sqsEvent, volume, volumeArn } from '../helpers/events.ts';
import { logKeyOf } from '../helpers/log-files.ts';

jest.setTimeout(120_000); // of a busy machine

const FILES = 1_000;
const CONCURRENCY = 8;
const NUMBERS = Array.from({ length: FILES }, (_, number) => number);
/** Enough where each is like the other. */
const FEW = NUMBERS.slice(0, 200);
const UNREADABLE = FEW.filter((number) => number % 10 === 0);
const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);

let deployment: Deployment;
let sockets = 0;
const onSocket = () => sockets++;

beforeEach(async () => {
  deployment = await deploy({ settings: { CONCURRENCY: String(CONCURRENCY) } });
  sockets = 0;
  subscribe('net.client.socket', onSocket);
});

afterEach(async () => {
  unsubscribe('net.client.socket', onSocket);
  await deployment.close();
});

function putFiles(numbers: readonly number[]): void {
  for (const number of numbers) {
    deployment.putResources([volumeArn(number)]);
    deployment.putFile(keyOf(number), [volume(number)]);
  }
}

/** How many of them were in work at the same moment. */
function mostAtOnce(requests: readonly ServedRequest[]): number {
  const changes = requests.flatMap(({ startedAt, endedAt = 0 }) => [
    { at: startedAt, by: 1 },
    { at: endedAt, by: -1 },
  ]);
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

const reading = ({ operation }: ServedRequest) => operation === 'GetObject';
const tagging = ({ service }: ServedRequest) => service === 'ec2';

function expectAllDone(numbers = NUMBERS): void {
  for (const number of numbers) expect(deployment.sandbox.tagsOf(volumeArn(number))).toEqual(ofAnna());
  const files = deployment.lines.filter(({ message }) => message === 'file');
  expect(files).toHaveLength(numbers.length);
  expect(new Set(files.map(({ report }) => report?.file)).size).toBe(numbers.length);
  for (const { level, report } of files) {
    expect(level).toBe('INFO');
    expect(report).toMatchObject({ complete: true, records: 1, creations: 1, outcomes: { tagged: 1 } });
  }
}

describe('very many notifications', () => {
  test('a thousand in one batch of SQS: as many files at once as may be, and no more; as many tag calls; few connections', async () => {
    putFiles(NUMBERS);
    deployment.sandbox.faults.add({ operation: 'GetObject', effect: { delayMs: 60 } });
    deployment.sandbox.faults.add({ service: 'ec2', effect: { delayMs: 5 } });
    const heap = process.memoryUsage().heapUsed;
    const requests = await deployment.requestsOf(async () => {
      const event = sqsEvent(NUMBERS.map((number) => s3Event([keyOf(number)])));
      expect(await deployment.invoke(event)).toEqual({ batchItemFailures: [] });
    });
    expectAllDone();
    const mostRead = mostAtOnce(requests.filter(reading));
    expect(mostRead).toBeLessThanOrEqual(MAX_OPEN_FILES);
    expect(mostRead).toBeGreaterThan(CONCURRENCY); // not one by one, and not held up by the tag calls
    const mostTagged = mostAtOnce(requests.filter(tagging));
    expect(mostTagged).toBeLessThanOrEqual(CONCURRENCY);
    expect(mostTagged).toBeGreaterThan(2); // those that read and those that write may each be a quarter of all
    expect(requests.filter(reading)).toHaveLength(FILES);
    expect(sockets).toBeLessThanOrEqual(MAX_OPEN_FILES + CONCURRENCY);
    expect(process.memoryUsage().heapUsed - heap).toBeLessThan(300 * 1024 * 1024);
  });

  test('in batches of ten: the connections of one invocation serve the next', async () => {
    putFiles(FEW);
    for (let batch = 0; batch < FEW.length / 10; batch++) {
      const numbers = FEW.slice(batch * 10, batch * 10 + 10);
      const event = sqsEvent(numbers.map((number) => s3Event([keyOf(number)])));
      expect(await deployment.invoke(event)).toEqual({ batchItemFailures: [] });
    }
    expectAllDone(FEW);
    expect(sockets).toBeLessThanOrEqual(10 + CONCURRENCY);
    expect(deployment.lines.filter(({ message }) => message === 'invocation')).toHaveLength(FEW.length / 10);
  });

  test('of which every tenth cannot be read: those come back, and no other', async () => {
    putFiles(FEW);
    const keys = new Set(UNREADABLE.map(keyOf));
    deployment.sandbox.faults.add({
      operation: 'GetObject',
      match: ({ input }) => keys.has(String(input.Key)),
      effect: { error: { code: 'InternalError', status: 500, message: 'sorry' } },
    });
    const event = sqsEvent(FEW.map((number) => s3Event([keyOf(number)])));
    expect(await deployment.invoke(event)).toEqual({
      batchItemFailures: UNREADABLE.map((number) => ({ itemIdentifier: `message-${number}` })),
    });
  });
});
