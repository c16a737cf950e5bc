/**
 * How fast calls go. AWS lets an account make so many calls a second, and the customer's own automation needs them
 * first: we take a share of each published rate, and each handler at work takes its part of that share. Tokens are kept
 * in a bucket for each rate, account and region; who finds none waits in line, first come, first served.
 *
 *     published rate × share ÷ handlers ─▶ bucket ─▶ turn ─▶ (a place among the calls under way) ─▶ take
 *
 * In any time t a line lets no more calls through than burst + rate × t (and one, where the burst is less), so that all
 * handlers together stay within the share. When AWS throttles all the same, the line goes at half its pace, and recovers slowly.
 */
import pLimit, { type LimitFunction } from 'p-limit';
import { createLine, type Line } from './pace-line.ts';

/** Calls that AWS counts together, and how many of them it allows. */
export interface CallRate {
  /** The calls: `sqs TagQueue UntagQueue ListQueueTags`. */
  readonly name: string;
  readonly perSecond: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
  readonly scope: RateScope;
}

/** Whether regions have a rate each, or an account has one for all of them. */
export type RateScope = 'account' | 'account and region';

export interface PaceSettings {
  /** Of the published rates: above 0, at most 1. */
  readonly share: number;
  /** Among how many that may work at once the share is divided. */
  readonly handlers: number;
  /** How many times the published rates AWS allows the account. */
  readonly factor: number;
}

export interface Pace {
  /** The line of these calls, shared by all that have it open. Whoever opens it closes it. */
  open(rate: CallRate, account: string | undefined, region: string): PacedLine;
  /** Lines that go slower than they may because AWS has throttled them. */
  slowed(): readonly SlowedLine[];
  /** Lines that are remembered. */
  readonly size: number;
}

export interface PacedLine extends Line {
  /** Bounds the calls of the line that are under way: what hangs leaves places to all others. */
  readonly underWay: LimitFunction;
}

export interface SlowedLine {
  readonly name: string;
  readonly account: string | undefined;
  /** Absent where the rate is that of the account. */
  readonly region: string | undefined;
  /** At the moment, for this handler. */
  readonly perSecond: number;
}

/** So many lines are kept without a look at whether they are of use. */
const LINES_BEFORE_SWEEP = 1_000;

interface Entry extends Omit<SlowedLine, 'perSecond'> {
  readonly line: ReturnType<typeof createLine>;
  readonly underWay: LimitFunction;
}

/** `now` is in milliseconds, and never goes back; `atOnce` is how many calls of one line may be under way. */
export function createPace(
  { share, handlers, factor }: PaceSettings,
  now: () => number = () => performance.now(),
  atOnce = Number.POSITIVE_INFINITY,
): Pace {
  const entries = new Map<string, Entry>();
  let sweepAt = LINES_BEFORE_SWEEP;

  /** A line that is full is as good as a new one. Each time as many go as have come since, or fewer are looked at. */
  function sweep(): void {
    for (const [key, { line }] of entries) if (line.isIdle()) entries.delete(key);
    sweepAt = Math.max(LINES_BEFORE_SWEEP, entries.size * 2);
  }

  function entryOf({ name, perSecond, burst, scope }: CallRate, account: string | undefined, region: string) {
    const where = scope === 'account' ? undefined : region;
    const key = JSON.stringify([name, account, where]);
    const known = entries.get(key);
    if (known !== undefined) return known;
    if (entries.size >= sweepAt) sweep();
    const part = (share * factor) / handlers;
    const line = createLine({ perSecond: perSecond * part, burst: burst * part }, now);
    const entry = { name, account, region: where, line, underWay: pLimit(atOnce) };
    entries.set(key, entry);
    return entry;
  }

  return {
    open(rate, account, region) {
      const { line, underWay } = entryOf(rate, account, region);
      return { ...line.open(), underWay };
    },
    slowed: () =>
      [...entries.values()].flatMap(({ line, name, account, region }) =>
        line.speed() < 1 ? [{ name, account, region, perSecond: line.perSecond() }] : [],
      ),
    get size() {
      return entries.size;
    },
  };
}
