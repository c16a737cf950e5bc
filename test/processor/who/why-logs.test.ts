/** `why` over log files: each reason by which something is not tagged, in words, with what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { IGNORED_REASONS } from '../../../parser/event/ignored-reason.ts';
import { mentions } from '../../../parser/reading/mentions.ts';
import { OF_REASON } from '../../../processor/who/what-to-do.ts';
import { describeCall, failedCall, topic, topicArn, volume, volumeArn } from '../../helpers/events.ts';
import { runHere } from '../../helpers/in-process.ts';
import { logFileOf } from '../../helpers/log-files.ts';

let folder: string;
let files = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'why-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  for (const name of ['INCLUDE_ACCOUNTS', 'SERVICES']) delete process.env[name];
});

function log(...records: readonly object[]): string {
  const path = join(folder, `${++files}.json.gz`);
  writeFileSync(path, logFileOf(records));
  return path;
}

async function why(asked: string, ...sources: readonly string[]) {
  const run = await runHere(['why', '--json', asked, ...sources]);
  const lines = run.stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  return { ...run, findings: lines.filter(({ kind }) => kind === 'finding') };
}

const FAILED = { ...failedCall(), eventID: 'failed-1' };
const OMITTED = { ...volume(3), eventID: 'omitted-1', responseElements: { omitted: true } };
const UNKNOWN = { ...describeCall(), eventID: 'unknown-1' };

test.each<[asked: string, settings: Record<string, string>, outcome: string, detail: RegExp]>([
  ['failed-1', {}, 'failed-call', /Client\.DryRunOperation/],
  ['omitted-1', {}, 'response-omitted', /left out/],
  ['unknown-1', {}, 'not-in-catalogue', /not known/],
  [volumeArn(1), {}, 'would-tag', /^$/],
  [volumeArn(1), { INCLUDE_ACCOUNTS: '444455556666' }, 'filtered-out', /its account is not included/],
  ['vol-00000000000000001', { SERVICES: 'sns' }, 'filtered-out', /SERVICES leaves out ec2/],
])('%s with %j is %s', async (asked, settings, outcome, detail) => {
  Object.assign(process.env, settings);
  const path = log(volume(1), volume(2), FAILED, OMITTED, UNKNOWN);
  const { findings, ending } = await why(asked, path);
  expect(findings).toEqual([
    expect.objectContaining({
      outcome,
      detail: expect.stringMatching(detail),
      todo: expect.any(String),
      toldBy: path,
    }),
  ]);
  expect(ending).toBe('done');
});

test('of several calls that created it, says of each which one won', async () => {
  const first = log({ ...topic(1, { at: '2025-03-04T10:00:00Z' }), eventID: 'first' });
  const second = log({ ...topic(1, { at: '2025-03-04T11:00:00Z' }), eventID: 'second' });
  const { findings } = await why(topicArn(1), second, first);
  expect(findings.map(({ eventID, outcome, detail }) => [eventID, outcome, detail])).toEqual([
    ['first', 'would-tag', ''],
    ['second', 'unchanged', 'an earlier call created it, and this one repeated it'],
  ]);
});

test('a call of the catalogue that names the resource and tells no id is told', async () => {
  const record = {
    ...topic(1),
    eventID: 'null-1',
    responseElements: null,
    requestParameters: { name: 7, alias: 'topic-1' },
  };
  const { findings } = await why('topic-1', log(record));
  expect(findings).toMatchObject([{ eventID: 'null-1' }]);
  expect(['invalid', 'no-resource']).toContain(findings[0].outcome);
});

test('nothing found ends with 6, and says what that may mean', async () => {
  const path = log(volume(1));
  const { ending, complaints } = await why(volumeArn(9), path);
  expect(ending).toBe('nothing');
  expect(complaints).toEqual([
    expect.stringMatching(/no record in 1 files tells of .*: its log file is not among these/),
  ]);
  const unknown = await why('arn:aws:nothing:eu-west-1:111122223333:thing/x', path);
  expect(unknown.complaints).toEqual([expect.stringMatching(/it is not in the catalogue/)]);
});

test('for people it is a few printable lines', async () => {
  const { stdout } = await runHere(['why', volumeArn(1), log({ ...volume(1), userAgent: '\u001b[2J' })]);
  expect(stdout).toMatch(
    /^arn:aws:ec2:.*volume\/vol-0+1\n {2}would-tag: .*\n {2}do: .*\n {2}by CreateVolume of ec2 at /,
  );
});

test('every reason says what to do', () => {
  expect(Object.keys(OF_REASON)).toEqual(Object.keys(IGNORED_REASONS));
});

test('a text is found wherever it lies in a streamed file, also across chunks', async () => {
  const document = Buffer.alloc(3 * 1024 * 1024, ' ');
  const text = 'vol-0123456789abcdef0';
  for (const at of [
    0,
    1024 * 1024 - 7,
    1024 * 1024,
    2 * 1024 * 1024 - text.length,
    document.length - text.length,
  ]) {
    const copy = Buffer.from(document);
    copy.write('{', 0);
    copy.write(text, at);
    const compressed = gzipSync(copy);
    const body = async function* body() {
      yield compressed;
    };
    for (const isCaseless of [false, true]) {
      const sought = { text: isCaseless ? text.toUpperCase() : text, isCaseless };
      expect([at, await mentions(body, sought, DEFAULT_BOUNDS)]).toEqual([at, true]);
    }
    expect(await mentions(body, { text: `${text}1`, isCaseless: false }, DEFAULT_BOUNDS)).toBe(false);
  }
});
