/** The seam to AWS, at the wire: what is sent, when it ends, what a failure means, and what is left behind. */
import { startCpuClock } from '../helpers/cpu-clock.ts';
import '../helpers/one-realm.ts';
import '../helpers/rate-limiter.ts';
import { getEventListeners } from 'node:events';
import { EC2Client } from '@aws-sdk/client-ec2';
import { LambdaClient, TagResourceCommand } from '@aws-sdk/client-lambda';
import { ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import { type Calls, type CallsOptions, createCalls } from '../../tag-manager/calls/calls.ts';
import { InterruptedError, TimeUpError } from '../../tag-manager/calls/stop.ts';
import { ACCOUNT, REGION } from './creations.ts';
import { taggerOf } from './tagging.ts';

let sandbox: Sandbox;
const opened: Calls[] = [];

beforeEach(async () => {
  sandbox = await startSandbox();
  process.env.AWS_ENDPOINT_URL = sandbox.endpoint;
});
afterEach(async () => {
  for (const calls of opened.splice(0)) calls.destroy();
  await sandbox.close();
});

function open(options: Partial<CallsOptions> = {}): Calls {
  const credentials = sandbox.credentials(taggerOf(ACCOUNT));
  const calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 4, ...options });
  opened.push(calls);
  return calls;
}

