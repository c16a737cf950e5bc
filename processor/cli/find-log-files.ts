/**
 * The log files on disk that the arguments of a command name: files, and folders with all that is below them. In a stable
 * order: that of the arguments, then of the names.
 */
import { type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Ending } from './endings.ts';
import { systemProblem } from './system-problem.ts';
import { type WalkListener, walkFolder } from './walk-folder.ts';

/** An argument behind which there is no log file; the message is for the user. */
export class PathError extends Error {
  override readonly name = 'PathError';
  readonly path: string;
  /** In words without the path. */
  readonly problem: string;
  /** What it means for the command. */
  readonly ending: Ending;

  constructor(path: string, problem: string, ending: Ending = 'failed', cause?: unknown) {
    super(`${path}: ${problem}`, { cause });
    this.path = path;
    this.problem = problem;
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
    throw new PathError(path, 'expected s3://BUCKET or s3://BUCKET/PREFIX', 'usage');
  }
  if (path === '') throw new PathError("''", 'an empty path, expected a file or a folder', 'usage');
  const stats = statsOf(path);
  if (stats.isFile()) return yield [path];
  if (!stats.isDirectory()) {
    const expected = 'expected a file, a folder, s3://BUCKET/PREFIX, or - for standard input';
    throw new PathError(path, `a pipe or a device, ${expected}`);
  }
  let isEmpty = true;
  try {
    for await (const batch of walkFolder(join(path, sep).replace(/^\.[\\/]$/, ''), listener)) {
      isEmpty = false;
      yield batch;
    }
  } catch (error) {
    throw new PathError(path, `cannot be read: ${systemProblem(error)}`);
  }
  if (isEmpty) throw noLogFiles(path);
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PathError(path, code === 'ENOENT' ? 'no such file or folder' : systemProblem(error));
  }
}

/** Of an argument below which there is nothing to be read. */
export function noLogFiles(path: string): PathError {
  return new PathError(path, 'no log files (*.json.gz) there', 'nothing');
}
