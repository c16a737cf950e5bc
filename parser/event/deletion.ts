/**
 * From a record of a deleting event to the names that it freed: whatever is created under one of them afterwards is
 * another resource. It is checked like a creation, so that a record of one account says nothing of another's names.
 */
import { type DeletionRow, servicePrefix } from '../catalogue/row.ts';
import { textAt } from '../path.ts';
import type { CloudTrailRecord, IndexedRecord } from '../record.ts';
import type { CreationOptions } from './creation.ts';
import { type Ignored, ignored } from './ignored-reason.ts';
import { type RecordFacts, type RecordSource, readFacts } from './record-facts.ts';
import { readDeletedNames } from './resources.ts';

/** One call that deleted something whose name can be used again. */
export interface Deletion extends RecordFacts {
  readonly origin: RecordSource['origin'];
  /** Place of its record in the file. */
  readonly index: number;
  /** As the record spells it, date suffix included. */
  readonly eventName: string;
  /** At least one: ARNs, those of IAM without their path. */
  readonly names: readonly string[];
  /** The record itself, to be sent on when it cannot be dealt with now. */
  readonly record: CloudTrailRecord;
}

/** `known` are the rows of the event. Throws InvalidRecord. */
export function readDeletion(
  { index, record }: IndexedRecord,
  known: readonly DeletionRow[],
  source: RecordSource,
  { services = () => true }: Pick<CreationOptions, 'services'>,
): { readonly kind: 'deletion'; readonly deletion: Deletion } | Ignored {
  const rows = known.filter((row) => services(servicePrefix(row)));
  const facts = readFacts(record, source);
  const names = [...new Set(rows.flatMap((row) => readDeletedNames(record, row, facts)))];
  if (names.length === 0) return ignored('deletion', 'the call deletes nothing that we tag');
  const eventName = textAt(record, 'eventName') ?? '';
  const deletion: Deletion = { origin: source.origin, index, eventName, ...facts, names, record };
  return { kind: 'deletion', deletion };
}
