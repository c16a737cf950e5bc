/**
 * Names of the objects of the archive. They follow from what was archived alone, so whatever is brought again replaces what was
 * written of it before. None of them is a log file by its name, and no notification for log files takes it for one.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Creation } from '../../parser/event/creation.ts';
import { readFolderOwner, readLogKey } from '../../parser/log-key.ts';
import type { LogFile, LogLocation } from '../file/log-file.ts';

/** Of lines that the table reads. */
export const TAGGED_PREFIX = 'tagged/';

/** Of events that nobody understands: the table does not read them. */
export const UNKNOWN_PREFIX = 'unknown/';

/** Athena tells by the ending how it is compressed (Amazon Athena User Guide, "Use file compression"). */
const ENDING = '.jsonl.gz';

/** S3 takes 1,024 bytes of a key ("Naming Amazon S3 objects"); CloudTrail's own names have about 80. */
const MAX_NAME = 150;

/** What is archived of a file or a record: all of it, its rest, or some of the resources of one record. */
export type Archived = Pick<LogFile, 'location' | 'fromIndex' | 'onlyArns'> & {
  readonly isOneRecord: boolean;
};

/**
 * The days come first: a table that knows the days finds all accounts and regions below them, whichever they are. `first` is the first
 * creation of what is archived. `undefined` where nothing but this machine has it.
 */
export function archiveKey(archived: Archived, first: Creation): string | undefined {
  const { location } = archived;
  if (location.kind === 'path') return undefined;
  const { account, region, day } = placeOf(location, first);
  const folder = `${TAGGED_PREFIX}day=${day}/account=${account}/region=${region}/`;
  return `${folder}${nameOf(location, first)}${partOf(archived, first)}${ENDING}`;
}

/** Of an event as it came; two deliveries of it are two objects. */
export function unknownKey(now: Date): string {
  return `${UNKNOWN_PREFIX}day=${now.toISOString().slice(0, 10)}/${randomUUID()}.json`;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly day: string;
}

/** Those of the log file's name, which all of its attempts have in common; else the record's own. */
function placeOf(location: LogLocation, { account, region, eventTime }: Creation): Place {
  const own = { account, region, day: eventTime.slice(0, 10) };
  if (location.kind !== 's3') return own;
  const key = readLogKey(location.key);
  if (key.kind !== 'log') return { ...own, account: readFolderOwner(location.key).account ?? account };
  return { account: key.account ?? account, region: key.region, day: key.deliveredAt.slice(0, 10) };
}

function nameOf(location: LogLocation, { eventID }: Creation): string {
  if (location.kind !== 's3') return `event-${harmless(eventID)}`;
  const { bucket, key } = location;
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/(\.json)?\.gz$/, '');
  return `${harmless(name)}-${digestOf(bucket, key)}`;
}

/** A rest, and resources of one record that come later, stand beside the file: queries take the last of what they tell. */
function partOf({ location, fromIndex = 0, onlyArns, isOneRecord }: Archived, { eventID }: Creation): string {
  const arns = onlyArns === undefined ? [] : [...onlyArns].toSorted();
  if (location.kind === 's3' && isOneRecord) return `-${digestOf(eventID, ...arns)}`;
  if (arns.length > 0) return `-${digestOf(...arns)}`;
  return fromIndex > 0 ? `-from-${fromIndex}` : '';
}

function harmless(text: string): string {
  return text.replaceAll(/[^\w.-]/g, '_').slice(0, MAX_NAME);
}

function digestOf(...texts: readonly string[]): string {
  return createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
}
