/**
 * The function in a run that S3 Batch Operations or a Distributed Map carries out: what it leaves in the bucket and answers is what a
 * run on one machine keeps, whatever fails in between, and nobody who can write to the bucket makes it do more than it would.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type ChunkLine, readChunkLine } from '../../processor/backfill/bulk/chunk-lines.ts';
import { type FileSums, parseSums, readSums, reportOfSums } from '../../processor/backfill/bulk/file-sums.ts';
import { readChunkName, runKeys } from '../../processor/backfill/bulk/run-keys.ts';
import type { RunInfo } from '../../processor/backfill/run/run-info.ts';
import { addReport, startTotals } from '../../processor/file/totals.ts';
import type { Deadline } from '../../processor/runtime/deadline.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { deadlineIn, TIME_IS_UP } from '../helpers/deadlines.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import { pointSdkAt } from '../helpers/environment.ts';
import {
  ACCOUNT,
  ANNA,
  describeCall,
  LOG_BUCKET,
  ofAnna,
  REGION,
  topic,
  topicArn,
  volume,
  volumeArn,
} from '../helpers/events.ts';
import { runHere } from '../helpers/in-process.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { runInfo } from '../helpers/run-info.ts';
import { size } from '../helpers/runs.ts';
import { checkpointOf, jsonLinesOf, tagsOf } from './backfill/kept-run.ts';
import { OWN, putYearsOfLogs, ROLE, BUCKET as YEARS } from './backfill/years-of-logs.ts';

const BACKFILL_BUCKET = 'backfills';
const KEYS = Array.from({ length: 4 }, (_, number) => logKeyOf(ACCOUNT, REGION, number));
const [KEY = ''] = KEYS;

let deployment: Deployment;
let info: RunInfo;
afterEach(() => deployment?.close());

async function start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
  deployment = await deploy({ settings: { BACKFILL_BUCKET, ...settings } });
  deployment.sandbox.putBucket({ name: BACKFILL_BUCKET, account: ACCOUNT, region: REGION });
}

function begin(facts: Partial<RunInfo> = {}, more: object = {}): void {
  info = runInfo({ engine: 'batch', scope: { bucket: LOG_BUCKET, prefix: '' }, ...facts });
  putInfo(JSON.stringify({ ...info, ...more }));
}

const putInfo = (text: string) => deployment.sandbox.putObject(BACKFILL_BUCKET, runKeys(info.id).info, text);

const ofBatch = (keys: readonly string[], run: unknown = info.id, s3Bucket = LOG_BUCKET) => ({
  invocationSchemaVersion: '2.0',
  invocationId: 'invocation-1',
  job: { id: 'job-1', userArguments: { run } },
  tasks: keys.map((s3Key, at) => ({ taskId: `task-${at}`, s3Key, s3VersionId: null, s3Bucket })),
});

const ofMap = (keys: readonly string[], run: unknown = info.id) => ({
  BatchInput: { run },
  Items: keys.map((UrlEncodedKey) => ({ Bucket: LOG_BUCKET, UrlEncodedKey })),
});

interface BatchAnswer {
  readonly results: readonly {
    readonly taskId: string;
    readonly resultCode: string;
    readonly resultString: string;
  }[];
}

const batch = async (keys: readonly string[], deadline?: Deadline, bucket?: string) => {
  const { results } = (await deployment.invoke(ofBatch(keys, info.id, bucket), deadline)) as BatchAnswer;
  return results.map(({ resultCode, resultString }) => ({
    code: resultCode,
    text: resultString,
    sums: parseSums(resultString),
  }));
};

async function batchOne(key: string, bucket?: string) {
  const [result] = await batch([key], undefined, bucket);
  if (result === undefined) throw new Error('nothing is answered of the task');
  return result;
}

interface MapAnswer {
  readonly sums: readonly { readonly key: string }[];
  readonly unfinished: readonly { readonly key: string }[];
  readonly remaining: readonly object[];
  readonly problems: readonly { readonly problem: string }[];
  readonly rejected?: string;
}

const map = async (event: object, deadline?: Deadline) =>
  (await deployment.invoke(event, deadline)) as MapAnswer;

const putRequests = () => deployment.sandbox.requests.filter(({ operation }) => operation === 'PutObject');
const tagRequests = () =>
  deployment.sandbox.requests.filter(({ operation }) => ['TagResource', 'CreateTags'].includes(operation));

function chunkNames(): readonly string[] {
  const { journal } = runKeys(info.id);
  const keys = putRequests().map(({ input }) => String(input.Key));
  for (const key of keys)
    expect(key.startsWith(journal) && readChunkName(key.slice(journal.length))).toBeTruthy();
  return [...new Set(keys)];
}

/** Of the chunks that are there, in the order of their names. */
function chunkLines(): readonly ChunkLine[] {
  return chunkNames()
    .toSorted()
    .flatMap((key) => {
      try {
        return [deployment.sandbox.getObject(BACKFILL_BUCKET, key).toString()];
      } catch {
        return []; // it could not be put
      }
    })
    .flatMap((text) => text.trimEnd().split('\n'))
    .map((line) => {
      const read = readChunkLine(JSON.parse(line));
      if (read === undefined) throw new Error(`no line of a chunk: ${line}`);
      return read;
    });
}

