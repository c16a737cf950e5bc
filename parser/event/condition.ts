/**
 * Conditions of the catalogue on a record: `a.b` something stands at this path, `a.b=text` this stands there, `!a.b`
 * nothing does. Rows of one event are told apart by them, and upserts that created from those that updated.
 */
import { valuesAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';

/** A number or a boolean counts as it is written. */
export function holds(record: CloudTrailRecord, condition: string): boolean {
  if (condition.startsWith('!')) return !holds(record, condition.slice(1));
  const [path = '', ...rest] = condition.split('=');
  const values = valuesAt(record, path);
  if (rest.length === 0) return values.length > 0;
  return values.length > 0 && values.every((value) => String(value) === rest.join('='));
}
