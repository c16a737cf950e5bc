/** Log buckets that are not in the region of the function: S3 says where they are, and is asked for that once. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ANY_BUCKET } from '../../../processor/file/log-buckets.ts';
import { createLogReader, type LogReader } from '../../../processor/file/log-reader.ts';
import { type Identity, type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { createBucketRegions } from '../../../tag-manager/calls/bucket-regions.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import { pointSdkAt } from '../../helpers/environment.ts';

const READER: Identity = { account: '111122223333', type: 'IAMUser', userName: 'reader' };
const KEY = 'AWSLogs/a.json.gz';
const SIGNAL = new AbortController().signal;

let sandbox: Sandbox;
let calls: Calls;
let logs: LogReader;
let restore: () => void;

beforeEach(async () => {
  sandbox = await startSandbox();
  restore = pointSdkAt(sandbox, READER, 'eu-west-1');
  const credentials = sandbox.credentials(READER);
  calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 1 });
  logs = createLogReader({ calls, region: 'eu-west-1', buckets: ANY_BUCKET, ownAccount: undefined });
});
afterEach(async () => {
  calls.destroy();
  restore();
  await sandbox.close();
});

function putBucket(name: string, region: string): void {
  sandbox.putBucket({ name, account: READER.account, region });
  sandbox.putObject(name, KEY, 'records');
}

async function read(bucket: string): Promise<string> {
  const { Body } = await logs.getObject({ bucket, key: KEY }, undefined, SIGNAL);
  return (await Body?.transformToString()) ?? '';
}

const regions = () => sandbox.requests.map(({ region }) => region);

test('are asked for in the wrong region once, however often they are read and listed', async () => {
  putBucket('logs', 'eu-central-1');
  putBucket('near', 'eu-west-1');
  for (let times = 0; times < 3; times++) expect(await read('logs')).toBe('records');
  expect(await logs.list('logs', { prefix: '' }, SIGNAL)).toEqual({
    objects: [{ key: KEY, size: 'records'.length }],
    prefixes: [],
    next: undefined,
  });
  expect(await read('near')).toBe('records');
  expect(regions()).toEqual(['eu-west-1', ...Array(4).fill('eu-central-1'), 'eu-west-1']);
});

test.each(['eu-west-1.evil.example', 'EU'])('are not followed to %s', async (region) => {
  putBucket('logs', region);
  await expect(read('logs')).rejects.toMatchObject({ failure: { error: 'PermanentRedirect' } });
  expect(regions()).toEqual(['eu-west-1']);
});

test('of very many buckets, those that were learned of first are asked for anew', async () => {
  const known = createBucketRegions(2);
  const asked: string[] = [];
  const call = async (bucket: string) =>
    known.inRegion({ bucket, supposedRegion: 'eu-west-1', mayBeIn: () => true }, async (region) => {
      asked.push(`${bucket} ${region}`);
      if (region === 'eu-west-1') throw Object.assign(new Error('elsewhere'), { Region: 'eu-north-1' });
      return region;
    });
  for (const bucket of ['a', 'b', 'c', 'c', 'b', 'a']) expect(await call(bucket)).toBe('eu-north-1');
  const [both, once] = [
    (bucket: string) => [`${bucket} eu-west-1`, `${bucket} eu-north-1`],
    (bucket: string) => `${bucket} eu-north-1`,
  ];
  expect(asked).toEqual([...both('a'), ...both('b'), ...both('c'), once('c'), once('b'), ...both('a')]);
});
