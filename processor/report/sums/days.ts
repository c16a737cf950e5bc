/** Days and months as numbers, so that many of them can be kept. All are of UTC. */

const DAY_MS = 86_400_000;

/** The day since 1970 that an ISO 8601 date or time is of. */
export function dayOf(time: string): number {
  return Math.floor(Date.parse(time.slice(0, 10)) / DAY_MS);
}

/** `2025-03-04` */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Months since the year 0. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

export function firstDayOf(month: number): number {
  return Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
}

export function startOf(day: number): Date {
  return new Date(day * DAY_MS);
}

/** CloudTrail's first (AWS News Blog, "AWS CloudTrail – Capture AWS API Activity", 2013-11-13). */
export const FIRST_DAY = dayOf('2013-11-13');
