/** ListObjectsV2: keys in order, in pages, with those that share a delimiter's prefix rolled into one. */
import type { Context } from '../../operation.ts';
import type { RestOutput } from '../../protocols/rest-xml.ts';
import { type Bucket, type BucketInput, openBucket } from './bucket.ts';

const MAX_KEYS = 1000; // AmazonS3/latest/API/API_ListObjectsV2

export function listObjectsV2(context: Context, input: BucketInput): RestOutput {
  const bucket = openBucket(context, input);
  const { query } = input;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token === null ? startAfter : Buffer.from(token, 'base64url').toString();
  const { keys, prefixes, last } = pageOf(sortedKeys(bucket), { prefix, delimiter, maxKeys, after });
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  return {
    body: [
      'ListBucketResult',
      {
        Name: bucket.name,
        Prefix: encode(prefix),
        ...(delimiter && { Delimiter: encode(delimiter) }),
        MaxKeys: maxKeys,
        KeyCount: keys.length + prefixes.length,
        IsTruncated: last !== undefined,
        ...(token !== null && { ContinuationToken: token }),
        ...(last !== undefined && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
        Contents: keys.map((key) => {
          const object = bucket.details.objects.get(key);
          return {
            Key: encode(key),
            LastModified: new Date(object?.lastModified ?? 0),
            ETag: object?.etag,
            Size: object?.body.length,
            StorageClass: 'STANDARD',
          };
        }),
        CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
      },
    ],
  };
}

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
  /** The last key or prefix of the page where more follow. */
  readonly last?: string;
}

interface PageQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** The page begins behind this key or rolled-up prefix. */
  readonly after: string;
}

function pageOf(sorted: readonly string[], { prefix, delimiter, maxKeys, after }: PageQuery): Page {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = after;
  const start = firstFrom(sorted, prefix > after ? prefix : after);
  for (let index = start; index < sorted.length; index++) {
    const key = sorted[index] ?? '';
    if (!key.startsWith(prefix)) {
      if (key > prefix) break;
      continue;
    }
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (entry === last || key === after) continue;
    if (keys.length + prefixes.length === maxKeys) return { keys, prefixes, last };
    (end < 0 ? keys : prefixes).push(entry);
    last = entry;
  }
  return { keys, prefixes };
}

function firstFrom(sorted: readonly string[], from: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * S3 orders keys by their UTF-8 bytes; the order here is by UTF-16 units, the same but for characters beyond U+FFFF.
 */
function sortedKeys({ details }: Bucket): readonly string[] {
  details.sortedKeys ??= [...details.objects.keys()].sort();
  return details.sortedKeys;
}
