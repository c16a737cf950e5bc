/** Draining a failure queue, or a file of failures: what is done now goes, what fails again stays. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Complaint } from '../../../processor/cli/complaints.ts';
import { fileSource } from '../../../processor/cli/replay/file-source.ts';
import type { queueSource as queueSourceFunction } from '../../../processor/cli/replay/queue-source.ts';
import type { replay as replayFunction } from '../../../processor/cli/replay/replay.ts';
import type { FileReport } from '../../../processor/file/file-report.ts';
import { InterruptedError } from '../../../tag-manager/calls/stop.ts';
import { type Deployment, deploy } from '../../helpers/deployment.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  ofAnna,
  REGION,
  s3Event,
  snsEvent,
  sqsEvent,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { logKeyOf } from '../../helpers/log-files.ts';

let deployment: Deployment;
let folder: string;
let replay: typeof replayFunction;
let queueSource: typeof queueSourceFunction;

beforeEach(async () => {
  deployment = await deploy();
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
  // They read the environment, which is set now.
  ({ replay } = await import('../../../processor/cli/replay/replay.ts'));
  ({ queueSource } = await import('../../../processor/cli/replay/queue-source.ts'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await deployment.close();
});

const KEY = logKeyOf(ACCOUNT, REGION, 1);
const creation = (number: number) => ({
  autoTagger: {
    kind: 'creation',
    record: volume(number),
    arns: [volumeArn(number)],
    location: { kind: 's3', bucket: LOG_BUCKET, key: KEY },
  },
});
const tagsOf = (number: number) => deployment.sandbox.tagsOf(volumeArn(number));

interface RunOptions {
  /** @default the failure queue */
  readonly source?: string;
  readonly keepsAll?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: () => void;
}

async function run(options: RunOptions = {}) {
  const { source = deployment.queueUrl('failure'), keepsAll = false, onProgress = () => {} } = options;
  const { signal = new AbortController().signal } = options;
  const { runtime } = deployment;
  const problems: string[] = [];
  const files: string[] = [];
  const complain = (problem: string) => problems.push(problem);
  const complaints = { add: ({ problem }: Complaint) => problems.push(problem) };
  const from = source.startsWith('https:')
    ? queueSource(source, { calls: runtime.calls, region: REGION, signal, waitSeconds: 0, complain })
    : fileSource(source, signal);
  const onReport = ({ file }: FileReport) => files.push(file);
  const replayed = await replay(from, { runtime, keepsAll, onReport, onProgress, complaints, signal });
  return { ...replayed, problems, files };
}

function denyTags(): () => void {
  return deployment.sandbox.deny.add({ service: 'ec2', operation: 'CreateTags' });
}