const rowsOf = (lines: readonly ChunkLine[]) =>
  lines.flatMap((line) => (line.kind === 'resource' ? [line.row] : []));
const intentsOf = (lines: readonly ChunkLine[]) =>
  lines.flatMap((each) =>
    each.kind === 'journal' && each.line.kind === 'intent' ? [{ ...each.line, file: each.file }] : [],
  );
const resultsOf = (lines: readonly ChunkLine[]) =>
  lines.flatMap((each) => (each.kind === 'journal' && each.line.kind === 'result' ? [each.line] : []));

function outcomesIn(sums: FileSums | undefined) {
  return sums?.kind === 'read' ? sums.report.outcomes : undefined;
}

test('what a run did of a file is archived too, and the file comes again where it cannot be', async () => {
  const archive = 'archive';
  await start({ ARCHIVE_BUCKET: archive });
  deployment.sandbox.putBucket({ name: archive, account: ACCOUNT, region: REGION });
  begin();
  deployment.putResources([volumeArn(1)]);
  deployment.putFile(KEY, [volume(1)]);
  const ofArchive = () => putRequests().filter(({ input }) => input.Bucket === archive);
  const mend = deployment.sandbox.faults.add({
    operation: 'PutObject',
    match: ({ input }) => input.Bucket === archive,
    effect: { error: { code: 'AccessDenied', status: 403, message: 'Access Denied' } },
  });
  expect((await batchOne(KEY)).code).toBe('TemporaryFailure');
  expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual(ofAnna());
  mend();
  expect((await batchOne(KEY)).code).toBe('Succeeded');
  expect(ofArchive()).toHaveLength(2);
});

test('what a run keeps in AWS is what the same run keeps on one machine', async () => {
  const logs = { files: 60, creations: 50 };
  const folder = mkdtempSync(join(tmpdir(), 'bulk-'));
  const sandbox = await startSandbox({ records: false });
  const { arns } = putYearsOfLogs(sandbox, logs);
  const putBack = pointSdkAt(sandbox, { type: 'IAMUser', account: OWN, userName: 'ops' }, 'eu-west-1');
  await runHere(['backfill', `s3://${YEARS}`, '--role', ROLE, '--runs', folder, '--yes']).finally(putBack);
  const run = { runs: folder };
  const here = {
    totals: checkpointOf(run).totals,
    rows: jsonLinesOf(run, 'resources.ndjson'),
    failures: jsonLinesOf(run, 'failures.ndjson'),
    journal: jsonLinesOf(run, 'journal.ndjson'),
    tags: tagsOf({ sandbox, arns }),
  };
  rmSync(folder, { recursive: true });
  await sandbox.close();

  await start({ LOG_BUCKETS: YEARS, MEMBER_ROLE_NAME: ROLE });
  const { keys } = putYearsOfLogs(deployment.sandbox, logs);
  begin({ scope: { bucket: YEARS, prefix: '' } });
  const totals = startTotals();
  for (const key of keys) {
    const { code, sums } = await batchOne(key, YEARS);
    expect(code).toBe('Succeeded');
    if (sums?.kind === 'read') addReport(totals, reportOfSums({ file: key }, sums.report));
  }
  const lines = chunkLines();
  expect(totals).toEqual(here.totals);
  expect(sorted(rowsOf(lines))).toEqual(sorted(here.rows));
  expect(
    sorted(lines.flatMap((line) => (line.kind === 'failure' ? [withoutSize(line.message)] : []))),
  ).toEqual(sorted(here.failures.map(withoutSize)));
  expect(writes(intentsOf(lines), resultsOf(lines))).toEqual(
    writes(
      here.journal.filter(({ kind }) => kind === 'intent'),
      here.journal.filter(({ kind }) => kind === 'result'),
    ),
  );
  for (const { file, arn } of intentsOf(lines))
    expect(rowsOf(lines)).toContainEqual(expect.objectContaining({ file, arn }));
  expect(tagsOf({ sandbox: deployment.sandbox, arns })).toEqual(here.tags);
  expect(deployment.sent('retry').length + deployment.sent('failure').length).toBe(0);
});

