/** Calls to S3 with the credentials that we run with, each in the region where its bucket is, wherever we run. */
import type { S3Client } from '@aws-sdk/client-s3';
import { partitionOf } from '../../parser/partition.ts';
import { createBucketRegions } from '../../tag-manager/calls/bucket-regions.ts';
import type { Calls, Send } from '../../tag-manager/calls/calls.ts';
import type { ClientClass } from '../../tag-manager/calls/clients.ts';
import { LogBucketClient } from './log-bucket-client.ts';

/** Makes one call about a bucket. Throws CallError. */
export type BucketCall = <Output>(
  bucket: string,
  signal: AbortSignal,
  send: Send<S3Client, Output>,
) => Promise<Output>;

/**
 * `region` is where a bucket is supposed to be; no bucket is followed out of its partition. Whoever writes names a client that is
 * good for it.
 */
export function createBucketCalls(
  calls: Calls,
  region: string,
  client: ClientClass<S3Client> = LogBucketClient,
): BucketCall {
  const regions = createBucketRegions();
  const partition = partitionOf(region);
  const mayBeIn = (name: string) => partition?.regions.test(name) ?? false;
  return (bucket, signal, send) =>
    regions.inRegion({ bucket, supposedRegion: region, mayBeIn }, (found) =>
      calls.make({ client, account: undefined, region: found }, signal, send),
    );
}
