/**
 * From a record to what it created, or to the reason why it created nothing for us. What stands in a record is
 * untrusted and is checked here and in `resources.ts` before anybody believes it.
 */
import { rowsFor } from '../catalogue/catalogue.ts';
import type { CatalogueRow } from '../catalogue/row.ts';
import { type Partition, partitionOf } from '../partition.ts';
import { textAt, valuesAt } from '../path.ts';
import { type CloudTrailRecord, type IndexedRecord, isJsonObject } from '../record.ts';
import { type Creator, readCreator } from './creator.ts';
import { InvalidRecord, mustMatch, show } from './invalid-record.ts';
import { type CreatedResource, readResources } from './resources.ts';

/** One call that created something, with all that is needed to tag it. */
export interface Creation {
  /** Place of its record in the file. */
  readonly index: number;
  readonly eventID: string;
  /** ISO 8601, UTC, to the second, as CloudTrail writes it. */
  readonly eventTime: string;
  readonly eventSource: string;
  /** As the record spells it, date suffix included. */
  readonly eventName: string;
  readonly partition: Partition;
  readonly account: string;
  /** Where the call was made; a resource may name another. */
  readonly region: string;
  readonly sourceIP: string | undefined;
  readonly creator: Creator;
  /** Tags that the request itself set on what it created. */
  readonly requestTags: Readonly<Record<string, string>>;
  /** At least one; no ARN twice. */
  readonly resources: readonly CreatedResource[];
  /** The record itself, to be sent on when it cannot be dealt with now. */
  readonly record: CloudTrailRecord;
}

/** Why a record creates nothing for us. The later ones are found by the processor. */
export type IgnoredReason =
  | 'not-in-catalogue'
  | 'failed-call'
  | 'invalid'
  | 'no-resource'
  | 'no-creator'
  | 'filtered-out'
  | 'no-role'
  | 'account-differs'
  | 'done-before';

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: IgnoredReason;
  /** What in the record led there, for `--explain`. */
  readonly detail: string;
}

export type Verdict = { readonly kind: 'creation'; readonly creation: Creation } | Ignored;

export function readCreation({ index, record }: IndexedRecord): Verdict {
  const { eventSource, eventName } = record;
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') {
    return ignored('not-in-catalogue', 'eventSource or eventName is missing');
  }
  const rows = rowsFor(eventSource, eventName);
  if (rows.length === 0) return ignored('not-in-catalogue', `${eventSource} ${eventName}`);

  // Either of them; responseElements may be filled all the same (seen with appsync, eks, guardduty).
  const errors = [...valuesAt(record, 'errorCode'), ...valuesAt(record, 'errorMessage')];
  const error = errors.find((value) => value !== '');
  if (error !== undefined) return ignored('failed-call', show(error));

  try {
    if (isDeeper(record, MAX_DEPTH)) {
      throw new InvalidRecord(`the record is nested deeper than ${MAX_DEPTH} levels`);
    }
    const facts = readFacts(record);
    const resources = rows.flatMap((row) => readResources(record, row, facts));
    if (resources.length === 0) return ignored('no-resource', 'the record holds no id or ARN of a resource');
    const creator = readCreator(record);
    if (creator === undefined) return ignored('no-creator', 'userIdentity names nobody');
    const creation: Creation = {
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

/** Records of CloudTrail have a dozen levels. Thousands overflow the stack of whoever writes the record as JSON again. */
const MAX_DEPTH = 100;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

type Facts = Pick<Creation, 'eventID' | 'eventTime' | 'account' | 'region' | 'partition'>;

const EVENT_ID = /^[\w-]{1,128}$/;
const EVENT_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const ACCOUNT = /^\d{12}$/;

function readFacts(record: CloudTrailRecord): Facts {
  const eventID = mustMatch(record, 'eventID', EVENT_ID);
  const eventTime = mustMatch(record, 'eventTime', EVENT_TIME);
  if (!isTime(eventTime)) throw new InvalidRecord(`eventTime is no time: ${show(eventTime)}`);
  const region = mustMatch(record, 'awsRegion', /^[a-z0-9-]+$/);
  const partition = partitionOf(region);
  if (partition === undefined) throw new InvalidRecord(`awsRegion is no region of ours: ${show(region)}`);
  // The recipient owns the resource; userIdentity.accountId is the caller's. Records before 2016 have only that.
  const hasRecipient = valuesAt(record, 'recipientAccountId').length > 0;
  const account = mustMatch(record, hasRecipient ? 'recipientAccountId' : 'userIdentity.accountId', ACCOUNT);
  return { eventID, eventTime, account, region, partition };
}

/** Date takes the 30th of February for the 2nd of March. */
function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text.replace('Z', '.000Z');
}

function readRequestTags(record: CloudTrailRecord, row: CatalogueRow): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const value of row.requestTagsPath === undefined ? [] : valuesAt(record, row.requestTagsPath)) {
    if (!isJsonObject(value)) continue;
    const key = textAt(value, 'key');
    const entries =
      key === undefined ? Object.entries(value) : [[key, textAt(value, 'value') ?? ''] as const];
    for (const [name, text] of entries) if (typeof text === 'string') tags[name] = text;
  }
  return tags;
}

function ignored(reason: IgnoredReason, detail: string): Ignored {
  return { kind: 'ignored', reason, detail };
}
