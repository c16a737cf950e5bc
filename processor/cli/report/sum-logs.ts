/** The sums of all log files that a command names, in the order of its arguments. What cannot be read is complained of. */
import { untilAborted } from '../../../parser/until-aborted.ts';
import type { LogFile } from '../../file/log-file.ts';
import { startTotals } from '../../file/totals.ts';
import { addSums, type ReportSums, startSums } from '../../report/sums/sums.ts';
import { counted, number } from '../../report/view/words.ts';
import type { Runtime, ThreadSettings } from '../../runtime/planning-runtime.ts';
import type { Complaints } from '../complaints.ts';
import type { Ending } from '../endings.ts';
import { complaintsOf } from '../file-complaints.ts';
import { findLocalFiles, findS3Files, isS3Url, PathError } from '../find-log-files.ts';
import type { Progress } from '../progress.ts';
import { createRunEnding, isWithoutCredentials } from '../run-ending.ts';
import { STANDARD_INPUT, standardInput } from '../standard-input.ts';
import type { WalkListener } from '../walk-folder.ts';
import { type Summed, type Summing, sumLogFiles, sumPaths } from './sum-files.ts';

export interface SumLogsOptions extends Summing {
  readonly runtime: Runtime;
  readonly settings: ThreadSettings;
  readonly complain: (problem: string) => void;
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
  const { lastDay, complain, complaints, progress, onCsv, signal } = options;
  const sums = startSums(lastDay);
  const ending = createRunEnding();
  const say = (problem: string, means: Ending) => {
    ending.add(means);
    progress.aside(() => complain(problem));
  };
  const listener: WalkListener = {
    onSkipped: (reason) => {
      sums.tallies.skipped[reason] = (sums.tallies.skipped[reason] ?? 0) + 1;
    },
    onProblem: (problem) => say(problem, 'failed'),
  };
  for (const path of paths) {
    try {
      let withoutCredentials = 0;
      for await (const part of summedAt(path, listener, options)) {
        addSums(sums, part.sums);
        if (part.csv !== '') await onCsv(part.csv);
        progress.update(progressText(sums));
        noteUnreadable(part, ending, complaints, progress);
        const isDenied = part.unreadable.some(isWithoutCredentials);
        withoutCredentials = isDenied ? withoutCredentials + 1 : 0;
        if (withoutCredentials === MAX_WITHOUT_CREDENTIALS) {
          throw new PathError(
            `${path}: not read any further: ${part.unreadable[0]?.error?.message}`,
            'access',
          );
        }
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof PathError)) throw error;
      say(error.message, error.ending);
    }
  }
  return { sums, ending: ending.ending };
}

/** Files one after the other. */
const MAX_WITHOUT_CREDENTIALS = 3;

function noteUnreadable(
  { unreadable, sums }: Summed,
  ending: ReturnType<typeof createRunEnding>,
  complaints: Complaints,
  progress: Progress,
): void {
  const results = unreadable.map((report) => ({ report, outcomes: [], undone: [], passedOver: [] }));
  // What became of resources is what the report tells; only files that could not be read are failures of its own.
  const totals = { ...startTotals(), files: sums.tallies.files, unreadable: sums.tallies.unreadable };
  ending.addFiles({ totals, unfinished: results }, false);
  for (const result of results) {
    for (const each of complaintsOf(result, false)) progress.aside(() => complaints.add(each));
  }
}

function summedAt(path: string, listener: WalkListener, options: SumLogsOptions): AsyncGenerator<Summed> {
  const { runtime, settings, lastDay, asCsv, signal } = options;
  const { files } = runtime;
  const summing = { files, lastDay, asCsv, signal };
  if (isS3Url(path) || path === STANDARD_INPUT)
    return sumLogFiles(logFilesAt(path, listener, options), summing);
  return sumPaths(untilAborted(findLocalFiles(path, listener), signal), { ...summing, settings });
}

async function* logFilesAt(
  path: string,
  listener: WalkListener,
  { runtime, signal }: SumLogsOptions,
): AsyncGenerator<LogFile> {
  if (path === STANDARD_INPUT) yield standardInput();
  else yield* findS3Files(path, await runtime.openLogs(), signal, listener);
}

function progressText({ tallies: { files, records, resources } }: ReportSums): string {
  return `${counted(files, 'file')}, ${number(records)} records, ${number(resources)} resources`;
}
