/** The command `report`: from log files, or from a run's folder, to a page, CSV and text; and which files it writes to. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse as parseCsv } from 'csv-parse/sync';
import { createRun, type RunWriter } from '../../../processor/backfill/run/run-writer.ts';
import { runFile } from '../../../processor/cli/file-result.ts';
import { localLogFile } from '../../../processor/file/log-file.ts';
import { rowOf } from '../../../processor/file/resource-row.ts';
import { createPlanningRuntime } from '../../../processor/runtime/planning-runtime.ts';
import { readSettings } from '../../../processor/runtime/settings.ts';
import type { WriteIntent } from '../../../tag-manager/journal.ts';
import { ACCOUNT, describeCall, failedCall, OTHER_ACCOUNT, topic, volume } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf, logKeyOf } from '../../helpers/log-files.ts';
import { RUN_TIME, runInfo } from '../../helpers/run-info.ts';
import { row } from '../report/made.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'auto-tagger-report-'));
  writeLog(logKeyOf(ACCOUNT, 'eu-west-1', 1), [volume(1), volume(2), topic(1), describeCall(), failedCall()]);
  writeLog(logKeyOf(OTHER_ACCOUNT, 'eu-west-1', 2), [
    volume(3, { account: OTHER_ACCOUNT, at: '2025-03-05T10:17:05Z' }),
  ]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeLog(key: string, records: readonly unknown[]): void {
  const path = join(folder, 'logs', key);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, logFileOf(records));
}

const at = (name: string) => join(folder, name);
const report = (...args: string[]) => runHere(['report', ...args]);
const read = (name: string) => readFileSync(at(name), 'utf8');
const csvOf = (text: string) => parseCsv(text, { columns: true }) as Record<string, string>[];

describe('of log files', () => {
  test('writes a page and CSV, says so, and answers nothing else', async () => {
    const run = await report(at('logs'), '-o', at('a.html'), '--csv', at('a.csv'));
    expect(run).toMatchObject({ ending: 'done', stdout: '' });
    expect(run.complaints).toEqual([
      expect.stringMatching(/\/a\.html: written, \d+ kB$/),
      expect.stringMatching(/\/a\.csv: written, [\d.]+ kB$/),
    ]);
    expect(read('a.html')).toContain('<h1>4 resources, by 2 creators</h1>');
    expect(
      csvOf(read('a.csv')).map(({ arn, account, person, outcome }) => [arn, account, person, outcome]),
    ).toEqual([
      [expect.stringContaining('volume/vol-'), ACCOUNT, 'anna', 'would-tag'],
      [expect.stringContaining('volume/vol-'), ACCOUNT, 'anna', 'would-tag'],
      [expect.stringContaining(':topic-1'), ACCOUNT, 'lena', 'would-tag'],
      [expect.stringContaining('volume/vol-'), OTHER_ACCOUNT, 'anna', 'would-tag'],
    ]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is summed up on the terminal, and no page is written', async () => {
    const run = await report(at('logs'), '--text');
    expect(run).toMatchObject({ ending: 'done', complaints: [] });
    expect(run.stdout).toMatch(/^4 resources by 2 creators, created 2025-03-04 to 2025-03-05$/m);
    expect(run.stdout).toMatch(/^2 files, 6 records, \S+ kB compressed, \S+ kB of records, in /m);
    expect(existsSync('report.html')).toBe(false);
  });

  test('goes to standard output by -, the page or the CSV', async () => {
    const page = await report(at('logs'), '-o', '-');
    expect(page.stdout).toMatch(/^<!doctype html>\n.*<\/html>\n$/s);
    const csv = await report(at('logs'), '--csv', '-');
    expect(csvOf(csv.stdout)).toHaveLength(4);
  });

  test('has filters, as plan', async () => {
    const run = await report(at('logs'), '--csv', '-', '--account', OTHER_ACCOUNT);
    expect(csvOf(run.stdout).map(({ account }) => account)).toEqual([OTHER_ACCOUNT]);
  });

  test('tells of what there is, also where a path leads to nothing', async () => {
    mkdirSync(at('nothing'), { recursive: true });
    const run = await report(at('nothing'), at('logs'), '--text');
    expect(run).toMatchObject({
      ending: 'nothing',
      stdout: expect.stringMatching(/^4 resources by 2 creators/m),
    });
  });

  test('tells of what could be read, and ends as failed where something could not', async () => {
    mkdirSync(at('broken'), { recursive: true });
    writeFileSync(at('broken/x.json.gz'), 'no gzip');
    const run = await report(at('broken'), at('logs'), '--text');
    expect(run.ending).toBe('failed');
    expect(run.complaints).toEqual([expect.stringContaining('broken/x.json.gz: ')]);
    expect(run.stdout).toMatch(/^4 resources by 2 creators/m);
  });
});

describe('what cannot be meant is refused before anything is read:', () => {
  test.each([
    [['-o', '-', '--csv', '-'], '-o - and --csv - would both go to standard output'],
    [['--text', '--csv', '-'], '--csv - and --text would both go to standard output'],
    [['-o', 'x', '--csv', 'x'], '-o and --csv name the same file: x'],
  ])('%j', async (args, problem) => {
    const run = await report(at('logs'), ...args);
    expect(run).toMatchObject({ ending: 'usage', stdout: '' });
    expect(run.complaints.join()).toContain(problem);
  });
});

describe('a file that is there', () => {
  test('is replaced where it is a report of ours, and no other', async () => {
    for (const option of ['-o', '--csv']) {
      writeFileSync(at('mine.txt'), 'my diary');
      const run = await report(at('logs'), option, at('mine.txt'));
      expect(run).toMatchObject({ ending: 'usage', stdout: '' });
      expect(run.complaints).toEqual([expect.stringContaining('a file is there that is no report of ours')]);
      expect(read('mine.txt')).toBe('my diary');
    }
    for (const name of ['b.html', 'b.csv']) {
      const option = name.endsWith('csv') ? '--csv' : '-o';
      expect(await report(at('logs'), option, at(name))).toMatchObject({ ending: 'done' });
      const before = read(name);
      writeFileSync(at(name), `${before}more`);
      expect(await report(at('logs'), option, at(name))).toMatchObject({ ending: 'done' });
      expect(read(name)).not.toContain('more</html>more');
      expect(read(name).endsWith('more')).toBe(false);
    }
  });

  test('stays as it is where there is nothing to tell of', async () => {
    mkdirSync(at('empty'));
    await report(at('logs'), '-o', at('c.html'));
    const before = read('c.html');
    expect(await report(at('empty'), '-o', at('c.html'))).toMatchObject({ ending: 'nothing' });
    expect(read('c.html')).toBe(before);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('behind a link is replaced, and the link stays', async () => {
    await report(at('logs'), '-o', at('d.html'));
    symlinkSync(at('d.html'), at('link.html'));
    expect(await report(at('logs'), '-o', at('link.html'))).toMatchObject({ ending: 'done' });
    expect(
      readdirSync(folder, { withFileTypes: true })
        .find(({ name }) => name === 'link.html')
        ?.isSymbolicLink(),
    ).toBe(true);
  });

  test('is no folder', async () => {
    const run = await report(at('logs'), '-o', folder);
    expect(run).toMatchObject({ ending: 'usage' });
    expect(run.complaints).toEqual([expect.stringContaining('a folder, expected the name of a file')]);
  });

  test('that is a device is written to and not replaced; a full one ends the command as failed', async () => {
    expect(await report(at('logs'), '-o', '/dev/null')).toMatchObject({ ending: 'done' });
    expect(existsSync('/dev/null')).toBe(true);
    const run = await report(at('logs'), '-o', '/dev/full');
    expect(run.ending).toBe('failed');
    expect(run.complaints.join()).toContain('-o /dev/full: cannot be written: ENOSPC');
  });
});

/** What the planner says of both files, carried out as a run: the first volume is written, the second throttled. */
async function makeRun(isWhole: boolean): Promise<RunWriter> {
  const settings = readSettings({}, 'command-line');
  const runtime = createPlanningRuntime(settings, 'eu-west-1');
  const { signal } = new AbortController();
  let time = RUN_TIME;
  const run = await createRun(at('runs'), runInfo(), { rowOf, onLost: () => {}, now: () => time });
  const keys = [
    logKeyOf(ACCOUNT, 'eu-west-1', 1),
    ...(isWhole ? [logKeyOf(OTHER_ACCOUNT, 'eu-west-1', 2)] : []),
  ];
  for (const key of keys) {
    const branch = `${key.split('/')[1]}/eu-west-1`;
    const file = await run.begin(branch, { key, size: 500 }, signal);
    const result = await runFile(localLogFile(join(folder, 'logs', key)), runtime.files, signal);
    const intents = result.outcomes.map(({ resource, creation }, number): WriteIntent => {
      const { account, eventID: id, eventName: name, eventTime, eventSource: source } = creation;
      const event = { id, source, name, time: eventTime };
      const place = {
        type: resource.row.resourceType,
        account,
        region: resource.region,
        api: 'ec2:CreateTags',
      };
      return {
        id: `${key} ${number}`,
        arn: resource.arn,
        ...place,
        event,
        creator: 'anna',
        before: {},
        after: {},
      } as WriteIntent;
    });
    await run.journal.intend(intents);
    time += 20_000;
    const throttled = { class: 'throttled', error: 'RequestLimitExceeded', message: 'slow down' } as const;
    await run.journal.end(
      intents.map(({ id }, number) => (number === 1 ? { id, failure: throttled } : { id })),
    );
    await file.end({ ...result, failures: [] });
    run.endBranch(branch);
  }
  if (!isWhole) await run.begin(`${OTHER_ACCOUNT}/eu-west-1`, { key: 'x', size: 1 }, signal);
  await run.close();
  return run;
}

