/** How far a branch is, counted up file by file in the order of its keys; and the days for which it had none. */
import type { BranchProgress } from './checkpoint.ts';

export interface DoneKey {
  readonly key: string;
  /** Of a log file; absent for what is none. */
  readonly size?: number;
}

/** A quiet region may have one every other day, for years: whoever looks for faults of a trail looks for the longest. */
const MAX_GAPS = 50;

const DAY_MS = 24 * 60 * 60_000;

export function startBranch(): BranchProgress {
  return { files: 0, bytes: 0, gaps: [], gapDays: 0 };
}

export function afterKey(progress: BranchProgress, { key, size }: DoneKey): BranchProgress {
  if (size === undefined) return { ...progress, after: key };
  const day = dayOf(key);
  const counted = { ...progress, after: key, files: progress.files + 1, bytes: progress.bytes + size };
  if (day === undefined) return counted;
  const { firstDay = day, lastDay = day } = progress;
  return { ...counted, ...gapsBetween(progress, lastDay, day), firstDay, lastDay: day };
}

/** Between days in their order. */
export function gapsOf(days: readonly string[]): Pick<BranchProgress, 'gaps' | 'gapDays'> {
  let found: Pick<BranchProgress, 'gaps' | 'gapDays'> = { gaps: [], gapDays: 0 };
  for (const [at, day] of days.entries()) found = gapsBetween(found, days[at - 1] ?? day, day);
  return found;
}

function gapsBetween(
  { gaps, gapDays }: Pick<BranchProgress, 'gaps' | 'gapDays'>,
  last: string,
  day: string,
): Pick<BranchProgress, 'gaps' | 'gapDays'> {
  const days = Math.round((Date.parse(day) - Date.parse(last)) / DAY_MS) - 1;
  if (days <= 0) return { gaps, gapDays };
  const gap = [dayAt(Date.parse(last) + DAY_MS), dayAt(Date.parse(day) - DAY_MS)] as const;
  const all = [...gaps, gap];
  const shortest = all.length > MAX_GAPS ? all.toSorted((a, b) => lengthOf(a) - lengthOf(b))[0] : undefined;
  return { gaps: all.filter((each) => each !== shortest), gapDays: gapDays + days };
}

function lengthOf([first, last]: readonly [string, string]): number {
  return Date.parse(last) - Date.parse(first);
}

function dayAt(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** `2026-11-26`, of the folder that it lies in. */
export function dayOf(key: string): string | undefined {
  const [, year, month, day] = /\/(\d{4})\/(\d\d)\/(\d\d)\/[^/]*$/.exec(key) ?? [];
  const text = `${year}-${month}-${day}`;
  return day !== undefined && !Number.isNaN(Date.parse(text)) ? text : undefined;
}
