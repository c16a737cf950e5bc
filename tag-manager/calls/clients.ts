/**
 * SDK clients: one for each (service, account, region), shared, because the SDK's retry quota lives in the client.
 * An organization has more of these places than memory has room for, so only those that were used last are kept. All
 * share one HTTP handler, with time limits, which the SDK has none of by default.
 */
import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type {
  AwsCredentialIdentityProvider,
  MiddlewareStack,
  RelativeMiddlewareOptions,
} from '@smithy/types';
import { answerCheckMiddleware } from './answer-check.ts';
import { attemptMiddleware, paceMiddleware } from './call-time.ts';
import { boundIdle } from './idle-sockets.ts';
import { keepLeastRecent } from './least-recent.ts';

export interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  /** SQS sends to the host of the queue URL unless told otherwise; we choose hosts by region alone. */
  readonly useQueueUrlAsEndpoint: false;
  /** DynamoDB would be called at a host of the account, which networks that only let known names out do not know. */
  readonly accountIdEndpointMode: 'disabled';
}

/** What every client of the SDK has. */
export interface SdkClient {
  readonly middlewareStack: Pick<MiddlewareStack<object, object>, 'add'> & {
    /** `never`, because each client allows middleware of its own inputs and outputs only. */
    addRelativeTo(middleware: never, options: RelativeMiddlewareOptions): void;
  };
}

export type ClientClass<Client> = new (config: ClientConfig) => Client;

export interface Clients {
  /**
   * `region` must be checked: it chooses the host. Without an account it uses the credentials that we run with.
   */
  get<Client extends SdkClient>(
    clientClass: ClientClass<Client>,
    account: string | undefined,
    region: string,
  ): Client;
  /** Closes all connections. */
  destroy(): void;
}

/** Where the credentials for an account come from; for none, those that we run with. */
export type CredentialsFor = (account: string | undefined) => AwsCredentialIdentityProvider;

/** How long one call is tried. */
export interface ClientLimits {
  /** The first call and its retries. */
  readonly maxAttempts: number;
  readonly connectionTimeoutMs: number;
  /** Until the answer begins. */
  readonly requestTimeoutMs: number;
}

/** With the SDK's back-off, four retries are up to 15 seconds of throttling. */
const LIMITS: ClientLimits = { maxAttempts: 5, connectionTimeoutMs: 3_000, requestTimeoutMs: 10_000 };

/** To one host at once, unless more files are read; a Lambda environment may have 1,024 file descriptors ("Lambda quotas"). */
const MAX_SOCKETS = 128;

/**
 * More than work side by side: 32 files are open, and a tag call takes a place of 16. A client takes about 20 KB, and
 * half a millisecond to make.
 */
export const MAX_CLIENTS = 256;

/**
 * That are kept open for the next call, over all hosts: S3 has a host for each bucket, and S3 Control for each account.
 */
export const MAX_IDLE_SOCKETS = 128;

/** The SDK's retries have a high priority in the same step, so that what has a low one stands within them. */
const EACH_ATTEMPT = { step: 'finalizeRequest', priority: 'low' } as const;

const AFTER_RETRIES = { relation: 'after', toMiddleware: 'retryMiddleware' } as const;

/** `maxOpenFiles` objects of one bucket are read at once. */
export function createClients(
  credentialsFor: CredentialsFor,
  limits: ClientLimits = LIMITS,
  maxOpenFiles = 0,
): Clients {
  const requestHandler = createRequestHandler(limits, maxOpenFiles);
  const clients = keepLeastRecent<string, object>(MAX_CLIENTS);
  const numbers = new Map<unknown, number>();
  const keyOf = (clientClass: unknown, account: string | undefined, region: string) => {
    const number = numbers.get(clientClass) ?? numbers.size;
    numbers.set(clientClass, number);
    return `${number} ${account ?? ''} ${region}`;
  };
  return {
    get<Client extends SdkClient>(
      clientClass: ClientClass<Client>,
      account: string | undefined,
      region: string,
    ): Client {
      const make = () => {
        const client = new clientClass({
          region,
          credentials: credentialsFor(account),
          requestHandler,
          maxAttempts: limits.maxAttempts,
          retryMode: 'standard', // `adaptive` has a pace of its own, that nobody can leave
          useQueueUrlAsEndpoint: false,
          accountIdEndpointMode: 'disabled',
        });
        client.middlewareStack.addRelativeTo(paceMiddleware as never, { ...AFTER_RETRIES, name: 'pace' });
        client.middlewareStack.add(attemptMiddleware, { ...EACH_ATTEMPT, name: 'attempt' });
        client.middlewareStack.add(answerCheckMiddleware, { ...EACH_ATTEMPT, name: 'answerCheck' });
        return client;
      };
      return clients.get(keyOf(clientClass, account, region), make) as Client; // the key has its class
    },
    destroy() {
      requestHandler.destroy();
      clients.clear();
    },
  };
}

function createRequestHandler(
  { connectionTimeoutMs, requestTimeoutMs }: ClientLimits,
  maxOpenFiles: number,
): NodeHttpHandler {
  const maxSockets = Math.max(MAX_SOCKETS, maxOpenFiles + 1); // one to list with
  const maxIdle = Math.max(MAX_IDLE_SOCKETS, maxSockets); // all answers may end in the same moment
  const agent = { keepAlive: true, maxSockets, maxFreeSockets: maxIdle, lookup: lookupLoopback };
  return new NodeHttpHandler({
    connectionTimeout: connectionTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true, // without it the limit is only a warning
    httpAgent: boundIdle(new HttpAgent(agent), maxIdle),
    httpsAgent: boundIdle(new HttpsAgent(agent), maxIdle),
  });
}

/**
 * Names below `localhost` are this machine (RFC 6761), but glibc does not resolve them. S3 and S3 Control put
 * the bucket or account before the host, also before that of a local endpoint.
 */
const lookupLoopback: LookupFunction = (hostname, options, callback) => {
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  resolve(isLocal ? '127.0.0.1' : hostname, options, callback);
};
