/** How many writes of tags were made when, and how many of them AWS throttled, in memory that has an end. */
import { type Counts, count, startCounts } from '../sums/counts.ts';

export interface WriteRate {
  /** Each column is so many seconds long. */
  stepSeconds: number;
  /** By column, counted from 1970 on. */
  columns: Map<number, Column>;
  writes: number;
  /** By API, account and region. */
  readonly throttled: Counts;
}

export interface Column {
  written: number;
  throttled: number;
}

/** More columns than this are put together. */
const MAX_COLUMNS = 400;

const STEPS = [10, 60, 300, 900, 3_600, 21_600, 86_400, 604_800] as const;

export function startRate(): WriteRate {
  return { stepSeconds: STEPS[0], columns: new Map(), writes: 0, throttled: startCounts(500) };
}

/** One write of that time, in epoch milliseconds. `throttledAt` is its API, account and region where AWS throttled it. */
export function addWrite(rate: WriteRate, time: number, throttledAt?: string): void {
  rate.writes++;
  const at = Math.floor(time / 1000 / rate.stepSeconds);
  const column = rate.columns.get(at) ?? { written: 0, throttled: 0 };
  rate.columns.set(at, column);
  if (throttledAt === undefined) column.written++;
  else column.throttled++;
  if (throttledAt !== undefined) count(rate.throttled, throttledAt);
  if (rate.columns.size > MAX_COLUMNS) coarsen(rate);
}

function coarsen(rate: WriteRate): void {
  const next = STEPS.find((step) => step > rate.stepSeconds) ?? rate.stepSeconds * 4;
  const columns = new Map<number, Column>();
  for (const [at, { written, throttled }] of rate.columns) {
    const key = Math.floor((at * rate.stepSeconds) / next);
    const column = columns.get(key) ?? { written: 0, throttled: 0 };
    columns.set(key, { written: column.written + written, throttled: column.throttled + throttled });
  }
  rate.columns = columns;
  rate.stepSeconds = next;
}
