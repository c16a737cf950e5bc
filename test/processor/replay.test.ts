/** Draining a failure queue, or a file of failures: what is done now goes, what fails again stays. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { replay as replayFunction } from '../../processor/cli/replay.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { type Deployment, deploy } from './deployment.ts';
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
} from './events.ts';

let deployment: Deployment;
let folder: string;
let replay: typeof replayFunction;

beforeEach(async () => {
  deployment = await deploy();
  folder = mkdtempSync(join(tmpdir(), 'replay-'));
  ({ replay } = await import('../../processor/cli/replay.ts')); // it reads the environment, which is set now
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

async function run(source: string = deployment.queueUrl('failure'), keepsAll = false) {
  const problems: string[] = [];
  const files: string[] = [];
  const { messages, left, totals } = await replay(source, {
    runtime: deployment.runtime,
    region: REGION,
    keepsAll,
    waitSeconds: 0,
    onReport: ({ file }) => files.push(file),
    complain: (problem) => problems.push(problem),
    signal: new AbortController().signal,
  });
  return { messages, left, totals, problems, files };
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
    expect(await run(undefined, true)).toMatchObject({ messages: 1, left: 0 });
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
    deployment.sandbox.deny.add({ service: 'sqs', operation: 'DeleteMessage' });
    await expect(run()).rejects.toThrow('DeleteMessage');
    expect(await deployment.count('failure')).toBe(2);
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
    expect(await run(path)).toMatchObject({
      messages: 3,
      left: 1,
      problems: [expect.stringContaining(`${path}:3: `)],
    });
    expect([tagsOf(1), tagsOf(2)]).toEqual([ofAnna(), ofAnna()]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  test('that is not there is an error that names it', async () => {
    const path = join(folder, 'none.jsonl');
    await expect(run(path)).rejects.toThrow(`${path}: no such file`);
  });
});
