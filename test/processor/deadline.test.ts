/** Time runs out: nothing new is begun, what is in flight ends, the rest comes back, and in the end all is done. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createDeadline, type Deadline } from '../../processor/runtime/deadline.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { deadlineWhen, TIME_IS_UP } from '../helpers/deadlines.ts';
import { type Deployment, deploysForEach } from '../helpers/deployment.ts';
import {
  ACCOUNT,
  batchEvent,
  callEvent,
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

let deployment: Deployment;
const start = deploysForEach((started) => {
  deployment = started;
});

const keyOf = (number: number) => logKeyOf(ACCOUNT, REGION, number);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

/** Files 0, 1, … with one volume each. */
function putFiles(count: number): readonly string[] {
  deployment.putResources(upTo(count).map((number) => volumeArn(number)));
  return upTo(count).map((number) => {
    deployment.putFile(keyOf(number), [volume(number)]);
    return keyOf(number);
  });
}

/** Time is up when so many calls have reached the sandbox since now. */
function timeFor(calls: number, { requests }: Sandbox = deployment.sandbox): Deadline {
  const end = requests.length + calls;
  return deadlineWhen(() => requests.length >= end);
}

const taggedVolumes = (count: number) =>
  upTo(count).filter((number) => 'CreatedBy' in deployment.sandbox.tagsOf(volumeArn(number)));

interface ManualAnswer {
  readonly remaining: readonly unknown[];
}

/** Sends again what remains until nothing does; how many invocations it took. */
async function untilNothingRemains(event: unknown, deadline: () => Deadline, mostRounds: number) {
  let next: unknown = event;
  for (let round = 1; round <= mostRounds; round++) {
    const { remaining } = (await deployment.invoke(next, deadline())) as ManualAnswer;
    if (remaining.length === 0) return round;
    next = JSON.parse(JSON.stringify(remaining));
  }
  throw new Error(`something remains after ${mostRounds} rounds`);
}

describe('when no time is left at all, nothing is asked of AWS and everything is handed back', () => {
  test('to SQS, every message', async () => {
    await start();
    const bodies = putFiles(3).map((key) => s3Event([key]));
    const event = sqsEvent(bodies);
    const requests = await deployment.requestsOf(async () => {
      expect(await deployment.invoke(event, TIME_IS_UP)).toEqual({
        batchItemFailures: [0, 1, 2].map((at) => ({ itemIdentifier: `message-${at}` })),
      });
    });
    expect(new Set(requests.map(({ operation }) => operation))).toEqual(
      new Set(['ChangeMessageVisibilityBatch']),
    );
  });

  test('to Batch Operations, as temporary failures', async () => {
    await start();
    const answer = await deployment.invoke(batchEvent(putFiles(2)), TIME_IS_UP);
    expect(answer).toMatchObject({
      results: [0, 1].map((at) => ({ taskId: `task-${at}`, resultCode: 'TemporaryFailure' })),
    });
    expect(deployment.sandbox.requests).toHaveLength(2); // the tests' own: CreateQueue
  });

  test('to whoever asked by hand, as events that can be sent as they are', async () => {
    await start();
    const keys = putFiles(2);
    const arn = volumeArn(0);
    const event = [
      { bucket: LOG_BUCKET, keys },
      { bucket: LOG_BUCKET, prefix: 'AWSLogs/', from: '2025-01-01' },
      { resourceId: arn, user: 'bob' },
    ];
    const answer = (await deployment.invoke(event, TIME_IS_UP)) as ManualAnswer;
    expect(answer.remaining).toEqual([
      { bucket: LOG_BUCKET, keys },
      { bucket: LOG_BUCKET, prefix: 'AWSLogs/', from: '2025-01-01T00:00:00.000Z' },
      { resourceId: arn, user: 'bob' },
    ]);
    expect(deployment.sandbox.tagsOf(arn)).toEqual({});
  });

  test('to the retry queue, where the caller is asynchronous and has no other way to bring a part again', async () => {
    await start();
    await deployment.invoke(s3Event(putFiles(2)), TIME_IS_UP);
    expect(deployment.sent('retry')).toMatchObject([
      { kind: 'files', files: [0, 1].map((at) => ({ bucket: LOG_BUCKET, key: keyOf(at) })) },
    ]);
    deployment.advance(60);
    expect(await deployment.poll('retry')).toBe(1);
    expect(taggedVolumes(2)).toEqual([0, 1]);
    expect(await deployment.count('retry')).toBe(0);
  });

  test('as an error to an asynchronous caller, where there is no queue', async () => {
    await start({ queues: [] });
    await expect(deployment.invoke(s3Event(putFiles(1)), TIME_IS_UP)).rejects.toThrow(/no time was left/);
    await expect(deployment.invoke(callEvent(volume(0)), TIME_IS_UP)).rejects.toThrow(/no time was left/);
  });
});

test('time that runs out half way: what was begun ends, and every message that is not done is handed back', async () => {
  await start();
  const bodies = putFiles(100).map((key) => s3Event([key]));
  const answer = await deployment.invoke(sqsEvent(bodies), timeFor(40));
  const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
  const givenBack = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  const tagged = taggedVolumes(100);
  expect(tagged.length).toBeGreaterThan(0);
  expect(upTo(100).filter((number) => !givenBack.has(`message-${number}`))).toEqual(tagged);
  expect(await deployment.count('retry')).toBe(0);
});

