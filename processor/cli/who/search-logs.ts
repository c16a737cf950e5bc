/** All log files that a command names, searched in the order of its arguments. What cannot be read is complained of, and the rest goes on. */
import { untilAborted } from '../../../parser/until-aborted.ts';
import { STANDARD_INPUT } from '../../file/standard-input.ts';
import { startTotals } from '../../file/totals.ts';
import type { Runtime } from '../../runtime/planning-runtime.ts';
import { type Complaints, complaintOf } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { complaintsOf } from '../file-complaints.ts';
import { findLocalFiles, PathError } from '../find-log-files.ts';
import type { Progress } from '../progress.ts';
import { isWithoutCredentials, MAX_WITHOUT_CREDENTIALS, type RunEnding } from '../run-ending.ts';
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
  const say = (path: string, problem: string, means: Ending) => {
    ending.add(means);
    complaints.add(complaintOf(path, problem));
  };
  const listener: WalkListener = {
    onSkipped: () => {},
    onProblem: (path, problem) => say(path, problem, 'failed'),
  };
  for (const path of paths) {
    try {
      let withoutCredentials = 0;
      for await (const found of foundAt(path, listener, options)) {
        files += found.files;
        onFound(found);
        note(found, options);
        progress.update(`${files} files`);
        const [denied] = found.unreadable.filter(isWithoutCredentials);
        withoutCredentials = denied === undefined ? 0 : withoutCredentials + 1;
        if (withoutCredentials < MAX_WITHOUT_CREDENTIALS) continue;
        throw new PathError(path, `not read any further: ${denied?.error?.message}`, 'access');
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof PathError)) throw error;
      say(error.path, error.problem, error.ending);
    }
  }
  return files;
}

function note({ files, unreadable }: Found, { ending, complaints }: SearchLogsOptions): void {
  const results = unreadable.map((report) => ({ report, outcomes: [], undone: [], passedOver: [] }));
  const totals = { ...startTotals(), files, unreadable: unreadable.length };
  ending.addFiles({ totals, unfinished: results }, false);
  for (const result of results) {
    for (const each of complaintsOf(result, false)) complaints.add(each);
  }
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
