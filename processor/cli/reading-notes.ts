/** What becomes of the log files of one path where they are only read: those that cannot be read are all that can go wrong. */
import type { FileReport } from '../file/file-report.ts';
import { startTotals } from '../file/totals.ts';
import type { Complaints } from './complaints.ts';
import { complaintsOf } from './file-complaints.ts';
import { PathError } from './find-log-files.ts';
import { isWithoutCredentials, MAX_WITHOUT_CREDENTIALS, type RunEnding } from './run-ending.ts';

export interface ReadingNotesOptions {
  readonly complaints: Complaints;
  readonly ending: RunEnding;
}

/** Takes how many files were read together, and which of them could not be. It throws PathError where none of the path can be any more. */
export function createReadingNotes(
  path: string,
  { complaints, ending }: ReadingNotesOptions,
): (files: number, unreadable: readonly FileReport[]) => void {
  let withoutCredentials = 0;
  return (files, unreadable) => {
    const unfinished = unreadable.map((report) => ({ report, outcomes: [], undone: [], passedOver: [] }));
    ending.addFiles(
      { totals: { ...startTotals(), files, unreadable: unreadable.length }, unfinished },
      false,
    );
    for (const result of unfinished) {
      for (const each of complaintsOf(result, false)) complaints.add(each);
    }
    const denied = unreadable.find(isWithoutCredentials);
    withoutCredentials = denied === undefined ? 0 : withoutCredentials + 1;
    if (withoutCredentials < MAX_WITHOUT_CREDENTIALS) return;
    throw new PathError(path, `not read any further: ${denied?.error?.message}`, 'access');
  };
}
