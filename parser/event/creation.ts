/**
 * From a record to what it created, or to the reason why it created nothing for us. The contents of a record are
 * untrusted and are checked here and in `resources.ts` before anybody believes it.
 */
import { deletionsFor, rowsFor } from '../catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../catalogue/row.ts';
import { textAt, valuesAt } from '../path.ts';
import { printable } from '../printable.ts';
import type { CloudTrailRecord, IndexedRecord } from '../record.ts';
import { type Creator, readCreator } from './creator.ts';
import type { IgnoredReason } from './ignored-reason.ts';
import { InvalidRecord, show } from './invalid-record.ts';
import { omittedPart } from './omitted.ts';
import { type RecordFacts, type RecordSource, readFacts } from './record-facts.ts';
import { readRequestTags } from './request-tags.ts';
import { type CreatedResource, readResources } from './resources.ts';

/** One call that created something, with all that is needed to tag it. */
export interface Creation extends RecordFacts {
  /** A log file, EventBridge, or a person who named the resource and its creator. */
  readonly origin: RecordSource['origin'] | 'by-hand';
  /** Place of its record in the file. */
  readonly index: number;
  readonly eventSource: string;
  /** As the record spells it, date suffix included. */
  readonly eventName: string;
  readonly sourceIP: string | undefined;
  readonly creator: Creator;
  /** Tags that the request itself set on what it created. */
  readonly requestTags: Readonly<Record<string, string>>;
  /** At least one; no ARN twice. A resource may lie in another region than the call. */
  readonly resources: readonly CreatedResource[];
  /** The record itself, to be sent on when it cannot be dealt with now. */
  readonly record: CloudTrailRecord;
}

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: IgnoredReason;
  /** What in the record led there, for `--explain`. */
  readonly detail: string;
  /** The service that is not to be tagged, by IAM prefix, where that is why. */
  readonly serviceLeftOut?: string;
}

export type Verdict = { readonly kind: 'creation'; readonly creation: Creation } | Ignored;

export interface CreationOptions {
  /**
   * The services whose resources are tagged, by IAM prefix.
   * @default all
   */
  readonly services?: (service: string) => boolean;
  /**
   * Calls that create or update, where the record does not prove that it created.
   * @default 'leave'
   */
  readonly upserts?: 'leave' | 'tag';
}

/** The account of the source, else of the envelope, owns what a record created that names no account of its own. */
export function readCreation(
  { index, record, envelopeAccount }: IndexedRecord,
  source: RecordSource,
  { services = () => true, upserts = 'leave' }: CreationOptions = {},
): Verdict {
  const { eventSource, eventName } = record;
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') {
    return ignored('not-in-catalogue', 'eventSource or eventName is missing');
  }
  const known = rowsFor(eventSource, eventName);
  const isDeletion = known.length === 0 && deletionsFor(eventSource, eventName).length > 0;
  if (known.length === 0 && !isDeletion)
    return ignored('not-in-catalogue', printable(`${eventSource} ${eventName}`));

  // Either of them; responseElements may be filled all the same (seen with appsync, eks, guardduty).
  const errors = [...valuesAt(record, 'errorCode'), ...valuesAt(record, 'errorMessage')];
  const error = errors.find((value) => value !== '');
  if (error !== undefined) return ignored('failed-call', show(error));
  if (isDeletion) return ignored('deletion', 'the call deletes something');
  const rows = known.filter((row) => services(servicePrefix(row)));
  if (rows.length === 0) return leftOut(known);

  try {
    if (isDeeper(record, MAX_DEPTH)) {
      throw new InvalidRecord(`the record is nested deeper than ${MAX_DEPTH} levels`);
    }
    const facts = readFacts(record, { ...source, account: source.account ?? envelopeAccount });
    const named = rows.flatMap((row) => readResources(record, row, facts));
    if (named.length === 0) return withoutResource(record);
    const resources = named.filter(({ creation }) => upserts === 'tag' || creation !== 'upsert');
    if (resources.length === 0) {
      return ignored(
        'may-be-update',
        `${printable(eventName)} also updates what exists, and the record does not tell which it did`,
      );
    }
    const creator = readCreator(record);
    if (creator === undefined) return ignored('no-creator', 'userIdentity names nobody');
    const creation: Creation = {
      origin: source.origin,
      index,
      eventSource,
      eventName,
      ...facts,
      sourceIP: textAt(record, 'sourceIPAddress'),
      creator,
      requestTags: Object.assign({}, ...rows.map((row) => readRequestTags(record, row))),
      resources: [...new Map(resources.map((resource) => [resource.arn, resource])).values()],
      record,
    };
    return { kind: 'creation', creation };
  } catch (error) {
    if (error instanceof InvalidRecord) return ignored('invalid', error.message);
    throw error;
  }
}

function leftOut(rows: readonly CatalogueRow[]): Ignored {
  const [service = ''] = rows.map(servicePrefix);
  return { ...ignored('filtered-out', `SERVICES leaves out ${service}`), serviceLeftOut: service };
}

function withoutResource(record: CloudTrailRecord): Ignored {
  const part = omittedPart(record);
  return part === undefined
    ? ignored('no-resource', 'the record holds no id or ARN of a resource')
    : ignored('response-omitted', `CloudTrail left out the content of ${part}, and with it the ids`);
}

/** Records of CloudTrail have a dozen levels. Thousands overflow the stack of whoever writes the record as JSON again. */
const MAX_DEPTH = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function ignored(reason: IgnoredReason, detail: string): Ignored {
  return { kind: 'ignored', reason, detail };
}