const QUEUE_URL = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/jobs`;
const QUEUE_ARN = `arn:aws:sqs:${REGION}:${ACCOUNT}:jobs`;
const SQS = { client: SQSClient, account: ACCOUNT, region: REGION, api: apiNamed('sqs:TagQueue') };

function readTags(calls: Calls, signal: AbortSignal) {
  return calls.make(SQS, signal, (client, options) =>
    client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
  );
}

/**
 * What each of several calls came to, and how long after the stop the last one ended. The stop comes after so many milliseconds,
 * and not before `sent` requests have come.
 */
async function stopAfter(
  ms: number,
  count: number,
  call: (signal: AbortSignal) => Promise<unknown>,
  sent = 0,
) {
  const stop = new AbortController();
  const earlier = sandbox.requests.length;
  const ended = Promise.allSettled(Array.from({ length: count }, () => call(stop.signal)));
  await new Promise((resolve) => setTimeout(resolve, ms));
  while (sandbox.requests.length - earlier < sent) await new Promise(setImmediate); // a busy machine takes longer
  const stoppedAt = performance.now();
  stop.abort(new TimeUpError());
  const requestsBefore = sandbox.requests.length;
  const results = await ended;
  const tookMs = performance.now() - stoppedAt;
  const classes = results.map((each) =>
    each.status === 'rejected' && each.reason instanceof CallError ? each.reason.failure.class : each.status,
  );
  return { classes, tookMs, requestsBefore, signal: stop.signal };
}

const NO_QUEUE = { failure: { class: 'not-found', error: 'QueueDoesNotExist' } };

const THROTTLED = { error: { code: 'RequestThrottled', status: 403, message: 'slow down' } };

describe('a call that fails', () => {
  test('throws what the failure means, and the error of the SDK behind it', async () => {
    const call = readTags(open(), new AbortController().signal);
    await expect(call).rejects.toMatchObject({
      name: 'CallError',
      failure: { class: 'not-found', error: 'QueueDoesNotExist', message: expect.stringContaining('queue') },
      cause: { name: 'QueueDoesNotExist', $metadata: { httpStatusCode: 400 } },
    });
  });

  test('throws a CallError too where there are no credentials', async () => {
    const credentialsFor = () => {
      throw new RangeError('there are no credentials for account 444455556666');
    };
    const call = readTags(open({ credentialsFor }), new AbortController().signal);
    await expect(call).rejects.toMatchObject({ name: 'CallError', cause: { name: 'RangeError' } });
  });
});

describe('once the signal is aborted', () => {
  test('no call is begun', async () => {
    const stop = new AbortController();
    stop.abort(new InterruptedError());
    await expect(readTags(open(), stop.signal)).rejects.toMatchObject({
      failure: { class: 'stopped', error: 'InterruptedError', message: stop.signal.reason.message },
      cause: stop.signal.reason,
    });
    expect(sandbox.requests).toEqual([]);
  });

  test('a pause before the next attempt ends at once, and no attempt goes out any more', async () => {
    sandbox.faults.add({ effect: THROTTLED });
    const calls = open({ limits: { maxAttempts: 5, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 } });
    const { classes, tookMs, requestsBefore } = await stopAfter(
      100,
      3,
      (signal) => readTags(calls, signal),
      3,
    );
    expect(classes).toEqual(['stopped', 'stopped', 'stopped']);
    expect(tookMs).toBeLessThan(500);
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // longer than the first pause
    expect(sandbox.requests).toHaveLength(requestsBefore);
  });

  test('a wait for its turn ends at once, holds up nobody behind it, and sends nothing later', async () => {
    const calls = open({ pace: { share: 1, handlers: 1, factor: 1 } });
    const rate = { name: 'slow', perSecond: 2, burst: 1, scope: 'account' } as const;
    const read = (signal: AbortSignal) =>
      calls.make({ ...SQS, rate }, signal, (client, options) =>
        client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
      );
    await expect(read(new AbortController().signal)).rejects.toMatchObject(NO_QUEUE);
    const { classes, tookMs, requestsBefore } = await stopAfter(50, 100, read);
    expect(classes).toEqual(Array(100).fill('stopped'));
    expect(tookMs).toBeLessThan(500);
    await expect(read(new AbortController().signal)).rejects.toMatchObject(NO_QUEUE);
    expect(sandbox.requests).toHaveLength(requestsBefore + 1);
  });

  test('a wait for credentials ends at once, and nothing is sent when they come', async () => {
    const credentials = sandbox.credentials(taggerOf(ACCOUNT));
    const late = () => new Promise<typeof credentials>((resolve) => setTimeout(resolve, 200, credentials));
    const calls = open({ credentialsFor: () => late });
    const { classes, tookMs } = await stopAfter(50, 1, (signal) => readTags(calls, signal));
    expect(classes).toEqual(['stopped']);
    expect(tookMs).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sandbox.requests).toEqual([]);
  });

  test('an answer that comes within the grace counts', async () => {
    sandbox.faults.add({ effect: { delayMs: 300 } });
    sandbox.putResource({ arn: QUEUE_ARN });
    const calls = open();
    const { classes, tookMs } = await stopAfter(100, 2, (signal) => readTags(calls, signal), 2);
    expect(classes).toEqual(['fulfilled', 'fulfilled']);
    expect(tookMs).toBeGreaterThan(100);
  });

  test('a person who stops a command waits longer for what is under way than an invocation can', async () => {
    sandbox.faults.add({ effect: { delayMs: 1_500 } });
    sandbox.putResource({ arn: QUEUE_ARN });
    const stop = new AbortController();
    const call = readTags(open(), stop.signal);
    while (sandbox.requests.length < 1) await new Promise(setImmediate);
    stop.abort(new InterruptedError());
    expect(await call).toBeDefined();
  });

  test('a refusal for good within the grace is what it is; one that may pass is a stop', async () => {
    const calls = open();
    sandbox.faults.add({ effect: { delayMs: 200 }, times: 1 });
    expect(await stopAfter(100, 1, (signal) => readTags(calls, signal), 1)).toMatchObject({
      classes: ['not-found'],
    });
    sandbox.faults.add({ effect: { ...THROTTLED, delayMs: 200 } });
    const { classes, tookMs } = await stopAfter(100, 1, (signal) => readTags(calls, signal), 1);
    expect(classes).toEqual(['stopped']);
    expect(tookMs).toBeLessThan(300); // not the pause before the next attempt
  });

  test('a service that never answers is cut off after the grace', async () => {
    sandbox.faults.add({ effect: { stall: true } });
    const calls = open();
    const { classes, tookMs } = await stopAfter(100, 10, (signal) => readTags(calls, signal), 4);
    expect(classes).toEqual(Array(10).fill('stopped'));
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(1_900);
    expect(sandbox.requests).toHaveLength(4); // the others waited for a place
    sandbox.faults.clear(); // the places are free for whoever comes with another signal
    await expect(readTags(calls, new AbortController().signal)).rejects.toMatchObject(NO_QUEUE);
  });

  test('a wait for a place ends at once, though the place is not free for long', async () => {
    sandbox.faults.add({ effect: { stall: true } });
    const calls = open({ concurrency: 1 });
    const other = new AbortController();
    const stalled = readTags(calls, other.signal).catch(() => {});
    while (sandbox.requests.length < 1) await new Promise(setImmediate);
    const { classes, tookMs } = await stopAfter(20, 3, (signal) => readTags(calls, signal));
    expect(classes).toEqual(['stopped', 'stopped', 'stopped']);
    expect(tookMs).toBeLessThan(500);
    expect(sandbox.requests).toHaveLength(1);
    other.abort(new TimeUpError());
    await stalled;
  });
});

describe('the bound', () => {
  test('holds for calls of tagging APIs; other calls do not wait behind them', async () => {
    sandbox.faults.add({ times: 2, effect: { stall: true } });
    const calls = open({ concurrency: 2 });
    const stop = new AbortController();
    const stalled = Promise.allSettled([1, 2, 3].map(() => readTags(calls, stop.signal)));
    while (sandbox.requests.length < 2) await new Promise(setImmediate);
    const { api: _, ...sqs } = SQS;
    const other = calls.make(sqs, stop.signal, (client, options) =>
      client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
    );
    await expect(other).rejects.toMatchObject({ failure: { class: 'not-found' } });
    expect(sandbox.requests).toHaveLength(3);
    stop.abort(new TimeUpError());
    await stalled;
  });
});

describe('a call with a rate', () => {
  const pace = { share: 1, handlers: 1, factor: 1 };
  const rate = { name: 'slow', perSecond: 0.01, burst: 1, scope: 'account and region' } as const;
  const read = (calls: Calls, region: string, signal: AbortSignal) =>
    calls.make({ ...SQS, region, rate }, signal, (client, options) =>
      client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
    );

  test('holds no place while it waits for its turn', async () => {
    const calls = open({ concurrency: 1, pace });
    const stop = new AbortController();
    const waiting = Promise.allSettled([1, 2, 3].map(() => read(calls, REGION, stop.signal)));
    const elsewhere = read(calls, 'us-east-1', new AbortController().signal);
    const failure = await elsewhere.catch((error: CallError) => error.failure.class);
    stop.abort(new TimeUpError());
    await waiting;
    expect(failure).toBe('not-found');
    expect(sandbox.requests).toHaveLength(2);
  });

  test('that is not answered leaves places to those of other accounts, regions and APIs', async () => {
    sandbox.faults.add({ region: REGION, effect: { stall: true } });
    const calls = open({ pace });
    const stop = new AbortController();
    const many = { ...rate, burst: 10 };
    const readIn = (region: string) =>
      calls.make({ ...SQS, region, rate: many }, stop.signal, (client, options) =>
        client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
      );
    const hanging = Promise.allSettled(Array.from({ length: 8 }, () => readIn(REGION)));
    const failure = await Promise.race([
      readIn('us-east-1').catch((error: CallError) => error.failure.class),
      new Promise((resolve) => setTimeout(resolve, 5_000, 'no place')),
    ]);
    stop.abort(new TimeUpError());
    await hanging;
    expect(failure).toBe('not-found');
  });

  test('takes a token for each attempt, and goes slower from the first that is throttled', async () => {
    sandbox.faults.add({ effect: THROTTLED });
    const limits = { maxAttempts: 5, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 };
    const calls = open({ limits, pace });
    const two = { ...rate, burst: 2, perSecond: 0.1 };
    const { classes } = await stopAfter(1_500, 1, (signal) =>
      calls.make({ ...SQS, rate: two }, signal, (client, options) =>
        client.send(new ListQueueTagsCommand({ QueueUrl: QUEUE_URL }), options),
      ),
    );
    expect(classes).toEqual(['stopped']);
    expect(sandbox.requests).toHaveLength(1); // the second token went with the first throttled answer
    expect(calls.slowed()).toEqual([
      { name: 'slow', account: ACCOUNT, region: REGION, perSecond: expect.closeTo(0.05, 1) },
    ]);
  });
});

describe('a conflict', () => {
  const limits = { maxAttempts: 5, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 };
  const LAMBDA = {
    client: LambdaClient,
    account: ACCOUNT,
    region: REGION,
    api: apiNamed('lambda:TagResource'),
  };
  const Resource = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:resize`;
  const CONFLICT = { error: { code: 'ResourceConflictException', status: 409, message: 'in progress' } };
  const tag = (calls: Calls, signal: AbortSignal) =>
    calls.make(LAMBDA, signal, (client, options) =>
      client.send(new TagResourceCommand({ Resource, Tags: { Team: 'blue' } }), options),
    );

  test('is waited for, though the SDK would not repeat the call', async () => {
    sandbox.putResource({ arn: Resource });
    sandbox.faults.add({ times: 2, effect: CONFLICT });
    await tag(open({ limits }), new AbortController().signal);
    expect(sandbox.requests).toHaveLength(3);
    expect(sandbox.tagsOf(Resource)).toEqual({ Team: 'blue' });
  });

  test('that does not end within two seconds is what the call failed of', async () => {
    sandbox.faults.add({ effect: CONFLICT });
    const call = tag(open({ limits }), new AbortController().signal);
    await expect(call).rejects.toMatchObject({ failure: { class: 'conflict' } });
    expect(sandbox.requests).toHaveLength(4);
  });

  test('is no longer waited for once time is up', async () => {
    sandbox.faults.add({ effect: CONFLICT });
    const calls = open({ limits });
    const stop = new AbortController();
    const call = tag(calls, stop.signal);
    while (sandbox.requests.length < 1) await new Promise(setImmediate);
    stop.abort(new TimeUpError());
    await expect(call).rejects.toMatchObject({ failure: { class: 'stopped' } });
    expect(sandbox.requests.length).toBeLessThanOrEqual(2);
  });
});

describe('ten thousand calls on one signal', () => {
  test('take time in proportion, bring no warning, and leave no listener behind', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const stop = new AbortController();
    const calls = open();
    const answer = Promise.resolve('answer');
    const cpuMs = startCpuClock();
    const ec2 = { client: EC2Client, account: ACCOUNT, region: REGION };
    const answers = await Promise.all(
      Array.from({ length: 10_000 }, () => calls.make(ec2, stop.signal, () => answer)),
    );
    expect(answers).toHaveLength(10_000);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(cpuMs()).toBeLessThan(5_000);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('that wait for a place end promptly together', async () => {
    sandbox.faults.add({ effect: { stall: true } });
    const calls = open();
    const { classes, tookMs, signal } = await stopAfter(100, 10_000, (signal) => readTags(calls, signal));
    expect(new Set(classes)).toEqual(new Set(['stopped']));
    expect(tookMs).toBeLessThan(5_000);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
