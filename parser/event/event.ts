/**
 * From a record to the event that it tells of: something was created, or deleted, or nothing that is for us. Whatever a
 * record holds, it ends here as one of them.
 */
import { deletionsFor, makersFor, rowsFor } from '../catalogue/catalogue.ts';
import { valuesAt } from '../path.ts';
import { printable } from '../printable.ts';
import type { IndexedRecord } from '../record.ts';
import { type CreationOptions, type CreationVerdict, readCreation, readMaker } from './creation.ts';
import { type Deletion, readDeletion } from './deletion.ts';
import { ignored } from './ignored-reason.ts';
import { InvalidRecord, show } from './invalid-record.ts';
import type { RecordSource } from './record-facts.ts';

export type Verdict = CreationVerdict | { readonly kind: 'deletion'; readonly deletion: Deletion };

/** The account of the source, else of the envelope, owns what a record created that names no account of its own. */
export function readEvent(
  indexed: IndexedRecord,
  source: RecordSource,
  options: CreationOptions = {},
): Verdict {
  const { record, envelopeAccount } = indexed;
  const { eventSource, eventName } = record;
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') {
    return ignored('not-in-catalogue', 'eventSource or eventName is missing');
  }
  const rows = rowsFor(eventSource, eventName);
  const deletions = rows.length === 0 ? deletionsFor(eventSource, eventName) : [];
  const makers = rows.length + deletions.length === 0 ? makersFor(eventSource, eventName) : [];
  if (rows.length + deletions.length + makers.length === 0) {
    return ignored('not-in-catalogue', printable(`${eventSource} ${eventName}`));
  }

  // Either of them; responseElements may be filled all the same (seen with appsync, eks, guardduty).
  const errors = [...valuesAt(record, 'errorCode'), ...valuesAt(record, 'errorMessage')];
  const error = errors.find((value) => value !== '');
  if (error !== undefined) return ignored('failed-call', show(error));

  const owned = { ...source, account: source.account ?? envelopeAccount };
  try {
    if (isDeeper(record, MAX_DEPTH)) {
      throw new InvalidRecord(`the record is nested deeper than ${MAX_DEPTH} levels`);
    }
    if (makers.length > 0) return readMaker(indexed, makers, owned);
    return rows.length > 0
      ? readCreation(indexed, rows, owned, options)
      : readDeletion(indexed, deletions, owned, options);
  } catch (error) {
    if (!(error instanceof InvalidRecord)) throw error;
    return ignored(deletions.length > 0 ? 'deletion' : 'invalid', error.message);
  }
}

/** Records of CloudTrail have a dozen levels. Thousands overflow the stack of whoever writes the record as JSON again. */
const MAX_DEPTH = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
