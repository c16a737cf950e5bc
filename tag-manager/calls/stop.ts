/**
 * Why work is stopped before its end: the reasons that an AbortSignal is aborted with. Whoever waits ends with the
 * reason; resources that were not dealt with are deferred with its name and message.
 */

/** The time of this invocation is up: what is left is for another one. */
export class TimeUpError extends Error {
  override readonly name = 'TimeUpError';

  constructor() {
    super('the time of this invocation was up before it could be dealt with');
  }
}

/** A person stopped the command. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('the command was stopped before it could be dealt with');
  }
}
