/**
 * The time of this process: it runs faster than the world's, and jumps where nothing would happen. The sandbox and the
 * function live in it, so that what waits for seconds does not hold up a run of thousands of histories.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultRateLimiter } from '@smithy/core/retry';

/** A second takes as long as 50 ms. */
const SPEED = 20;

export interface FastTime {
  now(): number;
  /** Goes on to a time; one that is over already changes nothing. */
  jumpTo(at: number): void;
}

/** For the rest of the process. Load what keeps `Date.now` or `setTimeout` for itself after it. */
export function speedUp(): FastTime {
  const realNow = Date.now.bind(Date);
  const realTimeout = globalThis.setTimeout;
  const start = realNow();
  let jumped = 0;
  const now = () => Math.floor(start + (realNow() - start) * SPEED + jumped);
  Date.now = now;
  const fastTimeout = (callback: (...values: unknown[]) => void, delay = 0, ...values: unknown[]) =>
    realTimeout(callback, delay / SPEED, ...values);
  globalThis.setTimeout = Object.assign(fastTimeout, { __promisify__: sleep }) as typeof setTimeout;
  const jumpTo = (at: number) => {
    jumped += Math.max(0, at - now());
  };
  // Once a service has throttled, clients wait before every call: a third of a run.
  const setTimeoutFn = (callback: () => void, delay: number) => {
    jumpTo(now() + delay);
    return setImmediate(callback);
  };
  Object.assign(DefaultRateLimiter, { setTimeoutFn });
  return { now, jumpTo };
}
