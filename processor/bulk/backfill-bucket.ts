/** The bucket of bulk runs, of our own account: what a run is about is read there, and its journal written. */
import type { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type CallError, isTransient } from '../../tag-manager/calls/call-failure.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import { runKeys } from '../backfill/bulk/run-keys.ts';
import { createBucketCalls } from '../file/bucket-calls.ts';
import { TooLargeError, wholeText } from '../runtime/sources/read-here.ts';

export interface BackfillBucket {
  readonly name: string;
  /** The JSON of what the run is about. Throws RunRefusedError, or a CallError where trying again can help. */
  readRun(id: string, signal: AbortSignal): Promise<unknown>;
  /** Throws CallError. */
  put(key: string, body: string, signal: AbortSignal): Promise<void>;
}

/** The run cannot be carried out as it is; the message says why. The same event is refused again. */
export class RunRefusedError extends Error {
  override readonly name = 'RunRefusedError';
  readonly retryable = false;
}

/** Ours has a few hundred bytes. */
const MAX_INFO_BYTES = 64 * 1024;

export interface BackfillBucketOptions {
  readonly calls: Calls;
  readonly region: string;
  /** Owns it: nobody else can have taken its name to be told who did what. */
  readonly ownAccount: string;
}

export function backfillBucket(
  name: string,
  { calls, region, ownAccount }: BackfillBucketOptions,
): BackfillBucket {
  const call = createBucketCalls(calls, region, S3Client);
  const place = { Bucket: name, ExpectedBucketOwner: ownAccount };
  return {
    name,
    async readRun(id, signal) {
      const Key = runKeys(id).info;
      const what = `s3://${name}/${Key}`;
      const text = await call(name, signal, async (client, options) => {
        const { Body } = await client.send(new GetObjectCommand({ ...place, Key }), options);
        return wholeText(Body as Readable, options.abortSignal, MAX_INFO_BYTES);
      }).catch((error: CallError) => {
        const { cause } = error;
        if (!(cause instanceof TooLargeError) && isTransient(error.failure)) throw error;
        const why =
          cause instanceof TooLargeError
            ? cause.message
            : `${error.message}. It is there once the run has begun, and the function's role must be allowed s3:GetObject on it`;
        throw new RunRefusedError(`${what} cannot be read: ${why}`, { cause });
      });
      try {
        return JSON.parse(text);
      } catch (cause) {
        throw new RunRefusedError(`${what}: expected JSON, got ${(cause as Error).message}`, { cause });
      }
    },
    async put(key, body, signal) {
      const input = { ...place, Key: key, Body: body, ContentType: 'application/x-ndjson' };
      await call(name, signal, (client, options) => client.send(new PutObjectCommand(input), options));
    },
  };
}
