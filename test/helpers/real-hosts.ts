/**
 * The hosts of AWS, with a sandbox behind them: what is sent to any of them by HTTPS comes to the sandbox in plain HTTP,
 * with the name of the host that it was for. So hosts and regions are proved too, which AWS_ENDPOINT_URL hides.
 */
import http from 'node:http';
import https from 'node:https';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** Returns how to undo it. */
export function putBehindHosts({ endpoint }: Sandbox): () => void {
  const before = https.request;
  const { port } = new URL(endpoint);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  https.request = ((options: https.RequestOptions, callback?: (message: http.IncomingMessage) => void) =>
    http.request(
      { ...options, protocol: 'http:', host: '127.0.0.1', hostname: '127.0.0.1', port, agent },
      callback,
    )) as typeof https.request;
  return () => {
    https.request = before;
    agent.destroy();
  };
}
