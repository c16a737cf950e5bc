/**
 * A run's part of the backfill bucket, `runs/<id>/`: what the function reads of it, and what it and the engines have written.
 * Names are given without that beginning.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CallError } from '../../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../../tag-manager/calls/calls.ts';
import { listCommand, pageOf } from '../../file/bucket-listing.ts';
import { wholeText } from '../../runtime/sources/read-here.ts';
import { runKeys } from '../bulk/run-keys.ts';
import type { Deployment } from './deployment.ts';
import { type FileToSend, PART_BYTES, SENDING_MS } from './sending.ts';

export interface RunBucket {
  readonly bucket: string;
  /** `runs/<id>/`. */
  readonly prefix: string;
  /** Gives the ETag, without quotes. A large file on disk is sent in parts, as it is read. Throws CallError, or what the disk says. */
  put(name: string, body: string | FileToSend): Promise<string>;
  /** `undefined` where there is none. The whole of it is held: what is larger than `MAX_READ_BYTES` is refused. Throws CallError. */
  read(name: string): Promise<string | undefined>;
  /** The caller reads it to its end, or destroys it. Throws CallError. */
  open(name: string): Promise<Readable>;
  /** Those whose names begin so, in their order. Throws CallError. */
  list(beginning: string): AsyncGenerator<{ readonly name: string; readonly size: number }>;
}

/** A chunk of the journal has a few megabytes, and one line more, which may be as long as a record with escapes. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;

/** `id` is that of a run, checked before. The bucket belongs to the account of the deployment, or nothing is read of it. */
export function openRunBucket(
  { bucket, account, region }: Pick<Deployment, 'bucket' | 'account' | 'region'>,
  id: string,
  calls: Calls,
  signal: AbortSignal,
): RunBucket {
  const { prefix } = runKeys(id);
  const callee = { client: S3Client, account: undefined, region };
  const place = { Bucket: bucket, ExpectedBucketOwner: account };

  const getting = (name: string) => new GetObjectCommand({ ...place, Key: `${prefix}${name}` });

  async function putWhole(Key: string, Body: string | Buffer): Promise<string> {
    const command = new PutObjectCommand({ ...place, Key, Body });
    const { ETag = '' } = await calls.make(callee, signal, (client, options) =>
      client.send(command, { ...options, requestTimeout: SENDING_MS }),
    );
    return ETag;
  }

  async function putAny(Key: string, body: string | FileToSend): Promise<string> {
    if (typeof body === 'string') return putWhole(Key, body);
    if (body.bytes <= PART_BYTES) return putWhole(Key, await readFile(body.path));
    const { sendFile } = await import('./send-file.ts'); // with a library that only long lists want
    return sendFile(body, { bucket, key: Key, owner: account, region }, calls, signal);
  }

  return {
    bucket,
    prefix,
    put: async (name, body) => (await putAny(`${prefix}${name}`, body)).replaceAll('"', ''),
    async read(name) {
      const command = getting(name);
      try {
        return await calls.make(callee, signal, async (client, options) => {
          const { Body } = await client.send(command, options);
          return wholeText(Body as Readable, options.abortSignal, MAX_READ_BYTES);
        });
      } catch (error) {
        if (error instanceof CallError && error.failure.class === 'not-found') return undefined;
        throw error;
      }
    },
    async open(name) {
      const command = getting(name);
      const { Body } = await calls.make(callee, signal, (client, options) => client.send(command, options));
      if (Body instanceof Readable) return Body;
      throw new TypeError(`${bucket}/${prefix}${name}: expected a body to read`);
    },
    async *list(beginning) {
      let token: string | undefined;
      do {
        const command = listCommand(bucket, { prefix: `${prefix}${beginning}`, token }, account);
        const answer = await calls.make(callee, signal, (client, options) => client.send(command, options));
        const { objects, next } = pageOf(answer);
        for (const { key, size } of objects) yield { name: key.slice(prefix.length), size };
        token = next;
      } while (token !== undefined);
    },
  };
}
