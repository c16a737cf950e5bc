/** What is printed: nothing that others chose reaches a terminal raw, and a long answer does not take long. */
import { describe, expect, test } from '@jest/globals';
import { tableText, tagTable } from '../../../processor/cli/table.ts';
import { summaryText } from '../../../processor/cli/table-printer.ts';
import { addReport, startTotals } from '../../../processor/cli/totals.ts';
import { countOutcomes, reportFile } from '../../../processor/file/file-report.ts';
import { startCpuClock } from '../../helpers/cpu-clock.ts';

const STEERING = '\u001b[2J \u009b31m \u007f \u2028 \u202e \u2066 \r\n \u0007';
const WRITTEN = '\\u001b[2J \\u009b31m \\u007f \\u2028 \\u202e \\u2066 \\u000d\\u000a \\u0007';

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
    const text = tagTable([{ arn: STEERING, tags: new Map([[STEERING, STEERING]]) }], [{ event: STEERING }]);
    expect(text.split('\n')).toHaveLength(3);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
    expect(text.split(WRITTEN)).toHaveLength(5);
  });

  test('of 20,000 rows is there in a moment', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => [`arn:${at}`, 'alice', 'now']);
    const cpuMs = startCpuClock();
    expect(tableText(['a', 'b', 'c'], rows)).toMatch(/\narn:19999 {2}alice {2}now\n$/);
    expect(cpuMs()).toBeLessThan(5_000); // the square of the rows would be 20 s and more
  });
});

test('the summary says how much of the metadata store was passed over, over all files', () => {
  const items = { name: 'arn:aws:sns:eu-west-1:111122223333:news', count: 2, example: 'no time' };
  const counter = countOutcomes();
  counter.add({ outcomes: [], undone: [], passedOver: [items] });
  const report = reportFile({ name: 'a' }, undefined, counter.counts, { readMs: 0, tagMs: 0 });
  const totals = addReport(addReport(startTotals(), report), report);
  expect(summaryText(totals)).toContain('warning: 4 items of the metadata store passed over');
  expect(summaryText(startTotals())).not.toContain('metadata store');
});
