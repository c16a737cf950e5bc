/**
 * SDK clients: one for each (service, account, region), made once and shared, because the SDK's rate limiting
 * and connections live in the client. All share one HTTP handler, with time limits, which the SDK has none of
 * by default.
 */
import { lookup as resolve } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

export interface ClientConfig {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
  readonly retryMode: 'adaptive';
  /** SQS sends to the host of the queue URL unless told otherwise; we choose hosts by region alone. */
  readonly useQueueUrlAsEndpoint: false;
}

export type ClientClass<Client> = new (config: ClientConfig) => Client;

export interface Clients {
  /**
   * `region` must be checked: it chooses the host. Without an account it uses the credentials that we run with.
   */
  get<Client>(clientClass: ClientClass<Client>, account: string | undefined, region: string): Client;
  /** Closes all connections. */
  destroy(): void;
}

/** Where the credentials for an account come from; for none, those that we run with. */
export type CredentialsFor = (account: string | undefined) => AwsCredentialIdentityProvider;

/** First call and four retries: with the SDK's back-off that is up to 15 seconds of throttling. */
const MAX_ATTEMPTS = 5;
const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** To one host at once; a Lambda environment may have 1,024 file descriptors ("Lambda quotas"). */
const MAX_SOCKETS = 128;

export function createClients(credentialsFor: CredentialsFor): Clients {
  const requestHandler = createRequestHandler();
  const clients = new Map<unknown, Map<string, unknown>>();
  return {
    get<Client>(clientClass: ClientClass<Client>, account: string | undefined, region: string): Client {
      const ofClass = clients.get(clientClass) ?? new Map<string, unknown>();
      clients.set(clientClass, ofClass);
      const key = `${account ?? ''} ${region}`;
      const known = ofClass.get(key);
      if (known !== undefined) return known as Client;
      const client = new clientClass({
        region,
        credentials: credentialsFor(account),
        requestHandler,
        maxAttempts: MAX_ATTEMPTS,
        retryMode: 'adaptive',
        useQueueUrlAsEndpoint: false,
      });
      ofClass.set(key, client);
      return client;
    },
    destroy() {
      requestHandler.destroy();
      clients.clear();
    },
  };
}

function createRequestHandler(): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: MAX_SOCKETS, lookup: lookupLoopback };
  return new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true, // without it the limit is only a warning
    httpAgent: new HttpAgent(agent),
    httpsAgent: new HttpsAgent(agent),
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
