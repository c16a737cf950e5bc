/**
 * The log files that the arguments of a command name: files, folders (all of them below) and
 * `s3://bucket/prefix` (`-` is no path of these). In a stable order: that of the arguments, then of the names.
 */
import { type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { whyNotRead } from '../../parser/log-key.ts';
import { readFileFailure } from '../file/file-failure.ts';
import { type LogFile, s3LogFile } from '../file/log-file.ts';
import type { LogReader } from '../file/log-reader.ts';
import { type Ending, endingOfError } from './endings.ts';
import { type WalkListener, walkFolder } from './walk-folder.ts';

/** An argument behind which there is no log file; the message is for the user. */
export class PathError extends Error {
  override readonly name = 'PathError';
  /** What it means for the command. */
  readonly ending: Ending;

  constructor(message: string, ending: Ending = 'failed', cause?: unknown) {
    super(message, { cause });
    this.ending = ending;
  }
}

const S3_URL = /^s3:\/\/([^/]+)\/?(.*)$/;

export function isS3Url(path: string): boolean {
  return S3_URL.test(path);
}

/**
 * Paths of files on disk, in batches of some size. A file that is named by itself is taken as it is; of a folder, those
 * that are no log files are left out, and the listener is told why. Throws PathError for an argument that leads nowhere.
 */
export async function* findLocalFiles(
  path: string,
  listener: WalkListener,
): AsyncGenerator<readonly string[]> {
  if (path.startsWith('s3:')) {
    throw new PathError(`${path}: expected s3://BUCKET or s3://BUCKET/PREFIX`, 'usage');
  }
  const stats = statsOf(path);
  if (stats.isFile()) return yield [path];
  if (!stats.isDirectory()) {
    throw new PathError(`${path}: a pipe or a device, expected a file, a folder or s3://BUCKET/PREFIX`);
  }
  let isEmpty = true;
  try {
    for await (const batch of walkFolder(join(path, sep).replace(/^\.[\\/]$/, ''), listener)) {
      isEmpty = false;
      yield batch;
    }
  } catch (error) {
    throw new PathError(`${path}: cannot be read: ${(error as Error).message}`);
  }
  if (isEmpty) throw noLogFiles(path);
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new PathError(code === 'ENOENT' ? `${path}: no such file or folder` : message);
  }
}

function noLogFiles(path: string): PathError {
  return new PathError(`${path}: no log files (*.json.gz) there`, 'nothing');
}

/** Those of a bucket, as `findLocalFiles`. */
export async function* findS3Files(
  url: string,
  logs: LogReader,
  signal: AbortSignal,
  { onSkipped }: Pick<WalkListener, 'onSkipped'>,
): AsyncGenerator<LogFile> {
  const [, bucket = '', prefix = ''] = S3_URL.exec(url) ?? [];
  let isEmpty = true;
  for await (const key of keysOf(logs, bucket, prefix, signal)) {
    const reason = whyNotRead(key);
    if (reason !== undefined) {
      onSkipped(reason);
      continue;
    }
    isEmpty = false;
    yield s3LogFile(logs, { bucket, key });
  }
  if (isEmpty) throw noLogFiles(url);
}

async function* keysOf(
  logs: LogReader,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  try {
    for (let startAfter: string | undefined; ; ) {
      const keys = await logs.listKeys({ bucket, prefix }, startAfter, signal);
      yield* keys;
      startAfter = keys.at(-1);
      if (startAfter === undefined) return;
    }
  } catch (error) {
    const { code, message } = readFileFailure(error);
    const problem = `s3://${bucket}/${prefix}: cannot be listed: ${code}: ${message}`;
    throw new PathError(problem, endingOfError(error), error);
  }
}
