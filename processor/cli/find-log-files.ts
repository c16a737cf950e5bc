/**
 * The log files that the arguments of a command name: files, folders (all of them below) and
 * `s3://bucket/prefix`. In a stable order: that of the arguments, then of the names.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { whyNotRead } from '../../parser/log-key.ts';
import { readFileFailure } from '../file/file-failure.ts';
import { type LogFile, localLogFile, s3LogFile } from '../file/log-file.ts';
import type { LogReader } from '../file/log-reader.ts';

/** An argument behind which there is no log file; the message is for the user. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

const S3_URL = /^s3:\/\/([^/]+)\/?(.*)$/;

export function isS3Url(path: string): boolean {
  return S3_URL.test(path);
}

/** Throws PathError for an argument that leads nowhere. A file that is named by itself is taken as it is. */
export async function* findLogFiles(
  path: string,
  logs: LogReader,
  signal: AbortSignal,
): AsyncGenerator<LogFile> {
  const [, bucket, prefix = ''] = S3_URL.exec(path) ?? [];
  const found = bucket === undefined ? localFiles(path) : s3Files(logs, bucket, prefix, signal);
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

async function* s3Files(
  logs: LogReader,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<LogFile> {
  try {
    for (let startAfter: string | undefined; ; ) {
      const keys = await logs.listKeys({ bucket, prefix }, startAfter, signal);
      for (const key of keys) if (whyNotRead(key) === undefined) yield s3LogFile(logs, { bucket, key });
      startAfter = keys.at(-1);
      if (startAfter === undefined) return;
    }
  } catch (error) {
    const { code, message } = readFileFailure(error);
    throw new PathError(`s3://${bucket}/${prefix}: cannot be listed: ${code}: ${message}`);
  }
}
