/** The function by its door, in a process of its own: it answers before Lambda ends it, and leaves nothing running. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { operatorOf, runCommand } from '../helpers/command.ts';
import { recordLoads } from '../helpers/loads.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import '../helpers/runs.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  ofAnna,
  REGION,
  s3Event,
  sqsEvent,
  volume,
  volumeArn,
} from '../helpers/events.ts';

const KEYS = Array.from({ length: 30 }, (_, number) => logKeyOf(ACCOUNT, REGION, number));

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: REGION });
  for (const [number, key] of KEYS.entries()) {
    sandbox.putResource({ arn: volumeArn(number), account: ACCOUNT, region: REGION });
    sandbox.putObject(LOG_BUCKET, key, logFileOf([volume(number)]));
  }
});
afterEach(() => sandbox.close());

async function invoke(event: unknown, remainingMs: number, more: Readonly<Record<string, string>> = {}) {
  const args = ['test/processor/lambda-process.ts', JSON.stringify(event), String(remainingMs)];
  const env = {
    ...operatorOf(sandbox, ACCOUNT, REGION),
    LOG_BUCKETS: LOG_BUCKET,
    NODE_NO_WARNINGS: '0',
    ...more,
  };
  const { exitCode, stdout, stderr } = await runCommand(process.execPath, args, env);
  expect(stderr).not.toMatch(/Warning/);
  expect(exitCode).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    readonly answer: object;
    readonly ms: number;
  };
}

const EVENT = sqsEvent(KEYS.map((key) => s3Event([key])));
const ALL_BACK = { batchItemFailures: KEYS.map((_, at) => ({ itemIdentifier: `message-${at}` })) };

test('with time enough all is done', async () => {
  expect(await invoke(EVENT, 900_000)).toMatchObject({ answer: { batchItemFailures: [] } });
  expect(sandbox.tagsOf(volumeArn(29))).toEqual(ofAnna());
});

test.each([
  ['three seconds', 3_000, 'ec2'],
  ['one second', 1_000, 's3'],
])('of %s some is left for the answer, though a service never answers', async (_, remainingMs, service) => {
  sandbox.faults.add({ service, effect: { stall: true } });
  const { answer, ms } = await invoke(EVENT, remainingMs);
  expect(answer).toEqual(ALL_BACK);
  expect(ms).toBeLessThan(remainingMs);
});

describe('a file that creates nothing loads nothing that it does not need:', () => {
  let loaded: readonly string[];

  beforeEach(async () => {
    if (loaded !== undefined) return; // one process tells of all
    const [key = ''] = KEYS;
    sandbox.putObject(LOG_BUCKET, key, logFileOf([{ ...volume(0), eventName: 'DescribeVolumes' }]));
    const loads = recordLoads();
    const { answer } = await invoke(sqsEvent([s3Event([key])]), 900_000, loads.env);
    expect(answer).toMatchObject({ batchItemFailures: [] });
    loaded = loads.read();
  });

  test('what it needs is among what was loaded', () => {
    expect(loaded).toContainEqual(expect.stringMatching(/\/parser\/reading\/fast-reader\.ts$/));
    expect(loaded).toContainEqual(expect.stringMatching(/\/@aws-sdk\/client-s3\//));
  });

  test.each([
    ['clients but that of S3', /\/@aws-sdk\/client-(?!s3\/)|(?<!log-bucket)-client\.ts$/],
    ['protocols of other services', /\/@aws-sdk\/core\/.*\/(cbor|json|query)\//],
    ['readers of odd files, tables and parameters', /\/(stream-json|csv-parse|parameters)\//],
    ['what only runs of a backfill take', /\/processor\/(bulk|backfill)\//],
    ['the command line', /\/(commander|ora|processor\/cli)\//],
  ])('no %s', (_, unwanted) => {
    expect(loaded.filter((url) => unwanted.test(url))).toEqual([]);
  });
});
