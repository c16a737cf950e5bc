/**
 * Which day folders a scope takes in. Folders are named after the day on which CloudTrail delivered a file, and its records are
 * older, by minutes mostly; so those from the day of `from` to the day after that of `to` are read.
 */
import type { Span } from './times.ts';

export const DAY_MS = 86_400_000;

/** As folders spell them, `2025/03/01`; an end that is absent is open. */
export interface Days {
  readonly first?: string;
  readonly last?: string;
}

export function daysOf({ from, to }: Span): Days {
  return {
    ...(from !== undefined && { first: folderOf(Date.parse(from)) }),
    ...(to !== undefined && { last: folderOf(Date.parse(to) - 1 + DAY_MS) }), // `to` itself is outside
  };
}

/** The folder of the day of a time in epoch milliseconds. */
export function folderOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10).replaceAll('-', '/');
}

/** What a folder's day begins with in epoch milliseconds; `undefined` where the text begins with no day that there is. */
export function dayAt(text: string): number | undefined {
  if (!/^\d{4}\/\d\d\/\d\d(\/|$)/.test(text)) return undefined;
  const day = text.slice(0, 10);
  const begin = Date.parse(day.replaceAll('/', '-'));
  return !Number.isNaN(begin) && folderOf(begin) === day ? begin : undefined;
}

export function nextDay(day: number, days = 1): number {
  return day + days * DAY_MS;
}

export function daysBetween(first: number, last: number): number {
  return Math.round((last - first) / DAY_MS);
}
