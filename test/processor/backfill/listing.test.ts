/** Accounts and regions are found and their keys listed, over HTTP with the real client: what is pruned is not listed. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { virtualTrail } from '../../../fixtures/virtual-trail.ts';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { estimate } from '../../../processor/backfill/scope/estimate.ts';
import { writesOf } from '../../../processor/backfill/scope/file-writes.ts';
import { findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import type { ListingListener } from '../../../processor/backfill/scope/listing-listener.ts';
import { sampleScope } from '../../../processor/backfill/scope/sample.ts';
import type { Scope } from '../../../processor/backfill/scope/scope.ts';
import type { ListObjects } from '../../../processor/file/bucket-listing.ts';
import { ANY_BUCKET } from '../../../processor/file/log-buckets.ts';
import { s3LogFile } from '../../../processor/file/log-file.ts';
import { createLogReader, listingOf } from '../../../processor/file/log-reader.ts';
import type { Identity, Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { describeCall, topic, volume } from '../../helpers/events.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { size } from '../../helpers/runs.ts';
import { BUCKET, keyOf, keysOf, NOW, ONE, SIGNAL, scopeAt, TWO } from './branches.ts';

const READER: Identity = { account: ONE, type: 'IAMUser', userName: 'reader' };

function listening() {
  const skipped: Record<string, number> = {};
  const folders: Record<string, number> = {};
  const notes: string[] = [];
  const listener: ListingListener = {
    onSkipped: (reason) => {
      skipped[reason] = (skipped[reason] ?? 0) + 1;
    },
    onFolder: (reason) => {
      folders[reason] = (folders[reason] ?? 0) + 1;
    },
    onNote: (note) => notes.push(note),
  };
  return { listener, skipped, folders, notes };
}

/** All branches by their names, with their keys. */
async function listAll(scope: Scope, list: ListObjects, listener?: ListingListener) {
  const found: Record<string, readonly string[]> = {};
  const options = listener && { listener };
  for await (const branch of findBranches(scope, list, SIGNAL, listener)) {
    expect(found[branch.name]).toBeUndefined();
    found[branch.name] = await keysOf(branch, scope, list, undefined, options);
  }
  return found;
}

async function withBucket(
  keys: readonly string[],
  work: (list: ListObjects, sandbox: Sandbox) => Promise<void>,
  virtual?: ReturnType<typeof virtualTrail>,
) {
  const sandbox = await startSandbox();
  const restore = pointSdkAt(sandbox, READER, 'eu-west-1');
  const calls = openCalls(sandbox);
  try {
    sandbox.putBucket({
      name: BUCKET,
      account: READER.account,
      region: 'eu-west-1',
      ...(virtual && { virtual }),
    });
    for (const key of keys) sandbox.putObject(BUCKET, key, 'x');
    await work(listingOf(readerBy(calls), BUCKET), sandbox);
  } finally {
    calls.destroy();
    restore();
    await sandbox.close();
  }
}

function openCalls(sandbox: Sandbox): Calls {
  const credentials = sandbox.credentials(READER);
  return createCalls({ credentialsFor: () => async () => credentials, concurrency: 4 });
}

const readerBy = (calls: Calls) =>
  createLogReader({ calls, region: 'eu-west-1', buckets: ANY_BUCKET, ownAccount: undefined });

const prefixIn = ({ query }: Readonly<Record<string, unknown>>) =>
  (query as URLSearchParams).get('prefix') ?? '';

