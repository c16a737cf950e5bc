/** The files of a run's folder. */
import { join } from 'node:path';

export interface RunFiles {
  readonly journal: string;
  readonly failures: string;
  readonly resources: string;
  /** The journal of what was undone; absent where nothing was. */
  readonly undo: string;
}

export function runFiles(folder: string): RunFiles {
  return {
    journal: join(folder, 'journal.ndjson'),
    failures: join(folder, 'failures.ndjson'),
    resources: join(folder, 'resources.ndjson'),
    undo: join(folder, 'undo.ndjson'),
  };
}
