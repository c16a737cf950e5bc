/**
 * The log files on disk that the arguments of a command name: files, and folders with all that is below them. In a stable
 * order: that of the arguments, then of the names.
 */
import { type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Ending } from './endings.ts';
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

/** Of an argument below which there is nothing to be read. */
export function noLogFiles(path: string): PathError {
  return new PathError(`${path}: no log files (*.json.gz) there`, 'nothing');
}
