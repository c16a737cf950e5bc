/**
 * How one call ends when it is told to stop. Whatever it waits for (its turn, a place, credentials, the pause before the
 * SDK's next attempt) ends at once; an attempt that is on the wire gets a short grace, so that a tag
 * that is being written is also known to be written. After the stop no further attempt goes out.
 */
import {
  type FinalizeRequestMiddleware,
  type HandlerExecutionContext,
  SMITHY_CONTEXT_KEY,
} from '@smithy/types';
import { onAbort } from './on-abort.ts';
import { InterruptedError, TimeUpError } from './stop.ts';

export interface CallTime {
  /** For the SDK, with this call and no other: by it an attempt finds its call. */
  readonly abortSignal: AbortSignal;
  /** The call is made once more from its beginning: its next attempt is a first one. */
  beginAnew(): void;
  /** The promise, or a throw of why the call was stopped, whichever comes first. */
  within<Value>(promise: Promise<Value>): Promise<Value>;
  /** The call is over, however it ended. */
  end(): void;
}

/** What is to be done around the single attempts. */
export interface AttemptPace {
  /** Before each attempt but the first, which has waited already. */
  again(signal: AbortSignal): Promise<void>;
  /** By the clock of the pace. */
  now(): number;
  failed(error: unknown, sentAt: number): void;
}

/** Throws the signal's reason when it is aborted already. */
export function startCallTime(signal: AbortSignal, pace?: AttemptPace): CallTime {
  signal.throwIfAborted();
  const cut = new AbortController();
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {}); // it may come when nobody waits
  let isOnTheWire = false;
  let attempts = 0;
  let grace: NodeJS.Timeout | undefined;

  const cutOff = (reason: unknown) => {
    stopped.reject(reason);
    cut.abort(reason);
  };
  const forget = onAbort(signal, () => {
    if (isOnTheWire) grace = setTimeout(cutOff, graceOf(signal.reason), signal.reason);
    else cutOff(signal.reason);
  });

  const begin = async () => {
    attempts += 1;
    if (attempts > 1) await pace?.again(cut.signal);
  };
  const run: Attempt['run'] = async (send) => {
    isOnTheWire = true;
    const sentAt = pace?.now() ?? 0;
    try {
      return await send();
    } catch (error) {
      pace?.failed(error, sentAt);
      if (signal.aborted) cutOff(error); // there is no time for another attempt
      throw error;
    } finally {
      isOnTheWire = false;
    }
  };
  ATTEMPTS.set(cut.signal, { begin, run });

  return {
    abortSignal: cut.signal,
    beginAnew() {
      attempts = 0;
    },
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

interface Attempt {
  readonly begin: () => Promise<void>;
  readonly run: <Result>(send: () => Promise<Result>) => Promise<Result>;
}

/** The SDK passes nothing of ours through to its attempts but the signal. */
const ATTEMPTS = new WeakMap<object, Attempt>();

function attemptOf(context: HandlerExecutionContext): Attempt | undefined {
  const signal: object | undefined = context[SMITHY_CONTEXT_KEY]?.abortSignal;
  return signal === undefined ? undefined : ATTEMPTS.get(signal);
}

/** Stands right inside the SDK's retries, before the signing: a signature that has waited for long is refused. */
export const paceMiddleware: FinalizeRequestMiddleware<object, object> =
  (next, context) =>
  async (args): ReturnType<typeof next> => {
    await attemptOf(context)?.begin();
    return next(args);
  };

/** Stands inside the SDK's retries and around the sending, signing done: it sees each single attempt. */
export const attemptMiddleware: FinalizeRequestMiddleware<object, object> =
  (next, context) =>
  (args): ReturnType<typeof next> => {
    const attempt = attemptOf(context);
    return attempt === undefined ? next(args) : attempt.run(() => next(args));
  };
