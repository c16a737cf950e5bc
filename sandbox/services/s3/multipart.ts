/**
 * Objects that come in parts: begun, sent part by part, put together, or given up. What nobody puts together or gives up stays, and
 * costs. Source: Amazon S3 User Guide, "Multipart upload overview"; API Reference, the pages of the operations.
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestOutput } from '../../protocols/rest-xml.ts';
import { readXml } from '../../protocols/xml.ts';
import { alphanumeric } from '../../random.ts';
import { type Bucket, type BucketInput, openBucket, type StartedUpload } from './bucket.ts';
import { unquoted } from './entity-tag.ts';
import { base64Crc32, contentIn, metadataIn, type ObjectInput, storeObject } from './objects.ts';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

export function createMultipartUpload(context: Context, input: ObjectInput): RestOutput {
  const { details } = openBucket(context, input);
  const { Bucket, Key, headers } = input;
  const UploadId = alphanumeric(64);
  const hasChecksums = headers['x-amz-checksum-algorithm'] === 'CRC32';
  details.uploads.set(UploadId, {
    key: Key,
    startedAt: context.world.clock.now(),
    contentType: headers['content-type'],
    metadata: metadataIn(headers),
    hasChecksums,
    parts: new Map(),
  });
  return {
    headers: hasChecksums ? { 'x-amz-checksum-algorithm': 'CRC32' } : {},
    body: ['InitiateMultipartUploadResult', { Bucket, Key, UploadId }],
  };
}

export function uploadPart(context: Context, input: ObjectInput): RestOutput {
  const upload = uploadOf(openBucket(context, input), input);
  const number = Number(input.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
    throw new AwsError('InvalidArgument', 400, message);
  }
  const { body, crc32: told } = contentIn(input);
  if (upload.hasChecksums !== (told !== undefined)) {
    const [expected, actual] = upload.hasChecksums ? ['crc32', 'null'] : ['null', 'crc32'];
    const message = `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`;
    throw new AwsError('InvalidRequest', 400, message);
  }
  const md5 = createHash('md5').update(body).digest();
  upload.parts.set(number, { body, md5 });
  return { headers: { etag: `"${md5.toString('hex')}"`, ...(told && { 'x-amz-checksum-crc32': told }) } };
}

export function completeMultipartUpload(context: Context, input: ObjectInput): RestOutput {
  const bucket = openBucket(context, input);
  const upload = uploadOf(bucket, input);
  const parts = chosenParts(upload, partsIn(input.body));
  const { Bucket, Key } = input;
  const together = createHash('md5').update(Buffer.concat(parts.map(({ md5 }) => md5)));
  const { etag } = storeObject(bucket, Key, Buffer.concat(parts.map(({ body }) => body)), {
    lastModified: context.world.clock.now(),
    contentType: upload.contentType,
    metadata: upload.metadata,
    etag: `"${together.digest('hex')}-${parts.length}"`,
    crc32: `${checksumOfChecksums(parts.map(({ body }) => body))}-${parts.length}`,
  });
  bucket.details.uploads.delete(idOf(input));
  return { body: ['CompleteMultipartUploadResult', { Bucket, Key, ETag: etag }] };
}

export function abortMultipartUpload(context: Context, input: ObjectInput): RestOutput {
  const bucket = openBucket(context, input);
  uploadOf(bucket, input);
  bucket.details.uploads.delete(idOf(input));
  return { status: 204 };
}

export function listMultipartUploads(context: Context, input: BucketInput): RestOutput {
  const { name, details } = openBucket(context, input);
  const Upload = [...details.uploads].map(([UploadId, { key, startedAt }]) => {
    return { Key: key, UploadId, Initiated: new Date(startedAt) };
  });
  return { body: ['ListMultipartUploadsResult', { Bucket: name, IsTruncated: false, Upload }] };
}

const idOf = ({ query }: BucketInput): string => query.get('uploadId') ?? '';

function uploadOf({ details }: Bucket, input: ObjectInput): StartedUpload {
  const upload = details.uploads.get(idOf(input));
  if (upload?.key === input.Key) return upload;
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  throw new AwsError('NoSuchUpload', 404, message, { fields: { UploadId: idOf(input) } });
}

interface NamedPart {
  readonly PartNumber: string;
  readonly ETag: string;
}

function partsIn(body: Buffer): readonly NamedPart[] {
  const { CompleteMultipartUpload: sent } = readXml(body.toString()) as {
    readonly CompleteMultipartUpload?: { readonly Part?: NamedPart | readonly NamedPart[] };
  };
  const parts = [sent?.Part ?? []].flat() as readonly NamedPart[];
  if (parts.length > 0) return parts;
  const message = 'The XML you provided was not well-formed or did not validate against our published schema';
  throw new AwsError('MalformedXML', 400, message);
}

function chosenParts({ parts }: StartedUpload, named: readonly NamedPart[]) {
  return named.map(({ PartNumber, ETag }, at) => {
    const part = parts.get(Number(PartNumber));
    if (part === undefined || part.md5.toString('hex') !== unquoted(ETag)) {
      const message =
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
      throw new AwsError('InvalidPart', 400, message, { fields: { PartNumber } });
    }
    const next = named[at + 1];
    if (next !== undefined && Number(next.PartNumber) <= Number(PartNumber)) {
      const message =
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.';
      throw new AwsError('InvalidPartOrder', 400, message);
    }
    if (next !== undefined && part.body.length < MIN_PART_BYTES) {
      const message = 'Your proposed upload is smaller than the minimum allowed size';
      throw new AwsError('EntityTooSmall', 400, message, { fields: { PartNumber } });
    }
    return part;
  });
}

function checksumOfChecksums(bodies: readonly Buffer[]): string {
  return base64Crc32(Buffer.concat(bodies.map((body) => Buffer.from(base64Crc32(body), 'base64'))));
}
