/**
 * How one call ends when it is told to stop. Whatever it waits for (a place, credentials, the pause before the SDK's
 * next attempt, the SDK's rate limiter) ends at once; an attempt that is on the wire gets a short grace, so that a tag
 * that is being written is also known to be written. After the stop no further attempt goes out.
 */
import { type FinalizeRequestMiddleware, SMITHY_CONTEXT_KEY } from '@smithy/types';
import { onAbort } from './on-abort.ts';
import { InterruptedError, TimeUpError } from './stop.ts';

export interface CallTime {
  /** For the SDK, with this call and no other: by it an attempt finds its call. */
  readonly abortSignal: AbortSignal;
  /** The promise, or a throw of why the call was stopped, whichever comes first. */
  within<Value>(promise: Promise<Value>): Promise<Value>;
  /** The call is over, however it ended. */
  end(): void;
}

/** Throws the signal's reason when it is aborted already. */
export function startCallTime(signal: AbortSignal): CallTime {
  signal.throwIfAborted();
  const cut = new AbortController();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // it may come when nobody waits
  let isOnTheWire = false;
  let grace: NodeJS.Timeout | undefined;

  const cutOff = (reason: unknown) => {
    stopped.reject(reason);
    cut.abort(reason);
  };
  const forget = onAbort(signal, () => {
    if (isOnTheWire) grace = setTimeout(cutOff, graceOf(signal.reason), signal.reason);
    else cutOff(signal.reason);
  });

  ATTEMPTS.set(cut.signal, async (send) => {
    isOnTheWire = true;
    try {
      return await send();
    } catch (error) {
      if (signal.aborted) cutOff(error); // there is no time for another attempt
      throw error;
    } finally {
      isOnTheWire = false;
    }
  });

  return {
    abortSignal: cut.signal,
    within: (promise) => Promise.race([promise, stopped.promise]),
    end() {
      clearTimeout(grace);
      forget();
    },
  };
}

function graceOf(reason: unknown): number {
  return reason instanceof TimeUpError || reason instanceof InterruptedError ? reason.graceMs : 0;
}

type Attempt = <Result>(send: () => Promise<Result>) => Promise<Result>;

/** The SDK passes nothing of ours through to its attempts but the signal. */
const ATTEMPTS = new WeakMap<object, Attempt>();

/** Stands inside the SDK's retries and around the sending, signing done: it sees each single attempt. */
export const attemptMiddleware: FinalizeRequestMiddleware<object, object> =
  (next, context) =>
  (args): ReturnType<typeof next> => {
    const signal: object | undefined = context[SMITHY_CONTEXT_KEY]?.abortSignal;
    const attempt = signal === undefined ? undefined : ATTEMPTS.get(signal);
    return attempt === undefined ? next(args) : attempt(() => next(args));
  };
