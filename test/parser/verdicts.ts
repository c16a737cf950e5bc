/** Short ways to ask what a record says. */
import { type Creation, type IgnoredReason, readCreation } from '../../parser/event/creation.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';

/** The creation; throws where the record is none. */
export function creationOf(record: CloudTrailRecord): Creation {
  const verdict = readCreation({ index: 0, record });
  if (verdict.kind === 'creation') return verdict.creation;
  throw new Error(`expected a creation, got ${verdict.reason}: ${verdict.detail}`);
}

/** Why the record is no creation: the reason that is counted, and the detail. */
export function refusalOf(record: CloudTrailRecord): readonly [IgnoredReason, string] {
  const verdict = readCreation({ index: 0, record });
  if (verdict.kind === 'ignored') return [verdict.reason, verdict.detail];
  throw new Error(`expected none, got a creation of ${arnsOf(record).join(', ')}`);
}

export function arnsOf(record: CloudTrailRecord): readonly string[] {
  return creationOf(record).resources.map(({ arn }) => arn);
}
