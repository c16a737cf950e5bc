/** The parts of a run in AWS by themselves: what a log file came to in the end, branches counted in any order, what S3 can list. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generatorFilter } from '../../../processor/backfill/aws/batch/generator-filter.ts';
import { createBranchSums } from '../../../processor/backfill/aws/branch-sums.ts';
import { openJobList, readJobList } from '../../../processor/backfill/aws/job-list.ts';
import { type FileLines, settleFile } from '../../../processor/backfill/aws/settle-file.ts';
import { afterKey, startBranch } from '../../../processor/backfill/run/branch-progress.ts';
import { openParts } from '../../../processor/backfill/run/hashed-parts.ts';
import type { FoundBranch } from '../../../processor/backfill/scope/find-branches.ts';
import type { ResourceRow } from '../../../processor/file/resource-row.ts';
import { runs, size } from '../../helpers/runs.ts';

const FILE = 's3://logs/x.json.gz';
const [FIRST, LAST] = ['000000000000', 'ffffffffffff'];

const intent = {
  id: 'i1',
  arn: 'arn:aws:sns:eu-west-1:111122223333:orders',
  resourceId: 'orders',
  type: 'sns:topic',
  account: '111122223333',
  region: 'eu-west-1',
  api: 'sns:TagResource',
  event: { id: 'e1', source: 'sns.amazonaws.com', name: 'CreateTopic', time: '2026-03-04T10:15:30Z' },
  creator: 'alice',
  reason: 'why',
};

const row = (outcome: ResourceRow['outcome'], more: Partial<ResourceRow> = {}): ResourceRow => ({
  ...{ arn: intent.arn, type: intent.type, service: 'sns', account: intent.account, region: intent.region },
  ...{ outcome, reason: '', creator: 'alice', creatorKind: 'person', person: 'Alice', file: FILE },
  ...{ eventName: intent.event.name, eventTime: intent.event.time, eventID: intent.event.id },
  ...more,
});

const denied = { class: 'denied', error: 'AccessDenied', message: 'no' } as const;
const lost = { class: 'network', error: 'ECONNRESET', message: 'reset' } as const;

type End = 'written' | 'untold' | typeof denied | typeof lost;

/** A file of which one attempt has written and told no more, and another one has answered. */
function settled(
  end: End,
  outcomes: Readonly<Record<string, number>>,
  rows: readonly ResourceRow[],
  again = false,
) {
  const failure = typeof end === 'string' ? {} : { failure: end };
  const outcome = end === 'written' ? ('written' as const) : ('failed' as const);
  const lines: FileLines = {
    rows: rows.map((each) => ({ attempt: LAST, row: each })),
    failures: [
      { attempt: FIRST, message: { of: 'first' } },
      { attempt: LAST, message: { of: 'last' } },
    ],
    intents: [
      { attempt: FIRST, intent },
      ...(again ? [{ attempt: LAST, intent: { ...intent, id: 'i2' } }] : []),
    ],
    results: new Map(end === 'untold' ? [] : [['i1', { kind: 'result', id: 'i1', outcome, ...failure }]]),
  };
  const counts = { compressedBytes: 1, bytes: 1, records: 1, creations: 1, malformed: 0, resources: 1 };
  const report = { complete: true, ...counts, ignored: {}, servicesLeftOut: {}, warnings: [], outcomes };
  return settleFile(FILE, report, LAST, lines);
}

describe('a log file that was attempted twice', () => {
  const ofIntent = row('tagged', { creatorKind: 'unknown', person: 'alice', reason: 'why' });
  const kept = row('kept');
  const ofRow = row('tagged', { reason: 'why' });
  const [tagged, unchanged] = [{ tagged: 1 }, { unchanged: 1 }];
  test.each<
    [string, End, Record<string, number>, ResourceRow[], Record<string, number>, ResourceRow[], string[]]
  >([
    ['written before: tagged', 'written', unchanged, [], tagged, [ofIntent], []],
    ['told by nobody: found carried out', 'untold', unchanged, [], tagged, [ofIntent], ['i1']],
    ['answer lost: found carried out', lost, unchanged, [], tagged, [ofIntent], ['i1']],
    ['refused, and somebody else did it', denied, unchanged, [], unchanged, [], []],
    ['written, and kept since', 'written', { kept: 1 }, [kept], tagged, [ofRow], []],
    ['told by nobody, and kept since', 'untold', { kept: 1 }, [kept], { kept: 1 }, [kept], []],
    [
      'of two rows one is the write',
      'written',
      { kept: 2 },
      [kept, kept],
      { ...tagged, kept: 1 },
      [ofRow, kept],
      [],
    ],
    [
      'written, and fails since',
      'written',
      { failed: 1 },
      [row('failed')],
      { failed: 1 },
      [row('failed')],
      [],
    ],
  ])('%s', (_, end, told, rows, outcomes, expected, confirmed) => {
    const found = settled(end, told, rows);
    expect(found.report.outcomes).toEqual(outcomes);
    expect(found).toMatchObject({ rows: expected, confirmed, failures: [{ of: 'last' }] });
  });

  test('counts a write of the last attempt once', () => {
    const { report, rows, confirmed } = settled('untold', { tagged: 1 }, [row('tagged')], true);
    expect({ outcomes: report.outcomes, rows, confirmed }).toEqual({
      outcomes: { tagged: 1 },
      rows: [row('tagged')],
      confirmed: [],
    });
  });
});

