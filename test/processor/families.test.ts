/**
 * From the records of a family to the name of a person on its youngest: somebody makes a group, a cluster or a fleet, services
 * make the rest, and the function is brought their log files in either order, with the store and without.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { type Deployment, deploy } from '../helpers/deployment.ts';
import { ACCOUNT, s3Event, secondsAgo } from '../helpers/events.ts';
import { EXPECTED_FIXTURES, fixture, movedTo } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { createStack } from '../helpers/stacks.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import { putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';

interface Family {
  readonly what: string;
  /** Fixtures, the oldest first: what somebody made, and what services made for it. */
  readonly records: readonly string[];
  /** On all of them. */
  readonly person: string;
  /** Where nobody remembers the events of a parent that bears no tags. @default the person */
  readonly withoutStore?: string;
  /** Families whose fixtures name the same live in regions of their own. @default eu-west-1 */
  readonly region?: string;
}

const MIA = 'mia@example.com';

const STACK = 'the stack of the queue';

const FAMILIES: readonly Family[] = [
  {
    what: 'Auto Scaling',
    records: ['autoscaling-CreateAutoScalingGroup', 'ec2-RunInstances.auto-scaling'],
    person: MIA,
  },
  {
    what: 'the fleet by which Auto Scaling launches',
    records: ['autoscaling-CreateAutoScalingGroup', 'ec2-CreateFleet.auto-scaling'],
    person: MIA,
    region: 'eu-west-2',
  },
  {
    what: 'CloudFormation with the permissions of its caller',
    records: ['autoscaling-CreateAutoScalingGroup.cloudformation', 'ec2-RunInstances.auto-scaling'],
    person: 'anna',
    region: 'eu-west-3',
  },
  { what: 'EC2 Fleet', records: ['ec2-CreateFleet', 'ec2-RunInstances.fleet'], person: 'anna' },
  { what: 'Spot Fleet', records: ['ec2-RequestSpotFleet', 'ec2-RunInstances.spot-fleet'], person: MIA },
  {
    what: 'EKS managed nodes',
    records: [
      'eks-CreateNodegroup',
      'autoscaling-CreateAutoScalingGroup.eks',
      'ec2-RunInstances.eks-managed-nodes',
    ],
    person: 'anna',
  },
  {
    what: 'Karpenter, under a role of its own',
    records: ['eks-CreateCluster', 'ec2-CreateFleet.karpenter', 'ec2-RunInstances.karpenter'],
    person: MIA,
  },
  {
    what: 'EKS Auto Mode',
    records: ['eks-CreateCluster', 'ec2-CreateFleet.eks-auto-mode', 'ec2-RunInstances.eks-auto-mode'],
    person: MIA,
    region: 'us-east-2',
  },
  { what: 'EMR', records: ['elasticmapreduce-RunJobFlow', 'ec2-RunInstances.emr'], person: MIA },
  {
    what: 'managed instances of ECS',
    records: ['ecs-CreateCapacityProvider', 'ec2-RunInstances.ecs-managed'],
    person: 'anna',
  },
  { what: 'Batch', records: ['batch-CreateComputeEnvironment', 'ecs-CreateCluster.batch'], person: MIA },
  {
    what: 'Data Lifecycle Manager',
    records: ['dlm-CreateLifecyclePolicy', 'ec2-CreateSnapshot.dlm'],
    person: 'anna',
  },
  {
    what: 'a load balancer',
    records: ['elasticloadbalancing-CreateLoadBalancer', 'ec2-CreateNetworkInterface.load-balancer'],
    person: MIA,
  },
  {
    what: 'CloudFormation with a role of the stack',
    records: [STACK, 'sqs-CreateQueue.service-role'],
    person: 'anna',
    withoutStore: 'stack-deployer',
  },
  {
    what: 'a function, which a role made',
    records: ['lambda-CreateFunction20150331', 'ec2-CreateNetworkInterface.function'],
    person: 'deploy',
  },
];

const HOME = 'eu-west-1';

interface Member {
  readonly record: CloudTrailRecord;
  readonly arns: readonly string[];
}

