/** The paths that a command names, dealt with one after the other: one that leads nowhere does not stop the others. */
import { closeStandardInput, STANDARD_INPUT } from '../file/standard-input.ts';
import { type Complaints, complaintOf } from './complaints.ts';
import { PathError } from './find-log-files.ts';
import type { RunEnding } from './run-ending.ts';
import type { WalkListener } from './walk-folder.ts';

export interface EachPathOptions {
  /** Hear of paths that lead nowhere, and of folders that cannot be read. */
  readonly complaints: Complaints;
  /** What such a path means is added to it. */
  readonly ending: RunEnding;
  readonly onSkipped: WalkListener['onSkipped'];
  /** Aborted when no path shall be begun any more. */
  readonly signal: AbortSignal;
}

/** `work` may throw a PathError. Anything else that it throws is thrown, unless the signal is aborted. */
export async function eachPath(
  paths: readonly string[],
  { complaints, ending, onSkipped, signal }: EachPathOptions,
  work: (path: string, listener: WalkListener) => Promise<void>,
): Promise<void> {
  const say = (path: string, problem: string, means: PathError['ending']) => {
    ending.add(means);
    complaints.add(complaintOf(path, problem));
  };
  const listener: WalkListener = {
    onSkipped,
    onProblem: (path, problem) => say(path, problem, 'failed'),
  };
  for (const [at, path] of paths.entries()) {
    try {
      if (path === STANDARD_INPUT && paths.indexOf(path) < at) {
        throw new PathError(path, 'standard input can be read only once', 'usage');
      }
      await work(path, listener);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof PathError)) throw error;
      say(error.path, error.problem, error.ending);
    } finally {
      if (path === STANDARD_INPUT) closeStandardInput();
    }
  }
}
