/** One file of a command, processed: what the printers need, in a form that crosses from thread to thread. */
import type { Outcome, UndoneDeletion } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { FileProcessor } from '../file/process-file.ts';

export interface FileResult {
  readonly report: FileReport;
  readonly outcomes: readonly Outcome[];
  readonly undone: readonly UndoneDeletion[];
  readonly passedOver: readonly PassedOver[];
}

export async function runFile(file: LogFile, files: FileProcessor, signal: AbortSignal): Promise<FileResult> {
  const outcomes: Outcome[] = [];
  const undone: UndoneDeletion[] = [];
  const passedOver: PassedOver[] = [];
  const report = await files.process(file, signal, {
    onOutcomes: (more) => outcomes.push(...more),
    onUndone: (more) => undone.push(...more),
    onPassedOver: (record) => passedOver.push(record),
  });
  return { report, outcomes, undone, passedOver };
}
