/**
 * The log files that the arguments of a command name: files, folders (all of them below) and
 * `s3://bucket/prefix`. In a stable order: that of the arguments, then of the names.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { whyNotRead } from '../../parser/log-key.ts';
import { type LogFile, localLogFile, s3LogFile } from '../file/log-file.ts';

/** An argument behind which there is no log file; the message is for the user. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

const S3_URL = /^s3:\/\/([^/]+)\/?(.*)$/;

export function isS3Url(path: string): boolean {
  return S3_URL.test(path);
}

/** Throws PathError for an argument that leads nowhere. A file that is named by itself is taken as it is. */
export async function* findLogFiles(path: string, logBuckets: S3Client): AsyncGenerator<LogFile> {
  const [, bucket, prefix = ''] = S3_URL.exec(path) ?? [];
  const found = bucket === undefined ? localFiles(path) : s3Files(logBuckets, bucket, prefix);
  let count = 0;
  for await (const file of found) {
    count++;
    yield file;
  }
  if (count === 0) throw new PathError(`${path}: no log files (*.json.gz) there`);
}

async function* localFiles(path: string): AsyncGenerator<LogFile> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new PathError(error.code === 'ENOENT' ? `${path}: no such file or folder` : error.message);
  });
  if (!stats.isDirectory()) return yield localLogFile(path);
  const names = await readdir(path, { recursive: true });
  for (const name of names.sort()) if (whyNotRead(name) === undefined) yield localLogFile(join(path, name));
}

async function* s3Files(client: S3Client, bucket: string, prefix: string): AsyncGenerator<LogFile> {
  try {
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
      for (const { Key } of page.Contents ?? []) {
        if (Key !== undefined && whyNotRead(Key) === undefined) yield s3LogFile(client, { bucket, key: Key });
      }
    }
  } catch (error) {
    const { name, message } = error as Error;
    throw new PathError(`s3://${bucket}/${prefix}: cannot be listed: ${name}: ${message}`);
  }
}
