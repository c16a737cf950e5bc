/** What of a file was not done, as messages for `replay`. */
import type { OwnMessage } from '../notification/task.ts';
import { fileMessageOf } from '../queues/own-message.ts';
import { collectLeftOver } from '../work/left-over.ts';
import type { FileResult } from './file-result.ts';

/** In the form that the failure queue has too. A file that `needsDigests` is not read again without them. */
export function leftOver(
  { report, outcomes, undone }: Omit<FileResult, 'passedOver'>,
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
