/** The sums of all log files that a command names, in the order of its arguments. What cannot be read is complained of. */
import { untilAborted } from '../../../parser/until-aborted.ts';
import { STANDARD_INPUT } from '../../file/standard-input.ts';
import { addSums, type ReportSums, startSums } from '../../report/sums/sums.ts';
import { counted, number } from '../../report/view/words.ts';
import type { Runtime, ThreadSettings } from '../../runtime/planning-runtime.ts';
import type { Complaints } from '../complaints.ts';
import { eachPath } from '../each-path.ts';
import type { Ending } from '../endings.ts';
import { findLocalFiles } from '../find-log-files.ts';
import type { Progress } from '../progress.ts';
import { createReadingNotes } from '../reading-notes.ts';
import { createRunEnding } from '../run-ending.ts';
import { isS3Url } from '../s3-files.ts';
import type { WalkListener } from '../walk-folder.ts';
import { type Summed, type Summing, sumLogFiles, sumPaths } from './sum-files.ts';

export interface SumLogsOptions extends Summing {
  readonly runtime: Runtime;
  readonly settings: ThreadSettings;
  readonly complaints: Complaints;
  readonly progress: Progress;
  /** Takes the lines of CSV as they come. */
  readonly onCsv: (lines: string) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface SummedLogs {
  readonly sums: ReportSums;
  readonly ending: Ending;
}

/** Once the signal is aborted no file is begun; the sums are of what was done. */
export async function sumLogs(paths: readonly string[], options: SumLogsOptions): Promise<SummedLogs> {
  const { lastDay, complaints, progress, onCsv, signal } = options;
  const sums = startSums(lastDay);
  const ending = createRunEnding();
  const onSkipped: WalkListener['onSkipped'] = (reason) => {
    sums.tallies.skipped[reason] = (sums.tallies.skipped[reason] ?? 0) + 1;
  };
  await eachPath(paths, { complaints, ending, onSkipped, signal }, async (path, listener) => {
    const note = createReadingNotes(path, { ending, complaints });
    for await (const part of summedAt(path, listener, options)) {
      addSums(sums, part.sums);
      if (part.csv !== '') await onCsv(part.csv);
      progress.update(progressText(sums));
      note(part.sums.tallies.files, part.unreadable);
    }
  });
  return { sums, ending: ending.ending };
}

function summedAt(path: string, listener: WalkListener, options: SumLogsOptions): AsyncGenerator<Summed> {
  const { runtime, settings, lastDay, asCsv, signal } = options;
  const summing = { lastDay, asCsv, signal };
  if (isS3Url(path) || path === STANDARD_INPUT) return sumLogFiles(path, runtime, { ...summing, listener });
  const paths = untilAborted(findLocalFiles(path, listener), signal);
  return sumPaths(paths, { ...summing, files: runtime.files, settings });
}

function progressText({ tallies: { files, records, resources } }: ReportSums): string {
  return `${counted(files, 'file')}, ${number(records)} records, ${number(resources)} resources`;
}
