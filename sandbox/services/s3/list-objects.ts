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
  const { keys, prefixes, last } = pageOf(keysIn(bucket), { prefix, delimiter, maxKeys, after });
  const isEncoded = query.get('encoding-type') === 'url';
  const encode = isEncoded ? encodeForm : (text: string) => text;
  return {
    body: [
      'ListBucketResult',
      {
        Name: bucket.name,
        Prefix: encode(prefix),
        ...(delimiter && { Delimiter: encode(delimiter) }),
        ...(startAfter && { StartAfter: encode(startAfter) }),
        ...(isEncoded && { EncodingType: 'url' }),
        MaxKeys: maxKeys,
        KeyCount: keys.length + prefixes.length,
        IsTruncated: last !== undefined,
        ...(token !== null && { ContinuationToken: token }),
        ...(last !== undefined && { NextContinuationToken: Buffer.from(last).toString('base64url') }),
        Contents: keys.map((key) => ({
          Key: encode(key),
          ...factsOf(bucket, key),
          StorageClass: 'STANDARD',
        })),
        CommonPrefixes: prefixes.map((Prefix) => ({ Prefix: encode(Prefix) })),
      },
    ],
  };
}

/** As in a form, but for slashes: `test_file(3).png` is `test_file%283%29.png`. */
function encodeForm(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}

function factsOf({ details, createdAt }: Bucket, key: string) {
  const { virtual, objects } = details;
  if (virtual !== undefined) {
    return { LastModified: new Date(createdAt), ETag: '"made"', Size: virtual.sizeOf(key) };
  }
  const object = objects.get(key);
  return { LastModified: new Date(object?.lastModified ?? 0), ETag: object?.etag, Size: object?.body.length };
}

/** All objects whose keys begin so, in the order of their keys. */
export function keysWith(bucket: Bucket, prefix: string) {
  const all = [];
  for (const key of keysIn(bucket)(prefix)) {
    if (!key.startsWith(prefix)) break;
    all.push({ key, ...factsOf(bucket, key) });
  }
  return all;
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

/** Keys in order, from one on. */
type KeysFrom = (key: string) => Iterable<string>;

/** What is rolled up is not gone through: the search goes on behind it. */
function pageOf(keysFrom: KeysFrom, { prefix, delimiter, maxKeys, after }: PageQuery): Page {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let last = after;
  let from: string | undefined = prefix > after ? prefix : after;
  while (from !== undefined) {
    const start: string = from;
    from = undefined;
    for (const key of keysFrom(start)) {
      if (!key.startsWith(prefix)) break;
      const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      const entry = end < 0 ? key : key.slice(0, end + delimiter.length);
      if (key === after) continue;
      if (entry !== last) {
        if (keys.length + prefixes.length === maxKeys) return { keys, prefixes, last };
        (end < 0 ? keys : prefixes).push(entry);
        last = entry;
      }
      if (end < 0) continue;
      from = behind(entry);
      break;
    }
  }
  return { keys, prefixes };
}

/** The first text behind all that begin with this one. */
function behind(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}

/**
 * S3 orders keys by their UTF-8 bytes; the order here is by UTF-16 units, the same but for characters beyond U+FFFF.
 */
function keysIn({ details }: Bucket): KeysFrom {
  const { virtual } = details;
  if (virtual !== undefined) return (key) => virtual.keysFrom(key);
  details.sortedKeys ??= [...details.objects.keys()].sort();
  const sorted = details.sortedKeys;
  return function* from(key) {
    for (let index = firstFrom(sorted, key); index < sorted.length; index++) yield sorted[index] ?? '';
  };
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
