/** Objects: written and read, each as a whole. No versions, no ranges. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestOutput } from '../../protocols/rest-xml.ts';
import { decodeChunked } from './aws-chunked.ts';
import { type Bucket, type BucketInput, openBucket, type StoredObject } from './bucket.ts';
import { unquoted } from './entity-tag.ts';

export type ObjectInput = BucketInput & { readonly Key: string };

export function putObject(context: Context, input: ObjectInput): RestOutput {
  const bucket = openBucket(context, input);
  const { headers } = input;
  const { body } = contentIn(input);
  const { etag, crc32: checksum } = storeObject(bucket, input.Key, body, {
    lastModified: context.world.clock.now(),
    contentType: headers['content-type'],
    metadata: metadataIn(headers),
  });
  return { headers: { etag, 'x-amz-checksum-crc32': checksum } };
}

/** What is sent, and the checksum that was sent with it and is right. */
export function contentIn({ headers, body: sent }: ObjectInput): { body: Buffer; crc32: string | undefined } {
  const isChunked = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
  const { body, trailers } = isChunked ? decodeChunked(sent) : { body: sent, trailers: {} };
  const told = headers['x-amz-checksum-crc32'] ?? trailers['x-amz-checksum-crc32'];
  if (told === undefined || told === base64Crc32(body)) return { body, crc32: told };
  throw new AwsError('BadDigest', 400, 'The CRC32 you specified did not match the calculated checksum.');
}

const METADATA = 'x-amz-meta-';

export function metadataIn(headers: ObjectInput['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(METADATA) ? [[name.slice(METADATA.length), value]] : [],
    ),
  );
}

interface ObjectFacts {
  readonly lastModified: number;
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Of the parts that it came in. @default of the whole */
  readonly etag?: string;
  readonly crc32?: string;
}

/** Puts an object into a bucket. */
export function storeObject(
  { name, details }: Bucket,
  key: string,
  body: Buffer,
  facts: ObjectFacts,
): StoredObject {
  if (details.virtual !== undefined)
    throw new TypeError(`${name} holds objects that are made, and no others`);
  const object = objectOf(body, facts);
  if (!details.objects.has(key)) details.sortedKeys = undefined;
  details.objects.set(key, object);
  return object;
}

function objectOf(
  body: Buffer,
  {
    lastModified,
    contentType = 'application/octet-stream',
    metadata = {},
    etag = `"${createHash('md5').update(body).digest('hex')}"`,
    crc32: checksum = base64Crc32(body),
  }: ObjectFacts,
): StoredObject {
  return { body, etag, crc32: checksum, contentType, lastModified, metadata };
}

export function base64Crc32(data: Buffer): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(data));
  return checksum.toString('base64');
}

/** An object that there is, put or made. */
export function objectIn({ details, createdAt }: Bucket, key: string): StoredObject | undefined {
  const made = details.virtual?.open(key);
  return made === undefined ? details.objects.get(key) : objectOf(made, { lastModified: createdAt });
}

export function getObject(context: Context, input: ObjectInput): RestOutput {
  const object = openObject(context, input);
  return { headers: headersOf(object, input), body: object.body };
}

export function headObject(context: Context, input: ObjectInput): RestOutput {
  const object = openObject(context, input);
  return { headers: { ...headersOf(object, input), 'content-length': String(object.body.length) } };
}

export function deleteObject(context: Context, input: ObjectInput): RestOutput {
  const { details } = openBucket(context, input);
  if (details.objects.delete(input.Key)) details.sortedKeys = undefined;
  return { status: 204 };
}

function openObject(context: Context, input: ObjectInput): StoredObject {
  const object = objectIn(openBucket(context, input), input.Key);
  if (!object)
    throw new AwsError('NoSuchKey', 404, 'The specified key does not exist.', { fields: { Key: input.Key } });
  const ifMatch = input.headers['if-match'];
  if (ifMatch === undefined || ifMatch === '*' || unquoted(ifMatch) === unquoted(object.etag)) return object;
  const message = 'At least one of the pre-conditions you specified did not hold';
  throw new AwsError('PreconditionFailed', 412, message, { fields: { Condition: 'If-Match' } });
}

function headersOf(
  { etag, crc32, contentType, lastModified, metadata = {} }: StoredObject,
  { headers }: ObjectInput,
) {
  return {
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`${METADATA}${name}`, value])),
    etag,
    'content-type': contentType,
    'last-modified': new Date(lastModified).toUTCString(),
    'accept-ranges': 'bytes',
    ...(headers['x-amz-checksum-mode'] === 'ENABLED' && {
      'x-amz-checksum-crc32': crc32,
      'x-amz-checksum-type': crc32.includes('-') ? 'COMPOSITE' : 'FULL_OBJECT',
    }),
  };
}