const sorted = (values: readonly object[]) =>
  values.map((value) => JSON.stringify(value, Object.keys(flat(value)).sort())).sort();
/** Only a listing tells it. */
const withoutSize = (message: object): object =>
  JSON.parse(JSON.stringify(message, (name, value) => (name === 'size' ? undefined : value)));

const flat = (value: object): object =>
  Object.assign(
    {},
    value,
    ...Object.values(value)
      .filter((each) => typeof each === 'object' && each !== null)
      .map(flat),
  );

/** Intents with how they ended, without what is different each time. */
function writes(intents: readonly object[], results: readonly object[]) {
  const ends = new Map(
    (results as { id: string; outcome: string }[]).map(({ id, outcome }) => [id, outcome]),
  );
  return sorted(
    (intents as { id: string }[]).map(({ id, ...rest }) => ({
      ...rest,
      at: '',
      file: '',
      end: ends.get(id),
    })),
  );
}

describe('log files and what they cost:', () => {
  beforeEach(async () => {
    await start();
    begin();
  });

  test('files that create nothing put nothing, and run.json is read once', async () => {
    for (const key of KEYS) deployment.putFile(key, [describeCall()]);
    const requests = await deployment.requestsOf(async () => {
      for (const key of KEYS)
        expect(await batch([key])).toMatchObject([{ code: 'Succeeded', sums: { report: { records: 1 } } }]);
    });
    expect(requests.map(({ operation }) => operation)).toEqual(Array.from({ length: 5 }, () => 'GetObject'));
  });

  test('a file with many creations puts few chunks, however many there are', async () => {
    const creations = size(1_000, 10_000);
    const numbers = Array.from({ length: creations }, (_, number) => number);
    deployment.putFile(
      KEY,
      numbers.map((number) => volume(number)),
    );
    deployment.putResources(numbers.map((number) => volumeArn(number)));
    expect(outcomesIn((await batch([KEY]))[0]?.sums)).toEqual({ tagged: creations });
    expect(putRequests().length).toBeLessThan(3 + creations / 100);
    const lengths = chunkNames().map((key) => deployment.sandbox.getObject(BACKFILL_BUCKET, key).length);
    expect(Math.max(...lengths)).toBeLessThan(2.2 * 1024 * 1024);
    const lines = chunkLines();
    expect([intentsOf(lines), resultsOf(lines), rowsOf(lines)].map(({ length }) => length)).toEqual([
      creations,
      creations,
      creations,
    ]);
  });

  test('objects that are no log files, and files outside of the scope, are passed over with their reason', async () => {
    begin({ scope: { bucket: LOG_BUCKET, prefix: '', accounts: ['4444*'] } });
    const results = await batch(['AWSLogs/', KEY, 'x.txt']);
    expect(results.map(({ code, sums }) => ({ code, sums }))).toEqual(
      ['folder', 'out-of-scope', 'other'].map((reason) => ({
        code: 'Succeeded',
        sums: { attempt: expect.any(String), kind: 'skipped', reason },
      })),
    );
  });

  test('sums that have no room in the answer are in the journal', async () => {
    const bad = Array.from({ length: 30 }, (_, number) => ({
      ...topic(number),
      eventName: 'CreateTopic',
      responseElements: { topicArn: `not an ARN ${number}`.padEnd(150, 'x') },
    }));
    deployment.putFile(KEY, bad);
    const { sums } = await batchOne(KEY);
    expect(sums?.kind).toBe('in-journal');
    const [line] = chunkLines();
    expect(line).toMatchObject({
      kind: 'sums',
      file: `s3://${LOG_BUCKET}/${KEY}`,
      sums: { attempt: sums?.attempt, report: { records: 30 } },
    });
  });

  test('a file that cannot be read for ever is done, with its error in the sums and a failure for replay', async () => {
    deployment.putFile(KEY, Buffer.from('no gzip'));
    expect(await batch([KEY])).toMatchObject([
      { code: 'Succeeded', sums: { report: { complete: false, error: { class: 'final' } } } },
    ]);
    expect(chunkLines()).toMatchObject([
      { kind: 'failure', message: { autoTagger: { kind: 'file', key: KEY } } },
    ]);
  });

  test('a dry run tags nothing, and has rows', async () => {
    begin({ dryRun: true });
    deployment.putFile(KEY, [topic(1)]);
    deployment.putResources([topicArn(1)]);
    expect(outcomesIn((await batch([KEY]))[0]?.sums)).toEqual({ 'would-tag': 1 });
    expect(deployment.sandbox.tagsOf(topicArn(1))).toEqual({});
    expect(chunkLines()).toMatchObject([{ kind: 'resource', row: { outcome: 'would-tag' } }]);
  });

  test('to a map each file is answered with its key, and what is left comes back as an event of the run', async () => {
    for (const [number, key] of KEYS.entries()) deployment.putFile(key, [topic(number)]);
    deployment.putResources([0, 1, 2, 3].map(topicArn));
    const remove = deployment.sandbox.faults.add({
      service: 'sns',
      operation: 'TagResource',
      match: ({ input }) => input.ResourceArn === topicArn(2),
      effect: { error: { code: 'Throttled', status: 400, message: 'slower' } },
    });
    const first = await map(ofMap(KEYS));
    const outcomes = (sums: MapAnswer['sums']) =>
      sums.map(({ key, ...each }) => [KEYS.indexOf(key), outcomesIn(readSums(each))]);
    expect(outcomes(first.sums)).toEqual([0, 1, 3].map((number) => [number, { tagged: 1 }]));
    expect(outcomes(first.unfinished)).toEqual([[2, { deferred: 1 }]]);
    expect(first.remaining).toEqual([
      { BatchInput: { run: info.id }, Items: [{ Bucket: LOG_BUCKET, Key: KEYS[2] }] },
    ]);
    remove();
    const [event = {}] = first.remaining;
    expect(await map(event)).toMatchObject({
      remaining: [],
      problems: [],
      sums: [{ key: KEYS[2], outcomes: { tagged: 1 } }],
    });
  });

  test('when time is up all of it is left', async () => {
    deployment.putFile(KEY, [topic(1)]);
    const { remaining, sums } = await map(ofMap([KEY]), TIME_IS_UP);
    expect({ remaining, sums }).toMatchObject({ remaining: [{ Items: [{ Key: KEY }] }], sums: [] });
  });
});