/** `ages` has how many seconds ago each was made. */
function membersOf({ records, region = HOME }: Family, ages: readonly number[]): readonly Member[] {
  return records.map((name, at) => {
    const { arns = [] } = EXPECTED_FIXTURES.find((each) => each.name === name) ?? {};
    const made = name === STACK ? createStack('post') : fixture(name);
    const record = movedTo(region, happenedAt(made, secondsAgo(ages[at] ?? 0)));
    const own = movedTo(region, arns).map(wholeArn);
    return { record, arns: [...own, ...own.flatMap(volumeOf)] };
  });
}

/** Of an instance that a record names: its volume, which no record does. */
function volumeOf(arn: string): readonly string[] {
  return arn.includes(':instance/i-') ? [arn.replace(':instance/i-', ':volume/vol-')] : [];
}

/** What is there, as the launch of the record has made it. */
function putMember({ sandbox }: Deployment, { record, arns }: Member): void {
  const createdAt = Date.parse(String(record.eventTime));
  for (const arn of arns) {
    const instanceId = `i-${arn.split(':volume/vol-')[1]}`;
    const attachments = [{ instanceId, attachedAt: createdAt }];
    sandbox.putResource({ arn, account: ACCOUNT, createdAt, details: { attachments } });
  }
}

/** Instances that were there before the call would be another's. */
function happenedAt(record: CloudTrailRecord, eventTime: string): CloudTrailRecord {
  const text = JSON.stringify(record).replace(/("launchTime":)\d+/g, `$1${Date.parse(eventTime)}`);
  return { ...JSON.parse(text), eventTime };
}

/** In AWS, whose ARNs have no wildcard. */
const wholeArn = (arn: string) => arn.replace('*', '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0');

interface Way {
  readonly store: boolean;
  readonly isReversed: boolean;
  /** Nobody waits for what is as old. */
  readonly isOld?: boolean;
}

/** Of the first, of what was made for it, and of what was made for that. */
const YOUNG = [180, 150, 120];
const OLD = YOUNG.map((seconds) => seconds + 30 * 86_400);

const WAYS: readonly (readonly [name: string, way: Way])[] = [
  ['with the store, makers first', { store: true, isReversed: false }],
  ['with the store, the youngest first', { store: true, isReversed: true }],
  ['with the store, logs of last month, the youngest first', { store: true, isReversed: true, isOld: true }],
  ['without it and a process each, makers first', { store: false, isReversed: false }],
  ['without it and a process each, the youngest first', { store: false, isReversed: true }],
];

describe.each(WAYS)('%s', (_, { store, isReversed, isOld = false }) => {
  let deployment: Deployment;
  let families: ReadonlyMap<Family, readonly Member[]>;

  beforeAll(async () => {
    const settings = { CREATED_BY: 'person', SERVICES: 'all', ...(store && { DYNAMODB_TABLE: TABLE_NAME }) };
    deployment = await deploy({ settings, sandbox: { tagging: await taggingTable() } });
    if (store) await putTable(deployment);
    families = new Map(FAMILIES.map((family) => [family, membersOf(family, isOld ? OLD : YOUNG)]));
    const members = [...families.values()].flat();
    for (const member of members) putMember(deployment, member);
    for (const [at, { record }] of (isReversed ? members.toReversed() : members).entries()) {
      const key = logKeyOf(ACCOUNT, HOME, at);
      deployment.putFile(key, [record]);
      await deployment.invoke(s3Event([key]));
      if (!store) deployment.renew();
    }
    for (let round = 0; round < 8 && (await deployment.count('retry')) > 0; round++) {
      deployment.advance(300);
      while ((await deployment.poll('retry')) > 0) if (!store) deployment.renew();
    }
  });
  afterAll(() => deployment.close());

  test.each(FAMILIES)('$what: $person', (family) => {
    const members = families.get(family) ?? [];
    const person = store ? family.person : (family.withoutStore ?? family.person);
    const tags = members.flatMap(({ arns }) => arns.map((arn) => deployment.sandbox.tagsOf(arn)));
    const times = members.flatMap(({ record, arns }) => arns.map(() => record.eventTime));
    expect(tags.map(({ CreatedBy }) => CreatedBy)).toEqual(tags.map(() => person));
    expect(tags.map(({ CreatedDate }) => CreatedDate)).toEqual(times);
  });

  test('nothing is left to do', async () => {
    expect([await deployment.count('retry'), await deployment.count('failure')]).toEqual([0, 0]);
  });
});
