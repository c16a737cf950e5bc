/** What a bucket holds, as S3 lists it: a page is one call of ListObjectsV2. */
import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';

export interface ListQuery {
  /** What keys begin with. */
  readonly prefix: string;
  /** Keys that have it behind the prefix are rolled up into folders. @default none are */
  readonly delimiter?: '/';
  /** Only keys behind this one. */
  readonly startAfter?: string | undefined;
  /** `next` of the page before; the rest of the query must be the same. */
  readonly token?: string | undefined;
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

/** Of one bucket. Throws as `LogReader.list` does. */
export type ListObjects = (query: ListQuery, signal: AbortSignal) => Promise<ListPage>;

/** `owner` is the account that the bucket must belong to. */
export function listCommand(
  bucket: string,
  { prefix, delimiter, startAfter, token }: ListQuery,
  owner: string | undefined,
): ListObjectsV2Command {
  return new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    Delimiter: delimiter,
    StartAfter: startAfter,
    ContinuationToken: token,
    EncodingType: 'url', // XML cannot say every key that S3 takes: one of them would spoil the page
    ExpectedBucketOwner: owner,
  });
}

/** Throws where it says that there is more, and not how to ask for it: nothing is passed over. */
export function pageOf({
  Contents,
  CommonPrefixes,
  IsTruncated,
  NextContinuationToken,
}: ListObjectsV2CommandOutput): ListPage {
  if (IsTruncated && !NextContinuationToken) {
    throw new Error('the listing has more pages, but its answer holds no token to ask for the next one');
  }
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