test('a log file of very many creations, whose first attempt died after it had written them all, takes a moment', () => {
  const many = 40_000;
  const ids = Array.from({ length: many }, (_, at) => `i${at}`);
  const intents = ids.map((id) => ({
    attempt: FIRST,
    intent: { ...intent, id, arn: `${intent.arn}-${id}` },
  }));
  const counts = {
    compressedBytes: 1,
    bytes: 1,
    records: many,
    creations: many,
    malformed: 0,
    resources: many,
  };
  const outcomes = { unchanged: many };
  const report = { complete: true, ...counts, ignored: {}, servicesLeftOut: {}, warnings: [], outcomes };
  const began = performance.now();
  const found = settleFile(FILE, report, LAST, { rows: [], failures: [], intents, results: new Map() });
  expect(performance.now() - began).toBeLessThan(20_000); // a search for each takes minutes
  expect(found.report.outcomes).toEqual({ tagged: many });
  expect(found.confirmed).toEqual(ids);
});

test('branches count the same in any order as they do in that of their keys', () => {
  const prefix = 'AWSLogs/111122223333/CloudTrail/eu-west-1/';
  const day = fc.integer({ min: 0, max: 200 });
  fc.assert(
    fc.property(fc.array(day, { minLength: 1, maxLength: 30 }), (days) => {
      const keys = days.map((each, at) => {
        const date = new Date(Date.UTC(2025, 0, 1 + each)).toISOString().slice(0, 10);
        return `${prefix}${date.replaceAll('-', '/')}/${at}.json.gz`;
      });
      const sums = createBranchSums(['111122223333/eu-west-1', '111122223333/eu-central-1']);
      for (const key of keys) sums.add(key, 7);
      let expected = startBranch();
      for (const key of keys.toSorted()) expected = afterKey(expected, { key, size: 7 });
      const { after: _, ...others } = expected;
      expect(sums.progress(true)).toEqual({
        '111122223333/eu-west-1': { ...others, done: true },
        '111122223333/eu-central-1': { ...startBranch(), done: true },
      });
    }),
    runs(50),
  );
});

test.each([
  ['whole', 1_000_000, 4],
  ['divided once more where there are too many', 1_000, 16],
])(
  'lines on disk come back by what they are about, in their order, and nothing of them stays: %s',
  async (_, mostBytes, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'parts-'));
    type Line = { readonly at: number; readonly round: number };
    const keyOf = ({ at }: Line) => `k${at}`;
    const parts = await openParts(join(folder, 'parts'), keyOf, { parts: 4, mostBytes });
    for (const round of [1, 2]) {
      await parts.add(Array.from({ length: 200 }, (_, at) => ({ at, round })));
    }
    const found: (readonly Line[])[] = [];
    for await (const part of parts.read()) found.push(part);
    expect(found).toHaveLength(expected);
    for (const part of found) {
      const byKey = Map.groupBy(part, ({ at }) => at);
      for (const lines of byKey.values()) expect(lines.map(({ round }) => round)).toEqual([1, 2]);
    }
    expect(found.flat()).toHaveLength(400);
    await parts.remove();
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  },
);

test('lines that come side by side are all there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parts-'));
  const parts = await openParts(join(folder, 'parts'), ({ key }: { readonly key: string }) => key);
  const text = 'x'.repeat(100);
  const page = (at: number) => Array.from({ length: 1_000 }, (_, each) => ({ key: `${at % 2}`, each, text }));
  await Promise.all(Array.from({ length: 16 }, (_, at) => parts.add(page(at))));
  let lines = 0;
  for await (const part of parts.read()) lines += part.length;
  expect(lines).toBe(16_000);
  await parts.remove();
  rmSync(folder, { recursive: true });
});