const MIXED = [
  keyOf(ONE, 'eu-west-1', '2025/03/01'),
  keyOf(ONE, 'us-gov-west-1', '2025/03/01'),
  keyOf(ONE, 'cn-north-1', '2025/03/02'),
  keyOf(TWO, 'eu-west-1', '2025/03/03'),
  keyOf(TWO, 'eu-west-1', '2025/03/03', { organization: 'o-a1b2c3d4e5/' }),
  keyOf(ONE, 'eu-west-1', '2025/03/04', { before: 'trails/second/' }),
  `AWSLogs/${ONE}/CloudTrail-Digest/eu-west-1/2025/03/01/${ONE}_CloudTrail-Digest_x.json.gz`,
  `AWSLogs/${ONE}/CloudTrail-Insight/eu-west-1/2025/03/01/x.json.gz`,
  `AWSLogs/${ONE}/Config/eu-west-1/2025/3/1/ConfigHistory/x.json.gz`,
  `AWSLogs/aws-account-id=${ONE}/aws-service=vpcflowlogs/x.log.gz`,
  `AWSLogs/${ONE}/CloudTrail/eu-west-1/2025/03/01/readme.txt`,
  `AWSLogs/${ONE}/CloudTrail/eu-west-1/copy of 1+1=2/x.json.gz`,
  `AWSLogs/${ONE}/CloudTrail/eu-west-1/stray.json.gz`,
  `AWSLogs/notes/${ONE}.json.gz`,
  'AWSLogs/a\u0001b%20\u202e/x.json.gz',
  'copies/2025/b.json.gz',
  'copies/a.json.gz',
  'readme.txt',
];

test('each account and region is a branch, what is none of CloudTrail’s the plain one, and the rest is counted', async () => {
  await withBucket(MIXED, async (list) => {
    const heard = listening();
    expect(await listAll(scopeAt(''), list, heard.listener)).toEqual({
      '111122223333/cn-north-1': [MIXED[2]],
      '111122223333/eu-west-1': [MIXED[0]],
      '111122223333/us-gov-west-1': [MIXED[1]],
      '444455556666/eu-west-1': [MIXED[3]],
      'o-a1b2c3d4e5/444455556666/eu-west-1': [MIXED[4]],
      'trails/second/AWSLogs/111122223333/eu-west-1': [MIXED[5]],
      '': [MIXED[11], MIXED[12], MIXED[14], MIXED[13], MIXED[15], MIXED[16]],
    });
    expect(heard.folders).toEqual({ digest: 1, insight: 1, config: 1, 'other-service': 1 });
    expect(heard.skipped).toMatchObject({ other: expect.any(Number) });
    expect(heard.notes).toEqual([]);
  });
});

test('the URL may end anywhere in the path', async () => {
  await withBucket(MIXED, async (list) => {
    const whole = MIXED[0] ?? '';
    const lengths = [...whole].flatMap((_, index) =>
      index % 7 === 0 || whole[index - 1] === '/' ? [index] : [],
    );
    for (const length of [...lengths, whole.length]) {
      const prefix = whole.slice(0, length);
      const found = await listAll(scopeAt(prefix), list);
      const expected = MIXED.filter(
        (key) => key.startsWith(prefix) && !/Digest|Insight|Config|flow|txt$/.test(key),
      );
      expect(Object.values(found).flat().sort()).toEqual(expected.sort());
    }
  });
});

test('accounts and regions prune: nothing is listed below the others', async () => {
  await withBucket(MIXED, async (list, sandbox) => {
    const found = await listAll(scopeAt('AWSLogs/', { account: '1111*', region: 'eu-*' }), list);
    expect(Object.keys(found)).toEqual(['111122223333/eu-west-1', '']);
    const prefixes = sandbox.requests.map(({ input }) => prefixIn(input));
    expect(prefixes.filter((prefix) => prefix.includes(TWO) || /cn-north|us-gov/.test(prefix))).toEqual([]);
  });
});

test('who may list AWSLogs/ alone need not name it', async () => {
  await withBucket(MIXED, async (_, sandbox) => {
    const calls = openCalls(sandbox);
    const listing = listingOf(readerBy(calls), BUCKET);
    sandbox.faults.add({
      operation: 'ListObjectsV2',
      match: ({ input }) => !prefixIn(input).startsWith('AWSLogs/'),
      effect: { error: { code: 'AccessDenied', status: 403, message: 'Access Denied' } },
    });
    const heard = listening();
    const found = await listAll(scopeAt('', { region: 'us-gov-*' }), listing, heard.listener);
    expect(found['111122223333/us-gov-west-1']).toEqual([MIXED[1]]);
    expect(heard.notes.join()).toContain('s3://logs/ itself may not be listed');
    calls.destroy();
  });
});

