/**
 * Runs all files that a command names through the file processor, several at once, and prints them in a stable
 * order. What is wrong with one file is said on stderr, and the others are still done.
 */
import type { NotReadReason } from '../../parser/log-key.ts';
import { untilAborted } from '../../parser/until-aborted.ts';
import { type FileReport, isDone } from '../file/file-report.ts';
import type { OwnMessage } from '../notification/task.ts';
import { fileMessageOf } from '../queues/own-message.ts';
import { MAX_OPEN_FILES, type Runtime, type ThreadSettings } from '../runtime/planning-runtime.ts';
import { collectLeftOver } from '../work/left-over.ts';
import { type FileResult, runFile } from './file-result.ts';
import { findLogFiles, isS3Url, PathError } from './find-log-files.ts';
import { inOrder } from './in-order.ts';
import { planFiles } from './plan-files.ts';
import type { Printer, Write } from './printer.ts';
import { startProgress } from './progress.ts';
import { addReport, NO_TOTALS, type Totals } from './totals.ts';

export interface RunOptions {
  readonly explain: boolean;
  /** Files on disk in worker threads, which plan with these settings and tag nothing. */
  readonly threadSettings?: ThreadSettings;
  readonly printer: Printer;
  /** One line for the user about what went wrong. */
  readonly complain: Write;
  /** Aborted when nothing more shall be begun. */
  readonly signal: AbortSignal;
  /** Takes what was not done, for `replay`. */
  readonly keep?: (message: OwnMessage) => void;
}

/**
 * True when every file was read and nothing is left to do for any. Once the signal is aborted no file is begun, those
 * under way end, and the summary says of what was done.
 */
export async function runFiles(
  paths: readonly string[],
  { files, logs }: Runtime,
  { explain, threadSettings, printer, complain, signal, keep }: RunOptions,
): Promise<boolean> {
  const progress = startProgress(signal);
  let totals = NO_TOTALS;
  const skipped: Partial<Record<NotReadReason, number>> = {};
  const skip = (reason: NotReadReason) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  let isClean = true;
  const say = (problem: string) => {
    isClean = false;
    progress.aside(() => complain(problem));
  };
  try {
    for (const path of paths) {
      try {
        const found = untilAborted(findLogFiles(path, logs, signal, skip), signal);
        const results =
          threadSettings !== undefined && !isS3Url(path)
            ? planFiles(found, files, signal, threadSettings)
            : inOrder(found, MAX_OPEN_FILES, (file) => runFile(file, files, signal));
        for await (const result of results) {
          if (keep !== undefined) leftOver(result).forEach(keep);
          if (wasStopped(result, signal)) continue;
          progress.aside(() => print(result, printer, explain));
          totals = addReport(totals, result.report);
          progress.update(progressText(totals));
          if (!isDone(result.report)) say(problemOf(result.report));
        }
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof PathError)) throw error;
        say(error.message);
      }
    }
  } finally {
    progress.stop();
  }
  printer.summary({ ...totals, skipped, ...(signal.aborted && { interrupted: true }) });
  return isClean;
}

/** Its reading was broken off: it is as if it had not been begun. */
function wasStopped({ report }: FileResult, signal: AbortSignal): boolean {
  return signal.aborted && report.error?.class === 'transient';
}

function progressText({ files, records, resources }: Totals): string {
  return `${files} files, ${records} records, ${resources} resources`;
}

function print({ report, outcomes, passedOver }: FileResult, printer: Printer, explain: boolean): void {
  for (const outcome of outcomes) printer.resource(report.file, outcome);
  if (explain) for (const record of passedOver) printer.ignored(report.file, record);
  printer.file(report);
}

/** What of a file was not done, in the form that the failure queue has too. */
function leftOver({ report, outcomes, undone }: FileResult): readonly OwnMessage[] {
  const { location, error } = report;
  if (error !== undefined && location?.kind === 's3') return [fileMessageOf(location, { failure: error })];
  if (location === undefined) return [];
  const collector = collectLeftOver(location, undefined);
  collector.add(outcomes);
  collector.addUndone(undone);
  const { deferred, failed } = collector.leftOver();
  return [...deferred, ...failed];
}

function problemOf({ file, error, outcomes, failures }: FileReport): string {
  if (error !== undefined) return `${file}: ${error.message}`;
  const { deferred = 0, failed = 0 } = outcomes;
  const [first] = failures;
  const example = first === undefined ? '' : `, first ${first.arn}: ${first.error}: ${first.message}`;
  return `${file}: ${failed} resources failed, ${deferred} are to be tried again${example}`;
}
