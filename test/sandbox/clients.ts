/** SDK clients that reach a sandbox: real ones, all of them, which takes a second to load. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import type { Identity, Sandbox } from '../../sandbox/sandbox.ts';
import { clientConfig } from './client-config.ts';

export const ALICE: Identity = { account: '111122223333', type: 'IAMUser', userName: 'alice' };
export const BOB: Identity = { account: '444455556666', type: 'IAMUser', userName: 'bob' };

/** Every client for one caller and region. The SDK's own retries are off unless `maxAttempts` is given. */
export function clientsOf(
  sandbox: Sandbox,
  identity: Identity = ALICE,
  region = 'eu-west-1',
  maxAttempts = 1,
) {
  const config = clientConfig(sandbox, identity, region, maxAttempts);
  return {
    ec2: new EC2Client(config),
    s3: new S3Client(config),
    s3Control: new S3ControlClient(config),
    rds: new RDSClient(config),
    lambda: new LambdaClient(config),
    dynamodb: new DynamoDBClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    elasticache: new ElastiCacheClient(config),
    sts: new STSClient(config),
    destroy: () => config.requestHandler.destroy(),
  };
}

export type Clients = ReturnType<typeof clientsOf>;

/** What a call failed with. Throws where it does not fail. */
export async function failureOf(call: Promise<unknown>) {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('expected the call to fail');
}

/** A list of `count` tags, `key-0` and so on. */
export const manyTags = (count: number, start = 0): { Key: string; Value: string }[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `key-${start + index}`, Value: 'value' }));
