/**
 * The fixture records of `fixtures/records/`, what each of them is expected to say, and ways to move a record
 * to another region or partition and to change single values in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { partitionOf } from '../../parser/partition.ts';
import { type CloudTrailRecord, isJsonObject } from '../../parser/record.ts';

export const ACCOUNT = '111122223333';

const FOLDER = new URL('../../fixtures/records/', import.meta.url);

/** File names without `.json`: `<source>-<eventName>`, and a variant behind a dot. */
export function fixtureNames(): readonly string[] {
  return readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));
}

const texts = new Map<string, string>();

/** A fresh copy of the record. */
export function fixture(name: string): CloudTrailRecord {
  const text = texts.get(name) ?? readFileSync(new URL(`${name}.json`, FOLDER), 'utf8');
  texts.set(name, text);
  return JSON.parse(text);
}

export interface ExpectedFixture {
  readonly name: string;
  /** The caller's ARN, its short name, the person, and the service that called for them. */
  readonly creator: readonly [arn: string, name: string, person: string, invokedBy?: string];
  /** ARNs of all that it created. */
  readonly arns: readonly string[];
  /** What was created lies in this region wherever the others are moved to. */
  readonly onlyIn?: string;
}

const HOME = 'eu-west-1';

const ANNA = [`arn:aws:iam::${ACCOUNT}:user/anna`, 'anna', 'anna'] as const;
const ROOT = [`arn:aws:iam::${ACCOUNT}:root`, 'root', 'root'] as const;
const LENA = [`arn:aws:sts::${ACCOUNT}:federated-user/lena`, 'lena', 'lena'] as const;
const session = (role: string, name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;
const MIA = [
  session('AWSReservedSSO_Developer_4f1d2c3b5a697887', 'mia@example.com'),
  'mia@example.com',
  'mia@example.com',
] as const;
const DEPLOY = [session('deploy', 'GitHubActions'), 'GitHubActions', 'deploy'] as const;
const TOMAS = [
  session('PlatformEngineer', 'tomas'),
  'tomas',
  'tomas',
  'cloudformation.amazonaws.com',
] as const;
const AUTO_SCALING = [
  session('AWSServiceRoleForAutoScaling', 'AutoScaling'),
  'AutoScaling',
  'AWSServiceRoleForAutoScaling',
  'autoscaling.amazonaws.com',
] as const;
const BACKUP = [
  session('AWSBackupDefaultServiceRole', 'AWSBackup-AWSBackupDefaultServiceRole'),
  'AWSBackup-AWSBackupDefaultServiceRole',
  'AWSBackupDefaultServiceRole',
  'backup.amazonaws.com',
] as const;

const arn = (service: string, resource: string) => `arn:aws:${service}:${HOME}:${ACCOUNT}:${resource}`;
const instance = (id: string) => arn('ec2', `instance/${id}`);
const networkInterface = (id: string) => arn('ec2', `network-interface/${id}`);
const snapshot = (id: string) => `arn:aws:ec2:${HOME}::snapshot/${id}`;
const bucket = (name: string) => `arn:aws:s3:::${name}`;

/** As the fixtures stand in their files, at home in eu-west-1. */
export const EXPECTED_FIXTURES: readonly ExpectedFixture[] = [
  {
    name: 'ec2-RunInstances',
    creator: MIA,
    arns: [
      ...[instance('i-0a1b2c3d4e5f60711'), instance('i-0a1b2c3d4e5f60712')],
      ...[networkInterface('eni-0f1e2d3c4b5a69780'), networkInterface('eni-0f1e2d3c4b5a69781')],
    ],
  },
  {
    name: 'ec2-RunInstances.auto-scaling',
    creator: AUTO_SCALING,
    arns: [instance('i-0a1b2c3d4e5f60713'), networkInterface('eni-0f1e2d3c4b5a69782')],
  },
  {
    name: 'ec2-RunInstances.request-parameters',
    creator: ANNA,
    arns: [instance('i-0a1b2c3d4e5f60714')],
  },
  { name: 'ec2-CreateVolume', creator: ANNA, arns: [arn('ec2', 'volume/vol-0b1c2d3e4f5061721')] },
  { name: 'ec2-CopyVolumes', creator: ANNA, arns: [arn('ec2', 'volume/vol-0b1c2d3e4f5061722')] },
  {
    name: 'ec2-CopyVolumes.unwrapped',
    creator: ANNA,
    arns: [arn('ec2', 'volume/vol-0b1c2d3e4f5061723'), arn('ec2', 'volume/vol-0b1c2d3e4f5061724')],
  },
  { name: 'ec2-CreateSnapshot', creator: BACKUP, arns: [snapshot('snap-0c1d2e3f405162731')] },
  { name: 'ec2-CreateSnapshots', creator: DEPLOY, arns: [snapshot('snap-0c1d2e3f405162732')] },
  {
    name: 'ec2-CreateSnapshots.several',
    creator: DEPLOY,
    arns: [
      snapshot('snap-0c1d2e3f405162733'),
      snapshot('snap-0c1d2e3f405162734'),
      snapshot('snap-0c1d2e3f405162735'),
    ],
  },
  { name: 'ec2-CopySnapshot', creator: MIA, arns: [snapshot('snap-0c1d2e3f405162736')] },
  {
    name: 'ec2-CreateSecurityGroup',
    creator: TOMAS,
    arns: [arn('ec2', 'security-group/sg-0d1e2f30415263741')],
  },
  { name: 's3-CreateBucket', creator: MIA, arns: [bucket('reports-of-the-shop')] },
  { name: 's3-CreateBucket.2019', creator: ANNA, arns: [bucket('minutes-of-2019')] },
  {
    name: 's3-CreateBucket.us-east-1',
    creator: ANNA,
    arns: [bucket('first-bucket-of-anna')],
    onlyIn: 'us-east-1',
  },
  { name: 's3-CreateBucket.EU', creator: ANNA, arns: [bucket('old-style')], onlyIn: 'eu-west-1' },
  { name: 'rds-CreateDBInstance', creator: DEPLOY, arns: [arn('rds', 'db:orders-test')] },
  { name: 'rds-CreateDBInstance.2016', creator: ROOT, arns: [arn('rds', 'db:wiki')] },
  { name: 'rds-CreateDBCluster', creator: ANNA, arns: [arn('rds', 'cluster:ledger')] },
  {
    name: 'lambda-CreateFunction20150331',
    creator: DEPLOY,
    arns: [arn('lambda', 'function:resize-images')],
  },
  {
    name: 'lambda-CreateFunction20150331.published',
    creator: DEPLOY,
    arns: [arn('lambda', 'function:send-receipts')],
  },
  {
    name: 'lambda-CreateFunction20150331v2',
    creator: MIA,
    arns: [arn('lambda', 'function:count-visits')],
  },
  { name: 'lambda-CreateFunction', creator: ANNA, arns: [arn('lambda', 'function:check-stock')] },
  { name: 'dynamodb-CreateTable', creator: MIA, arns: [arn('dynamodb', 'table/Visits.2025')] },
  { name: 'sns-CreateTopic', creator: LENA, arns: [arn('sns', 'orders-placed.fifo')] },
  { name: 'sqs-CreateQueue', creator: ROOT, arns: [arn('sqs', 'parcels')] },
  { name: 'elasticache-CreateCacheCluster', creator: DEPLOY, arns: [arn('elasticache', 'cluster:baskets')] },
  {
    name: 'elasticache-CreateCacheCluster.2014',
    creator: ANNA,
    arns: [arn('elasticache', 'cluster:sessions-2014')],
  },
  {
    name: 'elasticache-CreateReplicationGroup',
    creator: MIA,
    arns: [arn('elasticache', 'replicationgroup:carts')],
  },
];

/** The record, or an ARN, as it would be had everything happened in another region, and its partition. */
export function movedTo<Value>(region: string, value: Value): Value {
  const partition = partitionOf(region);
  if (partition === undefined) throw new Error(`${region} is no region`);
  const text = JSON.stringify(value)
    .replaceAll(HOME, region)
    .replaceAll('arn:aws:', `arn:${partition.name}:`)
    .replaceAll(`${region}.amazonaws.com`, `${region}.${partition.dnsSuffix}`);
  return JSON.parse(text);
}

/** Copies of the fixtures that can be in the region, and where the record was written. */
export function fixturesIn(region: string) {
  return EXPECTED_FIXTURES.filter(({ onlyIn }) => onlyIn === undefined || onlyIn === region).map(
    (expected) => {
      const moved = expected.onlyIn === undefined ? region : HOME;
      const record = movedTo(moved, fixture(expected.name));
      return { ...movedTo(moved, { ...expected }), record, region };
    },
  );
}

/**
 * A copy in which the value at the path is another; `undefined` takes the key away. Paths are dotted, places in
 * lists are numbers, and what is missing on the way is made.
 */
export function withValue(record: CloudTrailRecord, path: string, value: unknown): CloudTrailRecord {
  return change(record, path.split('.'), value) as CloudTrailRecord;
}

export function withValues(record: CloudTrailRecord, values: Record<string, unknown>): CloudTrailRecord {
  return Object.entries(values).reduce((changed, [path, value]) => withValue(changed, path, value), record);
}

function change(from: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(from)) return from.with(Number(step), change(from[Number(step)], rest, value));
  const object = isJsonObject(from) ? from : {};
  const changed = change(object[step], rest, value);
  if (changed !== undefined) return { ...object, [step]: changed };
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== step));
}
