/**
 * What an object in a log bucket is, told by its key alone, and whether it is worth opening. One bucket holds log
 * files, digests, insights and the logs of other services, most of them named `….json.gz`, so an ending does not tell.
 * Sources: AWS CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure";
 * AWS Config Developer Guide, "Delivery channel" (ConfigWritabilityCheckFile).
 */
import { partitionOf } from './partition.ts';

export interface CloudTrailLogKey {
  readonly kind: 'log';
  /** Whose records the file may hold: a record of another account was not put there by CloudTrail. */
  readonly account: string;
  readonly region: string;
  readonly organizationId?: string;
  /** What stands before `AWSLogs/`, without the slash; empty where nothing does. */
  readonly prefix: string;
  /** When CloudTrail wrote the file, ISO 8601 in UTC. Its records are older, by minutes or by weeks. */
  readonly deliveredAt: string;
}

export interface OtherKey {
  readonly kind: 'other';
  /** The account of the folder that it lies in, which binds its records too. Absent outside `AWSLogs/`. */
  readonly account?: string;
}

export type NotALog =
  | 'digest'
  | 'insight'
  | 'network-activity'
  | 'aggregated'
  | 'config'
  | 'other-service'
  | 'folder';

export type LogKey = CloudTrailLogKey | OtherKey | { readonly kind: NotALog };

/** Never throws, whatever the key. */
export function readLogKey(key: string): LogKey {
  if (key.endsWith('/')) return { kind: 'folder' };
  const folder = readFolder(key);
  const name = key.slice(key.lastIndexOf('/') + 1);
  const kind = NOT_LOGS.get(SOURCE_IN_NAME.exec(name)?.[1] ?? '') ?? NOT_LOGS.get(folder?.source ?? '');
  if (kind !== undefined) return { kind };

  const log = readLogName(name);
  if (folder === undefined) return log === undefined ? { kind: 'other' } : { ...log, prefix: parentOf(key) };
  if (folder.source !== undefined && folder.source !== 'CloudTrail') return { kind: 'other-service' };
  // Who may write to a folder may choose any name in it: where the two differ, the folder's account counts.
  if (log?.account !== folder.account || !isDayFolder(folder.below, log.region, name)) {
    return { kind: 'other', account: folder.account };
  }
  const { prefix, organizationId } = folder;
  return { ...log, ...(organizationId === undefined ? {} : { organizationId }), prefix };
}

export type NotReadReason = NotALog | 'other';

/**
 * The rule which objects are opened: log files, and anything else that ends in `.gz` unless its key says that it is
 * no log. So a log file that a tool renamed or joined is read, and a stray text file is not.
 */
export function whyNotRead(key: string): NotReadReason | undefined {
  const { kind } = readLogKey(key);
  if (kind === 'log') return undefined;
  return kind === 'other' && key.endsWith('.gz') ? undefined : kind;
}

/** As folders and as file names spell them. A map, because a key may hold `constructor`. */
const NOT_LOGS: ReadonlyMap<string, NotALog> = new Map([
  ['CloudTrail-Digest', 'digest'],
  ['CloudTrail-Insight', 'insight'],
  ['CloudTrail-NetworkActivity', 'network-activity'],
  ['CloudTrail-Aggregated', 'aggregated'],
  ['Config', 'config'],
]);

/** The first such folder counts: below it, its owner may have made folders of the same form for other accounts. */
const FOLDER = /(?:^|\/)AWSLogs\/(?:(o-[a-z0-9]{10,32})\/)?(\d{12})\/(?:([^/]+)\/)?/;

/** A digest's name goes on with the name of its trail, which may hold "CloudTrail" too: only the start tells. */
const SOURCE_IN_NAME = /^\d{12}_([A-Za-z-]+)_/;

/** The underscore before the unique part is missing in names of 2014. */
const LOG_NAME =
  /^(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_?[A-Za-z0-9]{1,64}\.json\.gz$/;

interface Folder {
  readonly prefix: string;
  readonly organizationId: string | undefined;
  readonly account: string;
  readonly source: string | undefined;
  readonly below: string;
}

function readFolder(key: string): Folder | undefined {
  const match = FOLDER.exec(key);
  if (match === null) return undefined;
  const [whole, organizationId, account = '', source] = match;
  const below = key.slice(match.index + whole.length);
  return { prefix: key.slice(0, match.index), organizationId, account, source, below };
}

function readLogName(name: string): Omit<CloudTrailLogKey, 'prefix' | 'organizationId'> | undefined {
  const [, account, region, year, month, day, hour, minute] = LOG_NAME.exec(name) ?? [];
  if (account === undefined || region === undefined || partitionOf(region) === undefined) return undefined;
  const deliveredAt = `${year}-${month}-${day}T${hour}:${minute}:00Z`;
  const time = new Date(deliveredAt);
  // Date takes the 31st of February for the 2nd of March.
  const exists = !Number.isNaN(time.getTime()) && time.toISOString() === deliveredAt.replace('Z', '.000Z');
  return exists ? { kind: 'log', account, region, deliveredAt } : undefined;
}

function isDayFolder(below: string, region: string, name: string): boolean {
  return (
    /^[a-z0-9-]+\/\d{4}\/\d\d\/\d\d\/$/.test(below.slice(0, -name.length)) && below.startsWith(`${region}/`)
  );
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}
