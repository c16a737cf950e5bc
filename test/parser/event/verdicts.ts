/** Short ways to ask what a record says. */
import type { Creation } from '../../../parser/event/creation.ts';
import { readEvent } from '../../../parser/event/event.ts';
import type { IgnoredReason } from '../../../parser/event/ignored-reason.ts';
import type { RecordSource } from '../../../parser/event/record-facts.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';

/** A log file of which nothing tells whose it is. */
export const A_LOG: RecordSource = { origin: 'log', account: undefined };

/** The creation; throws where the record is none. */
export function creationOf(record: CloudTrailRecord, source = A_LOG): Creation {
  const verdict = readEvent({ index: 0, record }, source);
  if (verdict.kind === 'creation') return verdict.creation;
  const why = verdict.kind === 'deletion' ? 'a deletion' : `${verdict.reason}: ${verdict.detail}`;
  throw new Error(`expected a creation, got ${why}`);
}

/** Why the record is no creation: the reason that is counted, and the detail. */
export function refusalOf(record: CloudTrailRecord, source = A_LOG): readonly [IgnoredReason, string] {
  const verdict = readEvent({ index: 0, record }, source);
  if (verdict.kind === 'ignored') return [verdict.reason, verdict.detail];
  throw new Error(`expected none, got a creation of ${arnsOf(record).join(', ')}`);
}

export function arnsOf(record: CloudTrailRecord): readonly string[] {
  return creationOf(record).resources.map(({ arn }) => arn);
}
