/** How much was created when, as it is shown: columns of days, weeks, months or years, and the largest services. */
import { compare } from '../sums/counts.ts';
import { firstDayOf, monthOf } from '../sums/days.ts';
import type { Periods } from '../sums/periods.ts';

export type Unit = 'day' | 'week' | 'month' | 'year';

export interface OverTime {
  readonly unit: Unit;
  /** The first day of each column, one after the other without a gap; one more tells where the last one ends. */
  readonly starts: readonly number[];
  /** The largest first; the last may stand for all others. */
  readonly series: readonly Series[];
  /** Resources whose events say that they are from before CloudTrail was, or from the future. */
  readonly outside: number;
}

export interface Series {
  readonly name: string;
  readonly total: number;
  /** One for each column. */
  readonly counts: readonly number[];
}

export const OTHERS = 'all others';

/** As many as there are colours that everybody can tell apart, but for the one of the others. */
const MAX_SERIES = 7;

/** More columns than this are thinner than a line. */
const MAX_COLUMNS = 130;

export function overTimeOf(periods: Periods): OverTime {
  const { byService, outside } = periods;
  const days = daysIn(periods);
  const unit = unitOf(days, periods.unit);
  const starts = columnsOf(days, unit);
  const all = [...byService].map(([name, counts]) => seriesOf(name, counts, periods.unit, starts));
  const sorted = all.sort((one, other) => other.total - one.total || compare(one.name, other.name));
  const others = sorted.slice(MAX_SERIES);
  const series = others.length < 2 ? sorted : [...sorted.slice(0, MAX_SERIES), sumOf(others)];
  return { unit, starts, series, outside };
}

interface Span {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

function daysIn({ byService, unit }: Periods): Span | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const counts of byService.values()) {
    for (const at of counts.keys()) {
      from = Math.min(from, at);
      to = Math.max(to, at);
    }
  }
  if (to < from) return undefined;
  return unit === 'day' ? { from, to } : { from: firstDayOf(from), to: firstDayOf(to + 1) - 1 };
}

function unitOf(span: Span | undefined, kept: Periods['unit']): Unit {
  const days = span === undefined ? 0 : span.to - span.from + 1;
  if (kept === 'day' && days <= MAX_COLUMNS) return 'day';
  if (kept === 'day' && days <= 7 * MAX_COLUMNS) return 'week';
  return days <= 30 * MAX_COLUMNS ? 'month' : 'year';
}

interface UnitRow {
  /** The first day of the one that a day is in. */
  readonly start: (day: number) => number;
  readonly next: (start: number) => number;
}

const UNITS: Readonly<Record<Unit, UnitRow>> = {
  day: { start: (day) => day, next: (start) => start + 1 },
  week: { start: (day) => day - ((day + 3) % 7), next: (start) => start + 7 }, // 1970 began on a Thursday
  month: { start: (day) => firstDayOf(monthOf(day)), next: (start) => firstDayOf(monthOf(start) + 1) },
  year: { start: (day) => yearOf(day), next: (start) => yearOf(start + 366) },
};

function yearOf(day: number): number {
  return firstDayOf(monthOf(day) - (monthOf(day) % 12));
}

function columnsOf(span: Span | undefined, unit: Unit): readonly number[] {
  if (span === undefined) return [];
  const { start, next } = UNITS[unit];
  const starts = [start(span.from)];
  for (let at = starts[0] as number; at <= span.to; starts.push(at)) at = next(at);
  return starts;
}

function seriesOf(
  name: string,
  counts: ReadonlyMap<number, number>,
  kept: Periods['unit'],
  starts: readonly number[],
): Series {
  const sums = new Array<number>(Math.max(0, starts.length - 1)).fill(0);
  let total = 0;
  for (const [at, number] of counts) {
    const column = columnOf(kept === 'day' ? at : firstDayOf(at), starts);
    sums[column] = (sums[column] ?? 0) + number;
    total += number;
  }
  return { name, total, counts: sums };
}

/** The last column that does not begin later. */
function columnOf(day: number, starts: readonly number[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= day) low = middle;
    else high = middle;
  }
  return low;
}

function sumOf(series: readonly Series[]): Series {
  const [first] = series;
  return {
    name: OTHERS,
    total: series.reduce((sum, { total }) => sum + total, 0),
    counts: (first?.counts ?? []).map((_, at) =>
      series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0),
    ),
  };
}
