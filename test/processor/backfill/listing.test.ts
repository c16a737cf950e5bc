/**
 * Accounts and regions are found and their keys listed, over HTTP with the real client, and by property with keys in hand:
 * whatever lies in the bucket, each log file of the scope comes once, in order, and what is pruned is not listed.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { virtualTrail } from '../../../fixtures/virtual-trail.ts';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { createAhead } from '../../../processor/backfill/scope/ahead.ts';
import { estimate } from '../../../processor/backfill/scope/estimate.ts';
import { writesOf } from '../../../processor/backfill/scope/file-writes.ts';
import { type FoundBranch, findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import { type ListingOptions, listBranch } from '../../../processor/backfill/scope/list-branch.ts';
import type { ListingListener } from '../../../processor/backfill/scope/listing-listener.ts';
import { sampleScope } from '../../../processor/backfill/scope/sample.ts';
import { readScope, type Scope, type ScopeTexts } from '../../../processor/backfill/scope/scope.ts';
import { createBucketListing, type ListObjects } from '../../../processor/file/bucket-listing.ts';
import { ANY_BUCKET } from '../../../processor/file/log-buckets.ts';
import { s3LogFile } from '../../../processor/file/log-file.ts';
import { createLogReader } from '../../../processor/file/log-reader.ts';
import type { Identity, Sandbox } from '../../../sandbox/sandbox.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { describeCall, topic, volume } from '../../helpers/events.ts';
import { listOf } from '../../helpers/listed-keys.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { runs, size } from '../../helpers/runs.ts';

const NOW = Date.parse('2026-11-26T14:30:12Z');
const SIGNAL = new AbortController().signal;
const READER: Identity = { account: '111122223333', type: 'IAMUser', userName: 'reader' };
const BUCKET = 'logs';

const scopeAt = (prefix: string, texts: ScopeTexts = {}): Scope =>
  readScope(`s3://${BUCKET}/${prefix}`, texts, NOW);

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

async function keysOf(
  branch: FoundBranch,
  scope: Scope,
  list: ListObjects,
  after?: string,
  options?: ListingOptions,
) {
  const keys: string[] = [];
  for await (const page of listBranch(branch, scope, after, list, SIGNAL, options)) {
    expect(page.length).toBeGreaterThan(0);
    keys.push(...page.map(({ key }) => key));
  }
  return keys;
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

const keyOf = (
  account: string,
  region: string,
  day: string,
  { before = '', organization = '', at = '0900' } = {},
) =>
  `${before}AWSLogs/${organization}${account}/CloudTrail/${region}/${day}/` +
  `${account}_CloudTrail_${region}_${day.replaceAll('/', '')}T${at}Z_abcdefghijklmnop.json.gz`;

const [ONE, TWO] = ['111122223333', '444455556666'];

describe('over HTTP', () => {
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
      const options = { calls, region: 'eu-west-1', buckets: ANY_BUCKET, ownAccount: undefined };
      await work(createBucketListing(options, BUCKET), sandbox);
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
      const listing = createBucketListing(
        { calls, region: 'eu-west-1', buckets: ANY_BUCKET, ownAccount: undefined },
        BUCKET,
      );
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
      const logs = createLogReader({
        calls,
        region: 'eu-west-1',
        buckets: ANY_BUCKET,
        ownAccount: undefined,
      });
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
          'SNS TagResource ListTagsForResource UntagResource in eu-west-1,10',
          'EC2 CreateTags in eu-west-1,10',
        ]),
      );
      expect(lines).toHaveLength(6);
      const { files, writes, byAccount, requests } = estimate(samples, { share: 0.5 });
      expect(files).toEqual({ likely: 3, low: 3, high: 3 });
      expect(writes).toBe(6);
      expect(byAccount).toMatchObject([{ account: ONE, seconds: 3 / 5, refusal: 'no such role' }]);
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
  // So much of what is listed is dropped at once that Node puts off collecting it: what is held shows where it may not.
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
});

describe('keys in hand', () => {
  const regions = ['eu-west-1', 'us-east-1'];
  const accounts = [ONE, TWO] as const;
  const day = fc
    .integer({ min: 0, max: 800 })
    .map((days) =>
      new Date(Date.UTC(2024, 10, 15) + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/'),
    );
  const logKey = fc
    .record({
      account: fc.constantFrom(...accounts),
      region: fc.constantFrom(...regions),
      day,
      at: fc.integer({ min: 0, max: 59 }).map((minute) => `09${String(minute).padStart(2, '0')}`),
      before: fc.constantFrom('', 'a/', 'a/b/'),
      organization: fc.constantFrom('', 'o-a1b2c3d4e5/'),
    })
    .map(({ account, region, day: each, ...more }) => keyOf(account, region, each, more));
  const plainKey = fc
    .tuple(
      fc.constantFrom(
        '',
        'a/',
        'a/b/',
        'c/d/',
        'AWSLogs/',
        'AWSLogs/x/',
        `AWSLogs/${ONE}/`,
        `AWSLogs/${ONE}/CloudTrail/`,
        `AWSLogs/${ONE}/CloudTrail/eu-west-1/`,
        `AWSLogs/${ONE}/CloudTrail/eu-west-1/20/`,
        'AWSLogs0/',
        'a0/',
      ),
      fc.constantFrom('1', 'x', '2025', '~', 'é', '!'),
    )
    .map(([folder, name]) => `${folder}${name}.json.gz`);
  const keys = fc
    .tuple(fc.array(logKey, { maxLength: 150 }), fc.array(plainKey, { maxLength: 6 }))
    .map(([logs, plain]) => [...new Set([...logs, ...plain])].sort());
  const span = fc.record(
    {
      from: fc.constantFrom('2024-12', '2025-03-10', '2026'),
      to: fc.constantFrom('2026-01-31', '2026-03', '2026-11'),
    },
    { requiredKeys: [] },
  );
  const texts = fc.record(
    { account: fc.constantFrom(ONE, '4*'), region: fc.constantFrom('eu-*', 'us-east-1') },
    { requiredKeys: [] },
  );
  const world = fc.record({
    keys,
    prefix: fc.constantFrom('', 'a/', 'AWSLogs/', `AWSLogs/${ONE}/CloudTrail/eu-west-1/2025`, 'AWS'),
    texts: fc.tuple(span, texts).map(([times, patterns]) => ({ ...times, ...patterns })),
    pageSize: fc.integer({ min: 1, max: 40 }),
    places: fc.integer({ min: 0, max: 5 }),
    resumeAt: fc.nat(),
  });

  const LOG = /AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/CloudTrail\/([a-z0-9-]+)\/(\d{4}\/\d\d\/\d\d)\//;

  function isExpected(key: string, { account, region, from = '0', to = '9' }: ScopeTexts): boolean {
    const [, owner = '', place = '', delivered = ''] = LOG.exec(key) ?? [];
    if (delivered === '') return account === undefined || account === ONE || !key.includes(`/${ONE}/`);
    const isWanted = (pattern: string | undefined, text: string) =>
      pattern === undefined || text.startsWith(pattern.replace('*', ''));
    const after = new Date(Date.parse(delivered.replaceAll('/', '-')) - 86_400_000)
      .toISOString()
      .slice(0, 10);
    const day = delivered.replaceAll('/', '-');
    return (
      isWanted(account, owner) &&
      isWanted(region, place) &&
      day >= from &&
      (after <= to || after.startsWith(to))
    );
  }

  test('whatever lies there, each file of the scope comes once and in order, and a key is where one can go on', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ keys: all, prefix, texts: each, pageSize, places, resumeAt }) => {
        const scope = scopeAt(prefix, each);
        const { list } = listOf(all, pageSize);
        const found: string[] = [];
        for await (const branch of findBranches(scope, list, SIGNAL)) {
          const options = { ahead: createAhead(places, 3) };
          const listed = await keysOf(branch, scope, list, undefined, options);
          expect(listed).toEqual([...new Set(listed)].sort());
          const at = resumeAt % (listed.length + 1);
          expect(await keysOf(branch, scope, list, listed[at - 1] ?? undefined, options)).toEqual(
            listed.slice(at),
          );
          for (let place = 0; place < places; place++) expect(options.ahead.take()).toBe(true); // all came back
          found.push(...listed);
        }
        const isRegionPruned = (key: string) =>
          each.region !== undefined && each.region !== 'eu-*' && key.includes('/eu-west-1/');
        const expected = all.filter(
          (key) =>
            key.startsWith(prefix) &&
            isExpected(key, each) &&
            !(LOG.exec(key) === null && isRegionPruned(key)),
        );
        expect(found.sort()).toEqual(expected);
      }),
      runs(150),
    );
  });

  const LONG = virtualTrail({
    accounts: [ONE],
    regions: ['eu-west-1'],
    firstDay: '2024-11-20',
    days: 500,
    filesADay: 6,
  });
  const longKeys = [...LONG.keysFrom('')];

  async function onlyBranch(scope: Scope, list: ListObjects): Promise<FoundBranch> {
    const [branch, ...others] = await Array.fromAsync(findBranches(scope, list, SIGNAL));
    if (branch === undefined || others.length > 0) throw new Error('expected one branch');
    return branch;
  }

  test.each([
    [{}, 3000],
    [{ from: '2025', to: '2025-06' }, 182 * 6],
    [{ from: '2025-02-10', to: '2025-02-10' }, 2 * 6],
  ])(
    'of %j a long branch is listed side by side, at most two requests a month beside its pages',
    async (each, count) => {
      const scope = scopeAt('', each);
      const { list, queries, mostInFlight } = listOf(longKeys, 20);
      const branch = await onlyBranch(scope, list);
      queries.length = 0;
      const keys = await keysOf(branch, scope, list, undefined, { ahead: createAhead(16, 4) });
      expect(keys).toHaveLength(count);
      const months = new Set(keys.map((key) => key.split('/').slice(4, 6).join())).size;
      expect(queries.length).toBeLessThanOrEqual(Math.ceil(count / 20) + 2 * months);
      if (count > 1000) expect(mostInFlight()).toBe(4);
    },
  );

  test('who reads slowly is not run away from, and who leaves ends what was begun', async () => {
    const { list, queries } = listOf(longKeys, 20);
    const scope = scopeAt('');
    const branch = await onlyBranch(scope, list);
    queries.length = 0;
    const ahead = createAhead(6, 4);
    for await (const _ of listBranch(branch, scope, undefined, list, SIGNAL, { ahead })) {
      for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
      break;
    }
    const asked = queries.length;
    expect(asked).toBeLessThanOrEqual(1 + 1 + 6);
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(queries.length).toBe(asked);
    for (let place = 0; place < 6; place++) expect(ahead.take()).toBe(true);
  });

  test('what keeps a page from being listed comes in its turn, and the user’s stop at once', async () => {
    const { list } = listOf(longKeys, 20);
    const scope = scopeAt('');
    const branch = await onlyBranch(scope, list);
    const failing: ListObjects = async (query, signal) => {
      if ((query.startAfter ?? '') > 'AWSLogs/111122223333/CloudTrail/eu-west-1/2025/01')
        throw new Error('no page');
      return list(query, signal);
    };
    const keys: string[] = [];
    const reading = async () => {
      for await (const page of listBranch(branch, scope, undefined, failing, SIGNAL, {
        ahead: createAhead(9),
      })) {
        keys.push(...page.map(({ key }) => key));
      }
    };
    await expect(reading()).rejects.toThrow('no page');
    expect(keys).toEqual(longKeys.slice(0, keys.length));
    expect(keys.length).toBeGreaterThan(60);
    const stop = new AbortController();
    const stopped = listBranch(branch, scope, undefined, list, stop.signal);
    await stopped.next();
    stop.abort(new Error('stopped by the user'));
    await expect(Array.fromAsync(stopped)).rejects.toThrow('stopped by the user');
  });
});