/** What a run of so many log files comes to, as test/processor/backfill/bulk-scale-process.ts makes them. */
function expectedOf(files: number) {
  const branches = 20;
  let [created, failed, left] = [0, 0, 0];
  for (let number = 0; number < files / branches; number++) {
    if (number % 4 === 3) left += branches;
    if (number % 10 !== 0) continue;
    created += branches;
    if (number % 50 !== 0 && number % 30 === 10) failed += branches;
  }
  const lists = (lines: number) => ({ lines, agree: true, bytes: 1_500 * lines });
  return {
    found: {
      all: lists(files),
      rest: lists(left),
      totals: {
        ...{ files, records: 7 * files, creations: created, resources: created },
        ignored: { 'not-in-catalogue': 7 * files - created },
        outcomes: { tagged: created - failed, failed },
      },
      ...{ left: 0, broken: 0 },
    },
    // An intent each, and a result or that it was found carried out.
    lines: { journal: 2 * created, resources: created, failures: failed },
  };
}

/** What is dropped at once is collected late: so what is held shows where no more has room. */
const HEAP = ['--max-old-space-size=96', '--max-semi-space-size=2'];

test('of many log files sums and lists are exact, in memory that has an end', async () => {
  const script = join(import.meta.dirname, 'bulk-scale-process.ts');
  const peaks: number[] = [];
  for (const files of size([4_000], [20_000, 100_000])) {
    const args = ['--no-warnings', ...HEAP, script, String(files)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { peakMiB, ...came } = JSON.parse(stdout);
    expect(came).toMatchObject(expectedOf(files));
    expect(came.found.all.mostLines).toBeLessThan(files / 8);
    peaks.push(peakMiB);
  }
  expect(Math.max(...peaks)).toBeLessThan(250);
});

test('a job is in the list before it has an id, under a token that stays; what was fetched is not once more is begun', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  const list = await openJobList(folder, 'run', { deployment: 'auto-tagger', region: 'eu-west-1' });
  await list.beginRound();
  const job = await list.add({ manifest: 1 });
  const found = await readJobList(folder, 'run');
  expect(found?.jobs).toEqual([{ token: 'run-1', round: 1, at: job.at, input: { manifest: 1 } }]);
  expect({ isRoundBegun: found?.isRoundBegun, isFetched: found?.isFetched }).toEqual({
    isRoundBegun: false,
    isFetched: false,
  });
  await list.named('run-1', 'id');
  await list.roundBegun();
  await list.fetched();
  expect(await readJobList(folder, 'run')).toMatchObject({
    jobs: [{ id: 'id' }],
    isRoundBegun: true,
    isFetched: true,
  });
  await list.addAll([{}, {}]);
  expect((await readJobList(folder, 'run'))?.jobs.map(({ token }) => token)).toEqual([
    'run-1',
    'run-2',
    'run-3',
  ]);
  expect(list.isFetched).toBe(false);
  rmSync(folder, { recursive: true });
});

describe('S3 lists by itself', () => {
  const branch = (region: string): FoundBranch => ({
    name: `111122223333/${region}`,
    account: '111122223333',
    region,
    prefix: `AWSLogs/111122223333/CloudTrail/${region}/`,
    years: ['2025'],
  });
  const two = [branch('eu-west-1'), branch('eu-central-1')];
  const whole = { bucket: 'logs', prefix: 'AWSLogs/' };
  const plain = { ...branch(''), plain: { leading: new Set<string>(), mixed: new Set<string>() } };

  test.each([
    ['all that begins so', whole, two, 'AWSLogs/'],
    ['one branch of those that are chosen', { ...whole, regions: ['eu-west-1'] }, [two[0]], two[0]?.prefix],
    [
      'a year of one branch',
      { ...whole, prefix: `${two[0]?.prefix}2025/` },
      [two[0]],
      `${two[0]?.prefix}2025/`,
    ],
    ['nothing of a time', { ...whole, from: '2025-01-01T00:00:00.000Z' }, two, undefined],
    ['nothing of several that are chosen', { ...whole, accounts: ['1*'] }, two, undefined],
    [
      'nothing of a pattern, of which there may be more soon',
      { ...whole, regions: ['eu-*'] },
      [two[0]],
      undefined,
    ],
    ['nothing outside of the folders of CloudTrail', whole, [...two, plain], undefined],
  ])('%s', (_, scope, branches, prefix) => {
    expect(generatorFilter(scope, branches as FoundBranch[])?.prefix).toBe(prefix);
  });
});