describe('of a run', () => {
  test('shows what the folder holds: resources, totals, speed and throttling', async () => {
    const { folder: path, info } = await makeRun(true);
    const run = await report(path, '-o', at('run.html'), '--csv', at('run.csv'));
    expect(run).toMatchObject({ ending: 'done', stdout: '' });
    const page = read('run.html');
    expect(page).toContain('<h1>4 resources, by 2 creators</h1>');
    expect(page).toContain(`<title>Run ${info.id} · auto-tagger</title>`);
    expect(page).toContain('<bdi>auto-tagger backfill s3://logs</bdi>');
    expect(page).toContain(`ec2:CreateTags ${ACCOUNT} eu-west-1`);
    expect(page).toContain('<dt>time</dt><dd><bdi>40 s</bdi></dd>');
    expect(page).toContain('<dt>writes of tags</dt><dd><bdi>4, 0.1 a second</bdi></dd>');
    expect(page).not.toContain('It is not complete');
    expect(csvOf(read('run.csv'))).toHaveLength(4);
    // A run keeps how much it has read as it lay in S3, and nothing else.
    expect((await report(path, '--text')).stdout).toMatch(/^2 files, 6 records, 1 kB compressed, in 40 s$/m);
    expect(page).toContain('<dt>read</dt><dd><bdi>1 kB compressed, 25 bytes a second</bdi></dd>');
  });

  test('that was stopped says so, and counts what its checkpoint counts', async () => {
    const { folder: path } = await makeRun(false);
    appendFileSync(
      join(path, 'resources.ndjson'),
      `${JSON.stringify(row({ person: 'too-late' }))}\n{"torn":`,
    );
    const run = await report(path, '-o', at('part.html'));
    expect(run.ending).toBe('done');
    expect(read('part.html')).toContain('It is not complete');
    expect(read('part.html')).toContain('<h1>3 resources, by 2 creators</h1>');
    expect(read('part.html')).not.toContain('too-late');
  });

  test('is reported alone, and must be there', async () => {
    const both = await report(at('runs'), '2026-11-26T143012Z-000000');
    expect(both).toMatchObject({ ending: 'usage' });
    expect(both.complaints).toEqual([expect.stringContaining('is a run: expected one alone, or log files')]);
    const filtered = await report('2026-11-26T143012Z-000000', '--account', ACCOUNT);
    expect(filtered.complaints).toEqual([expect.stringContaining('--account is about log files')]);
    const none = await report('2026-11-26T143012Z-000000', '--text');
    expect(none).toMatchObject({ ending: 'usage' });
    expect(none.complaints).toEqual([expect.stringContaining('no such run')]);
  });
});
