/** The newest resources, so many and no more, the same whatever the order in which they come. */

import type { ResourceRow } from '../../file/resource-row.ts';
import { compare } from './counts.ts';
import { keptText } from './kept-text.ts';

/** Plain data, so that it crosses from thread to thread. */
export interface Newest {
  readonly max: number;
  /** In no order, and up to twice as many. */
  rows: ResourceRow[];
  /** Those that are not kept among them. */
  seen: number;
}

/** A page of more is no pleasure to anybody. */
export const MAX_ROWS = 10_000;

export function startNewest(max = MAX_ROWS): Newest {
  return { max, rows: [], seen: 0 };
}

export function addRow(newest: Newest, row: ResourceRow): void {
  newest.seen++;
  newest.rows.push(row);
  if (newest.rows.length >= 2 * newest.max) newest.rows = [...newestOf(newest)];
}

export function addNewest(newest: Newest, { rows, seen }: Newest): void {
  for (const row of rows) addRow(newest, row);
  newest.seen += seen - rows.length;
}

/** The newest first. */
export function newestOf({ rows, max }: Newest): readonly ResourceRow[] {
  return rows.sort(byTime).slice(0, max);
}

/** With texts short enough to keep many of them. */
export function keptRow(row: ResourceRow): ResourceRow {
  return {
    ...row,
    arn: keptText(row.arn),
    reason: keptText(row.reason),
    creator: keptText(row.creator),
    person: keptText(row.person),
    eventName: keptText(row.eventName),
    file: keptText(row.file),
  };
}

function byTime(one: ResourceRow, other: ResourceRow): number {
  return (
    compare(other.eventTime, one.eventTime) ||
    compare(one.arn, other.arn) ||
    compare(one.eventID, other.eventID) ||
    compare(one.file, other.file) ||
    compare(one.outcome, other.outcome)
  );
}
