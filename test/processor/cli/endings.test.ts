/** How commands end, by exit code, and what they complain about: each thing once, with how many there are of it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { readRecords } from '../../../parser/reading/read-records.ts';
import { ENDINGS, lowest } from '../../../processor/cli/endings.ts';
import { complaintsOf } from '../../../processor/cli/file-complaints.ts';
import { createRunEnding } from '../../../processor/cli/run-ending.ts';
import { countOutcomes, isDone, reportFile } from '../../../processor/file/file-report.ts';
import type { LogFile } from '../../../processor/file/log-file.ts';
import { standardInput } from '../../../processor/file/standard-input.ts';
import { startTotals } from '../../../processor/file/totals.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import {
  ACCOUNT,
  LOG_BUCKET,
  OTHER_ACCOUNT,
  REGION,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../../helpers/events.ts';
import { fixture } from '../../helpers/fixtures.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { createStack, stackArn } from '../../helpers/stacks.ts';

const ALICE = { type: 'IAMUser', account: ACCOUNT, userName: 'alice' } as const;
const IDENTITY = `tagging as arn:aws:iam::${ACCOUNT}:user/alice in account ${ACCOUNT}`;
const MANY = 60;

let folder: string;
let sandbox: Sandbox;
let restore: () => void;

const inFolder = (name: string, records: readonly unknown[]): string => {
  const path = join(folder, name);
  writeFileSync(path, logFileOf(records));
  return path;
};

/** Reads it from its start, each time. */
async function readerOf(input: LogFile) {
  const { records } = await input.open(new AbortController().signal);
  if (typeof records !== 'function') throw new Error('expected a body that is opened');
  return () => Array.fromAsync(readRecords(records, CATALOGUED_EVENTS, DEFAULT_BOUNDS));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'endings-'));
  mkdirSync(join(folder, 'empty'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('of several endings the lowest exit code counts, and 0 only where nothing else applies', () => {
  expect(lowest([])).toBe('done');
  expect(lowest(['done', 'interrupted'])).toBe('interrupted');
  expect(lowest(['nothing', 'interrupted', 'incomplete'])).toBe('incomplete');
  expect(lowest(['access', 'failed', 'done'])).toBe('failed');
  const codes = Object.values(ENDINGS).map(({ exitCode }) => exitCode);
  expect(codes).toEqual([0, 1, 2, 4, 5, 6, 130]);
});

const IN_BUCKET = `s3://${LOG_BUCKET}`;

/** Of the environment no more than this counts, beside two profiles that bring their regions and keys. */
function useProfiles(env: Readonly<Record<string, string>>): void {
  const { accessKeyId, secretAccessKey } = sandbox.credentials(ALICE);
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  const config = join(folder, 'config');
  writeFileSync(
    config,
    `[default]\nregion = eu-south-1\n${keys}[profile work]\nregion = eu-north-1\n${keys}`,
  );
  for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  Object.assign(process.env, { AWS_CONFIG_FILE: config, ...env });
}

describe('process', () => {
  beforeEach(async () => {
    sandbox = await startSandbox();
    restore = pointSdkAt(sandbox, ALICE, REGION);
    sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: REGION });
    for (const at of Array.from({ length: MANY }, (_, at) => at)) {
      sandbox.putResource({ arn: volumeArn(at) });
      sandbox.putResource({ arn: topicArn(at) });
    }
  });
  afterEach(async () => {
    restore();
    await sandbox.close();
  });

  test('that has done everything ends as done, and has said first as whom it tags', async () => {
    const run = await runHere(['process', inFolder('volume.json.gz', [volume(1)])]);
    expect(run).toMatchObject({ ending: 'done', complaints: [IDENTITY] });
    const dry = await runHere(['process', '--dry-run', join(folder, 'volume.json.gz')]);
    expect(dry.complaints).toEqual([IDENTITY.replace('tagging', 'a dry run, which tags nothing,')]);
  });

  test('is not complete where an account has no role, and says how to name one', async () => {
    const path = inFolder('accounts.json.gz', [volume(1), volume(2, { account: OTHER_ACCOUNT })]);
    const run = await runHere(['process', path]);
    expect(run.ending).toBe('incomplete');
    expect(run.complaints).toEqual([
      IDENTITY,
      `1 records are of other accounts than ${ACCOUNT}, and were left out: --role names the role to tag with there`,
    ]);
  });

  test('says once that 20 accounts do not let it in, with some of them', async () => {
    const accounts = Array.from({ length: 20 }, (_, at) => String(200_000_000_000 + at));
    const path = inFolder(
      'twenty.json.gz',
      accounts.map((account, at) => volume(at, { account })),
    );
    const run = await runHere(['process', '--role', 'tagger', path]);
    expect(run.ending).toBe('incomplete');
    expect(run.complaints).toEqual([
      IDENTITY,
      expect.stringMatching(
        /^account 2000000000\d\d is left out: .* cannot be assumed: .* \(AccessDenied\)$/,
      ),
      expect.stringMatching(
        /^19 more of the accounts are left out \((2000000000\d\d, ){5}…\): their roles cannot be assumed either \(AccessDenied\)$/,
      ),
    ]);
  });

  test('is not complete where a resource may be tagged later', async () => {
    sandbox.faults.add({
      operation: 'CreateTags',
      effect: { error: { code: 'ExpiredToken', status: 400, message: 'The token has expired.' } },
    });
    const run = await runHere(['process', inFolder('later.json.gz', [volume(1)])]);
    expect(run.ending).toBe('incomplete');
    expect(run.complaints[1]).toMatch(/later\.json\.gz: arn:.*: to be tried again: ExpiredToken: /);
  });

  test('says equal failures once with their number', async () => {
    sandbox.deny.add({ service: 'ec2', operation: 'CreateTags' });
    const path = inFolder('failing.json.gz', [volume(1), volume(2), volume(3), topic(1)]);
    const run = await runHere(['process', path]);
    expect(run.ending).toBe('failed');
    expect(run.complaints).toEqual([
      IDENTITY,
      expect.stringContaining(`${path}: ${volumeArn(1)}: failed: UnauthorizedOperation: `),
      `2 more of ec2 in account ${ACCOUNT}: failed: UnauthorizedOperation`,
    ]);
  });

  test('stops early where all is denied, and goes on elsewhere', async () => {
    sandbox.deny.add({ service: 'sns' });
    const topics = Array.from({ length: MANY }, (_, at) => topic(at));
    const failures = join(folder, 'left.jsonl');
    const path = inFolder('denied.json.gz', [...topics, volume(1)]);
    const run = await runHere(['process', '--failures', failures, path]);
    expect(run.ending).toBe('failed');
    expect(sandbox.tagsOf(volumeArn(1))).toMatchObject({ ManagedBy: 'auto-tagger' });
    const calls = sandbox.requests.filter(({ service }) => service === 'sns').length;
    expect(calls).toBeGreaterThanOrEqual(10);
    expect(calls).toBeLessThan(MANY / 2);
    expect(run.complaints.filter((each) => each.startsWith('nothing more is tried by sns:'))).toHaveLength(1);
    expect(run.complaints.at(-1)).toMatch(/^59 more of sns in account 111122223333: failed: /);
    expect(readFileSync(failures, 'utf8').trimEnd().split('\n')).toHaveLength(MANY);
  });

  test('that was denied everything from the start says so by its exit code', async () => {
    sandbox.deny.add({ service: 'sns' });
    const topics = Array.from({ length: MANY }, (_, at) => topic(at));
    const run = await runHere(['process', inFolder('only-denied.json.gz', topics)]);
    expect(run.ending).toBe('access');
    // What failed for another reason has a lower exit code.
    const more = await runHere([
      'process',
      join(folder, 'only-denied.json.gz'),
      join(folder, 'no-such-path'),
    ]);
    expect(more.ending).toBe('failed');
  });

  test('uses the profile that it is told, and not the keys of the environment', async () => {
    const credentials = sandbox.credentials({ type: 'IAMUser', account: ACCOUNT, userName: 'bob' });
    const file = join(folder, 'credentials');
    writeFileSync(
      file,
      `[work]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`,
    );
    process.env.AWS_SHARED_CREDENTIALS_FILE = file;
    const warn = jest.spyOn(console, 'warn');
    const run = await runHere(['process', '--profile', 'work', inFolder('volume.json.gz', [volume(1)])]);
    expect(run).toMatchObject({ ending: 'done', complaints: [IDENTITY.replace('alice', 'bob')] });
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    const none = await runHere(['process', '--profile', 'none', join(folder, 'volume.json.gz')]);
    expect(none.ending).toBe('access');
  });

  test.each([
    ['the profile that it is told', ['--profile', 'work'], {}, 'eu-north-1'],
    ['the profile of the environment', [], { AWS_PROFILE: 'work' }, 'eu-north-1'],
    ['the usual profile', [], {}, 'eu-south-1'],
    ['the environment, before any profile', ['--profile', 'work'], { AWS_DEFAULT_REGION: REGION }, REGION],
  ])('is in the region of %s', async (_, options, env, region) => {
    useProfiles(env);
    expect(await runHere(['process', ...options, inFolder('volume.json.gz', [volume(1)])])).toMatchObject({
      ending: 'done',
    });
    const asked = sandbox.requests.find(({ operation }) => operation === 'GetCallerIdentity');
    expect(asked?.region).toBe(region);
  });

  test.each<[command: string, args: readonly string[], operation: string]>([
    ['plan', [IN_BUCKET], 'ListObjectsV2'],
    ['report', ['--text', IN_BUCKET], 'ListObjectsV2'],
    ['who', ['topic-1', IN_BUCKET], 'ListObjectsV2'],
    ['why', ['topic-1', IN_BUCKET], 'ListObjectsV2'],
    ['who', ['topic-1'], 'LookupEvents'],
    ['why', ['topic-1'], 'LookupEvents'],
    ['backfill', ['--dry-run', IN_BUCKET], 'GetCallerIdentity'],
  ])('the region of the profile is also that of %s %j', async (command, args, operation) => {
    useProfiles({});
    await runHere([command, '--profile', 'work', ...args]);
    expect(sandbox.requests.find((request) => request.operation === operation)?.region).toBe('eu-north-1');
  });

  test('stops an account whose credentials have expired', async () => {
    sandbox.faults.add({
      service: 'sns',
      effect: { error: { code: 'ExpiredToken', status: 403, message: 'The token has expired.' } },
    });
    const topics = Array.from({ length: MANY }, (_, at) => topic(at));
    const run = await runHere(['process', inFolder('expired.json.gz', topics)]);
    expect(run.ending).toBe('access');
    expect(run.complaints[1]).toMatch(/^nothing more is tried in account 111122223333: ExpiredToken: /);
    expect(sandbox.requests.filter(({ service }) => service === 'sns').length).toBeLessThan(MANY / 2);
  });

  test('without access to the log files ends so, unless it could read some', async () => {
    const keys = [1, 2].map((number) => logKeyOf(ACCOUNT, REGION, number));
    for (const key of keys) sandbox.putObject(LOG_BUCKET, key, logFileOf([volume(1)]));
    const stop = sandbox.deny.add({ service: 's3', operation: 'GetObject' });
    const run = await runHere(['process', `s3://${LOG_BUCKET}/`]);
    expect(run.ending).toBe('access');
    expect(run.complaints).toHaveLength(3); // the second file is the number of the third line
    expect(run.complaints[2]).toMatch(/^1 more like it \(s3:.*\): AccessDenied$/);
    const mixed = await runHere(['process', inFolder('volume.json.gz', [volume(1)]), `s3://${LOG_BUCKET}/`]);
    expect(mixed.ending).toBe('failed');
    stop();
    sandbox.deny.add({ service: 's3' });
    expect((await runHere(['process', `s3://${LOG_BUCKET}/`])).ending).toBe('access');
  });

  test('reads no bucket any further once its credentials have expired', async () => {
    for (let number = 0; number < MANY; number++) {
      sandbox.putObject(LOG_BUCKET, logKeyOf(ACCOUNT, REGION, number), logFileOf([volume(1)]));
    }
    sandbox.faults.add({
      operation: 'GetObject',
      effect: { error: { code: 'ExpiredToken', status: 400, message: 'The token has expired.' } },
    });
    const run = await runHere(['process', `s3://${LOG_BUCKET}/`, inFolder('volume.json.gz', [volume(1)])]);
    expect(sandbox.requests.filter(({ operation }) => operation === 'GetObject').length).toBeLessThan(MANY);
    expect(run.complaints).toContain(`s3://${LOG_BUCKET}/: not read any further: The token has expired.`);
    expect(run.ending).toBe('failed');
    expect(sandbox.tagsOf(volumeArn(1))).toMatchObject({ ManagedBy: 'auto-tagger' });
  });

  test.each([['GetCallerIdentity', 'access']] as const)('denied %s ends as %s', async (operation, ending) => {
    sandbox.deny.add({ operation });
    const run = await runHere(['process', inFolder('volume.json.gz', [volume(1)])]);
    expect(run.ending).toBe(ending);
    expect(run.complaints).toEqual([
      expect.stringMatching(/^cannot tell which account your AWS credentials/),
    ]);
  });

  test('keeps what is left nowhere but in a file that was opened before the first call', async () => {
    const failures = join(folder, 'no-such-folder/left.jsonl');
    const run = await runHere(['process', '--failures', failures, folder]);
    expect(run.ending).toBe('failed');
    expect(run.complaints).toEqual([
      expect.stringMatching(/^--failures .*left\.jsonl: cannot be opened: ENOENT: /),
    ]);
    expect(sandbox.requests).toEqual([]);
  });

  test('waits for nobody to read a pipe that was named for what is left', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const run = await runHere(['process', '--failures', pipe, folder]);
    expect(run.complaints).toEqual([`--failures ${pipe}: cannot be opened: nobody reads that pipe`]);
    rmSync(pipe);
  });

  test('ends with one line more when what is left cannot be kept', async () => {
    sandbox.deny.add({ service: 'ec2', operation: 'CreateTags' });
    const files = Array.from({ length: 4 }, (_, at) =>
      inFolder(`full-${at}.json.gz`, [volume(at), volume(at + 9)]),
    );
    const run = await runHere(['process', '--failures', '/dev/full', ...files]);
    expect(run.complaints[1]).toMatch(/^--failures \/dev\/full: what is left cannot be kept there: ENOSPC/);
    expect(run.complaints.filter((each) => each.includes('ENOSPC'))).toHaveLength(1);
    expect(run.stdout).toContain('stopped before the end');
  });
});

