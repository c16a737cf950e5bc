/** One file of a command, processed: what the printers need, in a form that crosses from thread to thread. */
import type { Outcome, UndoneWork } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { FileObserver, FileProcessor } from '../file/process-file.ts';

export interface FileResult {
  readonly report: FileReport;
  readonly outcomes: readonly Outcome[];
  readonly undone: readonly UndoneWork[];
  readonly passedOver: readonly PassedOver[];
}

/** At once where the processor is: one more turn for each of many files would take as long as planning it. */
export function runFile(
  file: LogFile,
  files: FileProcessor,
  signal: AbortSignal,
  onRead?: FileObserver['onRead'],
): FileResult | Promise<FileResult> {
  const outcomes: Outcome[] = [];
  const undone: UndoneWork[] = [];
  const passedOver: PassedOver[] = [];
  const resultOf = (report: FileReport): FileResult => ({ report, outcomes, undone, passedOver });
  const report = files.process(file, signal, {
    ...(onRead && { onRead }),
    onOutcomes: (more) => addAll(outcomes, more),
    onUndone: (more) => addAll(undone, more),
    onPassedOver: (record) => passedOver.push(record),
  });
  return report instanceof Promise ? report.then(resultOf) : resultOf(report);
}

/** `push(...more)` puts all of them on the stack, which some 120,000 overflow. */
function addAll<Item>(list: Item[], more: readonly Item[]): void {
  for (const each of more) list.push(each);
}
