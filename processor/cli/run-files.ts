/**
 * Runs all files that a command names through the file processor, several at once, and prints them in a stable
 * order. What is wrong with one file is said on stderr, and the others are still done.
 */
import { untilAborted } from '../../parser/until-aborted.ts';
import { STANDARD_INPUT } from '../file/standard-input.ts';
import { addSkipped, addTotals, startTotals, type Totals } from '../file/totals.ts';
import type { OwnMessage } from '../notification/task.ts';
import type { Runtime, ThreadSettings } from '../runtime/planning-runtime.ts';
import { type Complaints, createComplaints } from './complaints.ts';
import { eachPath } from './each-path.ts';
import type { Ending } from './endings.ts';
import { complaintsOf } from './file-complaints.ts';
import type { FilesDone, Showing } from './files-done.ts';
import { findLocalFiles } from './find-log-files.ts';
import { planBucket } from './plan-bucket.ts';
import { planFiles } from './plan-files.ts';
import type { PlanPool } from './plan-threads.ts';
import type { Printer, Write } from './printer.ts';
import { startProgress } from './progress.ts';
import { createRunEnding, type RunEnding } from './run-ending.ts';
import { isS3Url } from './s3-files.ts';
import { sideBySide } from './side-by-side.ts';
import type { Terminal } from './terminal.ts';
import type { WalkListener } from './walk-folder.ts';

export interface RunOptions {
  readonly explain: boolean;
  /** Plans files on disk beside this thread, and tags nothing. It must have been told with what. */
  readonly pool?: PlanPool;
  /** Buckets also in worker threads, which plan with these settings, and tag nothing. */
  readonly threadSettings?: ThreadSettings;
  readonly printer: Printer;
  /** One line for the user about what went wrong. */
  readonly complain: Write;
  /** Waits until what was printed has been taken, so that it does not pile up here. @default nobody reads slowly */
  readonly untilPrinted?: Terminal['untilPrinted'];
  /** Equal ones are said once. They are ended with the run. @default those of the run alone */
  readonly complaints?: Complaints;
  /** What becomes of each file is added to it. @default that of the run alone */
  readonly ending?: RunEnding;
  /** Aborted when nothing more shall be begun. */
  readonly signal: AbortSignal;
  /** The only account that we can tag in, where that is so. */
  readonly ownAccount?: string;
  /** Takes what was not done, for `replay`. */
  readonly keep?: (message: OwnMessage) => void;
}

/**
 * `done` when every file was read and nothing is left to do for any. Once the signal is aborted no file is begun, those
 * under way end, and the summary says of what was done.
 */
export async function runFiles(
  paths: readonly string[],
  runtime: Runtime,
  options: RunOptions,
): Promise<Ending> {
  const { explain, printer, complain, untilPrinted, signal, ownAccount } = options;
  const { complaints = createComplaints(complain), ending = createRunEnding() } = options;
  const progress = startProgress(signal);
  const totals = startTotals();
  const onSkipped: WalkListener['onSkipped'] = (reason) => addSkipped(totals, reason);
  try {
    await eachPath(paths, { complaints, ending, onSkipped, signal }, async (path, listener) => {
      for await (const done of filesAt(path, runtime, listener, options)) {
        print(done, printer, explain);
        await untilPrinted?.(signal);
        addTotals(totals, done.totals);
        progress.update(progressText(totals));
        ending.addFiles(done, signal.aborted);
        for (const result of done.unfinished) {
          for (const each of complaintsOf(result, signal.aborted)) complaints.add(each);
        }
      }
    });
  } finally {
    progress.stop();
  }
  printer.summary({ ...totals, ...(signal.aborted && { interrupted: true }) });
  complaints.end();
  const withoutRole = totals.ignored['no-role'] ?? 0;
  if (withoutRole > 0 && ownAccount !== undefined) {
    complain(
      `${withoutRole} records are of other accounts than ${ownAccount}, and were left out: --role names the role to tag with there`,
    );
  }
  return ending.ending;
}

function filesAt(
  path: string,
  runtime: Runtime,
  listener: WalkListener,
  options: RunOptions,
): AsyncGenerator<FilesDone> {
  const { explain, printer, pool, threadSettings, signal } = options;
  const showing = showingOf(printer, explain);
  if (isS3Url(path) && threadSettings !== undefined) {
    return planBucket(path, runtime, { settings: threadSettings, showing, listener, signal });
  }
  if (pool === undefined || isS3Url(path) || path === STANDARD_INPUT) {
    return sideBySide(path, runtime, { ...options, listener, showing });
  }
  const paths = untilAborted(findLocalFiles(path, listener), signal);
  return planFiles(paths, { pool, files: runtime.files, showing, signal });
}

/** How a printer wants to have results. */
export function showingOf({ lines }: Printer, explain: boolean): Showing {
  return { explain, asLines: lines !== undefined };
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
