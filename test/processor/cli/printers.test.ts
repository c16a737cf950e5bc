/** What is printed: nothing that others chose reaches a terminal raw, and a long answer does not take long. */
import { describe, expect, test } from '@jest/globals';
import { complaintOf, createComplaints } from '../../../processor/cli/complaints.ts';
import { jsonPrinter } from '../../../processor/cli/json-printer.ts';
import { tableText, tagTable } from '../../../processor/cli/table.ts';
import { summaryText, tablePrinter } from '../../../processor/cli/table-printer.ts';
import { cut } from '../../../processor/cli/text-width.ts';
import { countOutcomes, reportFile } from '../../../processor/file/file-report.ts';
import { countOutside, outsideText } from '../../../processor/file/outside.ts';
import { addReport, startTotals } from '../../../processor/file/totals.ts';
import type { Outcome } from '../../../tag-manager/outcome.ts';
import { compileTagSettings } from '../../../tag-manager/tags/tag-settings.ts';
import { startCpuClock } from '../../helpers/cpu-clock.ts';

const STEERING = '\u001b[2J \u009b31m \u007f \u2028 \u202e \u2066 \r\n \u0007';
const WRITTEN = '\\u001b[2J \\u009b31m \\u007f \\u2028 \\u202e \\u2066 \\u000d\\u000a \\u0007';

describe('complaints', () => {
  test('of very many kinds fill neither the memory nor the screen', () => {
    const said: string[] = [];
    const complaints = createComplaints((text) => said.push(text));
    for (let at = 0; at < 3_000; at++) complaints.add(complaintOf('it', `problem ${at}`));
    for (let at = 0; at < 3_000; at++) complaints.add(complaintOf(`${at}`, 'problem 7'));
    complaints.end();
    expect(said).toHaveLength(1_002);
    expect(said[1_000]).toBe('3,000 more like it (0, 1, 2, 3, 4, …): problem 7');
    expect(said[1_001]).toBe('2,000 more problems, of other kinds than the 1000 above');
  });
});

test('what was created outside the catalogue is counted by name up to a bound, and all of it', () => {
  let looks = 0;
  const counts = new Proxy<Record<string, number>>(
    {},
    {
      ownKeys(target) {
        looks += 1;
        return Reflect.ownKeys(target);
      },
    },
  );
  for (let at = 0; at < 200_000; at++) countOutside(counts, `made CreateUp${at}`);
  expect(looks).toBeLessThanOrEqual(1_001); // all names are looked at as long as there is room, and never again
  expect(Object.keys(counts)).toHaveLength(1_001);
  countOutside(counts, 'made CreateUp5', 3);
  expect(outsideText(counts)).toMatch(/: 4 made CreateUp5, 1 made .*, and 199990 by other calls$/);
});

describe('a table', () => {
  test('has columns and spaces, as wide as their widest cell', () => {
    expect(
      tableText(
        ['a', 'bcd'],
        [
          ['one', 'x'],
          ['', 'y'],
          [['two', 'lines'], 'z'],
        ],
      ),
    ).toBe('a      bcd\none    x\n       y\ntwo    z\nlines\n');
  });

  test('counts letters that take two places as two', () => {
    expect(
      tableText(
        ['name', 'x'],
        [
          ['田中さん', '1'],
          ['e\u0301', '2'],
        ],
      ),
    ).toBe('name      x\n田中さん  1\ne\u0301         2\n');
  });

  test('writes out what could steer the terminal, in every cell and in its head', () => {
    const text = tagTable([{ arn: STEERING, tags: new Map([[STEERING, STEERING]]) }]);
    expect(text.split('\n')).toHaveLength(3);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(text.split(WRITTEN)).toHaveLength(4);
  });

  test('of 20,000 rows is there in a moment', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => [`arn:${at}`, 'alice', 'now']);
    const cpuMs = startCpuClock();
    expect(tableText(['a', 'b', 'c'], rows)).toMatch(/\narn:19999 {2}alice {2}now\n$/);
    expect(cpuMs()).toBeLessThan(15_000); // the square of the rows would be 20 s and more
  });
});

