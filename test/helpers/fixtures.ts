/**
 * The fixture records of `fixtures/records/`, what each of them is expected to say, and ways to move a record
 * to another region or partition and to change single values in it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Proof } from '../../parser/parents/row.ts';
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
  /** What its request says that it was made for. */
  readonly parent?: readonly [arn: string, proof: Proof];
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

/** A role that a service uses, whose session is named by the service. */
const service = (role: string, name: string, invokedBy: string) =>
  [session(role, name), name, role, invokedBy] as const;
const KARPENTER = 'KarpenterController-shop';

const arn = (service: string, resource: string) => `arn:aws:${service}:${HOME}:${ACCOUNT}:${resource}`;
const instance = (id: string) => arn('ec2', `instance/${id}`);
const networkInterface = (id: string) => arn('ec2', `network-interface/${id}`);
const snapshot = (id: string) => `arn:aws:ec2:${HOME}::snapshot/${id}`;
const bucket = (name: string) => `arn:aws:s3:::${name}`;
const group = (name: string) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
const fleet = (end: string) => arn('ec2', `fleet/fleet-7d1f2c55-0c1e-4f5e-9f30-6f6c2f6a1b${end}`);
const stack = (name: string) => arn('cloudformation', `stack/${name}/0f3b9d00-acdc-11ef-a992-0abfc302ccc4`);
const launch = (end: string) => [
  instance(`i-0a1b2c3d4e5f607${end}`),
  networkInterface(`eni-0f1e2d3c4b5a697${end}`),
];
const NODES = 'eks-workers-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';
const BATCH_CLUSTER = 'AWSBatch-nightly-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0';

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
    parent: [group('web'), 'vouched'],
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
  {
    name: 'ec2-RunInstances.eks-managed-nodes',
    creator: AUTO_SCALING,
    arns: launch('20'),
    parent: [group(NODES), 'vouched'],
  },
  {
    name: 'ec2-RunInstances.karpenter',
    creator: service(KARPENTER, '1741082320000000001', 'ec2fleet.amazonaws.com'),
    arns: launch('21'),
    parent: [fleet('01'), 'vouched'],
  },
  {
    name: 'ec2-RunInstances.emr',
    creator: service('EMR_DefaultRole', 'CCSSession', 'elasticmapreduce.amazonaws.com'),
    arns: launch('22'),
    parent: [arn('elasticmapreduce', 'cluster/j-2AXXXXXXGAPLF'), 'vouched'],
  },
  {
    name: 'ec2-RunInstances.spot-fleet',
    creator: service('AWSServiceRoleForEC2SpotFleet', 'SpotFleet', 'spotfleet.amazonaws.com'),
    arns: launch('23'),
    parent: [arn('ec2', 'spot-fleet-request/sfr-7d1f2c55-0c1e-4f5e-9f30-6f6c2f6a1b02'), 'vouched'],
  },
  {
    name: 'ec2-RunInstances.ecs-managed',
    creator: service('ecsInfrastructureRole', '1741082320000000004', 'ecs.amazonaws.com'),
    arns: launch('24'),
    parent: [arn('ecs', 'capacity-provider/burst'), 'vouched'],
  },
  {
    name: 'ec2-CreateFleet.karpenter',
    creator: [session(KARPENTER, '1741082320000000001'), '1741082320000000001', KARPENTER],
    arns: [fleet('01')],
    parent: [arn('eks', 'cluster/shop'), 'guess'],
  },
  {
    name: 'ec2-CreateFleet.auto-scaling',
    creator: AUTO_SCALING,
    arns: [fleet('03')],
    parent: [group('web'), 'vouched'],
  },
  {
    name: 'ec2-CreateFleet.eks-auto-mode',
    creator: service('EksAutoClusterRole', 'aws-go-sdk-1741082320000000002', 'eks.amazonaws.com'),
    arns: [fleet('04')],
    parent: [arn('eks', 'cluster/shop'), 'service'],
  },
  {
    name: 'autoscaling-CreateAutoScalingGroup.eks',
    creator: service('AWSServiceRoleForAmazonEKSNodegroup', 'EKS', 'eks-nodegroup.amazonaws.com'),
    arns: [group(NODES)],
    parent: [arn('eks', 'nodegroup/shop/workers/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'), 'service'],
  },
  {
    name: 'autoscaling-CreateAutoScalingGroup.cloudformation',
    creator: [...ANNA, 'cloudformation.amazonaws.com'],
    arns: [group('web')],
    parent: [stack('web'), 'vouched'],
  },
  {
    name: 'sqs-CreateQueue.service-role',
    creator: service('stack-deployer', 'AWSCloudFormation', 'cloudformation.amazonaws.com'),
    arns: [arn('sqs', 'letters')],
    parent: [stack('post'), 'vouched'],
  },
  {
    name: 'ec2-CreateSnapshot.dlm',
    creator: service('AWSDataLifecycleManagerDefaultRole', '1741082320000000003', 'dlm.amazonaws.com'),
    arns: [snapshot('snap-0c1d2e3f405162739')],
    parent: [arn('dlm', 'policy/policy-0a1b2c3d4e5f60718'), 'vouched'],
  },
  {
    name: 'ec2-CreateNetworkInterface.load-balancer',
    creator: service(
      'AWSServiceRoleForElasticLoadBalancing',
      'ElasticLoadBalancing',
      'elasticloadbalancing.amazonaws.com',
    ),
    arns: [networkInterface('eni-0f1e2d3c4b5a69725')],
    parent: [arn('elasticloadbalancing', 'loadbalancer/app/storefront/50dc6c495c0c9188'), 'service'],
  },
  {
    name: 'ec2-CreateNetworkInterface.function',
    creator: service('resize-images', 'resize-images', 'lambda.amazonaws.com'),
    arns: [networkInterface('eni-0f1e2d3c4b5a69726')],
    parent: [arn('lambda', 'function:resize-images'), 'service'],
  },
  {
    name: 'ec2-CreateNetworkInterface.rds',
    creator: service('AWSServiceRoleForRDS', 'SLRManagement', 'rds.amazonaws.com'),
    arns: [networkInterface('eni-0f1e2d3c4b5a69727')],
  },
  {
    name: 'ecs-CreateCluster.batch',
    creator: service('AWSServiceRoleForBatch', 'aws-batch', 'batch.amazonaws.com'),
    arns: [arn('ecs', `cluster/${BATCH_CLUSTER}`)],
    parent: [arn('batch', 'compute-environment/nightly'), 'service'],
  },
  {
    name: 'ec2-RunInstances.fleet',
    creator: service('AWSServiceRoleForEC2Fleet', 'EC2Fleet', 'ec2fleet.amazonaws.com'),
    arns: launch('28'),
    parent: [fleet('05'), 'vouched'],
  },
  {
    name: 'ec2-RunInstances.eks-auto-mode',
    creator: service('EksAutoClusterRole', 'aws-go-sdk-1741082320000000002', 'ec2fleet.amazonaws.com'),
    arns: launch('29'),
    parent: [fleet('04'), 'vouched'],
  },
  { name: 'autoscaling-CreateAutoScalingGroup', creator: MIA, arns: [group('web')] },
  {
    name: 'batch-CreateComputeEnvironment',
    creator: MIA,
    arns: [arn('batch', 'compute-environment/nightly')],
  },
  { name: 'dlm-CreateLifecyclePolicy', creator: ANNA, arns: [arn('dlm', 'policy/policy-0a1b2c3d4e5f60718')] },
  { name: 'ec2-CreateFleet', creator: ANNA, arns: [fleet('05')] },
  {
    name: 'ec2-RequestSpotFleet',
    creator: MIA,
    arns: [arn('ec2', 'spot-fleet-request/sfr-7d1f2c55-0c1e-4f5e-9f30-6f6c2f6a1b02')],
  },
  { name: 'ecs-CreateCapacityProvider', creator: ANNA, arns: [arn('ecs', 'capacity-provider/burst')] },
  { name: 'eks-CreateCluster', creator: MIA, arns: [arn('eks', 'cluster/shop')] },
  {
    name: 'eks-CreateNodegroup',
    creator: ANNA,
    arns: [arn('eks', 'nodegroup/shop/workers/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0')],
  },
  {
    name: 'elasticloadbalancing-CreateLoadBalancer',
    creator: MIA,
    arns: [arn('elasticloadbalancing', 'loadbalancer/app/storefront/50dc6c495c0c9188')],
  },
  {
    name: 'elasticmapreduce-RunJobFlow',
    creator: MIA,
    arns: [arn('elasticmapreduce', 'cluster/j-2AXXXXXXGAPLF')],
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
