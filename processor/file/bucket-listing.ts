/**
 * Pages of the objects in a bucket: one call of ListObjectsV2 each, only of buckets that logs may come from, and only
 * where they belong to the account that we expect.
 */
import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { CallError } from '../../tag-manager/calls/call-failure.ts';
import { createBucketCalls } from './bucket-calls.ts';
import { type LogReaderOptions, RefusedBucketError } from './log-reader.ts';

export interface ListQuery {
  /** What keys begin with. */
  readonly prefix: string;
  /** Keys that have it behind the prefix are rolled up into folders. @default none are */
  readonly delimiter?: '/';
  /** Only keys behind this one. */
  readonly startAfter?: string | undefined;
  /** `next` of the page before; the rest of the query must be the same. */
  readonly token?: string | undefined;
  /** @default 1000, the most that S3 gives */
  readonly maxKeys?: number;
}

/** No more than is needed: pages of a thousand are held. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

/** Objects and folders are each in the order of S3: that of the bytes in UTF-8. */
export interface ListPage {
  readonly objects: readonly ListedObject[];
  /** Each ends in the delimiter. */
  readonly prefixes: readonly string[];
  /** The token of the next page; absent on the last. */
  readonly next?: string | undefined;
}

/** Of one bucket. Throws CallError, and RefusedBucketError where the bucket is not to be believed. */
export type ListObjects = (query: ListQuery, signal: AbortSignal) => Promise<ListPage>;

export function createBucketListing(
  { calls, region, buckets, ownAccount }: LogReaderOptions,
  bucket: string,
): ListObjects {
  const call = createBucketCalls(calls, region);
  return async ({ prefix, delimiter, startAfter, token, maxKeys }, signal) => {
    const access = buckets.accessTo(bucket, ownAccount);
    if (access.kind === 'refused') throw new RefusedBucketError(bucket);
    const input = {
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: delimiter,
      StartAfter: startAfter,
      ContinuationToken: token,
      MaxKeys: maxKeys,
      EncodingType: 'url' as const, // XML cannot say every key that S3 takes: one of them would spoil the page
      ExpectedBucketOwner: access.owner,
    };
    const answer = await call(bucket, signal, (client, options) =>
      client.send(new ListObjectsV2Command(input), options),
    ).catch((error) => explainDenial(error, prefix));
    return pageOf(answer);
  };
}

function pageOf({ Contents, CommonPrefixes, NextContinuationToken }: ListObjectsV2CommandOutput): ListPage {
  return {
    objects: (Contents ?? []).flatMap(({ Key, Size }) =>
      Key === undefined ? [] : { key: decoded(Key), size: Size ?? 0 },
    ),
    prefixes: (CommonPrefixes ?? []).flatMap(({ Prefix }) => (Prefix === undefined ? [] : decoded(Prefix))),
    next: NextContinuationToken,
  };
}

/**
 * As in a form: a space is `+` (Amazon S3 API Reference, "ListObjectsV2", EncodingType; botocore decodes it likewise). A text of
 * its own: a part of the answer would keep all of the answer in memory for as long as somebody has it.
 */
function decoded(text: string): string {
  const plain = /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
  return Buffer.from(plain).toString();
}

function explainDenial(error: unknown, prefix: string): never {
  if (!(error instanceof CallError) || error.failure.class !== 'denied') throw error;
  const what = prefix === '' ? 'the whole bucket' : `what begins with ${prefix}`;
  const message = `${error.failure.message}. This takes s3:ListBucket for ${what}`;
  throw new CallError({ ...error.failure, message }, error.cause);
}
