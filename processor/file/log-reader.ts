/**
 * The one way to log files in S3: listing and getting, only from the buckets that logs may come from, and only where
 * they belong to the account that we expect. Whatever names a bucket (a notification, a prefix, a message of ours)
 * comes through here.
 */
import { GetObjectCommand, type GetObjectCommandOutput, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { LogFileRef, PrefixRef } from '../log-file-ref.ts';
import { createBucketCalls } from './bucket-calls.ts';
import type { LogBuckets } from './log-buckets.ts';

export interface LogReader {
  /** Throws CallError and RefusedBucketError. `ifMatch` asks for the same bytes as an earlier answer had. */
  getObject(
    ref: LogFileRef,
    ifMatch: string | undefined,
    signal: AbortSignal,
  ): Promise<GetObjectCommandOutput>;
  /** A page of objects, in the order of S3. Throws as `getObject` does. */
  list(
    prefix: Pick<PrefixRef, 'bucket' | 'prefix'>,
    startAfter: string | undefined,
    signal: AbortSignal,
  ): Promise<ListedPage>;
  /** Why nothing is read from the bucket, nor believed of it; `undefined` where it may be. */
  refusal(bucket: string): string | undefined;
}

export interface ListedPage {
  readonly objects: readonly { readonly key: string; readonly size: number | undefined }[];
  /** Behind it there is nothing. */
  readonly isLast: boolean;
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
    return { ExpectedBucketOwner: access.owner };
  };
  return {
    async getObject({ bucket, key, versionId }, ifMatch, signal) {
      const owner = ownerOf(bucket);
      const input = { Bucket: bucket, Key: key, VersionId: versionId, IfMatch: ifMatch, ...owner };
      const action =
        versionId === undefined
          ? 's3:GetObject'
          : 's3:GetObjectVersion (the version was named by whoever brought it)';
      const needed = `${action}, and kms:Decrypt where it is encrypted with a key of yours`;
      return call(bucket, signal, (client, options) =>
        client.send(new GetObjectCommand(input), options),
      ).catch((error) => explainDenial(error, needed, owner));
    },
    async list({ bucket, prefix }, startAfter, signal) {
      const owner = ownerOf(bucket);
      const input = { Bucket: bucket, Prefix: prefix, StartAfter: startAfter, ...owner };
      const { Contents = [], IsTruncated: goesOn = false } = await call(bucket, signal, (client, options) =>
        client.send(new ListObjectsV2Command(input), options),
      ).catch((error) => explainDenial(error, 's3:ListBucket', owner));
      const objects = Contents.flatMap(({ Key: key, Size: size }) =>
        key === undefined ? [] : { key, size },
      );
      return { objects, isLast: !goesOn || objects.length === 0 };
    },
    refusal(bucket) {
      const isRefused = buckets.accessTo(bucket, ownAccount).kind === 'refused';
      return isRefused ? new RefusedBucketError(bucket).message : undefined;
    },
  };
}

/** S3 says "Access Denied" for several reasons, and seldom for which. */
function explainDenial(
  error: unknown,
  needed: string,
  { ExpectedBucketOwner: owner }: { readonly ExpectedBucketOwner: string | undefined },
): never {
  if (!(error instanceof CallError) || error.failure.class !== 'denied') throw error;
  const whose = owner === undefined ? '' : `; the bucket must belong to account ${owner} (LOG_BUCKETS)`;
  const message = `${error.failure.message}. This takes ${needed}${whose}`;
  throw new CallError({ ...error.failure, message }, error.cause);
}
