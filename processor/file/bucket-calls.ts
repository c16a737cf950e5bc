/** Calls to S3 with the credentials that we run with, each in the region where its bucket is, wherever we run. */
import type { S3Client } from '@aws-sdk/client-s3';
import { partitionOf } from '../../parser/partition.ts';
import { createBucketRegions } from '../../tag-manager/calls/bucket-regions.ts';
import type { Calls, Send } from '../../tag-manager/calls/calls.ts';
import { LogBucketClient } from './log-bucket-client.ts';

/** Makes one call that reads of a bucket. Throws CallError. */
export type BucketCall = <Output>(
  bucket: string,
  signal: AbortSignal,
  send: Send<S3Client, Output>,
) => Promise<Output>;

/** `region` is where a bucket is supposed to be; no bucket is followed out of its partition. */
export function createBucketCalls(calls: Calls, region: string): BucketCall {
  const regions = createBucketRegions();
  const partition = partitionOf(region);
  const mayBeIn = (name: string) => partition?.regions.test(name) ?? false;
  return (bucket, signal, send) =>
    regions.inRegion({ bucket, supposedRegion: region, mayBeIn }, (found) =>
      calls.make({ client: LogBucketClient, account: undefined, region: found }, signal, send),
    );
}
