/**
 * Runs all files that a command names through the file processor, several at once, and prints them in a stable
 * order. What is wrong with one file is said on stderr, and the others are still done.
 */
import { untilAborted } from '../../parser/until-aborted.ts';
import type { FileReport } from '../file/file-report.ts';
import { type LogFile, localLogFile } from '../file/log-file.ts';
import type { OwnMessage } from '../notification/task.ts';
import { MAX_OPEN_FILES, type Runtime, type ThreadSettings } from '../runtime/planning-runtime.ts';
import { runFile } from './file-result.ts';
import { type FilesDone, filesDone, type Showing } from './files-done.ts';
import { findLocalFiles, findS3Files, isS3Url, PathError } from './find-log-files.ts';
import { inOrder } from './in-order.ts';
import { planFiles, wasStopped } from './plan-files.ts';
import type { Printer, Write } from './printer.ts';
import { startProgress } from './progress.ts';
import { addSkipped, addTotals, startTotals, type Totals } from './totals.ts';
import type { WalkListener } from './walk-folder.ts';

export interface RunOptions {
  readonly explain: boolean;
  /** Files on disk also in worker threads, which plan with these settings and tag nothing. */
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
  runtime: Runtime,
  options: RunOptions,
): Promise<boolean> {
  const { explain, printer, complain, signal } = options;
  const progress = startProgress(signal);
  const totals = startTotals();
  let isClean = true;
  const say = (problem: string) => {
    isClean = false;
    progress.aside(() => complain(problem));
  };
  const listener: WalkListener = {
    onSkipped: (reason) => addSkipped(totals, reason),
    onProblem: say,
  };
  try {
    for (const path of paths) {
      try {
        for await (const done of filesAt(path, runtime, listener, options)) {
          progress.aside(() => print(done, printer, explain));
          addTotals(totals, done.totals);
          progress.update(progressText(totals));
          for (const { report } of done.unfinished) say(problemOf(report));
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
  printer.summary({ ...totals, ...(signal.aborted && { interrupted: true }) });
  return isClean;
}

function filesAt(
  path: string,
  runtime: Runtime,
  listener: WalkListener,
  options: RunOptions,
): AsyncGenerator<FilesDone> {
  const { explain, printer, threadSettings, signal } = options;
  const showing = { explain, asLines: printer.lines !== undefined };
  if (threadSettings === undefined || isS3Url(path)) {
    return singly(logFilesAt(path, runtime, listener, signal), runtime, showing, options);
  }
  const paths = untilAborted(findLocalFiles(path, listener), signal);
  return planFiles(paths, { files: runtime.files, settings: threadSettings, showing, signal });
}

async function* logFilesAt(
  path: string,
  runtime: Runtime,
  listener: WalkListener,
  signal: AbortSignal,
): AsyncGenerator<LogFile> {
  if (isS3Url(path)) {
    yield* findS3Files(path, await runtime.openLogs(), signal, listener);
  } else {
    for await (const batch of findLocalFiles(path, listener)) yield* batch.map(localLogFile);
  }
}

/** Several are under way at once, each by itself. */
async function* singly(
  found: AsyncGenerator<LogFile>,
  { files }: Runtime,
  showing: Showing,
  { signal, keep }: RunOptions,
): AsyncGenerator<FilesDone> {
  const { leftOver } = keep === undefined ? {} : await import('./left-over.ts');
  const run = (file: LogFile) => runFile(file, files, signal);
  for await (const result of inOrder(untilAborted(found, signal), MAX_OPEN_FILES, run)) {
    if (keep !== undefined) leftOver?.(result).forEach(keep);
    if (!wasStopped(result, signal)) yield filesDone([result], showing);
  }
}

function progressText({ files, records, resources }: Totals): string {
  return `${files} files, ${records} records, ${resources} resources`;
}

function print({ lines, results }: FilesDone, printer: Printer, explain: boolean): void {
  if (lines !== '') printer.lines?.(lines);
  for (const { report, outcomes, passedOver } of results) {
    for (const outcome of outcomes) printer.resource(report.file, outcome);
    if (explain) for (const record of passedOver) printer.ignored(report.file, record);
    printer.file(report);
  }
}

function problemOf({ file, error, outcomes, failures }: FileReport): string {
  if (error !== undefined) return `${file}: ${error.message}`;
  const { deferred = 0, failed = 0 } = outcomes;
  const [first] = failures;
  const example = first === undefined ? '' : `, first ${first.arn}: ${first.error}: ${first.message}`;
  return `${file}: ${failed} resources failed, ${deferred} are to be tried again${example}`;
}
