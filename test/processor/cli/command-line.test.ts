/** The command line as a user runs it: as a process of its own, with what it prints and how it exits. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { autoTagger, operatorOf, type Run, runCommand } from '../../helpers/command.ts';

const ACCOUNT = '111122223333';
const LOG_KEY = `AWSLogs/${ACCOUNT}/CloudTrail/eu-west-1/2026/11/20/${ACCOUNT}_CloudTrail_eu-west-1_20261120T1000Z_AbCdEfGhIjKlMnOp.json.gz`;

function jsonLines({ stdout }: Run): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function record(fields: object = {}) {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
      accountId: ACCOUNT,
      userName: 'alice',
    },
    eventTime: '2026-11-20T09:55:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName: 'CreateVolume',
    awsRegion: 'eu-west-1',
    sourceIPAddress: '198.51.100.7',
    requestParameters: { size: '8' },
    responseElements: { volumeId: 'vol-0123456789abcdef0' },
    eventID: '0b2ef9ba-2d1c-4f6f-a0f1-8a6a2ba3a111',
    recipientAccountId: ACCOUNT,
    ...fields,
  };
}

const logFile = (...records: unknown[]) => gzipSync(JSON.stringify({ Records: records }));
const FAILED_CALL = record({
  errorCode: 'Client.DryRunOperation',
  responseElements: null,
  eventID: 'failed-call',
});
const NO_CREATION = record({ eventName: 'DescribeVolumes' });

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-'));
  mkdirSync(join(folder, 'logs/below'), { recursive: true });
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'logs/b.json.gz'), logFile(record(), FAILED_CALL, NO_CREATION, 42));
  writeFileSync(join(folder, 'logs/below/a.json.gz'), logFile(NO_CREATION));
  writeFileSync(join(folder, 'logs/notes.txt'), 'no log');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('plan', () => {
  test.concurrent('--json prints resources, files and the summary, in this order, with sums that hold', async () => {
    const run = await autoTagger(['plan', '--json', join(folder, 'logs')]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const b = join(folder, 'logs/b.json.gz');
    const [resource, fileB, fileA, summary] = jsonLines(run);
    expect(resource).toEqual({
      kind: 'resource',
      file: b,
      eventID: '0b2ef9ba-2d1c-4f6f-a0f1-8a6a2ba3a111',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateVolume',
      eventTime: '2026-11-20T09:55:00Z',
      region: 'eu-west-1',
      account: ACCOUNT,
      resourceType: 'ec2:volume',
      arn: `arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/vol-0123456789abcdef0`,
      tags: {
        CreatedBy: `arn:aws:iam::${ACCOUNT}:user/alice`,
        CreatedDate: '2026-11-20T09:55:00Z',
        ManagedBy: 'auto-tagger',
      },
      index: 0,
      outcome: 'would-tag',
    });
    expect(fileB).toMatchObject({
      kind: 'file',
      file: b,
      complete: true,
      records: 4,
      ignored: { 'failed-call': 1, 'not-in-catalogue': 1 },
      creations: 1,
      malformed: 1,
      resources: 1,
      outcomes: { 'would-tag': 1 },
    });
    expect(fileA).toMatchObject({ file: join(folder, 'logs/below/a.json.gz'), records: 1, creations: 0 });
    expect(summary).toEqual({
      kind: 'summary',
      files: 2,
      unreadable: 0,
      skipped: { other: 1 },
      records: 5,
      creations: 1,
      resources: 1,
      malformed: 1,
      ignored: { 'failed-call': 1, 'not-in-catalogue': 2 },
      servicesLeftOut: {},
      outcomes: { 'would-tag': 1 },
      warnings: [],
    });
  });

  test.concurrent('says of what the same file deletes again that it was deleted', async () => {
    const topicArn = `arn:aws:sns:eu-west-1:${ACCOUNT}:news`;
    const ofTopic = (eventName: string, eventTime: string, more: object) =>
      record({
        eventSource: 'sns.amazonaws.com',
        eventName,
        eventTime,
        eventID: `${eventName}-${Date.parse(eventTime)}`,
        ...more,
      });
    const create = (time: string) => ofTopic('CreateTopic', time, { responseElements: { topicArn } });
    const remove = ofTopic('DeleteTopic', '2026-11-20T10:00:00Z', { requestParameters: { topicArn } });
    const path = join(folder, 'lives.json.gz');
    writeFileSync(path, logFile(create('2026-11-20T10:05:00Z'), remove, create('2026-11-20T09:55:00Z')));
    const run = await autoTagger(['plan', '--json', path]);
    expect(jsonLines(run)).toMatchObject([
      { kind: 'resource', eventTime: '2026-11-20T10:05:00Z', outcome: 'would-tag' },
      {
        kind: 'resource',
        eventTime: '2026-11-20T09:55:00Z',
        outcome: 'kept',
        reason: 'it was deleted since',
      },
      { kind: 'file', ignored: { deletion: 1 }, outcomes: { 'would-tag': 1, kept: 1 } },
      { kind: 'summary' },
    ]);
    const text = await autoTagger(['plan', '--wide', path]);
    expect(text.stdout).toMatch(/kept: it was deleted since/);
  });

  test.concurrent('--explain adds the records of known events that were passed over, with the reason', async () => {
    const run = await autoTagger(['plan', '--json', '--explain', join(folder, 'logs/b.json.gz')]);
    expect(jsonLines(run).filter(({ kind }) => kind === 'ignored')).toEqual([
      {
        kind: 'ignored',
        file: join(folder, 'logs/b.json.gz'),
        eventID: 'failed-call',
        eventSource: 'ec2.amazonaws.com',
        eventName: 'CreateVolume',
        reason: 'failed-call',
        detail: '"Client.DryRunOperation"',
        index: 1,
      },
    ]);
  });

  test.concurrent('without --json it prints tables and the sums in words', async () => {
    const { stdout } = await autoTagger(['plan', '--explain', join(folder, 'logs')]);
    expect(stdout).toMatch(/^resource +CreatedBy +event +outcome$/m);
    expect(stdout).toMatch(/^ec2 volume\/vol-0123456789abcdef0 +user\/alice +CreateVolume +would-tag$/m);
    expect(stdout).toMatch(/^failed-call +CreateVolume +failed-call: "C…$/m);
    expect(stdout).toContain('2 files; skipped: 1 other\n5 records: 1 created something');
  });

  /** C0 and C1 controls, DEL, a line separator, a change of direction. */
  const STEERING = '\u001b[2J\u0007\u009b31m\u007f\u2028\u202e';
  const RAW = /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

  test.concurrent.each([['as a table', '--wide'], ['--json']])(
    'a record cannot steer the terminal, %s',
    async (...format) => {
      const path = join(folder, `control-${STEERING}.json.gz`);
      const creation = record({ userIdentity: { type: 'IAMUser', arn: `arn:${STEERING}` } });
      const failed = record({ errorCode: STEERING, eventID: STEERING });
      writeFileSync(path, logFile(creation, failed));
      const options = format.filter((option) => option.startsWith('--'));
      const run = await autoTagger(['plan', '--explain', ...options, path]);
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(run.stdout).toContain('\\u001b[2J');
      expect(run.stdout).not.toMatch(RAW);
      if (options.includes('--json'))
        expect(jsonLines(run).at(-2)).toMatchObject({ kind: 'file', file: path });
    },
  );

  test.concurrent('what is complained about cannot steer it either', async () => {
    const path = join(folder, `none-${STEERING}`);
    const run = await autoTagger(['plan', path]);
    expect(run.stderr).toMatch(/none-\\u001b\[2J.*: no such file or folder\n$/);
    expect(run.stderr).not.toMatch(RAW);
    expect((await autoTagger([`x${STEERING}`])).stderr).not.toMatch(RAW);
  });

  test.concurrent('a URL of S3 without a bucket is no path on disk', async () => {
    const { stderr, exitCode } = await autoTagger(['plan', 's3://']);
    expect({ stderr, exitCode }).toEqual({
      stderr: 'auto-tagger: s3://: expected s3://BUCKET or s3://BUCKET/PREFIX\n',
      exitCode: 2,
    });
  });

  test.concurrent('passes over what is no file, and would keep it waiting for ever', async () => {
    const pipes = mkdtempSync(join(folder, 'pipes-'));
    execFileSync('mkfifo', [join(pipes, 'a.json.gz')]);
    writeFileSync(join(pipes, 'b.json.gz'), logFile(record()));
    const run = await autoTagger(['plan', '--json', pipes]);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(jsonLines(run).at(-1)).toMatchObject({ files: 1, skipped: { other: 1 }, creations: 1 });
  });

  test.concurrent('makes no AWS call for files on disk: it needs no credentials', async () => {
    const run = await autoTagger(['plan', join(folder, 'logs')], { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('what is wrong gets one line on stderr, exit code 1, and the rest is done', () => {
  const cases: readonly (readonly [string, string, Buffer | undefined, string])[] = [
    ['a missing file', 'missing.json.gz', undefined, 'no such file or folder'],
    ['an empty file', 'zero.json.gz', Buffer.alloc(0), 'the file is empty: 0 bytes, expected gzip data'],
    ['no gzip', 'text.json.gz', Buffer.from('hello'), 'neither gzip nor JSON: begins with 68 65'],
    ['no JSON', 'bad.json.gz', gzipSync('{"Records":[}'), 'not JSON at byte 12: expected a value'],
    [
      'no records',
      'none.json.gz',
      gzipSync('{"a":1}'),
      'no records: an object with the keys "a", expected {"Records":[…]}',
    ],
    [
      'a cut file',
      'cut.json.gz',
      logFile(record()).subarray(0, 100),
      'truncated gzip: the data ends after 100 compressed bytes, before its checksum',
    ],
  ];

  test.concurrent.each(cases)('%s', async (_, name, bytes, message) => {
    const path = join(folder, name);
    if (bytes !== undefined) writeFileSync(path, bytes);
    const run = await autoTagger(['plan', '--json', path, join(folder, 'logs/b.json.gz')]);
    expect(run.stderr).toBe(`auto-tagger: ${path}: ${message}\n`);
    expect(run.exitCode).toBe(1);
    expect(jsonLines(run).at(-1)).toMatchObject({ kind: 'summary', creations: 1 });
  });

  test.concurrent('a folder without logs', async () => {
    const run = await autoTagger(['plan', join(folder, 'empty')]);
    expect(run.stderr).toBe(`auto-tagger: ${join(folder, 'empty')}: no log files (*.json.gz) there\n`);
    expect(run.exitCode).toBe(6);
  });
});

describe('wrong usage exits with 2 and says how it is used', () => {
  test.concurrent.each([
    [['nonsense'], "error: unknown command 'nonsense'"],
    [['plan'], "error: missing required argument 'path'"],
    [['plan', '--nonsense', '.'], "error: unknown option '--nonsense'"],
  ])('%j', async (args, message) => {
    const run = await autoTagger(args);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe(`${message}\n(auto-tagger --help tells more)\n`);
  });

  test.concurrent('a setting that cannot be used', async () => {
    const run = await autoTagger(['plan', '.'], { CREATED_BY: 'boss' });
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toMatch(/^auto-tagger: settings that cannot be used: CREATED_BY: .*\n$/);
  });

  test.concurrent.each([[[]], [['plan']], [['process']], [['replay']], [['demo']]])(
    '--help of %j exits with 0',
    async (command) => {
      const run = await autoTagger([...command, '--help']);
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(run.stdout).toMatch(/^Usage: auto-tagger/);
    },
  );
});

test('without a command it runs the demo, in which every tag is right', async () => {
  const run = await autoTagger([], { DRY_RUN: 'true', AWS_PROFILE: 'nobody' }); // a user's own must not matter
  expect(run.stderr).toBe('');
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/^24 of 24 resources bear the tags that the calls say\.$/m);
  expect(run.stdout).not.toContain('{'); // no line of a log or a metric
});

describe('process', () => {
  let sandbox: Sandbox;
  let env: Record<string, string>;
  const ARN = `arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/vol-0123456789abcdef0`;
  const TAGGING = `auto-tagger: tagging as arn:aws:iam::${ACCOUNT}:user/ops in account ${ACCOUNT}\n`;
  const TAGS = {
    CreatedBy: `arn:aws:iam::${ACCOUNT}:user/alice`,
    CreatedDate: '2026-11-20T09:55:00Z',
    ManagedBy: 'auto-tagger',
  };

  beforeAll(async () => {
    sandbox = await startSandbox();
    env = operatorOf(sandbox, ACCOUNT, 'eu-west-1');
    sandbox.putResource({ arn: ARN });
    sandbox.putBucket({ name: 'log-bucket', account: ACCOUNT, region: 'us-east-1' });
    sandbox.putObject(
      'log-bucket',
      LOG_KEY,
      logFile(record(), record({ recipientAccountId: '444455556666' })),
    );
    sandbox.putObject('log-bucket', LOG_KEY.replaceAll('CloudTrail', 'CloudTrail-Digest'), 'no log');
  });

  afterAll(() => sandbox.close());

  test('--dry-run says what it would tag and tags nothing', async () => {
    const run = await autoTagger(['process', '--dry-run', '--json', 's3://log-bucket/AWSLogs/'], env);
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: `auto-tagger: a dry run, which tags nothing, as arn:aws:iam::${ACCOUNT}:user/ops in account ${ACCOUNT}\n`,
    });
    expect(jsonLines(run)[0]).toMatchObject({ kind: 'resource', arn: ARN, tags: TAGS, outcome: 'would-tag' });
    expect(sandbox.tagsOf(ARN)).toEqual({});
  });

  test('tags what the files of a bucket say, counts foreign records, and changes nothing the second time', async () => {
    const run = await autoTagger(['process', '--json', 's3://log-bucket/AWSLogs/'], env);
    expect(run).toMatchObject({ exitCode: 0, stderr: TAGGING });
    const [resource, file, summary] = jsonLines(run);
    expect(resource).toMatchObject({ kind: 'resource', arn: ARN, tags: TAGS, outcome: 'tagged' });
    expect(file).toMatchObject({ records: 2, ignored: { 'account-differs': 1 }, outcomes: { tagged: 1 } });
    expect(summary).toMatchObject({ files: 1, outcomes: { tagged: 1 } });
    expect(sandbox.tagsOf(ARN)).toEqual(TAGS);

    const again = await autoTagger(['process', '--json', 's3://log-bucket/'], env);
    expect(jsonLines(again)[0]).toMatchObject({
      outcome: 'unchanged',
      reason: 'it bears the tags of this event',
    });
  });

  test('a resource that cannot be tagged is said on stderr, exits with 1, and can be replayed', async () => {
    const stop = sandbox.deny.add({ service: 'ec2', operation: 'CreateTags' });
    const path = join(folder, 'other-volume.json.gz');
    writeFileSync(path, logFile(record({ responseElements: { volumeId: 'vol-0123456789abcdef1' } })));
    sandbox.putResource({ arn: ARN.replace('f0', 'f1') });
    const failing = ['process', '--json', '--failures', join(folder, 'failures.jsonl'), path];
    const run = await autoTagger(failing, env);
    stop();
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(
      `auto-tagger: ${path}: ${ARN.replace('f0', 'f1')}: failed: UnauthorizedOperation`,
    );
    expect(jsonLines(run)[0]).toMatchObject({ outcome: 'failed', failure: { class: 'denied' } });

    const failures = join(folder, 'failures.jsonl');
    const replayed = await autoTagger(['replay', '--json', failures], env);
    expect(replayed).toMatchObject({ exitCode: 0, stderr: TAGGING });
    expect(sandbox.tagsOf(ARN.replace('f0', 'f1'))).toEqual(TAGS);
  });

  test('standard input is read; an answer that cannot be written, to whoever went away or to a full disk, is one line and exit code 1', async () => {
    const many = Array.from({ length: 2_000 }, (_, at) =>
      record({ responseElements: { volumeId: `vol-${at.toString(16).padStart(17, '0')}` } }),
    );
    writeFileSync(join(folder, 'many.json.gz'), logFile(...many));
    const command = `"${process.execPath}" processor/cli.ts plan "${join(folder, 'many.json.gz')}"`;
    const shell = (script: string) => runCommand('bash', ['--norc', '-c', script]);
    const piped = await shell(`set -o pipefail; ${command} | head -1`);
    expect(piped).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/^resource .*\n$/),
      stderr: 'auto-tagger: the answer could not be written: write EPIPE\n',
    });
    const read = await shell(
      `${command.replace(/"[^"]*"$/, '--json -')} < "${join(folder, 'many.json.gz')}"`,
    );
    expect(read).toMatchObject({ exitCode: 0, stderr: '' });
    expect(jsonLines(read).at(-1)).toMatchObject({ kind: 'summary', files: 1, resources: 2_000 });
    const full = await shell(`${command} > /dev/full`);
    expect(full).toMatchObject({ exitCode: 1, stdout: '' });
    expect(full.stderr).toMatch(/^auto-tagger: the answer could not be written: ENOSPC: .*\n$/);
  });

  test('a bucket that LOG_BUCKETS does not name is not read, though the user names it', async () => {
    const before = sandbox.requests.length;
    const run = await autoTagger(['process', 's3://log-bucket/AWSLogs/'], { ...env, LOG_BUCKETS: 'others' });
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /\nauto-tagger: s3:\/\/log-bucket\/AWSLogs\/: .*LOG_BUCKETS does not name it\n$/,
    );
    expect(sandbox.requests.slice(before).filter(({ service }) => service === 's3')).toEqual([]);
  });

  test('a bucket that is not there is one line', async () => {
    const run = await autoTagger(['process', 's3://no-such-bucket/x'], env);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(
      /\nauto-tagger: s3:\/\/no-such-bucket\/x: cannot be listed: NoSuchBucket: .*\n$/,
    );
  });

  test('without credentials it says so in one line', async () => {
    const { AWS_ACCESS_KEY_ID, ...without } = env;
    const run = await autoTagger(['process', folder], { ...without, HOME: folder });
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toMatch(
      /^auto-tagger: cannot tell which account your AWS credentials are of: CredentialsProviderError: .*\n$/,
    );
  });
});