describe('the table of a command', () => {
  const ARN = 'arn:aws:sns:eu-west-1:111122223333:news';
  const outcome = {
    outcome: 'failed',
    creation: { eventName: 'CreateTopic' },
    resource: { arn: ARN },
    tags: new Map([['CreatedBy', 'arn:aws:iam::111122223333:user/alice']]),
    rules: new Map(),
    reason: 'denied',
    failure: { class: 'denied', error: 'AuthorizationErrorException', message: 'no' },
  } as unknown as Outcome;
  const tags = compileTagSettings(
    {
      keys: { createdBy: 'CreatedBy', createdDate: 'CreatedDate', managedBy: 'ManagedBy', secondMarker: 'X' },
      createdBy: 'arn',
      extra: [],
      onExisting: 'keep',
      dryRun: false,
    },
    {},
  );
  const file = reportFile({ name: 'a' }, undefined, countOutcomes().counts, { readMs: 0, tagMs: 0 });

  test('is printed file by file, so that nothing is lost when the end never comes', () => {
    let printed = '';
    const printer = tablePrinter((text) => (printed += text), { columns: undefined, tags });
    printer.resource('a', outcome);
    printer.file(file);
    expect(printed).toBe(
      [
        'resource                          CreatedBy      event          outcome',
        'sns news                          user/alice     CreateTopic    failed: Authori…',
        '',
      ].join('\n'),
    );
  });

  test('says with --wide what was made for what, and how sure that is, as JSON does', () => {
    const parent = { arn: 'arn:of:a:cluster', resourceType: 'eks:cluster', proof: 'guess', graceSeconds: 9 };
    const made = {
      ...outcome,
      creation: { ...outcome.creation, parent },
      resource: { arn: ARN, row: { resourceType: 'sns:topic' } },
      adjustments: [],
    } as unknown as Outcome;
    let printed = '';
    const printer = tablePrinter((text) => (printed += text), { columns: undefined, isWide: true, tags });
    for (const each of [made, outcome]) printer.resource('a', each);
    printer.file(file);
    const [head, ofMade, ofOther] = printed.split('\n');
    expect(head).toMatch(/ {2}outcome {2,}made for$/);
    expect(ofMade).toMatch(/ {2}failed: AuthorizationErrorException {2,}arn:of:a:cluster \(guess\)$/);
    expect(ofOther).toMatch(/ {2}failed: AuthorizationErrorException$/);
    let json = '';
    jsonPrinter((text) => (json += text)).resource('a', made);
    expect(JSON.parse(json).parent).toEqual({
      arn: 'arn:of:a:cluster',
      resourceType: 'eks:cluster',
      proof: 'guess',
    });
  });

  test('of 50,000 rows takes no more memory than one of a few, and a moment', () => {
    let length = 0;
    let longest = 0;
    const write = (text: string) => {
      length += text.length;
      longest = Math.max(longest, text.length);
    };
    const printer = tablePrinter(write, { columns: 80, tags });
    const cpuMs = startCpuClock();
    for (let row = 0; row < 50_000; row++) printer.resource('a', outcome);
    printer.file(file);
    expect(cpuMs()).toBeLessThan(30_000);
    expect(length).toBe(50_000 * 81 + 72);
    expect(longest).toBeLessThan(50_000);
  });

  test.each<[string, number, 'start' | 'end', string]>([
    ['abcdef', 6, 'end', 'abcdef'],
    ['abcdef', 5, 'end', 'abcd…'],
    ['abcdef', 5, 'start', '…cdef'],
    ['田中さん', 6, 'end', '田中…'],
    ['田中さん', 6, 'start', '…さん'],
    ['e\u0301e\u0301e\u0301', 2, 'end', 'e\u0301…'],
    ['🇩🇪🇫🇷🇮🇹', 5, 'end', '🇩🇪🇫🇷…'],
    ['❤️❤️', 3, 'start', '…❤️'],
    ['\u200b\u0301abc', 3, 'end', '\u200b\u0301abc'],
  ])('cuts %j to %d places at its %s', (text, width, end, expected) => {
    expect(cut(text, width, end)).toBe(expected);
  });
});

test('the summary says how much of the metadata store was passed over, over all files', () => {
  const items = { name: 'arn:aws:sns:eu-west-1:111122223333:news', count: 2, example: 'no time' };
  const counter = countOutcomes();
  counter.add({ outcomes: [], undone: [], namedAnew: 0, undoneNames: [], passedOver: [items] });
  const report = reportFile({ name: 'a' }, undefined, counter.counts, { readMs: 0, tagMs: 0 });
  const totals = addReport(addReport(startTotals(), report), report);
  expect(summaryText(totals)).toContain('warning: 4 items of the metadata store passed over');
  expect(summaryText(startTotals())).not.toContain('metadata store');
});
