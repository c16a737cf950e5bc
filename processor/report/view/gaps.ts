/**
 * Days for which no log file is there, between the first and the last one. Regions in which nothing happens have such days;
 * an account that has no file of any region for days is how a trail fails.
 */
import { compare } from '../sums/counts.ts';
import { firstDayOf, monthOf } from '../sums/days.ts';
import type { BranchDays, Gap } from '../sums/delivered.ts';

export interface Gaps {
  readonly accounts: number;
  readonly branches: number;
  /** The first and the last day of all. */
  readonly span: Gap | undefined;
  /** Days on which an account had no file of any region, the longest first. */
  readonly silences: readonly Silence[];
  /** Of all silences. */
  readonly silentDays: number;
  /** Of single regions, while others of the account had files; the longest first. */
  readonly regional: readonly RegionGap[];
  readonly regionalCount: number;
  readonly calendar: Calendar;
}

export interface Silence {
  readonly account: string;
  readonly gap: Gap;
  /** So many regions the account has files of. */
  readonly regions: number;
}

export interface RegionGap {
  readonly account: string;
  readonly region: string;
  readonly gap: Gap;
}

/** The accounts with most silent days, and how many of them lie in each day or month. */
export interface Calendar {
  readonly unit: 'day' | 'month';
  /** The days of each column, one after the other. */
  readonly columns: readonly Gap[];
  readonly rows: readonly CalendarRow[];
}

export interface CalendarRow {
  readonly account: string;
  readonly silentDays: number;
  /** One for each column: days without a file, of days between the account's first file and its last. */
  readonly cells: readonly { readonly silent: number; readonly days: number }[];
}

const MAX_LISTED = 200;
const MAX_ACCOUNTS = 25;

const MAX_DAYS = 100;

/** Of more than ten years the last. */
const MAX_MONTHS = 120;

export function gapsOf(branches: Iterable<BranchDays>): Gaps {
  const byAccount = Map.groupBy(branches, ({ account }) => account);
  const silences: Silence[] = [];
  const regional: RegionGap[] = [];
  const rows: (CalendarRow & { readonly account: string })[] = [];
  let span: Gap | undefined;
  let count = 0;
  for (const of of byAccount.values()) for (const { from, to } of of) span = around(span, from, to);
  const columns = columnsOf(span);
  for (const [account, of] of byAccount) {
    count += of.length;
    const own = silencesOf(of);
    for (const gap of own) silences.push({ account, gap, regions: of.length });
    for (const { region, gaps } of of) {
      for (const gap of gaps)
        if (!own.some((silence) => covers(silence, gap))) regional.push({ account, region, gap });
    }
    rows.push(calendarRow(account, of, own, columns));
  }
  const byDays = (one: Silence | RegionGap, other: Silence | RegionGap) =>
    lengthOf(other.gap) - lengthOf(one.gap) ||
    other.gap[0] - one.gap[0] ||
    compare(one.account, other.account);
  const silentDays = silences.reduce((sum, { gap }) => sum + lengthOf(gap), 0);
  rows.sort((one, other) => other.silentDays - one.silentDays || compare(one.account, other.account));
  return {
    accounts: byAccount.size,
    branches: count,
    span,
    silences: silences.sort(byDays).slice(0, MAX_LISTED),
    silentDays,
    regional: regional.sort(byDays).slice(0, MAX_LISTED),
    regionalCount: regional.length,
    calendar: { unit: isByDay(span) ? 'day' : 'month', columns, rows: rows.slice(0, MAX_ACCOUNTS) },
  };
}

/** In days. */
export function lengthOf([from, to]: Gap): number {
  return to - from + 1;
}

function around(span: Gap | undefined, from: number, to: number): Gap {
  return span === undefined ? [from, to] : [Math.min(span[0], from), Math.max(span[1], to)];
}

function covers([from, to]: Gap, [innerFrom, innerTo]: Gap): boolean {
  return from <= innerFrom && innerTo <= to;
}

function isByDay(span: Gap | undefined): boolean {
  return span === undefined || lengthOf(span) <= MAX_DAYS;
}

function columnsOf(span: Gap | undefined): readonly Gap[] {
  if (span === undefined) return [];
  const [from, to] = span;
  if (isByDay(span))
    return Array.from({ length: lengthOf(span) }, (_, at) => [from + at, from + at] as const);
  const last = monthOf(to);
  const first = Math.max(monthOf(from), last - MAX_MONTHS + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => {
    return [firstDayOf(first + at), firstDayOf(first + at + 1) - 1] as const;
  });
}

/** Where no region of the account had a file. */
function silencesOf(branches: readonly BranchDays[]): readonly Gap[] {
  const [from, to] = spanOf(branches);
  const had = new Uint8Array(to - from + 1);
  for (const { gaps, ...branch } of branches) {
    let day = branch.from;
    for (const [gapFrom, gapTo] of gaps) {
      had.fill(1, day - from, Math.max(day, gapFrom) - from);
      day = Math.max(day, gapTo + 1);
    }
    had.fill(1, day - from, Math.max(day, branch.to + 1) - from);
  }
  const silences: Gap[] = [];
  for (let at = 0; at < had.length; at++) {
    if (had[at] === 1) continue;
    const end = had.indexOf(1, at);
    const last = end < 0 ? had.length - 1 : end - 1;
    silences.push([from + at, from + last]);
    at = last;
  }
  return silences;
}

function spanOf(branches: readonly BranchDays[]): Gap {
  return (
    branches.reduce<Gap | undefined>((span, { from, to }) => around(span, from, to), undefined) ?? [0, -1]
  );
}

function calendarRow(
  account: string,
  branches: readonly BranchDays[],
  silences: readonly Gap[],
  columns: readonly Gap[],
): CalendarRow {
  const span = spanOf(branches);
  const cells = columns.map((column) => ({
    days: overlap(column, span),
    silent: silences.reduce((sum, gap) => sum + overlap(column, gap), 0),
  }));
  return { account, cells, silentDays: silences.reduce((sum, gap) => sum + lengthOf(gap), 0) };
}

function overlap([from, to]: Gap, [otherFrom, otherTo]: Gap): number {
  return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom) + 1);
}