describe('a single file too large for one invocation still ends', () => {
  /** Topics take two calls each; volumes go hundreds at a time, between them. */
  const RECORD_COUNT = 600;
  const RECORDS = upTo(RECORD_COUNT).map((number) => (number % 4 === 0 ? volume(number) : topic(number)));
  const arnOf = (number: number) => (number % 4 === 0 ? volumeArn(number) : topicArn(number));
  const CALLS = 2 * 450;
  const CALLS_A_ROUND = 150;

  function putLargeFile(): string {
    deployment.putResources(upTo(RECORD_COUNT).map(arnOf));
    deployment.putFile(keyOf(0), RECORDS);
    return keyOf(0);
  }

  function expectAllTaggedOnce(): void {
    for (const number of upTo(RECORD_COUNT)) {
      expect(deployment.sandbox.tagsOf(arnOf(number))).toMatchObject({ ManagedBy: 'auto-tagger' });
    }
    const writes = deployment.sandbox.requests.flatMap(({ service, operation, input }) => {
      if (service === 'sns' && operation === 'TagResource') return [input.ResourceArn];
      return service === 'ec2' && operation === 'CreateTags' ? (input.ResourceId as string[]) : [];
    });
    expect(writes).toHaveLength(RECORD_COUNT);
    expect(new Set(writes).size).toBe(RECORD_COUNT);
  }

  test('by hand: what remains is sent again until nothing does', async () => {
    await start({ queues: [] });
    const event = { bucket: LOG_BUCKET, key: putLargeFile() };
    const rounds = await untilNothingRemains(event, () => timeFor(CALLS_A_ROUND), 20);
    expect(rounds).toBeGreaterThanOrEqual(CALLS / CALLS_A_ROUND);
    expectAllTaggedOnce();
  });

  test('through the retry queue: each invocation leaves one message for the next', async () => {
    await start();
    await deployment.invoke(s3Event([putLargeFile()]), timeFor(CALLS_A_ROUND));
    let rounds = 1;
    for (; (await deployment.count('retry')) > 0 && rounds < 20; rounds++) {
      expect(await deployment.count('retry')).toBe(1);
      deployment.advance(60);
      await deployment.poll('retry', timeFor(CALLS_A_ROUND));
    }
    expect(rounds).toBeLessThan(16); // then AWS takes it for a loop
    const from = deployment.sent('retry').map(({ fromIndex = 0 }) => fromIndex);
    expect(from).toEqual(from.toSorted((a, b) => a - b));
    expectAllTaggedOnce();
    expect(await deployment.count('failure')).toBe(0);
  });

  test('even with so little time that an invocation makes a few calls', async () => {
    await start({ queues: [], settings: { CONCURRENCY: '1' } });
    deployment.putResources(upTo(40).map((number) => topicArn(number)));
    deployment.putFile(
      keyOf(0),
      upTo(40).map((number) => topic(number)),
    );
    await untilNothingRemains({ bucket: LOG_BUCKET, key: keyOf(0) }, () => timeFor(6), 40);
    for (const number of upTo(40))
      expect(deployment.sandbox.tagsOf(topicArn(number))).toHaveProperty('CreatedBy');
  });

  test('and what fails in it for good reaches the failure queue once, not once a round', async () => {
    await start();
    const key = putLargeFile();
    deployment.sandbox.deny.add({ service: 'ec2', operation: 'CreateTags' });
    await deployment.invoke(s3Event([key]), timeFor(CALLS_A_ROUND));
    for (let round = 0; (await deployment.count('retry')) > 0 && round < 20; round++) {
      deployment.advance(60);
      await deployment.poll('retry', timeFor(CALLS_A_ROUND));
    }
    const failed = deployment.sent('failure').flatMap(({ arns = [] }) => arns);
    expect(failed.toSorted()).toEqual(
      upTo(RECORD_COUNT / 4)
        .map((number) => volumeArn(number * 4))
        .toSorted(),
    );
  });
});

test('a prefix goes on behind the last key of the page that was begun', async () => {
  await start({ queues: [] });
  const keys = putFiles(20);
  const others = upTo(1000).map((number) => `AWSLogs/${ACCOUNT}/Config/${REGION}/2025/3/4/${number}.json.gz`);
  for (const key of others) deployment.putFile(key, []);
  const event = { bucket: LOG_BUCKET, prefix: 'AWSLogs/' };
  const { remaining } = (await deployment.invoke(event, timeFor(50))) as ManualAnswer;
  const endOfPage = [...keys, ...others].toSorted()[999]; // a page holds 1,000
  expect(remaining).toContainEqual({ ...event, startAfter: endOfPage });
  await untilNothingRemains(remaining, () => timeFor(50), 10);
  expect(taggedVolumes(20)).toHaveLength(20);
});

describe('the deadline', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test.each([
    ['keeps back five seconds of a long time-out', 900_000, 895_000, 896_900],
    ['keeps back a third of a short one', 6_000, 4_000, 5_600],
    ['leaves time for the answer even of one second', 1_200, 800, 1_120],
  ])('%s', (_, remainingMs, workMs, handingOnMs) => {
    jest.useFakeTimers();
    const { work, handingOn } = createDeadline(remainingMs);
    jest.advanceTimersByTime(workMs - 1);
    expect(work.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect([work.aborted, work.reason.name, handingOn.aborted]).toEqual([true, 'TimeUpError', false]);
    jest.advanceTimersByTime(handingOnMs - workMs);
    expect(handingOn.aborted).toBe(true);
  });

  test('leaves no timer behind when it is cleared', () => {
    jest.useFakeTimers();
    createDeadline(900_000).clear();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('never comes where there is no end', () => {
    jest.useFakeTimers();
    createDeadline(Number.POSITIVE_INFINITY);
    expect(jest.getTimerCount()).toBe(0);
  });
});
