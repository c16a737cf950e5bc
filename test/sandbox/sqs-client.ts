/** A client of SQS alone, for tests that need no other: loading all of them takes more than a second a file. */
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';
import { clientConfig } from './client-config.ts';

export function sqsClientOf(sandbox: Sandbox, identity: Identity, region: string) {
  const config = clientConfig(sandbox, identity, region);
  return {
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    destroy: () => config.requestHandler.destroy(),
  };
}
