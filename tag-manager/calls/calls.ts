/**
 * The one seam to AWS: every call goes through here, one at a time, with its client, the credentials of its account,
 * its place among the calls under way, its end when time is up, and the meaning of its failure.
 */
import pLimit from 'p-limit';
import {
  CallError,
  type CallFailure,
  type FailureRow,
  isTransient,
  readFailure,
  stopFailure,
} from './call-failure.ts';
import { type CallTime, startCallTime } from './call-time.ts';
import {
  type ClientClass,
  type ClientLimits,
  type CredentialsFor,
  createClients,
  type SdkClient,
} from './clients.ts';

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
  /** Closes all connections. */
  destroy(): void;
}

export interface CallsOptions {
  readonly credentialsFor: CredentialsFor;
  /** Calls of tagging APIs under way at once. */
  readonly concurrency: number;
  /** How long one call is tried. */
  readonly limits?: ClientLimits;
}

export function createCalls({ credentialsFor, concurrency, limits }: CallsOptions): Calls {
  const clients = createClients(credentialsFor, limits);
  const places = pLimit(concurrency);
  return {
    async make({ client, account, region, api }, signal, send) {
      let time: CallTime | undefined;
      try {
        time = startCallTime(signal);
        const { abortSignal, within } = time;
        const call = () => {
          abortSignal.throwIfAborted(); // it may have waited for its place in vain
          return within(send(clients.get(client, account, region), { abortSignal }));
        };
        if (api === undefined) return await call();
        // A pace for each account, region and API is waited for here, within the time: who waits for it takes no place.
        return await within(places(call));
      } catch (error) {
        // The SDK's rate limiter cannot be left: who was stopped while waiting in it would still take a turn of the next.
        if (time !== undefined && signal.aborted) clients.forget(client, account, region);
        throw new CallError(failureOf(error, signal, api?.failures), error);
      } finally {
        time?.end();
      }
    },
    destroy: () => clients.destroy(),
  };
}

/** A call that was stopped may have failed for good all the same, in its grace. */
function failureOf(error: unknown, signal: AbortSignal, rows?: readonly FailureRow[]): CallFailure {
  const failure = readFailure(error, rows);
  if (!signal.aborted || (error !== signal.reason && !isTransient(failure))) return failure;
  return stopFailure(signal.reason);
}