describe('plan', () => {
  test.each([
    [['s3://'], 'usage'],
    [['no-such-path'], 'failed'],
    [['empty'], 'nothing'],
    [['empty', 'no-such-path'], 'failed'],
    [['empty', 'volume.json.gz'], 'nothing'],
    [['volume.json.gz'], 'done'],
  ] as const)('of %j ends as %s', async (paths, ending) => {
    inFolder('volume.json.gz', [volume(1)]);
    const args = paths.map((path) => (path.startsWith('s3:') ? path : join(folder, path)));
    expect((await runHere(['plan', ...args])).ending).toBe(ending);
  });

  test.each([
    ['--account', OTHER_ACCOUNT, [volumeArn(2, OTHER_ACCOUNT)]],
    ['--region', 'eu-*', [volumeArn(1), volumeArn(2, OTHER_ACCOUNT), topicArn(1)]],
    ['--region', 'us-east-1', []],
    ['--service', 'sns,sqs', [topicArn(1)]],
    ['--event', 'CreateVolume', [volumeArn(1), volumeArn(2, OTHER_ACCOUNT)]],
    ['--creator', '*/anna', [volumeArn(1), volumeArn(2, OTHER_ACCOUNT)]],
  ])('%s %s stands in the place of a variable', async (option, value, arns) => {
    const path = inFolder('filters.json.gz', [volume(1), volume(2, { account: OTHER_ACCOUNT }), topic(1)]);
    const { stdout } = await runHere(['plan', '--json', option, value, path]);
    expect(stdout.match(/"arn":"[^"]+"/g) ?? []).toEqual(arns.map((arn) => `"arn":"${arn}"`));
  });

  test.each(['account', 'region', 'service', 'event', 'creator', 'profile'])(
    '--%s may not be empty',
    async (option) => {
      const run = await runHere(['plan', `--${option}=`, folder]);
      expect(run).toMatchObject({
        ending: 'usage',
        complaints: [expect.stringContaining(`--${option} is empty`)],
      });
    },
  );

  test.each([
    [['--failures='], '--failures is empty: expected the name of a file'],
    [['--json', '--wide'], '--wide is about the table, and --json prints none'],
    [['--region', 'mars-1'], expect.stringMatching(/^settings that cannot be used: --region: "mars-1" can /)],
  ])('process with %j is wrong usage', async (options, problem) => {
    const run = await runHere(['process', ...options, folder]);
    expect(run).toMatchObject({ ending: 'usage', complaints: [problem] });
  });

  test('says once what is wrong with many files, and many paths', async () => {
    const cut = Array.from({ length: 4 }, (_, at) => {
      const path = join(folder, `cut-${at}.json.gz`);
      writeFileSync(path, logFileOf([volume(at)]).subarray(0, 100 + at)); // the messages tell how much there was
      return path;
    });
    const missing = ['x', 'y', 'z'].map((name) => join(folder, name));
    const { complaints } = await runHere(['plan', ...cut, ...missing]);
    expect(complaints).toEqual([
      `${cut[0]}: truncated gzip: the data ends after 100 compressed bytes, before its checksum`,
      `${missing[0]}: no such file or folder`,
      `3 more like it (${cut.slice(1).join(', ')}): TruncatedGzip`,
      `2 more like it (${missing.slice(1).join(', ')}): no such file or folder`,
    ]);
  });

  test('is stopped after a failure as one that failed', async () => {
    const run = await runHere(['plan', join(folder, 'no-such-path'), folder], { stopsAt: /no such/ });
    expect(run.ending).toBe('failed');
    expect(run.stdout).toContain('stopped before the end');
  });

  test('prints no more than somebody reads', async () => {
    const paths = Array.from({ length: 9 }, (_, at) => inFolder(`slow-${at}.json.gz`, [volume(at)]));
    let printed = 0;
    let most = 0;
    const untilPrinted = async () => {
      most = Math.max(most, printed);
      printed = 0;
    };
    const onPrint = (text: string) => {
      printed += text.split('\n').length - 1;
    };
    await runHere(['plan', '--json', ...paths], { onPrint, untilPrinted });
    expect(most).toBe(2); // a resource and its file
  });

  test('of standard input that is no log file does not wait for its end, nor hold without end', async () => {
    async function* endless() {
      for (;;) yield Buffer.from('no log file');
    }
    const garbage = await readerOf(standardInput(Readable.from(endless())));
    await expect(garbage()).rejects.toMatchObject({ code: 'NotGzip' });
    const long = await readerOf(standardInput(Readable.from([logFileOf([volume(1)])]), 99));
    await expect(long()).rejects.toMatchObject({ code: 'TooLarge' });
  });

  test('reads standard input as a log file, twice where it must, gzipped or plain', async () => {
    const plain = Buffer.from(JSON.stringify({ Records: [volume(1)] }));
    for (const bytes of [logFileOf([volume(1)]), plain]) {
      const read = await readerOf(standardInput(Readable.from([bytes.subarray(0, 9), bytes.subarray(9)])));
      for (const _ of ['once', 'again']) expect(await read()).toHaveLength(1);
    }
  });

  test('tells once what was created outside the catalogue, the ten commonest by name', async () => {
    const call = (eventName: string, more: object = {}) => ({
      ...volume(1),
      eventSource: 'unheard.amazonaws.com',
      eventName,
      ...more,
    });
    const names = Array.from({ length: 12 }, (_, at) => `CreateThing${String.fromCharCode(65 + at)}`);
    const records = [
      ...names.map((name) => call(name)),
      call('CreateThingL'),
      call('CreateFailed', { errorCode: 'AccessDenied' }),
      call('CreateEmpty', { errorCode: '' }),
      call('DescribeThing'),
      call('CreateTags'),
      call('Create\u001b[2J'),
      volume(2),
    ];
    const path = inFolder('outside.json.gz', records);
    const shown =
      'created outside the catalogue, and so not tagged: 2 unheard CreateThingL, 1 unheard CreateThingA,';
    const { stdout } = await runHere(['plan', path]);
    expect(stdout).toContain(shown);
    expect(stdout).toMatch(/1 unheard CreateThingI, and 3 by other calls$/m);
    const json = await runHere(['plan', '--json', path]);
    const summary = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ records: 19, creations: 1, ignored: { 'not-in-catalogue': 18 } });
    expect(Object.keys(summary.outside)).toHaveLength(13);
    writeFileSync(path, gzipSync(JSON.stringify({ Records: records }, undefined, 1))); // for the other reader
    expect((await runHere(['plan', path])).stdout).toContain(shown);
  });

  test('tells once of how many creations something will be asked for that no record names', async () => {
    const launch = fixture('ec2-RunInstances');
    const image = { ...volume(3), eventName: 'CreateImage', responseElements: { imageId: 'ami-0a1b2c3d' } };
    const path = inFolder('launches.json.gz', [launch, { ...launch, eventID: 'another' }, image, volume(2)]);
    const { stdout } = await runHere(['plan', path]);
    const told = stdout.split('\n').filter((line) => line.includes('no record'));
    expect(told).toEqual([
      'named by no record, and asked for when it is to be tagged: ec2:volume of 2 creations, ec2:snapshot of 1 creation',
    ]);
    const json = await runHere(['plan', '--json', path]);
    const summary = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(summary).toMatchObject({ creations: 4, unnamed: { 'ec2:volume': 2, 'ec2:snapshot': 1 } });
  });

  test('fits the terminal, 80 columns without one, and is whole with --wide', async () => {
    const records = Array.from({ length: 3 }, (_, at) => topic(at));
    const path = inFolder('topics.json.gz', [...records, volume(1)]);
    for (const columns of [undefined, 60, 132]) {
      const { stdout } = await runHere(['plan', path], { columns });
      const table = stdout.slice(0, stdout.indexOf('\n\n')).split('\n');
      expect(table).toHaveLength(5);
      expect(table[0]).toMatch(/^resource +CreatedBy +event +outcome$/);
      for (const line of table) expect(line.length).toBeLessThanOrEqual(columns ?? 80);
      expect(table[4]).toMatch(/\/vol-.* +CreateVo(lume|…) +would-tag$/);
    }
    const { stdout } = await runHere(['plan', '--wide', path], { columns: 80 });
    expect(stdout).toMatch(/^resource +CreatedBy +CreatedDate +ManagedBy +event +outcome +made for$/m);
    expect(stdout).toMatch(
      new RegExp(`^${volumeArn(1)} .*:user/anna +2025.* auto-tagger +CreateVolume +would-tag$`, 'm'),
    );
  });
});

