/** A log bucket of two accounts and two regions in a sandbox, with what its files say was created, in all the states that there are. */
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { topic } from '../../helpers/events.ts';
import { logFileOf } from '../../helpers/log-files.ts';
import type { RunWorld } from './kept-run.ts';

export const OWN = '111122223333';
export const MEMBER = '444455556666';
export const ROLE = 'tagger';
export const BUCKET = 'logs';
export const REGIONS = ['eu-central-1', 'eu-west-1'] as const;

export interface YearsOfLogs {
  readonly files: number;
  /** About as many; each is of one file, and some of two. */
  readonly creations: number;
  readonly firstDay?: string;
  /** Of the bucket. @default our own account */
  readonly owner?: string;
}

export interface MadeLogs {
  readonly keys: readonly string[];
  readonly arns: readonly string[];
}

/** A sandbox that holds them, which the caller closes, and where runs over them go. */
export async function startYearsOfLogs(runs: string, logs: YearsOfLogs): Promise<RunWorld & MadeLogs> {
  const sandbox = await startSandbox({ records: false });
  return { sandbox, runs, ...putYearsOfLogs(sandbox, logs) };
}

const DAY_MS = 86_400_000;
const FILES_A_DAY = 3; // of an account and region

/**
 * Most topics can be tagged; every 31st is no more, every 37th bears tags of somebody else, every 41st cannot be tagged. A file has no
 * creation, one, or several; some of them are told of again, days later.
 */
export function putYearsOfLogs(
  sandbox: Sandbox,
  { files, creations, firstDay = '2025-01-01', owner = OWN }: YearsOfLogs,
): MadeLogs {
  sandbox.putBucket({ name: BUCKET, account: owner, region: 'eu-west-1', sharedWith: [OWN] });
  sandbox.allowRole(`arn:aws:iam::${MEMBER}:role/${ROLE}`);
  const keys: string[] = [];
  const arns: string[] = [];
  let made = 0;
  for (let number = 0; number < files; number++) {
    const account = number % 2 === 0 ? OWN : MEMBER;
    const region = REGIONS[(number >> 1) % 2 === 0 ? 0 : 1];
    const nth = number >> 2; // of its account and region
    const at = new Date(Date.parse(firstDay) + Math.floor(nth / FILES_A_DAY) * DAY_MS + 36_000_000);
    const records: object[] = [describe(account, region)];
    const wanted = Math.floor(((number + 1) * creations) / files);
    const count = number % 5 === 0 ? 0 : wanted - made; // what one file lacks the next one has
    for (let each = 0; each < count; each++) records.push(topicOf(made++, account, region, at));
    if (number % 7 === 6 && made > 9) records.push(...repeated(records[1]));
    for (const record of records.slice(1)) arns.push(arnIn(record));
    const key = keyOf(account, region, at, number);
    keys.push(key);
    sandbox.putObject(BUCKET, key, logFileOf(records));
  }
  const all = [...new Set(arns)];
  for (const [index, arn] of all.entries()) {
    if (index % 31 === 30) continue;
    sandbox.putResource({
      arn,
      ...(index % 37 === 36 && { tags: { CreatedBy: 'somebody', Team: 'blue' } }),
      ...(index % 5 === 4 && { tags: { Team: 'red', ManagedBy: 'terraform' } }),
    });
  }
  const refused = new Set(all.filter((_, index) => index % 41 === 40));
  sandbox.faults.add({
    service: 'sns',
    operation: 'TagResource',
    match: ({ input }) => refused.has(String(input.ResourceArn)),
    effect: { error: { code: 'InvalidParameter', status: 400, message: 'it cannot be tagged' } },
  });
  return { keys, arns: all };
}

function topicOf(number: number, account: string, region: string, at: Date): object {
  const name = `topic-${number}`;
  return {
    ...topic(number, { at: `${at.toISOString().slice(0, 19)}Z` }),
    awsRegion: region,
    recipientAccountId: account,
    requestParameters: { name },
    responseElements: { topicArn: `arn:aws:sns:${region}:${account}:${name}` },
  };
}

function arnIn(record: object): string {
  return (record as { responseElements: { topicArn: string } }).responseElements.topicArn;
}

function describe(account: string, region: string): object {
  return { ...topic(0), eventName: 'ListTopics', awsRegion: region, recipientAccountId: account };
}

/** CloudTrail delivers some events twice. */
function repeated(record: object | undefined): readonly object[] {
  return record === undefined ? [] : [record];
}

function keyOf(account: string, region: string, at: Date, number: number): string {
  const day = at.toISOString().slice(0, 10);
  const unique = String(number).padStart(16, '0');
  const folder = `AWSLogs/${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}`;
  return `${folder}/${account}_CloudTrail_${region}_${day.replaceAll('-', '')}T1015Z_${unique}.json.gz`;
}
