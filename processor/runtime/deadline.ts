/**
 * When to stop. Lambda ends a function at its time-out, wherever it is; so all work stops a while before that, and what
 * is left is handed on in the time that remains.
 */
import { setMaxListeners } from 'node:events';
import { TimeUpError } from '../../tag-manager/calls/stop.ts';

export interface Deadline {
  /** Aborted when all work must stop. */
  readonly work: AbortSignal;
  /** Aborted a little later, when the answer must be given: what no queue has taken by then is not done. */
  readonly handingOn: AbortSignal;
  /** Ends its timers: call it when the answer is ready. */
  clear(): void;
}

/** Calls in flight end, a thousand messages are sent, and the answer is written in less. */
const KEPT_BACK_MS = 5_000;

/** Of a short time-out, no more than this part is kept back. */
const SHARE_KEPT_BACK = 1 / 3;

/** Calls in flight have a second to end; then what is left is handed on. */
export const HANDING_ON_MS = 1_900;

/** Of what is kept back; the rest is for the answer. */
const SHARE_OF_HANDING_ON = 0.8;

/** `remainingMs` is what Lambda's `getRemainingTimeInMillis` says now; infinite where there is no end. */
export function createDeadline(remainingMs: number): Deadline {
  const work = new AbortController();
  const handingOn = new AbortController();
  // Every call under way listens.
  for (const { signal } of [work, handingOn]) setMaxListeners(0, signal);
  const keptBackMs = Math.min(KEPT_BACK_MS, remainingMs * SHARE_KEPT_BACK);
  const workMs = remainingMs - keptBackMs;
  const handingOnMs = Math.min(HANDING_ON_MS, keptBackMs * SHARE_OF_HANDING_ON);
  const timers = [abortAfter(work, workMs), abortAfter(handingOn, workMs + handingOnMs)];
  return {
    work: work.signal,
    handingOn: handingOn.signal,
    clear() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function abortAfter(controller: AbortController, milliseconds: number): NodeJS.Timeout | undefined {
  if (!Number.isFinite(milliseconds)) return undefined;
  return setTimeout(() => controller.abort(new TimeUpError()), Math.max(0, milliseconds));
}
