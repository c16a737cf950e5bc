/**
 * Whether AWS can list the log files of a run itself. "Step Functions only supports listing objects in Amazon S3 buckets that are in both
 * the same AWS account and the same AWS Region as the state machine" (Developer Guide, "ItemReader (Map)"); S3 makes manifests of a bucket
 * of another account only where its owner lets the role of Batch Operations configure inventories, which no policy of ours asks for.
 */
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import type { BulkWork } from './bulk-engine.ts';

/** Asks for what begins with the prefix, in the region of the deployment, of a bucket that belongs to its account. */
export async function isOwnBucket(
  { calls, deployment, scope, signal }: BulkWork,
  prefix: string | undefined,
): Promise<boolean> {
  const { account, region } = deployment;
  const command = new ListObjectsV2Command({
    Bucket: scope.bucket,
    ExpectedBucketOwner: account,
    Prefix: prefix,
    MaxKeys: 1,
  });
  try {
    const callee = { client: S3Client, account: undefined, region };
    await calls.make(callee, signal, (client, options) => client.send(command, options));
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CallError) return false;
    throw error;
  }
}
