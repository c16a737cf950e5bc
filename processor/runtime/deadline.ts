/**
 * When to stop beginning work. Lambda stops a function at its time-out, wherever it is; what is in flight then
 * is repeated later. So nothing is begun that may not end in time.
 */

/** Four attempts of 10 seconds and the waits between them. */
const LONGEST_CALL_MS = 60_000;

/** Of a short time-out, no more than this part is kept back. */
const SHARE_KEPT_BACK = 0.25;

/** `remainingMs` is Lambda's own `getRemainingTimeInMillis`. */
export function createDeadline(remainingMs: () => number): () => boolean {
  const keptBackMs = Math.min(LONGEST_CALL_MS, remainingMs() * SHARE_KEPT_BACK);
  return () => remainingMs() <= keptBackMs;
}
