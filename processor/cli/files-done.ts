/** What some files came to, in a form that crosses from thread to thread: what is to be printed of them, and their sums. */
import { isDone } from '../file/file-report.ts';
import { addReport, startTotals, type Totals } from '../file/totals.ts';
import type { FileResult } from './file-result.ts';
import { linesOf } from './json-printer.ts';

/** How results are to be printed. */
export interface Showing {
  readonly explain: boolean;
  /** As lines of JSON, which need nothing of other files. */
  readonly asLines: boolean;
}

export interface FilesDone {
  readonly totals: Totals;
  /** Where lines are wanted, those of all files in their order. */
  readonly lines: string;
  /** Where they are not, the results that have anything to be shown, in the order of the files. */
  readonly results: readonly FileResult[];
  /** Those of files that could not be read, or are not done with. */
  readonly unfinished: readonly FileResult[];
}

export function filesDone(results: readonly FileResult[], { explain, asLines }: Showing): FilesDone {
  const totals = startTotals();
  const unfinished: FileResult[] = [];
  const shown: FileResult[] = [];
  let lines = '';
  for (const result of results) {
    const { report, outcomes, passedOver } = result;
    addReport(totals, report);
    if (!isDone(report)) unfinished.push(result);
    if (asLines) lines += linesOf(result, explain);
    else if (outcomes.length > 0 || (explain && passedOver.length > 0)) shown.push(result);
  }
  return { totals, lines, results: shown, unfinished };
}