describe('write-ahead:', () => {
  const FAILS = {
    error: { code: 'InternalError', status: 500, message: 'we encountered an internal error' },
  };

  beforeEach(async () => {
    await start();
    begin();
    deployment.putFile(KEY, [topic(1), topic(2)]);
    deployment.putResources([1, 2].map(topicArn));
  });

  const tags = () => [1, 2].map((number) => deployment.sandbox.tagsOf(topicArn(number)));
  const TAGGED = expect.objectContaining({ ManagedBy: 'auto-tagger' });

  test('each intent is in the bucket before its write is sent', async () => {
    await batch([KEY]);
    const { requests } = deployment.sandbox;
    const firstWrite = requests.findIndex(({ operation }) => operation === 'TagResource');
    const before = requests.slice(0, firstWrite).filter(({ operation }) => operation === 'PutObject');
    const kept = before.flatMap(({ input }) =>
      deployment.sandbox.getObject(BACKFILL_BUCKET, String(input.Key)).toString(),
    );
    const { ResourceArn } = requests[firstWrite]?.input ?? {};
    expect(kept.join('')).toContain(`"arn":"${ResourceArn}"`);
    expect(tags()).toEqual([TAGGED, TAGGED]);
    expect(
      intentsOf(chunkLines())
        .map(({ arn }) => arn)
        .sort(),
    ).toEqual([1, 2].map(topicArn));
  });

  test('a write whose intent cannot be kept is not sent, and the file is tried again', async () => {
    deployment.sandbox.faults.add({ service: 's3', operation: 'PutObject', times: 2, effect: FAILS });
    expect(await batch([KEY])).toMatchObject([
      { code: 'TemporaryFailure', text: expect.stringContaining('journal could not be written') },
    ]);
    expect(tagRequests()).toEqual([]);
    expect(outcomesIn((await batch([KEY]))[0]?.sums)).toEqual({ tagged: 2 });
    expect(tags()).toEqual([TAGGED, TAGGED]);
  });

  test('where the lines behind the writes are lost, the next attempt finds them written, and the journal knows by whom', async () => {
    let puts = 0;
    const remove = deployment.sandbox.faults.add({
      service: 's3',
      operation: 'PutObject',
      match: () => tagRequests().length === 2 && ++puts > 0,
      effect: FAILS,
    });
    expect(await batch([KEY])).toMatchObject([{ code: 'TemporaryFailure' }]);
    remove();
    expect(puts).toBeGreaterThan(0);
    expect(outcomesIn((await batch([KEY]))[0]?.sums)).toEqual({ unchanged: 2 });
    const lines = chunkLines();
    expect(intentsOf(lines).map(({ arn, file }) => ({ arn, file }))).toEqual(
      [1, 2].map((number) => ({ arn: topicArn(number), file: `s3://${LOG_BUCKET}/${KEY}` })),
    );
    expect(rowsOf(lines)).toEqual([]);
  });

  test('an invocation that ends before its journal does is answered as not done', async () => {
    deployment.sandbox.faults.add({ service: 's3', operation: 'PutObject', effect: { stall: true } });
    expect(await batch([KEY], deadlineIn(200))).toMatchObject([{ code: 'TemporaryFailure' }]);
    expect(tagRequests()).toEqual([]);
  });

  test('a write whose answer is lost is in the journal, and the next attempt finds it', async () => {
    deployment.sandbox.faults.add({
      service: 'sns',
      operation: 'TagResource',
      times: 2,
      effect: { reset: true, applied: true },
    });
    const [first] = await batch([KEY]);
    expect({ code: first?.code, outcomes: outcomesIn(first?.sums) }).toEqual({
      code: 'TemporaryFailure',
      outcomes: { deferred: 2 },
    });
    const [second] = await batch([KEY]);
    expect({ code: second?.code, outcomes: outcomesIn(second?.sums) }).toEqual({
      code: 'Succeeded',
      outcomes: { unchanged: 2 },
    });
    expect(second?.sums?.attempt).not.toBe(first?.sums?.attempt);
    expect(intentsOf(chunkLines())).toHaveLength(2);
  });
});

