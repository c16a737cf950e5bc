/**
 * Why work is stopped before its end: the reasons that an AbortSignal is aborted with. Whoever waits ends with the
 * reason; resources that were not dealt with are deferred with its name and message. `graceMs` is how long an attempt that
 * is on the wire may still take.
 */

/** The time of this invocation is up: what is left is for another one. */
export class TimeUpError extends Error {
  override readonly name = 'TimeUpError';
  /** Almost every answer of AWS comes within that time, and the invocation has kept back more. */
  readonly graceMs = 1_000;

  constructor() {
    super('the time of this invocation was up before it could be dealt with');
  }
}

/** A person stopped the command, who can stop it at once by asking again. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  /** As long as a call may take: what is being written is known to be written or not. */
  readonly graceMs = 10_000;

  constructor() {
    super('the command was stopped before it could be dealt with');
  }
}
