/**
 * From a record of a creating event to what it created, or to the reason why it created nothing for us. The contents of a
 * record are untrusted and are checked here and in `resources.ts` before anybody believes it.
 */
import { type CatalogueRow, servicePrefix } from '../catalogue/row.ts';
import { type CreatingCall, type Parent, readParent } from '../parents/parent.ts';
import { textAt } from '../path.ts';
import { printable } from '../printable.ts';
import type { CloudTrailRecord, IndexedRecord } from '../record.ts';
import { type Creator, readCreator } from './creator.ts';
import { creatorKind } from './creator-kind.ts';
import { type Ignored, ignored } from './ignored-reason.ts';
import { omittedPart } from './omitted.ts';
import { type RecordFacts, type RecordSource, readFacts } from './record-facts.ts';
import { readRequestTags } from './request-tags.ts';
import { type CreatedResource, readResources } from './resources.ts';
import { readUnnamed, type Unnamed } from './unnamed.ts';

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
  /** What its request says that it was made for, where it says so; never one of its own resources. */
  readonly parent?: Parent;
  /** Its caller is no person, so that who made the parent tells whose wish it was. Never without a parent. */
  readonly isMadeForParent?: true;
  /** Tags that the request itself set on what it created. */
  readonly requestTags: Readonly<Record<string, string>>;
  /** At least one; no ARN twice. A resource may lie in another region than the call. */
  readonly resources: readonly CreatedResource[];
  /** What it made beside them, and no record names; absent where there is nothing of the kind. */
  readonly unnamed?: readonly Unnamed[];
  /** The record itself, to be sent on when it cannot be dealt with now. */
  readonly record: CloudTrailRecord;
}

export type CreationVerdict =
  | { readonly kind: 'creation'; readonly creation: Creation }
  | Ignored
  | Unproven
  | UntaggedParent;

/** What an upsert may have created. */
export interface Unproven extends Ignored {
  readonly reason: 'may-be-update';
  readonly creation: Creation;
}

/** What bears no tags of ours, and others may be made for. */
export interface UntaggedParent extends Ignored {
  readonly reason: 'untagged-parent';
  readonly creation: Creation;
}

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

/** `known` are the rows of the event. Throws InvalidRecord. */
export function readCreation(
  { index, record }: IndexedRecord,
  known: readonly CatalogueRow[],
  source: RecordSource,
  { services = () => true, upserts = 'leave' }: CreationOptions,
): CreationVerdict {
  const rows = known.filter((row) => services(servicePrefix(row)));
  if (rows.length === 0) return leftOut(known);
  const facts = readFacts(record, source);
  const named = rows.flatMap((row) => readResources(record, row, facts));
  if (named.length === 0) return withoutResource(record);
  const creator = readCreator(record);
  if (creator === undefined) return ignored('no-creator', 'userIdentity names nobody');
  const requestTags: Record<string, string> = Object.assign(
    {},
    ...rows.map((row) => readRequestTags(record, row)),
  );
  const resources = [...new Map(named.map((resource) => [resource.arn, resource])).values()];
  const unnamed = rows.flatMap((row) => readUnnamed(record, row, named, facts));
  const parent = parentOf(record, rows, { ...facts, tags: requestTags }, resources);
  const creation: Creation = {
    origin: source.origin,
    index,
    eventSource: textAt(record, 'eventSource') ?? '',
    eventName: textAt(record, 'eventName') ?? '',
    ...facts,
    sourceIP: textAt(record, 'sourceIPAddress'),
    creator,
    ...(parent !== undefined && { parent }),
    ...(parent !== undefined && !isSomebody(record, creator) && { isMadeForParent: true }),
    requestTags,
    resources,
    ...(unnamed.length > 0 && { unnamed }),
    record,
  };
  return upserts === 'tag' ? { kind: 'creation', creation } : proven(creation);
}

function isSomebody(record: CloudTrailRecord, creator: Creator): boolean {
  const kind = creatorKind(record, creator);
  return kind === 'person' || kind === 'root';
}

/** As `readCreation`, of a call that makes what bears no tags of ours. Throws InvalidRecord. */
export function readMaker(
  indexed: IndexedRecord,
  known: readonly CatalogueRow[],
  source: RecordSource,
): CreationVerdict {
  const verdict = readCreation(indexed, known, source, {});
  if (verdict.kind === 'creation') {
    const [type] = known.map(({ resourceType }) => resourceType);
    return { ...ignored('untagged-parent', `a ${type} bears no tags of ours`), creation: verdict.creation };
  }
  const isNothing = verdict.reason === 'no-resource' || verdict.reason === 'response-omitted';
  return isNothing ? ignored('not-in-catalogue', verdict.detail) : verdict;
}

/** Nothing is made for itself, whatever tags it has. */
function parentOf(
  record: CloudTrailRecord,
  [row]: readonly CatalogueRow[],
  call: Omit<CreatingCall, 'eventSource' | 'eventName'>,
  resources: readonly CreatedResource[],
): Parent | undefined {
  const { eventSource = '', eventName = '' } = row ?? {};
  const parent = readParent(record, { ...call, eventSource, eventName });
  return resources.some(({ arn, name = arn }) => name === parent?.arn) ? undefined : parent;
}

/** Of what it names, what it proves to have created. */
function proven(creation: Creation): CreationVerdict {
  const resources = creation.resources.filter((resource) => resource.creation !== 'upsert');
  if (resources.length > 0) return { kind: 'creation', creation: { ...creation, resources } };
  const detail = `${printable(creation.eventName)} also updates what exists, and the record does not tell which it did`;
  return { kind: 'ignored', reason: 'may-be-update', detail, creation };
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
