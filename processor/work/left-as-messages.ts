/** What of a file was not done, as messages for `replay`: those of a run's `failures.ndjson`, and of a file of failures. */
import type { Outcome, UndoneWork } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import type { OwnMessage } from '../notification/task.ts';
import { fileMessageOf } from '../queues/own-message.ts';
import { collectLeftOver } from './left-over.ts';

export interface DoneFile {
  readonly report: FileReport;
  readonly outcomes: readonly Outcome[];
  readonly undone: readonly UndoneWork[];
}

/** In the form that the failure queue has too. A file that `needsDigests` is not read again without them. */
export function leftAsMessages(
  { report, outcomes, undone }: DoneFile,
  needsDigests = false,
): readonly OwnMessage[] {
  const { location, error } = report;
  if (error !== undefined && location?.kind === 's3')
    return [fileMessageOf(location, { failure: error, ...(needsDigests && { needsDigests }) })];
  if (location === undefined) return [];
  const collector = collectLeftOver(location, undefined);
  collector.add(outcomes);
  collector.addUndone(undone);
  const { deferred, failed } = collector.leftOver();
  return [...deferred, ...failed];
}
