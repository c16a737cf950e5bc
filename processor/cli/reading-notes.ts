/** What becomes of the log files of one path where they are only read: those that cannot be read are all that can go wrong. */
import type { FileReport } from '../file/file-report.ts';
import { startTotals } from '../file/totals.ts';
import type { Complaints } from './complaints.ts';
import { complaintsOf } from './file-complaints.ts';
import type { RunEnding } from './run-ending.ts';
import { watchCredentials } from './without-credentials.ts';

export interface ReadingNotesOptions {
  readonly complaints: Complaints;
  readonly ending: RunEnding;
}

/** Takes how many files were read together, and which of them could not be. It throws PathError where none of the path can be any more. */
export function createReadingNotes(
  path: string,
  { complaints, ending }: ReadingNotesOptions,
): (files: number, unreadable: readonly FileReport[]) => void {
  const watch = watchCredentials(path);
  return (files, unreadable) => {
    const unfinished = unreadable.map((report) => ({ report, outcomes: [], undone: [], passedOver: [] }));
    ending.addFiles(
      { totals: { ...startTotals(), files, unreadable: unreadable.length }, unfinished },
      false,
    );
    for (const result of unfinished) {
      for (const each of complaintsOf(result, false)) complaints.add(each);
    }
    const closed = watch(files, unreadable);
    if (closed !== undefined) throw closed;
  };
}
