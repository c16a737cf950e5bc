/**
 * The one way to log files in S3: listing and getting, only from the buckets that logs may come from, and only where
 * they belong to the account that we expect. Whatever names a bucket (a notification, a prefix, a message of ours)
 * comes through here.
 */
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import { createBucketCalls } from './bucket-calls.ts';
import { type ListObjects, type ListPage, type ListQuery, listCommand, pageOf } from './bucket-listing.ts';
import type { LogBuckets } from './log-buckets.ts';

export interface LogReader {
  /** Throws CallError and RefusedBucketError. `ifMatch` asks for the same bytes as an earlier answer had. */
  getObject(
    ref: LogFileRef,
    ifMatch: string | undefined,
    signal: AbortSignal,
  ): Promise<GetObjectCommandOutput>;
  /** A page of what the bucket holds. Throws as `getObject` does. */
  list(bucket: string, query: ListQuery, signal: AbortSignal): Promise<ListPage>;
  /** Why nothing is read from the bucket, nor believed of it; `undefined` where it may be. */
  refusal(bucket: string): string | undefined;
}

/** Nothing is asked of a bucket that is not named: trying again cannot help, but naming it can. */
export class RefusedBucketError extends Error {
  override readonly name = 'RefusedBucketError';
  readonly retryable = false;
  readonly bucket: string;

  constructor(bucket: string) {
    super(`log files of the bucket ${bucket} are not believed: LOG_BUCKETS does not name it`);
    this.bucket = bucket;
  }
}

export interface LogReaderOptions {
  readonly calls: Calls;
  readonly region: string;
  readonly buckets: LogBuckets;
  /** Owns the buckets that are named without an account; `undefined` where nobody was asked. */
  readonly ownAccount: string | undefined;
}

export function createLogReader({ calls, region, buckets, ownAccount }: LogReaderOptions): LogReader {
  const call = createBucketCalls(calls, region);
  /** S3 denies access to a bucket of another owner, whatever it holds. */
  const ownerOf = (bucket: string) => {
    const access = buckets.accessTo(bucket, ownAccount);
    if (access.kind === 'refused') throw new RefusedBucketError(bucket);
    return access.owner;
  };
  return {
    async getObject({ bucket, key, versionId }, ifMatch, signal) {
      const owner = ownerOf(bucket);
      const input = {
        Bucket: bucket,
        Key: key,
        VersionId: versionId,
        IfMatch: ifMatch,
        ExpectedBucketOwner: owner,
      };
      const action =
        versionId === undefined
          ? 's3:GetObject'
          : 's3:GetObjectVersion (the version was named by whoever brought it)';
      const needed = `${action}, and kms:Decrypt where it is encrypted with a key of yours`;
      return call(bucket, signal, (client, options) =>
        client.send(new GetObjectCommand(input), options),
      ).catch((error) => explainDenial(error, needed, owner));
    },
    async list(bucket, query, signal) {
      const owner = ownerOf(bucket);
      const what = query.prefix === '' ? 'the whole bucket' : `what begins with ${query.prefix}`;
      const answer = await call(bucket, signal, (client, options) =>
        client.send(listCommand(bucket, query, owner), options),
      ).catch((error) => explainDenial(error, `s3:ListBucket for ${what}`, owner));
      return pageOf(answer);
    },
    refusal(bucket) {
      const isRefused = buckets.accessTo(bucket, ownAccount).kind === 'refused';
      return isRefused ? new RefusedBucketError(bucket).message : undefined;
    },
  };
}

/** What lists one bucket. */
export function listingOf(logs: Pick<LogReader, 'list'>, bucket: string): ListObjects {
  return (query, signal) => logs.list(bucket, query, signal);
}

/** S3 says "Access Denied" for several reasons, and seldom for which. */
function explainDenial(error: unknown, needed: string, owner: string | undefined): never {
  if (!(error instanceof CallError) || error.failure.class !== 'denied') throw error;
  const whose = owner === undefined ? '' : `; the bucket must belong to account ${owner} (LOG_BUCKETS)`;
  const message = `${error.failure.message}. This takes ${needed}${whose}`;
  throw new CallError({ ...error.failure, message }, error.cause);
}
