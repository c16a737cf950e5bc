/**
 * The one seam to AWS: every call goes through here, one at a time, with its client, the credentials of its account,
 * its pace, its place among the calls under way, its end when time is up, and the meaning of its failure.
 */
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import {
  CallError,
  type CallFailure,
  type FailureRow,
  isTransient,
  readFailure,
  stopFailure,
} from './call-failure.ts';
import { type AttemptPace, type CallTime, startCallTime } from './call-time.ts';
import {
  type ClientClass,
  type ClientLimits,
  type CredentialsFor,
  createClients,
  type SdkClient,
} from './clients.ts';
import { type CallRate, createPace, type Pace, type PacedLine, type PaceSettings } from './pace.ts';
import type { Line } from './pace-line.ts';

/** A tagging API, as far as its calls are concerned. */
export interface CallApi {
  readonly name: string;
  /** Names that mean something else here than elsewhere, or that only this API uses; the first match wins. */
  readonly failures: readonly FailureRow[];
}

/** Whom to call. */
export interface Callee<Client extends SdkClient> {
  readonly client: ClientClass<Client>;
  /** Whose credentials to call with; for `undefined`, those that we run with. */
  readonly account: string | undefined;
  /** Must be checked: it chooses the host. */
  readonly region: string;
  /** Calls of tagging APIs are bounded; others have bounds of their own and do not wait behind them. */
  readonly api?: CallApi;
  /** How many such calls AWS allows; without it they go as fast as they can. */
  readonly rate?: CallRate;
}

/** Sends one command, once, with the options as they are: without the signal it could not be cut off. */
export type Send<Client, Output> = (
  client: Client,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Output>;

export interface Calls {
  /**
   * The answer to one call, the SDK's retries included. Throws a CallError and nothing else. Once the signal is
   * aborted, waits end at once and calls on the wire after a second; nothing is sent any more.
   */
  make<Client extends SdkClient, Output>(
    callee: Callee<Client>,
    signal: AbortSignal,
    send: Send<Client, Output>,
  ): Promise<Output>;
  /** What AWS has throttled of late. */
  slowed: Pace['slowed'];
  /** Closes all connections. */
  destroy(): void;
}

export interface CallsOptions {
  readonly credentialsFor: CredentialsFor;
  /** Calls of tagging APIs under way at once. */
  readonly concurrency: number;
  /** Objects of S3 that are read at once. @default few */
  readonly maxOpenFiles?: number;
  /** Without it rates are not looked at. */
  readonly pace?: PaceSettings | undefined;
  /** How long one call is tried. */
  readonly limits?: ClientLimits;
}

/** In a conflict; the pauses between have random lengths, of up to two seconds together. */
const MAX_TRIES = 4;
const FIRST_PAUSE_MS = 300;

/** Of all calls under way: where a service answers nothing, each of its calls holds its place for a minute. */
const PART_OF_A_LINE = 0.25;

export function createCalls({
  credentialsFor,
  concurrency,
  maxOpenFiles,
  pace: settings,
  limits,
}: CallsOptions): Calls {
  const clients = createClients(credentialsFor, limits, maxOpenFiles);
  const places = pLimit(concurrency);
  const pace = settings && createPace(settings, undefined, Math.ceil(concurrency * PART_OF_A_LINE));
  const maxTries = Math.min(MAX_TRIES, limits?.maxAttempts ?? MAX_TRIES);
  return {
    async make({ client, account, region, api, rate }, signal, send) {
      const line = rate && pace?.open(rate, account, region);
      let time: CallTime | undefined;
      try {
        time = startCallTime(signal, line && attemptPace(line, api));
        const opened = time;
        const { abortSignal, within } = opened;
        const call = () => within(send(clients.get(client, account, region), { abortSignal }));
        if (api === undefined) return await call();
        return await pastConflicts(() => inItsPlace(call, opened, line), opened, api);
      } catch (error) {
        throw new CallError(failureOf(error, signal, api?.failures), error);
      } finally {
        time?.end();
        line?.close();
      }
    },
    slowed: () => pace?.slowed() ?? [],
    destroy: () => clients.destroy(),
  };

  /** The SDK does not repeat what a conflict has refused. Whoever waits for its end holds nothing meanwhile. */
  async function pastConflicts<Output>(
    call: () => Promise<Output>,
    { abortSignal, within, beginAnew }: CallTime,
    { failures }: CallApi,
  ): Promise<Output> {
    for (let pauseMs = FIRST_PAUSE_MS, tries = 1; ; pauseMs *= 2, tries += 1) {
      try {
        return await call();
      } catch (error) {
        const isLast = tries >= maxTries || abortSignal.aborted;
        if (isLast || readFailure(error, failures).class !== 'conflict') throw error;
      }
      await within(pause(Math.random() * pauseMs, undefined, { signal: abortSignal }));
      beginAnew();
    }
  }

  /** Who waits for a turn holds no place, which calls of another account, region or API could have. */
  async function inItsPlace<Output>(
    call: () => Promise<Output>,
    { abortSignal, within }: CallTime,
    line: PacedLine | undefined,
  ): Promise<Output> {
    const turn = await line?.turn(abortSignal);
    const begin = () => {
      abortSignal.throwIfAborted(); // it may have waited for its place in vain
      turn?.take();
      return call();
    };
    try {
      return await within(line === undefined ? places(begin) : line.underWay(() => places(begin)));
    } finally {
      turn?.end();
    }
  }
}

/** Each attempt that is throttled slows the line down, whatever becomes of the call. */
function attemptPace(line: Line, api: CallApi | undefined): AttemptPace {
  return {
    again: line.again,
    now: line.now,
    failed(error, sentAt) {
      if (readFailure(error, api?.failures).class === 'throttled') line.throttled(sentAt);
    },
  };
}

/** A call that was stopped may have failed for good all the same, in its grace. */
function failureOf(error: unknown, signal: AbortSignal, rows?: readonly FailureRow[]): CallFailure {
  const failure = readFailure(error, rows);
  if (!signal.aborted || (error !== signal.reason && !isTransient(failure))) return failure;
  return stopFailure(signal.reason);
}
