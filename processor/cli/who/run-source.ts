/** The runs among the sources of a command, and what they tell. */
import { findRun, namesRun } from '../../backfill/run/run-id.ts';
import type { ResourceRow } from '../../file/resource-row.ts';
import type { Question } from '../../who/question.ts';
import { rowsInRun } from '../../who/run-rows.ts';

export interface Sources {
  /** Folders of runs. */
  readonly runs: readonly string[];
  readonly logs: readonly string[];
}

/** Throws RunError for the id of a run that there is not. */
export function sortSources(sources: readonly string[]): Sources {
  return {
    runs: sources.filter(namesRun).map((source) => findRun(source)),
    logs: sources.filter((source) => !namesRun(source)),
  };
}

/** All that the runs tell of the question, row by row. Throws RunError, and the reason of the signal. */
export async function readRuns(
  runs: readonly string[],
  question: Question,
  onRow: (row: ResourceRow, run: string) => void,
  { complain, signal }: { readonly complain: (problem: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  for (const run of runs) {
    const rows = rowsInRun(run, question);
    for (;;) {
      const { done, value } = await rows.next();
      if (done) {
        if (value > 0) complain(`${run}: ${value} lines of it are not as auto-tagger writes them`);
        break;
      }
      for (const row of value) onRow(row, run);
      signal.throwIfAborted();
    }
  }
}
