/** The sums of all log files that a command names, in the order of its arguments. What cannot be read is complained of. */
import { untilAborted } from '../../../parser/until-aborted.ts';
import { STANDARD_INPUT } from '../../file/standard-input.ts';
import { startTotals } from '../../file/totals.ts';
import { addSums, type ReportSums, startSums } from '../../report/sums/sums.ts';
import { counted, number } from '../../report/view/words.ts';
import type { Runtime, ThreadSettings } from '../../runtime/planning-runtime.ts';
import { type Complaints, complaintOf } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { complaintsOf } from '../file-complaints.ts';
import { findLocalFiles, PathError } from '../find-log-files.ts';
import type { Progress } from '../progress.ts';
import { createRunEnding, isWithoutCredentials, MAX_WITHOUT_CREDENTIALS } from '../run-ending.ts';
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
  const say = (path: string, problem: string, means: Ending) => {
    ending.add(means);
    complaints.add(complaintOf(path, problem));
  };
  const listener: WalkListener = {
    onSkipped: (reason) => {
      sums.tallies.skipped[reason] = (sums.tallies.skipped[reason] ?? 0) + 1;
    },
    onProblem: (path, problem) => say(path, problem, 'failed'),
  };
  for (const path of paths) {
    try {
      let withoutCredentials = 0;
      for await (const part of summedAt(path, listener, options)) {
        addSums(sums, part.sums);
        if (part.csv !== '') await onCsv(part.csv);
        progress.update(progressText(sums));
        noteUnreadable(part, ending, complaints);
        const isDenied = part.unreadable.some(isWithoutCredentials);
        withoutCredentials = isDenied ? withoutCredentials + 1 : 0;
        if (withoutCredentials === MAX_WITHOUT_CREDENTIALS) {
          throw new PathError(path, `not read any further: ${part.unreadable[0]?.error?.message}`, 'access');
        }
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof PathError)) throw error;
      say(error.path, error.problem, error.ending);
    }
  }
  return { sums, ending: ending.ending };
}

function noteUnreadable(
  { unreadable, sums }: Summed,
  ending: ReturnType<typeof createRunEnding>,
  complaints: Complaints,
): void {
  const results = unreadable.map((report) => ({ report, outcomes: [], undone: [], passedOver: [] }));
  // What became of resources is what the report tells; only files that could not be read are failures of its own.
  const totals = { ...startTotals(), files: sums.tallies.files, unreadable: sums.tallies.unreadable };
  ending.addFiles({ totals, unfinished: results }, false);
  for (const result of results) {
    for (const each of complaintsOf(result, false)) complaints.add(each);
  }
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
