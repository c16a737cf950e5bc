/**
 * What every record says of itself: its id, its time, where it happened and in whose account. The one place that knows
 * what records of an event version from 1.0 to 1.11 lack, and how tools that rewrote a record spell its time.
 * Source: AWS CloudTrail User Guide, "CloudTrail record contents" (the versions in which fields were added).
 */
import { AN_ACCOUNT, isAccount } from '../account.ts';
import { PARTITIONS, type Partition, partitionOf } from '../partition.ts';
import { textAt, valuesAt } from '../path.ts';
import type { CloudTrailRecord } from '../record.ts';
import { InvalidRecord, show } from './invalid-record.ts';

export interface RecordFacts {
  /** As CloudTrail gave it; `sha256:…` where the record is older than ids. */
  readonly eventID: string;
  /** ISO 8601, UTC, to the second: `2025-03-04T10:17:05Z`. */
  readonly eventTime: string;
  readonly partition: Partition;
  /** That owns what was created. */
  readonly account: string;
  /** Where the call was made. */
  readonly region: string;
}

/** What brought a record: a log file, or EventBridge the event by itself. */
export interface RecordSource {
  readonly origin: 'log' | 'event';
  /** That the folder of the file or the envelope of the event names; `undefined` where nothing does. */
  readonly account: string | undefined;
  /** The folders of the file name several accounts, so that it can hold records of none. */
  readonly accountsDiffer?: true;
}

/** Throws InvalidRecord for what has not the form that it must have, and for an account or a time that is nowhere. */
export function readFacts(record: CloudTrailRecord, source: RecordSource): RecordFacts {
  const eventID = readEventID(record);
  const eventTime = readEventTime(record);
  const region = textAt(record, 'awsRegion') ?? '';
  const partition = partitionOf(region);
  if (partition === undefined) {
    throw new InvalidRecord(`awsRegion is ${show(valuesAt(record, 'awsRegion')[0])}, expected ${A_REGION}`);
  }
  return { eventID, eventTime, account: readAccount(record, source), region, partition };
}

const A_REGION = `a region of ${PARTITIONS.map(({ name }) => name).join(', ')}`;

const EVENT_ID = /^[\w-]{1,128}$/;
const AN_EVENT_ID = 'at most 128 letters, digits, hyphens and underscores';

/** What a record is called that is passed over, whatever is wrong with it; empty where that is its id. */
export function nameOf(record: CloudTrailRecord): string {
  try {
    return readEventID(record);
  } catch {
    return ''; // no id that it may have, or nested so deeply that nothing can write it as JSON
  }
}

/** Records have an id from version 1.01 on. */
function readEventID(record: CloudTrailRecord): string {
  const [eventID] = valuesAt(record, 'eventID');
  if (eventID === undefined) return digestOf(record);
  if (typeof eventID === 'string' && EVENT_ID.test(eventID)) return eventID;
  throw new InvalidRecord(`eventID is ${show(eventID)}, expected ${AN_EVENT_ID}`);
}

/**
 * The same wherever the same record is read, in its file, in an event or in a message: all of them are JSON, and what
 * was parsed is written in one way. No id of AWS's has a colon.
 */
function digestOf(record: CloudTrailRecord): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // few need it, and it takes long to load
  return `sha256:${createHash('sha256').update(JSON.stringify(record)).digest('hex')}`;
}

/**
 * CloudTrail writes `2025-03-04T10:17:05Z`. What passed through a database comes with a space for the T, fractions of
 * a second, an offset or no zone at all, which is UTC.
 */
const EVENT_TIME =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})? ?(?:Z|UTC|([+-])(0\d|1[0-4]):?([0-5]\d))?$/;

function readEventTime(record: CloudTrailRecord): string {
  const [written] = valuesAt(record, 'eventTime');
  const time = typeof written === 'string' ? inUtc(written) : undefined;
  if (time !== undefined) return time;
  throw new InvalidRecord(`eventTime is ${show(written)}, expected a time such as 2025-03-04T10:17:05Z`);
}

function inUtc(text: string): string | undefined {
  const [, date, time, sign, hours, minutes] = EVENT_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  const local = Date.parse(`${date}T${time}Z`);
  // Date takes the 30th of February for the 2nd of March.
  if (Number.isNaN(local) || toSeconds(local) !== `${date}T${time}Z`) return undefined;
  const offset = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  const utc = toSeconds(local - offset * 60_000);
  return /^\d{4}-/.test(utc) ? utc : undefined; // an offset may lead out of the years that have four digits
}

function toSeconds(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString().replace('.000Z', 'Z');
}

/**
 * The recipient owns what was created; `userIdentity.accountId` is the caller's. Records older than version 1.02 have
 * no recipient, and a service that calls has no account: then the record is of the account that it was delivered to.
 */
function readAccount(record: CloudTrailRecord, source: RecordSource): string {
  const [recipient] = valuesAt(record, 'recipientAccountId');
  const [caller] = valuesAt(record, 'userIdentity.accountId');
  if (recipient !== undefined)
    return isAccount(recipient) ? recipient : notAnAccount('recipientAccountId', recipient);
  if (isAccount(caller)) return caller;
  return source.account ?? notAnAccount('userIdentity.accountId', caller);
}

function notAnAccount(path: string, value: unknown): never {
  throw new InvalidRecord(`${path} is ${show(value)}, expected ${AN_ACCOUNT}`);
}