test.each([
  ['later', 'keeping who made it to be tried again', 'incomplete'],
  ['never', 'keeping who made it failed', 'failed'],
] as const)(
  'a stack that could not be kept is complained about, and ends the command by how it may go on: %s',
  (end, words, ending) => {
    const [name, failure] = [
      stackArn('web'),
      { class: 'busy', error: 'InternalServerError', message: 'sorry' },
    ] as const;
    const verdict = readEvent(
      { index: 0, record: createStack('web') },
      { origin: 'log', account: undefined },
    );
    if (!('creation' in verdict)) throw new Error('expected a stack');
    const counter = countOutcomes();
    const undone = [{ kind: 'maker', event: verdict.creation, name, failure, end }] as const;
    counter.add({ outcomes: [], undone, namedAnew: 0, undoneNames: [], passedOver: [] });
    const report = reportFile({ name: 'a.json.gz' }, undefined, counter.counts, { readMs: 0, tagMs: 0 });
    const result = { report, outcomes: [], undone, passedOver: [] };
    expect(isDone(report)).toBe(false);
    expect([...complaintsOf(result, false)].map(({ problem }) => problem)).toEqual([
      `a.json.gz: ${name}: ${words}: InternalServerError: sorry`,
    ]);
    const run = createRunEnding();
    run.addFiles({ totals: { ...startTotals(), files: 1 }, unfinished: [result] }, false);
    expect(run.ending).toBe(ending);
  },
);