describe('a run is refused', () => {
  beforeEach(async () => {
    await start();
    begin();
    deployment.putFile(KEY, [topic(1)]);
    deployment.putResources([topicArn(1)]);
  });
  afterEach(() => {
    const read = deployment.sandbox.requests.filter(({ input }) => input.Bucket === LOG_BUCKET);
    expect(read).toEqual([]);
    expect(putRequests()).toEqual([]);
    expect(deployment.sandbox.tagsOf(topicArn(1))).toEqual({});
  });

  async function expectRefused(why: string | RegExp, run: unknown = info.id): Promise<void> {
    const { results } = (await deployment.invoke(ofBatch([KEY], run))) as BatchAnswer;
    expect(results).toEqual([
      { taskId: 'task-0', resultCode: 'PermanentFailure', resultString: expect.stringMatching(why) },
    ]);
    const answer = await map(ofMap([KEY], run));
    expect(answer).toMatchObject({ sums: [], remaining: [], rejected: expect.stringMatching(why) });
  }

  test.each([
    ['', 'expected the id of a run'],
    ['../../secrets', 'expected the id of a run'],
    ['2026-11-26T143012Z-ab12cd/../x', 'expected the id of a run'],
    [{ id: 'x' }, 'expected the id of a run'],
    ['2026-11-26T143012Z-ffffff', 'NoSuchKey'],
  ])('that is called %j', async (run, why) => {
    await expectRefused(why, run);
  });

  test.each([
    ['of a later version', { version: 2 }, 'has version 2'],
    ['of another run', { id: '2026-11-26T143012Z-ffffff' }, 'that of another run'],
    ['of another bucket', { scope: { bucket: 'elsewhere', prefix: '' } }, 'LOG_BUCKETS does not name it'],
    ['that verifies digests', { verifyDigests: true }, 'only the engine local does'],
    ['without a scope', { scope: {} }, 'scope is not as auto-tagger writes it'],
    ['with filters that there are not', { filters: { TAGS: '{}' } }, 'there is no such filter'],
    ['with filters that match nothing', { filters: { INCLUDE_ACCOUNTS: 'x' } }, 'can match nothing'],
    ['without what it is about', { dryRun: 'no' }, 'dryRun is not as auto-tagger writes it'],
  ])('by a run.json %s', async (_, more, why) => {
    putInfo(JSON.stringify({ ...info, ...more }));
    await expectRefused(why);
  });

  test.each([
    ['that is no JSON', '{', 'expected JSON'],
    ['that is null', 'null', 'not as auto-tagger writes it'],
    ['that is endless', ' '.repeat(70_000), 'larger than 65536 bytes'],
  ])('by a run.json %s', async (_, text, why) => {
    putInfo(text);
    await expectRefused(why);
  });

  test('where the bucket is of somebody else', async () => {
    deployment.sandbox.putBucket({
      name: 'taken',
      account: '444455556666',
      region: REGION,
      sharedWith: [ACCOUNT],
    });
    deployment.sandbox.putObject('taken', runKeys(info.id).info, JSON.stringify(info));
    deployment.renew({ BACKFILL_BUCKET: 'taken' });
    await expectRefused('AccessDenied');
  });

  test('without BACKFILL_BUCKET', async () => {
    deployment.renew({ BACKFILL_BUCKET: '' });
    await expectRefused('BACKFILL_BUCKET is not set');
  });

  test('not for ever where S3 does not answer: then it is tried again', async () => {
    const remove = deployment.sandbox.faults.add({
      service: 's3',
      operation: 'GetObject',
      effect: { error: { code: 'SlowDown', status: 503, message: 'slower' } },
    });
    expect(await batch([KEY])).toMatchObject([
      { code: 'TemporaryFailure', text: expect.stringContaining('the run is not opened') },
    ]);
    expect(await map(ofMap([KEY]))).toMatchObject({ remaining: [{ Items: [{ Key: KEY }] }], sums: [] });
    remove();
    putInfo(JSON.stringify({ ...info, dryRun: true }));
    begin({ ...info, scope: { bucket: LOG_BUCKET, prefix: 'nothing/' } });
    expect(await batch([KEY])).toMatchObject([{ sums: { kind: 'skipped' } }]);
  });

  test('file by file where it is of another bucket', async () => {
    deployment.renew({ LOG_BUCKETS: `${LOG_BUCKET},elsewhere` });
    deployment.sandbox.putBucket({ name: 'elsewhere', account: ACCOUNT, region: REGION });
    expect(await batch([KEY], undefined, 'elsewhere')).toMatchObject([
      { code: 'PermanentFailure', text: expect.stringContaining('brought a file of elsewhere') },
    ]);
    expect(
      await map({
        BatchInput: { run: info.id },
        Items: [
          { resourceId: topicArn(1), user: 'eve' },
          { bucket: LOG_BUCKET, prefix: '' },
        ],
      }),
    ).toMatchObject({
      sums: [],
      remaining: [],
      problems: [
        { problem: expect.stringContaining('log files by their keys') },
        { problem: expect.stringContaining('got a prefix') },
      ],
    });
  });
});

