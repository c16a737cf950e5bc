/** All log files that a command names, searched in the order of its arguments. What cannot be read is complained of, and the rest goes on. */
import { untilAborted } from '../../../parser/until-aborted.ts';
import { STANDARD_INPUT } from '../../file/standard-input.ts';
import type { Runtime } from '../../runtime/planning-runtime.ts';
import type { Complaints } from '../complaints.ts';
import { eachPath } from '../each-path.ts';
import { findLocalFiles } from '../find-log-files.ts';
import type { Progress } from '../progress.ts';
import { createReadingNotes } from '../reading-notes.ts';
import type { RunEnding } from '../run-ending.ts';
import { isS3Url } from '../s3-files.ts';
import type { WalkListener } from '../walk-folder.ts';
import { type Found, type SearchThreadData, searchLogFiles, searchPaths } from './search-files.ts';

export interface SearchLogsOptions {
  readonly runtime: Runtime;
  readonly data: SearchThreadData;
  readonly complaints: Complaints;
  readonly progress: Progress;
  readonly ending: RunEnding;
  readonly onFound: (found: Found) => void;
  readonly signal: AbortSignal;
}

/** How many files were read. Once the signal is aborted none is begun. */
export async function searchLogs(paths: readonly string[], options: SearchLogsOptions): Promise<number> {
  const { complaints, progress, ending, onFound, signal } = options;
  let files = 0;
  await eachPath(paths, { complaints, ending, onSkipped: () => {}, signal }, async (path, listener) => {
    const note = createReadingNotes(path, { ending, complaints });
    for await (const found of foundAt(path, listener, options)) {
      files += found.files;
      onFound(found);
      progress.update(`${files} files`);
      note(found.files, found.unreadable);
    }
  });
  return files;
}

function foundAt(
  path: string,
  listener: WalkListener,
  { runtime, data, signal }: SearchLogsOptions,
): AsyncGenerator<Found> {
  if (isS3Url(path) || path === STANDARD_INPUT) {
    return searchLogFiles(path, runtime, data, { listener, signal });
  }
  return searchPaths(untilAborted(findLocalFiles(path, listener), signal), data, signal);
}