test('an estimate reads files, and knows at which rate each of their resources is tagged', async () => {
  await withBucket([], async (list, sandbox) => {
    const keys = [1, 2, 3].map((number) => logKeyOf(ONE, 'eu-west-1', number));
    for (const [index, key] of keys.entries()) {
      sandbox.putObject(BUCKET, key, logFileOf([topic(index), volume(index), describeCall()]));
    }
    const calls = openCalls(sandbox);
    const logs = readerBy(calls);
    const options = { bounds: DEFAULT_BOUNDS, refuse: () => undefined };
    const samples = await sampleScope({
      scope: scopeAt('', { from: '2025-03-04', to: '2025-03-04' }),
      list,
      readWrites: (key, signal) => writesOf(s3LogFile(logs, { bucket: BUCKET, key }), options, signal),
      refused: async () => 'no such role',
      signal: SIGNAL,
      now: NOW,
    });
    calls.destroy();
    const lines = samples.files.flatMap(({ writes }) =>
      writes.map(({ line, perSecond }) => [line, perSecond]),
    );
    expect(new Set(lines.map(String))).toEqual(
      new Set([
        'SNS TagResource ListTagsForResource UntagResource in eu-west-1,5', // each write is read before
        'EC2 CreateTags in eu-west-1,10',
      ]),
    );
    expect(lines).toHaveLength(6);
    const { files, writes, byAccount, requests } = estimate(samples, { share: 0.5 });
    expect(files).toEqual({ likely: 3, low: 3, high: 3 });
    expect(writes).toBe(0);
    expect(byAccount).toMatchObject([{ account: ONE, writes: 6, seconds: 3 / 2.5, refusal: 'no such role' }]);
    expect(requests).toEqual({ list: 7, get: 3 });
  });
});

const TEN_YEARS = {
  accounts: Array.from({ length: 60 }, (_, index) => String(111_122_223_333 + index)),
  regions: ['ap-southeast-2', 'eu-west-1', 'us-east-1', 'us-west-2'],
  firstDay: '2016-01-01',
  days: 3653,
  filesADay: 2,
};

/** As infra/package/auto-tagger.ts sets them. */
const AS_INSTALLED = ['--semi-space-growth-factor=1'];
const MONTH = {
  texts: { account: ONE, from: '2025-03', to: '2025-03' },
  branches: 4,
  days: 32,
  flags: AS_INSTALLED,
};
/** So much of what is listed is dropped at once that Node puts off collecting it: what is held shows where it may not. */
const ALL = {
  texts: {},
  branches: 240,
  days: 3653,
  flags: ['--max-old-space-size=64', '--max-semi-space-size=8'],
};

test('a process that lists takes less than 200 MiB', async () => {
  await withBucket(
    [],
    async () => {
      const { texts, branches, days, flags } = size(MONTH, ALL);
      const script = join(import.meta.dirname, 'list-process.ts');
      const args = ['--no-warnings', ...flags, script, JSON.stringify(texts)];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env: process.env });
      const found = JSON.parse(stdout);
      expect(found).toMatchObject({ branches, keys: branches * days * TEN_YEARS.filesADay });
      expect(found.peakMiB).toBeLessThan(200);
    },
    virtualTrail(TEN_YEARS),
  );
});

test('of 1,750,000 keys a month of an account costs two requests a region beside the pages in scope', async () => {
  await withBucket(
    [],
    async (list, sandbox) => {
      const scope = scopeAt('', { account: ONE, from: '2025-03', to: '2025-03' });
      const found = await listAll(scope, list);
      expect(Object.keys(found)).toEqual(TEN_YEARS.regions.map((region) => `${ONE}/${region}`));
      for (const keys of Object.values(found)) {
        expect(keys).toHaveLength(32 * TEN_YEARS.filesADay);
        expect([keys[0], keys.at(-1)].map((key = '') => key.split('/').slice(4, 7).join('-'))).toEqual([
          '2025-03-01',
          '2025-04-01',
        ]);
      }
      const pages = TEN_YEARS.regions.length;
      expect(sandbox.requests.length).toBeLessThanOrEqual(pages + 2 * TEN_YEARS.regions.length);
    },
    virtualTrail(TEN_YEARS),
  );
});
