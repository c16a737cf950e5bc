/**
 * A file into the backfill bucket, of up to gigabytes: in parts, a few of which are held and under way at once, and each of which is
 * sent again by itself where that can help. Whatever ends it before its end, no parts stay behind; after a kill they do.
 */
import { createReadStream } from 'node:fs';
import { AbortMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { type FileToSend, PART_BYTES, SENDING_MS } from './sending.ts';

export interface Destination {
  readonly bucket: string;
  readonly key: string;
  /** The account that the bucket must belong to. */
  readonly owner: string;
  readonly region: string;
}

const PARTS_AT_ONCE = 4;

/** Parts are taken away also when the command has been stopped. */
const CLEAN_UP_MS = 10_000;

type Command = Parameters<S3Client['send']>[0];

/** More than `PART_BYTES` of it. Gives the ETag as S3 does, in quotes. Throws CallError, or what the disk says. */
export async function sendFile(
  { path, bytes }: FileToSend,
  { bucket, key, owner, region }: Destination,
  calls: Calls,
  signal: AbortSignal,
): Promise<string> {
  const callee = { client: S3Client, account: undefined, region };
  let failure: unknown;

  async function send(command: Command) {
    const until = command instanceof AbortMultipartUploadCommand ? AbortSignal.timeout(CLEAN_UP_MS) : signal;
    try {
      return await calls.make(callee, until, (client, options) =>
        client.send(command, { ...options, requestTimeout: SENDING_MS }),
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
      Body: createReadStream(path),
      ContentLength: bytes,
      ChecksumAlgorithm: 'CRC32',
    },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_ONCE,
  });
  try {
    const { ETag = '' } = await upload.done();
    return ETag;
  } catch (error) {
    throw failure ?? error;
  }
}
