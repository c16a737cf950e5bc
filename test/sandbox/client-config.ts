/** How any client of the SDK reaches a sandbox: it has an HTTP handler that knows where *.localhost is. */
import http from 'node:http';
import type { LookupFunction } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';

/** The SDK's own retries are off unless `maxAttempts` is given. */
export function clientConfig(sandbox: Sandbox, identity: Identity, region: string, maxAttempts = 1) {
  const requestHandler = new NodeHttpHandler({ httpAgent: new http.Agent({ keepAlive: true, lookup }) });
  const credentials = sandbox.credentials(identity);
  return { endpoint: sandbox.endpoint, region, credentials, requestHandler, maxAttempts };
}

/** glibc resolves no name under localhost. */
const lookup: LookupFunction = (_host, options, callback) => {
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