describe('who can write to the bucket', () => {
  test('can narrow what is tagged, and neither widen it nor choose tags, accounts or roles', async () => {
    await start({ EXCLUDE_CREATORS: 'lena' });
    const settings = {
      TAGS: '{"Owner":"eve"}',
      CREATED_BY_KEY: 'Eve',
      MEMBER_ROLE_NAME: 'admin',
      LOG_BUCKETS: '*',
      ON_EXISTING: 'overwrite',
      SERVICES: 'all',
    };
    begin(
      { settings, filters: { EXCLUDE_EVENTS: 'CreateBucket', INCLUDE_CREATORS: '*' } },
      { tags: { dryRun: false } },
    );
    deployment.putFile(KEY, [volume(1), topic(1), { ...volume(2), recipientAccountId: '444455556666' }]);
    deployment.putResources([volumeArn(1), topicArn(1)]);
    const { sums } = await batchOne(KEY);
    expect(outcomesIn(sums)).toEqual({ tagged: 1 });
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual(ofAnna());
    expect(deployment.sandbox.tagsOf(topicArn(1))).toEqual({});
    expect(deployment.sandbox.requests.filter(({ operation }) => operation === 'AssumeRole')).toEqual([]);
    expect(intentsOf(chunkLines())).toMatchObject([{ creator: ANNA }]);
  });

  test('cannot make a dry run of the function write', async () => {
    await start({ DRY_RUN: 'true' });
    begin();
    deployment.putFile(KEY, [volume(1)]);
    deployment.putResources([volumeArn(1)]);
    expect(outcomesIn((await batch([KEY]))[0]?.sums)).toEqual({ 'would-tag': 1 });
    expect(deployment.sandbox.tagsOf(volumeArn(1))).toEqual({});
  });
});
