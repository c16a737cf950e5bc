/**
 * Something large into a bucket of ours: in parts, a few of which are held and under way at once, and each of which is sent again by
 * itself where that can help. Whatever ends it before its end, no parts stay behind; after a kill they do.
 */
import type { Readable } from 'node:stream';
import { AbortMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Calls } from '../../tag-manager/calls/calls.ts';

export interface Destination {
  readonly bucket: string;
  readonly key: string;
  /** The account that the bucket must belong to. */
  readonly owner: string;
  readonly region: string;
}

export interface Parts {
  readonly partBytes: number;
  readonly partsAtOnce: number;
  /** How long S3 may take to answer one call. */
  readonly sendingMs: number;
  /** Of the whole, where that is known. */
  readonly bytes?: number;
}

/** Parts are taken away also when whoever sends them has been stopped. */
const CLEAN_UP_MS = 10_000;

type Command = Parameters<S3Client['send']>[0];

/** Gives the ETag as S3 does, in quotes. Throws CallError, or what the body does. */
export async function sendInParts(
  body: Readable,
  { bucket, key, owner, region }: Destination,
  { partBytes, partsAtOnce, sendingMs, bytes }: Parts,
  calls: Calls,
  signal: AbortSignal,
): Promise<string> {
  const callee = { client: S3Client, account: undefined, region };
  let failure: unknown;

  async function send(command: Command) {
    const until = command instanceof AbortMultipartUploadCommand ? AbortSignal.timeout(CLEAN_UP_MS) : signal;
    try {
      return await calls.make(callee, until, (client, options) =>
        client.send(command, { ...options, requestTimeout: sendingMs }),
      );
    } catch (error) {
      failure ??= error; // it is the reason for all that follows, also where taking the parts away fails
      throw error;
    }
  }

  // Each of its calls is one of the seam, and ends by the signal; it is told of no other, or it would not wait for its clean-up.
  const client = new Proxy(new S3Client({ region }), {
    get: (target, name) => (name === 'send' ? send : Reflect.get(target, name)),
  });
  const upload = new Upload({
    client,
    params: {
      Bucket: bucket,
      ExpectedBucketOwner: owner,
      Key: key,
      Body: body,
      ...(bytes !== undefined && { ContentLength: bytes }),
      ChecksumAlgorithm: 'CRC32',
    },
    partSize: partBytes,
    queueSize: partsAtOnce,
  });
  try {
    const { ETag = '' } = await upload.done();
    return ETag;
  } catch (error) {
    throw failure ?? error;
  }
}
