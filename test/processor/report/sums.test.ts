/** What a report sums up: everything once, in any order and any split, in memory that has an end. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readRow } from '../../../processor/file/resource-row.ts';
import { addCounts, commonest, count, startCounts, totalOf } from '../../../processor/report/sums/counts.ts';
import { dayOf } from '../../../processor/report/sums/days.ts';
import { addRow, newestOf, startNewest } from '../../../processor/report/sums/newest.ts';
import { addPeriods, countOn, startPeriods } from '../../../processor/report/sums/periods.ts';
import { addSums, startSums } from '../../../processor/report/sums/sums.ts';
import { STATE_NAMES } from '../../../processor/report/view/coverage.ts';
import { sumOf } from '../../helpers/reports.ts';
import { runs } from '../../helpers/runs.ts';
import { ACCOUNTS, anyFiles, fileName, LAST_DAY, reportOfSums, row, sumsOf } from './made.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((before, number) => before + number, 0);

describe('a report', () => {
  test('is the same whatever the order of the files, and however they are split', () => {
    const whole = fc.tuple(anyFiles, fc.infiniteStream(fc.nat()), fc.nat(12));
    fc.assert(
      fc.property(whole, ([files, random, at]) => {
        const shuffled = files
          .map((file) => ({ file, key: random.next().value as number }))
          .sort((one, other) => one.key - other.key)
          .map(({ file }) => file);
        const split = startSums(LAST_DAY);
        for (const part of [shuffled.slice(0, at), shuffled.slice(at)])
          addSums(split, structuredClone(sumsOf(part)));
        expect(reportOfSums(split)).toEqual(reportOfSums(sumsOf(files)));
      }),
      runs(60),
    );
  });

  test('adds up: every record, every resource, every creator, every place', () => {
    fc.assert(
      fc.property(anyFiles, (files) => {
        const { tallies, overTime, creators, places, coverage, rowsSeen } = reportOfSums(sumsOf(files));
        const { records, creations, malformed, ignored, resources, outcomes } = tallies;
        expect(records).toBe(creations + malformed + sumOf(ignored));
        expect(resources).toBe(sumOf(outcomes));
        expect(rowsSeen).toBe(resources);
        expect(sum(overTime.series.map(({ total }) => total)) + overTime.outside).toBe(resources);
        for (const { counts, total } of overTime.series) expect(sum(counts)).toBe(total);
        expect(sum(creators.kinds.map(({ total }) => total))).toBe(resources);
        for (const { top, others, total } of creators.kinds) {
          expect(sum(top.map((each) => each.count)) + others).toBe(total);
        }
        expect(places.total).toBe(resources);
        expect(sum(places.accounts.map(({ total }) => total))).toBe(resources);
        expect(sum(places.totals)).toBe(resources);
        expect(sum(STATE_NAMES.map((state) => coverage.total[state]))).toBe(resources);
      }),
      runs(60),
    );
  });

  test('has a column for every day, week, month or year between the first and the last', () => {
    const unitOf = (from: string, to: string) => {
      const rows = [from, to].map((date) => row({ eventTime: `${date}T00:00:00Z` }));
      const { overTime } = reportOfSums(sumsOf([{ file: 'x', rows, ignored: 0, malformed: 0 }]));
      return [overTime.unit, overTime.starts.length - 1];
    };
    expect(unitOf('2025-03-04', '2025-03-04')).toEqual(['day', 1]);
    expect(unitOf('2025-03-01', '2025-04-30')).toEqual(['day', 61]);
    expect(unitOf('2024-01-01', '2025-12-31')).toEqual(['week', 105]);
    expect(unitOf('2016-11-30', '2026-11-01')).toEqual(['month', 121]);
    expect(unitOf('2013-11-13', '2026-11-26')).toEqual(['year', 14]);
  });

  test('does not believe times before CloudTrail was, or still to come', () => {
    const rows = ['0001-01-01', '2013-11-12', '2026-11-27', '9999-12-31'].map((date) =>
      row({ eventTime: `${date}T00:00:00Z` }),
    );
    const { overTime } = reportOfSums(sumsOf([{ file: 'x', rows, ignored: 0, malformed: 0 }]));
    expect(overTime).toMatchObject({ outside: 4, starts: [], series: [] });
  });
});

describe('days without files', () => {
  const [account, other] = ACCOUNTS;
  const onDays = (region: string, days: readonly string[], of: string = account) =>
    days.map((date) => ({ file: fileName(of, region, date), rows: [], ignored: 1, malformed: 0 }));
  const gapsOf = (files: Parameters<typeof sumsOf>[0]) => reportOfSums(sumsOf(files)).gaps;

  test('of a region are told from those of the whole account', () => {
    const { silences, silentDays, regional } = gapsOf([
      ...onDays('eu-west-1', ['2025-02-27', '2025-03-01', '2025-03-05']),
      ...onDays('us-east-1', ['2025-02-27', '2025-02-28', '2025-03-05']),
    ]);
    expect(silentDays).toBe(3);
    expect(silences).toEqual([{ account, gap: [dayOf('2025-03-02'), dayOf('2025-03-04')], regions: 2 }]);
    // That of us-east-1 is longer than the silence, which it holds.
    expect(regional.map(({ region, gap }) => [region, gap[1] - gap[0] + 1])).toEqual([
      ['us-east-1', 4],
      ['eu-west-1', 1],
    ]);
  });

  test('before the first file and behind the last one are none', () => {
    expect(
      gapsOf([...onDays('eu-west-1', ['2025-03-04']), ...onDays('eu-west-1', ['2025-03-09'], other)]),
    ).toMatchObject({
      accounts: 2,
      branches: 2,
      silences: [],
      regionalCount: 0,
    });
  });

  test('over the end of a year and in leap years', () => {
    expect(gapsOf(onDays('eu-west-1', ['2023-12-31', '2024-01-02'])).silentDays).toBe(1);
    expect(gapsOf(onDays('eu-west-1', ['2024-02-28', '2024-03-01'])).silentDays).toBe(1);
    expect(gapsOf(onDays('eu-west-1', ['2025-02-28', '2025-03-01'])).silentDays).toBe(0);
  });

  test('are not known of files with other names, which are counted', () => {
    const files = ['x.json.gz', 'logs/111122223333_CloudTrail_x.json.gz', '-'];
    const report = reportOfSums(sumsOf(files.map((file) => ({ file, rows: [], ignored: 1, malformed: 0 }))));
    expect(report).toMatchObject({ unnamedFiles: 3, gaps: { branches: 0 } });
  });
});

describe('memory has an end:', () => {
  test('names beyond the bound are put together, the commonest stay, and the sum holds', () => {
    const counts = startCounts(100);
    for (let at = 0; at < 100_000; at++) {
      count(counts, `name ${at}`);
      if (at % 10 === 0) count(counts, 'often');
    }
    expect(counts.byName.size).toBeLessThanOrEqual(200);
    expect(totalOf(counts)).toBe(110_000);
    expect(commonest(counts)[0]?.[0]).toBe('often');
    const [[, often] = ['', 0]] = commonest(counts);
    expect(often + counts.missing).toBeGreaterThanOrEqual(10_000);
    expect(often).toBeLessThanOrEqual(10_000);
  });

  test('and it holds of several together', () => {
    const made = (from: number) => {
      const counts = startCounts(10);
      for (let at = 0; at < 100; at++) count(counts, `name ${from + at}`, at + 1);
      return counts;
    };
    const counts = made(0);
    addCounts(counts, made(50));
    expect(totalOf(counts)).toBe(2 * 5_050);
    expect(counts.missing).toBeGreaterThan(0);
  });

  test('up to the bound all counts are exact', () => {
    const counts = startCounts(100);
    const more = startCounts(100);
    for (let at = 0; at < 1_000; at++) count(at % 3 === 0 ? more : counts, `name ${at % 100}`);
    addCounts(counts, more);
    expect(counts).toMatchObject({ others: 0, missing: 0 });
    expect(new Set(counts.byName.values())).toEqual(new Set([10]));
  });

  test('days become months where there are too many, in any order', () => {
    const made = (days: readonly number[]) => {
      const periods = startPeriods(LAST_DAY, 50);
      for (const day of days) countOn(periods, 'ec2', day);
      return periods;
    };
    const days = Array.from({ length: 60 }, (_, at) => dayOf('2025-01-01') + at);
    const sums = made(days);
    expect(sums).toMatchObject({ unit: 'month', cells: 3 });
    expect(made(days.toReversed())).toEqual(sums);
    const halves = made(days.slice(0, 30));
    expect(halves.unit).toBe('day');
    addPeriods(halves, made(days.slice(30)));
    expect(halves).toEqual(sums);
  });

  test('of many resources the newest are kept, and of long names the beginning', () => {
    const newest = startNewest(10);
    for (let at = 0; at < 1_000; at++) {
      addRow(newest, row({ eventTime: new Date(1.7e12 + ((at * 7_919) % 1_000) * 1_000).toISOString() }));
    }
    expect(newest.rows.length).toBeLessThan(20);
    expect(newest.seen).toBe(1_000);
    const [first] = newestOf(newest);
    expect(newestOf(newest)).toHaveLength(10);
    expect(first?.eventTime).toBe(new Date(1.7e12 + 999_000).toISOString());
    const long = {
      file: 'x',
      rows: [row({ person: 'a'.repeat(1e6) }), row({ person: `${'a'.repeat(1e6)}b` })],
    };
    const report = reportOfSums(sumsOf([{ ...long, ignored: 0, malformed: 0 }]));
    expect(report.creators.names).toBe(2); // that begin alike
    expect(report.rows[0]?.person.length).toBeLessThanOrEqual(300);
  });
});

test('a line of resources.ndjson is a row, or it is none', () => {
  expect(readRow(JSON.parse(JSON.stringify(row())))).toEqual(row());
  const { person, reason, service, ...least } = row();
  expect(readRow(least)).toEqual({ ...row(), person: row().creator });
  expect([person, reason, service]).toBeDefined();
  for (const wrong of [null, 7, [], {}, { ...row(), arn: 7 }, { ...row(), outcome: 'constructor' }]) {
    expect(readRow(wrong)).toBeUndefined();
  }
  expect(readRow({ ...row(), eventTime: 'yesterday' })).toBeUndefined();
  expect(readRow({ ...row(), eventTime: '2025-13-45T10:17:05Z' })).toBeUndefined();
});