describe('a failure queue', () => {
  test('that the function has filled is drained once the reason is mended: resources, files, and what nobody understood', async () => {
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    deployment.putFile(KEY, [volume(1)]);
    const mend = denyTags();
    await deployment.invoke(s3Event([KEY])); // a resource that fails
    await deployment.invoke(s3Event([logKeyOf(ACCOUNT, REGION, 2)])); // a file that is not there
    expect(await deployment.count('failure')).toBe(2);
    mend();
    deployment.putFile(logKeyOf(ACCOUNT, REGION, 2), [volume(2)]);
    expect(await run()).toMatchObject({ messages: 2, left: 0, problems: [], totals: { files: 2 } });
    expect([tagsOf(1), tagsOf(2)]).toEqual([ofAnna(), ofAnna()]);
    expect(await deployment.count('failure')).toBe(0);
  });

  test('that is not there is an error that names it', async () => {
    const source = deployment.queueUrl('failure').replace('failure', 'none');
    await expect(run({ source })).rejects.toThrow(`${source}: `);
  });

  test('holds what a deployment refused, which another takes', async () => {
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1)]);
    await deployment.send('failure', {
      autoTagger: { kind: 'unreadable', body: JSON.stringify(s3Event([KEY])), problem: 'TRIGGER_MODE is s3' },
    });
    expect(await run()).toMatchObject({ messages: 1, left: 0 });
    expect(tagsOf(1)).toEqual(ofAnna());
  });

  test('what fails again stays, can be asked for again at once, and is nowhere else', async () => {
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    await deployment.send('failure', creation(1));
    await deployment.send('failure', 'what is this?');
    await deployment.send('failure', { autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: KEY } });
    await deployment.send('failure', creation(2));
    deployment.sandbox.faults.add({
      operation: 'CreateTags',
      match: ({ input }) => JSON.stringify(input).includes(volumeArn(2).slice(-17)),
      effect: { error: { code: 'UnauthorizedOperation', status: 403, message: 'no' } },
    });
    const first = await run();
    expect(first).toMatchObject({ messages: 4, left: 3 });
    expect(first.problems.join('\n')).toMatch(/expected JSON/);
    expect(first.problems.join('\n')).toMatch(/The specified key does not exist/);
    expect(first.problems.join('\n')).toMatch(/1 failed/);
    expect(tagsOf(1)).toEqual(ofAnna());
    expect(await deployment.count('failure')).toBe(3);
    expect(await deployment.count('retry')).toBe(0);
    expect(await run()).toMatchObject({ messages: 3, left: 3 });
  });

  test('of more messages than come at once is drained to its end', async () => {
    for (let number = 0; number < 25; number++) {
      deployment.putResources([volumeArn(number)]);
      await deployment.send('failure', creation(number));
    }
    expect(await run()).toMatchObject({ messages: 25, left: 0 });
    expect(await deployment.count('failure')).toBe(0);
  });

  test('keeps all in a dry run, and shows all to the next', async () => {
    deployment.putResources([volumeArn(1)]);
    await deployment.send('failure', creation(1));
    expect(await run({ keepsAll: true })).toMatchObject({ messages: 1, left: 0 });
    expect(await deployment.count('failure')).toBe(1);
    expect(await run()).toMatchObject({ messages: 1, left: 0 });
    expect(await deployment.count('failure')).toBe(0);
  });

  test('takes whole events, as Lambda keeps those of failed invocations', async () => {
    deployment.putResources([volumeArn(1)]);
    deployment.putFile(KEY, [volume(1)]);
    for (const event of [s3Event([KEY]), snsEvent(s3Event([KEY])), sqsEvent([s3Event([KEY])])]) {
      await deployment.send('failure', event);
    }
    expect(await run()).toMatchObject({ messages: 3, left: 0 });
    expect(tagsOf(1)).toEqual(ofAnna());
  });

  test('that is empty is nothing to do', async () => {
    expect(await run()).toMatchObject({ messages: 0, left: 0, problems: [] });
  });

  test('that fails while a message is deleted keeps it, and lets go of the others', async () => {
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    for (const number of [1, 2]) await deployment.send('failure', creation(number));
    deployment.sandbox.deny.add({ service: 'sqs', operation: 'DeleteMessageBatch' });
    await expect(run()).rejects.toThrow('DeleteMessageBatch');
    expect(await deployment.count('failure')).toBe(2);
  });

  test('gives each message once a run, with the reason why it stays, though it comes back meanwhile', async () => {
    for (let number = 0; number < 12; number++) await deployment.send('failure', creation(number));
    denyTags();
    deployment.putResources(Array.from({ length: 12 }, (_, number) => volumeArn(number)));
    const onProgress = () => deployment.advance(901); // each takes longer than it stays hidden
    const { messages, left, problems } = await run({ onProgress });
    expect({ messages, left }).toEqual({ messages: 12, left: 12 });
    expect(problems).toHaveLength(12);
    expect(new Set(problems.map((problem) => problem.split(':')[0])).size).toBe(12);
    expect(problems[0]).toMatch(/^message [0-9a-f-]+: .*1 failed/);
    expect(await deployment.count('failure')).toBe(12);
  });

  test('that gives the same messages for ever ends', async () => {
    for (let number = 0; number < 8; number++) await deployment.send('failure', creation(number));
    const comeBack = () => {
      deployment.advance(901);
      return false;
    };
    deployment.sandbox.faults.add({
      operation: 'ReceiveMessage',
      match: comeBack,
      effect: { delayMs: 0 },
    });
    expect(await run({ keepsAll: true })).toMatchObject({ messages: 8 });
  });

  test('is let go of ten messages at a time', async () => {
    for (let number = 0; number < 25; number++) await deployment.send('failure', creation(number));
    const requests = await deployment.requestsOf(() => run({ keepsAll: true }));
    const released = requests.filter(({ operation }) => operation === 'ChangeMessageVisibilityBatch');
    expect(released.map(({ input }) => (input.Entries as unknown[]).length)).toEqual([10, 10, 5]);
    expect(await run({ keepsAll: true })).toMatchObject({ messages: 25 }); // they can be received at once
  });

  test('is changed by a dry run in nothing but who can see it for the moment', async () => {
    await deployment.close();
    deployment = await deploy({ settings: { DRY_RUN: 'true' } });
    deployment.putResources([volumeArn(1)]);
    for (const body of [
      creation(1),
      'what is this?',
      { autoTagger: { kind: 'file', bucket: LOG_BUCKET, key: KEY } },
    ]) {
      await deployment.send('failure', body);
    }
    const requests = await deployment.requestsOf(async () => {
      expect(await run({ keepsAll: true })).toMatchObject({ messages: 3, left: 2 });
    });
    const reads = /^(ReceiveMessage|Describe|List|Get|ChangeMessageVisibilityBatch$)/;
    expect(requests.map(({ operation }) => operation).filter((name) => !reads.test(name))).toEqual([]);
    expect(await deployment.count('failure')).toBe(3);
    expect(tagsOf(1)).toEqual({});
  });

  test('a message that names a bucket which LOG_BUCKETS does not name stays, with that reason', async () => {
    deployment.sandbox.putBucket({ name: 'strangers', account: ACCOUNT, region: REGION });
    deployment.putFile(KEY, [volume(1)], 'strangers');
    deployment.putResources([volumeArn(1)]);
    await deployment.send('failure', { autoTagger: { kind: 'file', bucket: 'strangers', key: KEY } });
    await deployment.send('failure', s3Event([KEY], 'strangers'));
    const { location } = creation(1).autoTagger;
    await deployment.send('failure', {
      autoTagger: { ...creation(1).autoTagger, location: { ...location, bucket: 'strangers' } },
    });
    const { messages, left, problems } = await run();
    expect({ messages, left }).toEqual({ messages: 3, left: 3 });
    for (const problem of problems) expect(problem).toContain('LOG_BUCKETS does not name it');
    expect(tagsOf(1)).toEqual({});
    expect(await deployment.count('failure')).toBe(3);
  });

  test('of which replaying is stopped keeps what is not done, at once for anybody, and what is done is gone', async () => {
    deployment.putResources(Array.from({ length: 15 }, (_, number) => volumeArn(number)));
    for (let number = 0; number < 15; number++) await deployment.send('failure', creation(number));
    const stop = new AbortController();
    let begun = 0;
    const onProgress = () => {
      if (++begun === 3) stop.abort(new InterruptedError());
    };
    const first = await run({ signal: stop.signal, onProgress });
    expect(first).toMatchObject({ messages: 3, left: 0, problems: [] });
    expect(await deployment.count('failure')).toBe(12);
    expect(await run()).toMatchObject({ messages: 12, left: 0 });
  });

  test('of which a message was forged tags nothing by it', async () => {
    deployment.putResources([volumeArn(1)]);
    await deployment.send('failure', {
      autoTagger: { ...creation(2).autoTagger, arns: [volumeArn(1)], tags: { a: 'b' } },
    });
    expect(await run()).toMatchObject({ left: 1, problems: [expect.stringContaining('no-resource')] });
    expect(tagsOf(1)).toEqual({});
  });
});

describe('a file of failures', () => {
  test('is read line by line, blank lines passed over, and is left as it is', async () => {
    deployment.putResources([volumeArn(1), volumeArn(2)]);
    const path = join(folder, 'failures.jsonl');
    const text = [creation(1), 'broken', creation(2)].map((line) => JSON.stringify(line)).join('\r\n\r\n');
    writeFileSync(path, text);
    expect(await run({ source: path })).toMatchObject({
      messages: 3,
      left: 1,
      problems: [expect.stringContaining(`${path}:3: `)],
    });
    expect([tagsOf(1), tagsOf(2)]).toEqual([ofAnna(), ofAnna()]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('that is not there is an error that names it', async () => {
    const path = join(folder, 'none.jsonl');
    await expect(run({ source: path })).rejects.toThrow(`${path}: no such file`);
    await expect(run({ source: folder })).rejects.toThrow(`${folder}: expected a file`);
  });
});
