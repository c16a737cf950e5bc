/**
 * One log file of a bulk run, as for any other caller, but that its rows, its failures and its writes go into the run's journal in
 * place of queues, and its sums into the answer.
 */
import { isOver, OUTCOMES, type Outcome, type UndoneWork } from '../../tag-manager/outcome.ts';
import { failureChunkLines, resourceChunkLines, sumsChunkLine } from '../backfill/bulk/chunk-lines.ts';
import { type FileSums, printSums } from '../backfill/bulk/file-sums.ts';
import type { FileReport } from '../file/file-report.ts';
import { s3LogFile } from '../file/log-file.ts';
import { rowOf } from '../file/resource-row.ts';
import { type LogFileRef, nameOf } from '../log-file-ref.ts';
import { leftAsMessages } from '../work/left-as-messages.ts';
import type { Disposition } from '../work/settle.ts';
import type { BulkRun } from './bulk-run.ts';
import type { ChunkWriter } from './chunk-writer.ts';

export interface RunAttempt {
  readonly run: BulkRun;
  /** Its id. */
  readonly attempt: string;
  readonly chunks: ChunkWriter;
  readonly signal: AbortSignal;
  readonly onReport: (report: FileReport) => void;
}

/** What the caller is told of one object. */
export interface Told {
  readonly disposition: Disposition;
  /** Absent where nobody knows what it came to. */
  readonly sums?: FileSums;
  /** In words, where there are no sums. */
  readonly problem?: string;
}

/** Of the bucket of the run. `maxSums` is how many bytes of sums the answer has room for. */
export async function doRunFile(ref: LogFileRef, context: RunAttempt, maxSums: number): Promise<Told> {
  const { run, attempt } = context;
  if (!run.mayHold(ref.key)) {
    return { disposition: 'done', sums: { attempt, kind: 'skipped', reason: 'out-of-scope' } };
  }
  const told = await run.runtime.fileLimit(() =>
    context.signal.aborted ? undefined : readFile(ref, context, maxSums),
  );
  return told ?? { disposition: 'retry', problem: `${nameOf(ref)}: no time was left to begin it` };
}

async function readFile(ref: LogFileRef, context: RunAttempt, maxSums: number): Promise<Told> {
  const { run, attempt, chunks, signal, onReport } = context;
  const file = s3LogFile(run.runtime.logs, ref);
  const outcomes: Outcome[] = []; // those that are not over: a file may have a million that are
  const undone: UndoneWork[] = [];
  const archiving = run.runtime.archive?.begin(file, false, signal);
  const done = await run.journalled({ file: file.name, chunks }, async () =>
    run.runtime.files.process(file, signal, {
      async onOutcomes(found) {
        for (const each of found) {
          // Line by line, so that no chunk is longer than it may be.
          if (each.outcome !== 'unchanged') chunks.add(resourceChunkLines([rowOf(file.name, each)]));
          if (!isOver(each.outcome)) outcomes.push(each);
        }
        await archiving?.add(found);
      },
      onUndone(found) {
        for (const each of found) undone.push(each);
      },
    }),
  );
  const report = archiving === undefined ? done : await archiving.settle(done);
  onReport(report);
  for (const message of leftAsMessages({ report, outcomes, undone }))
    chunks.add(failureChunkLines(file.name, [message]));
  let sums: FileSums = { attempt, kind: 'read', report };
  if (Buffer.byteLength(printSums(sums)) > maxSums) {
    chunks.add(sumsChunkLine(file.name, sums));
    sums = { attempt, kind: 'in-journal' };
  }
  try {
    await chunks.flush();
  } catch (error) {
    const { message } = error as Error;
    return { disposition: 'retry', problem: `${file.name}: its journal could not be written: ${message}` };
  }
  return { disposition: mayHelpAgain(report, outcomes, undone) ? 'retry' : 'done', sums };
}

/** Whether trying again can help with any of it. */
function mayHelpAgain(
  { error }: FileReport,
  outcomes: readonly Outcome[],
  undone: readonly UndoneWork[],
): boolean {
  if (error !== undefined) return error.class !== 'final';
  return (
    outcomes.some(({ outcome }) => OUTCOMES[outcome].end === 'later') ||
    undone.some(({ end }) => end === 'later')
  );
}
