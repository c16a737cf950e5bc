/**
 * What an object in a log bucket is, by its key alone, and whether it is worth opening. One bucket holds log files,
 * digests, insights and the logs of other services, most of them named `….json.gz`, so the ending says little.
 * Sources: AWS CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure";
 * AWS Config Developer Guide, "Delivery channel" (ConfigWritabilityCheckFile); Amazon VPC User Guide, "Flow log files"
 * (Hive-compatible prefixes).
 */
import { partitionOf } from './partition.ts';

/** Whose records a file may hold, by the folders that it lies in. Whoever may write to a folder may choose any name in it. */
export interface FolderOwner {
  /**
   * Of the folder `AWSLogs/<account>/`: a record of another account was not put there by CloudTrail. Absent outside
   * of such a folder, and where several of them name different accounts.
   */
  readonly account?: string;
  /** Several folders `AWSLogs/<account>/` name different accounts: no record can be of all of them. */
  readonly accountsDiffer?: true;
}

export interface CloudTrailLogKey extends FolderOwner {
  readonly kind: 'log';
  readonly region: string;
  readonly organizationId?: string;
  /** The prefix before `AWSLogs/`, without the slash; empty where there is none. */
  readonly prefix: string;
  /** When CloudTrail wrote the file, ISO 8601 in UTC. Its records are older, by minutes or by weeks. */
  readonly deliveredAt: string;
}

export interface OtherKey extends FolderOwner {
  readonly kind: 'other';
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
  const kind = notALog(name, folder?.source);
  if (kind !== undefined) return { kind };

  const log = readLogName(name);
  if (folder === undefined) {
    if (log === undefined) return { kind: 'other' };
    return { kind: 'log', region: log.region, deliveredAt: log.deliveredAt, prefix: parentOf(key) };
  }
  const { prefix, organizationId, source, account, owner } = folder;
  if (source !== undefined && source !== 'CloudTrail') return { kind: 'other-service' };
  if (log?.account !== account || !isDayFolder(folder.below, log.region, name))
    return { kind: 'other', ...owner };
  const { region, deliveredAt } = log;
  return { kind: 'log', ...owner, region, deliveredAt, ...(organizationId && { organizationId }), prefix };
}

/** Of the folders alone, whatever the file is. */
export function readFolderOwner(key: string): FolderOwner {
  return readFolder(key)?.owner ?? {};
}

export type NotReadReason = NotALog | 'other';

/**
 * The rule which objects are opened: log files, and anything else that ends in `.gz` unless its key says that it is
 * no log. So a log file that a tool renamed or joined is read, and a stray text file is not.
 */
export function whyNotRead(key: string): NotReadReason | undefined {
  const nameAt = key.lastIndexOf('/') + 1;
  return whyNotReadIn(key.slice(0, nameAt))(key.slice(nameAt));
}

/** The same rule for many names in one folder, empty or ending in a slash: what it says is read only once. */
export function whyNotReadIn(folder: string): (name: string) => NotReadReason | undefined {
  const source = readFolder(folder)?.source;
  const ofFolder = source === undefined || source === 'CloudTrail' ? undefined : 'other-service';
  return (name) => {
    if (name === '' && folder !== '') return 'folder';
    // Names of log files end in `.gz`, too: whether it is one need not be known.
    return notALog(name, source) ?? ofFolder ?? (name.endsWith('.gz') ? undefined : 'other');
  };
}

function notALog(name: string, source: string | undefined): NotALog | undefined {
  return NOT_LOGS.get(SOURCE_IN_NAME.exec(name)?.[1] ?? '') ?? NOT_LOGS.get(source ?? '');
}

/** As folders and as file names spell them. A map, because a key may hold `constructor`. */
const NOT_LOGS: ReadonlyMap<string, NotALog> = new Map([
  ['CloudTrail-Digest', 'digest'],
  ['CloudTrail-Insight', 'insight'],
  ['CloudTrail-NetworkActivity', 'network-activity'],
  ['CloudTrail-Aggregated', 'aggregated'],
  ['Config', 'config'],
  ['vpcflowlogs', 'other-service'],
]);

/** A digest's name goes on with the name of its trail, which may hold "CloudTrail" too: only the start says what it is. */
const SOURCE_IN_NAME = /^\d{12}_([A-Za-z-]+)_/;

/** The underscore before the unique part is missing in names of 2014. */
const LOG_NAME =
  /^(\d{12})_CloudTrail_([a-z0-9-]+)_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_?[A-Za-z0-9]{1,64}\.json\.gz$/;

const FOLDER_NAME = 'AWSLogs/';

/** From there on. Flow logs in Hive-style folders write `aws-account-id=111122223333/aws-service=vpcflowlogs/`. */
const FOLDER =
  /AWSLogs\/(?:(o-[a-z0-9]{10,32})\/)?(?:aws-account-id=)?(\d{12})\/(?:(?:aws-service=)?([^/]+)\/)?/y;

interface Folder {
  readonly prefix: string;
  readonly organizationId: string | undefined;
  readonly account: string;
  readonly source: string | undefined;
  /** What follows the source. */
  readonly below: string;
  readonly owner: FolderOwner;
}

/**
 * The last folder `AWSLogs/<account>/` says what the file is, because the prefix of a trail may be any folder, also
 * one of that form. But whoever owns a folder can make others in it: all of them must name the same account.
 */
function readFolder(key: string): Folder | undefined {
  const accounts = new Set<string>();
  let last: Omit<Folder, 'owner'> | undefined;
  for (let at = key.indexOf(FOLDER_NAME); at >= 0; at = key.indexOf(FOLDER_NAME, at + 1)) {
    const found = at === 0 || key[at - 1] === '/' ? folderAt(key, at) : undefined;
    if (found === undefined) continue;
    accounts.add(found.account);
    last = found;
  }
  if (last === undefined) return undefined;
  return { ...last, owner: accounts.size > 1 ? { accountsDiffer: true } : { account: last.account } };
}

function folderAt(key: string, at: number): Omit<Folder, 'owner'> | undefined {
  FOLDER.lastIndex = at;
  const match = FOLDER.exec(key);
  if (match === null) return undefined;
  const [whole, organizationId, account = '', source] = match;
  const prefix = key.slice(0, Math.max(0, at - 1));
  return { prefix, organizationId, account, source, below: key.slice(at + whole.length) };
}

interface LogName {
  readonly account: string;
  readonly region: string;
  readonly deliveredAt: string;
}

function readLogName(name: string): LogName | undefined {
  const [, account, region, year, month, day, hour, minute] = LOG_NAME.exec(name) ?? [];
  if (account === undefined || region === undefined || partitionOf(region) === undefined) return undefined;
  const deliveredAt = `${year}-${month}-${day}T${hour}:${minute}:00Z`;
  const time = new Date(deliveredAt);
  // Date takes the 31st of February for the 2nd of March.
  const exists = !Number.isNaN(time.getTime()) && time.toISOString() === deliveredAt.replace('Z', '.000Z');
  return exists ? { account, region, deliveredAt } : undefined;
}

function isDayFolder(below: string, region: string, name: string): boolean {
  return (
    /^[a-z0-9-]+\/\d{4}\/\d\d\/\d\d\/$/.test(below.slice(0, -name.length)) && below.startsWith(`${region}/`)
  );
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf('/')));
}
