/**
 * On which days each account and region had a log file, by the names of the files, and so on which it had none. One bit a
 * day: ten years of an organization of a thousand accounts fit.
 */
import { readLogKey } from '../../../parser/log-key.ts';
import { compare } from './counts.ts';
import { dayOf, FIRST_DAY, firstDayOf, monthOf } from './days.ts';

/** Plain data, so that it crosses from thread to thread. */
export interface Delivered {
  /** No later day is believed. */
  readonly lastDay: number;
  /** By account and region, then by year: for each month the bits of its days. */
  readonly branches: Map<string, Map<number, number[]>>;
  /** Branches and years that are kept. */
  kept: number;
  /** Files whose names tell no account, region and day. */
  unnamed: number;
  /** Files of accounts, regions and years beyond those that are kept. */
  leftOut: number;
}

/** Of 150 bytes each. */
const MAX_KEPT = 300_000;

/** Days without a file, as numbers, both inclusive. */
export type Gap = readonly [from: number, to: number];

/** One account and region, from the day of its first file to that of its last. */
export interface BranchDays {
  readonly account: string;
  readonly region: string;
  readonly from: number;
  readonly to: number;
  /** Ascending. */
  readonly gaps: readonly Gap[];
}

export function startDelivered(lastDay: number): Delivered {
  return { lastDay, branches: new Map(), kept: 0, unnamed: 0, leftOut: 0 };
}

/** `file` is a path or an `s3://` URL. */
export function addFile(delivered: Delivered, file: string): void {
  const key = readLogKey(file.replaceAll('\\', '/'));
  const account = /(?:^|[\\/])(\d{12})_[^\\/]*$/.exec(file)?.[1];
  if (key.kind !== 'log' || account === undefined) {
    delivered.unnamed++;
    return;
  }
  const day = dayOf(key.deliveredAt);
  if (day < FIRST_DAY || day > delivered.lastDay) delivered.unnamed++;
  else mark(delivered, `${account}\t${key.region}`, monthOf(day), 1 << (day - firstDayOf(monthOf(day))));
}

/** Adds those of `more`, which stays as it is. */
export function addDelivered(delivered: Delivered, more: Delivered): void {
  delivered.unnamed += more.unnamed;
  delivered.leftOut += more.leftOut;
  for (const [branch, years] of more.branches) {
    for (const [year, months] of years) {
      for (const [at, bits] of months.entries()) {
        if (bits !== 0) mark(delivered, branch, year * 12 + at, bits);
      }
    }
  }
}

function mark(delivered: Delivered, branch: string, month: number, bits: number): void {
  const year = Math.floor(month / 12);
  const at = month % 12;
  const years = delivered.branches.get(branch);
  const months = years?.get(year);
  if (months !== undefined) {
    months[at] = (months[at] ?? 0) | bits;
    return;
  }
  if (delivered.kept >= MAX_KEPT) {
    delivered.leftOut++;
    return;
  }
  delivered.kept++;
  const made = new Array<number>(12).fill(0);
  made[at] = bits;
  if (years === undefined) delivered.branches.set(branch, new Map([[year, made]]));
  else years.set(year, made);
}

/** By account and region. */
export function* branchDays({ branches }: Delivered): Generator<BranchDays> {
  const sorted = [...branches.keys()].sort(compare);
  for (const branch of sorted) {
    const [account = '', region = ''] = branch.split('\t');
    const days = [...daysOf(branches.get(branch) ?? new Map())];
    const [first = 0] = days;
    yield { account, region, from: first, to: days.at(-1) ?? first, gaps: gapsIn(days) };
  }
}

function* daysOf(years: ReadonlyMap<number, readonly number[]>): Generator<number> {
  for (const year of [...years.keys()].sort((one, other) => one - other)) {
    for (const [at, bits] of (years.get(year) ?? []).entries()) {
      for (let day = 0; day < 31; day++)
        if ((bits & (1 << day)) !== 0) yield firstDayOf(year * 12 + at) + day;
    }
  }
}

/** `days` ascend. */
function gapsIn(days: readonly number[]): readonly Gap[] {
  return days.flatMap((day, at) => {
    const before = days[at - 1];
    return before === undefined || day === before + 1 ? [] : [[before + 1, day - 1] as const];
  });
}
