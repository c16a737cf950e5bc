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

/** Of silences, and of regions. */
export const MAX_LISTED = 200;
const MAX_ACCOUNTS = 25;

const MAX_DAYS = 100;

/** Of more than ten years the last. */
const MAX_MONTHS = 120;

/** `branches` gives the same each time, account by account. */
export function gapsOf(branches: () => Iterable<BranchDays>): Gaps {
  const span = spanOf(branches());
  const columns = columnsOf(span);
  const silences = keepFirst<Silence>(MAX_LISTED, byLength);
  const regional = keepFirst<RegionGap>(MAX_LISTED, byLength);
  const rows = keepFirst<AccountDays>(MAX_ACCOUNTS, bySilence);
  let accounts = 0;
  let count = 0;
  let silentDays = 0;
  for (const of of byAccount(branches())) {
    const own = accountDays(of);
    accounts++;
    count += of.length;
    silentDays += own.silentDays;
    rows.add(own);
    for (const gap of own.silences) silences.add({ account: own.account, gap, regions: of.length });
    for (const { account, region, gaps } of of) {
      for (const gap of gaps) {
        if (!own.silences.some((silence) => covers(silence, gap))) regional.add({ account, region, gap });
      }
    }
  }
  return {
    accounts,
    branches: count,
    span,
    silences: silences.list(),
    silentDays,
    regional: regional.list(),
    regionalCount: regional.seen(),
    calendar: {
      unit: isByDay(span) ? 'day' : 'month',
      columns,
      rows: rows.list().map((row) => calendarRow(row, columns)),
    },
  };
}

/** One after the other. */
function* byAccount(branches: Iterable<BranchDays>): Generator<readonly BranchDays[]> {
  let of: BranchDays[] = [];
  for (const branch of branches) {
    if (of.length > 0 && of[0]?.account !== branch.account) {
      yield of;
      of = [];
    }
    of.push(branch);
  }
  if (of.length > 0) yield of;
}

/** The first in their order, of any number. */
function keepFirst<Item>(max: number, order: (one: Item, other: Item) => number) {
  let kept: Item[] = [];
  let seen = 0;
  const list = (): readonly Item[] => kept.sort(order).slice(0, max);
  return {
    add(item: Item): void {
      seen++;
      kept.push(item);
      if (kept.length >= 4 * max) kept = [...list()];
    },
    list,
    seen: () => seen,
  };
}

type Listed = Pick<Silence, 'account' | 'gap'> & { readonly region?: string };

function byLength(one: Listed, other: Listed): number {
  return (
    lengthOf(other.gap) - lengthOf(one.gap) ||
    other.gap[0] - one.gap[0] ||
    compare(one.account, other.account) ||
    compare(one.region ?? '', other.region ?? '')
  );
}

interface AccountDays {
  readonly account: string;
  readonly span: Gap;
  readonly silences: readonly Gap[];
  readonly silentDays: number;
}

function bySilence(one: AccountDays, other: AccountDays): number {
  return other.silentDays - one.silentDays || compare(one.account, other.account);
}

function accountDays(branches: readonly BranchDays[]): AccountDays {
  const span = spanOf(branches) ?? [0, -1];
  const silences = silencesOf(branches, span);
  const silentDays = silences.reduce((sum, gap) => sum + lengthOf(gap), 0);
  return { account: branches[0]?.account ?? '', span, silences, silentDays };
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
function silencesOf(branches: readonly BranchDays[], [from, to]: Gap): readonly Gap[] {
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

function spanOf(branches: Iterable<BranchDays>): Gap | undefined {
  let span: Gap | undefined;
  for (const { from, to } of branches) span = around(span, from, to);
  return span;
}

function calendarRow(
  { account, span, silences, silentDays }: AccountDays,
  columns: readonly Gap[],
): CalendarRow {
  const cells = columns.map((column) => ({
    days: overlap(column, span),
    silent: silences.reduce((sum, gap) => sum + overlap(column, gap), 0),
  }));
  return { account, cells, silentDays };
}

function overlap([from, to]: Gap, [otherFrom, otherTo]: Gap): number {
  return Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom) + 1);
}
