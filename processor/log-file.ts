/**
 * Where log files come from: objects in S3 and files on disk, each under a name and with a way to open its
 * bytes. Small ones are taken whole, large ones streamed.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { LogBody } from '../parser/log-body.ts';

export interface LogFile {
  /** A path, or `s3://bucket/key`: what reports and messages call it. */
  readonly name: string;
  /** Throws what stands between us and the bytes. */
  open(): Promise<LogBody>;
}

/** Of compressed bytes. A file of CloudTrail's has 1.5 KB at the median and 80 KB at the most. */
const MAX_WHOLE_BYTES = 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

export function localLogFile(path: string): LogFile {
  return {
    name: path,
    async open() {
      const { size } = await stat(path);
      if (size <= MAX_WHOLE_BYTES) return readFile(path);
      return () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
    },
  };
}

export interface S3Object {
  readonly bucket: string;
  readonly key: string;
}

export function s3LogFile(client: S3Client, { bucket, key }: S3Object): LogFile {
  return {
    name: `s3://${bucket}/${key}`,
    async open() {
      const first = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if ((first.ContentLength ?? Infinity) <= MAX_WHOLE_BYTES) return bytesOf(first);
      let answer: GetObjectCommandOutput | undefined = first;
      return async function* chunks() {
        // A second pass must read the same object, not one that was written since.
        answer ??= await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: first.ETag }));
        const body = answer.Body as AsyncIterable<Uint8Array>;
        answer = undefined;
        yield* body;
      };
    },
  };
}

async function bytesOf({ Body }: GetObjectCommandOutput): Promise<Uint8Array> {
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}
