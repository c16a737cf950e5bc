/**
 * The log files that the arguments of a command name: files, folders (all of them below) and
 * `s3://bucket/prefix`. In a stable order: that of the arguments, then of the names.
 */
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type NotReadReason, whyNotRead } from '../../parser/log-key.ts';
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

/**
 * Throws PathError for an argument that leads nowhere. A file that is named by itself is taken as it is; of others,
 * those that are no log files are left out, and `onSkipped` is told why.
 */
export async function* findLogFiles(
  path: string,
  logs: LogReader,
  signal: AbortSignal,
  onSkipped: (reason: NotReadReason) => void,
): AsyncGenerator<LogFile> {
  const [, bucket, prefix = ''] = S3_URL.exec(path) ?? [];
  const found = bucket === undefined ? localFiles(path) : s3Files(logs, bucket, prefix, signal);
  let count = 0;
  for await (const { key, file, isSpecial } of found) {
    const reason = key === undefined ? undefined : isSpecial ? 'other' : whyNotRead(key);
    if (reason === undefined) {
      count++;
      yield file;
    } else {
      onSkipped(reason);
    }
  }
  if (count === 0) throw new PathError(`${path}: no log files (*.json.gz) there`);
}

interface Found {
  /** What it is called below the argument; `undefined` where the argument names the file itself. */
  readonly key: string | undefined;
  readonly file: LogFile;
  /** Neither a file nor a link: whoever opened a pipe would wait for ever. */
  readonly isSpecial?: boolean;
}

async function* localFiles(path: string): AsyncGenerator<Found> {
  if (path.startsWith('s3:')) throw new PathError(`${path}: expected s3://BUCKET or s3://BUCKET/PREFIX`);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new PathError(error.code === 'ENOENT' ? `${path}: no such file or folder` : error.message);
  });
  if (!stats.isDirectory()) return yield { key: undefined, file: localLogFile(path) };
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.flatMap((entry) => {
    if (entry.isDirectory()) return [];
    const key = relative(path, join(entry.parentPath, entry.name));
    return [{ key, isSpecial: !entry.isFile() && !entry.isSymbolicLink() }];
  });
  files.sort((one, other) => (one.key < other.key ? -1 : 1));
  for (const { key, isSpecial } of files) yield { key, isSpecial, file: localLogFile(join(path, key)) };
}

async function* s3Files(
  logs: LogReader,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  try {
    for (let startAfter: string | undefined; ; ) {
      const keys = await logs.listKeys({ bucket, prefix }, startAfter, signal);
      for (const key of keys) yield { key, file: s3LogFile(logs, { bucket, key }) };
      startAfter = keys.at(-1);
      if (startAfter === undefined) return;
    }
  } catch (error) {
    const { code, message } = readFileFailure(error);
    throw new PathError(`s3://${bucket}/${prefix}: cannot be listed: ${code}: ${message}`);
  }
}
