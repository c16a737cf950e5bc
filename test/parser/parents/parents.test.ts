/**
 * What requests say that something was made for, and how far they are believed. The fixtures of every service are in
 * `../event/creation.test.ts`; here the rows, and who could want to mislead us.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { matchArn } from '../../../parser/catalogue/arn-template.ts';
import { catalogue } from '../../../parser/catalogue/catalogue.ts';
import { LEFT_OUT } from '../../../parser/catalogue/left-out.ts';
import type { CreationOptions } from '../../../parser/event/creation.ts';
import { readEvent } from '../../../parser/event/event.ts';
import type { Parent } from '../../../parser/parents/parent.ts';
import { parentRows } from '../../../parser/parents/rows.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { ACCOUNT, EXPECTED_FIXTURES, fixture, withValue, withValues } from '../../helpers/fixtures.ts';
import { createChangeSet, createStack, stackArn } from '../../helpers/stacks.ts';
import { A_LOG, creationOf, refusalOf } from '../event/verdicts.ts';

const told = (parent: Parent | undefined) => parent && `${parent.proof} ${parent.arn}`;
const parentOf = (record: CloudTrailRecord) => told(creationOf(record).parent);

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${rest}`;
const group = (name: string) => arn('autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
const stack = (place: string) => `arn:${place}:stack/web/0f3b9d00-acdc-11ef-a992-0abfc302ccc4`;

/** Anna launches an instance herself, with these tags. */
function launched(tags: Readonly<Record<string, string>>, more: Record<string, unknown> = {}) {
  const { userIdentity } = fixture('ec2-CreateVolume');
  return withValues(fixture('ec2-RunInstances.auto-scaling'), {
    userIdentity,
    sourceIPAddress: '192.0.2.7',
    'requestParameters.tagSpecificationSet.items.0.tags': Object.entries(tags).map(([key, value]) => ({
      key,
      value,
    })),
    ...more,
  });
}

/** A queue that a stack made. */
const queueOf = (stackId: string, more: Record<string, unknown> = {}) =>
  withValues(withValue(fixture('sqs-CreateQueue.service-role'), 'requestParameters.tags', {}), {
    ...more,
    'requestParameters.tags': { 'aws:cloudformation:stack-id': stackId },
  });

describe('the rows', () => {
  const rows = parentRows().map(
    (row) => [`${row.resourceType} by ${JSON.stringify(row.namedBy)}`, row] as const,
  );

  test.each(rows)('%s: the name of the parent is the one that its own creation is kept under', (_, row) => {
    const own = catalogue().filter(({ resourceType }) => resourceType === row.resourceType);
    if (own.length === 0) {
      expect(LEFT_OUT.map(({ resourceType }) => resourceType)).toContain(row.resourceType);
      return;
    }
    expect(own.map((each) => each.arn)).toContain(row.arn);
    const [made] = own.filter((each) => each.arn === row.arn);
    if (made === undefined) throw new Error('no row of that form');
    const { account, region, partition, resources } = creationOf(recordOfRow(made).record);
    const facts = { Partition: partition.name, Region: region, Account: account };
    for (const { name, arn: own } of resources)
      expect(matchArn(row.arn, name ?? own, facts)?.arn).toBe(name ?? own);
  });

  test.each(rows)('%s: it has a source, a grace, and what names every part of the ARN', (_, row) => {
    expect(row.source).not.toBe('');
    expect(row.graceSeconds).toBeGreaterThan(608); // the longest that a record was seen to take
    const given = row.namedBy.flatMap(({ forms }) => forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []));
    const wanted = (row.arn.match(/\{\w+\}/g) ?? []).filter((each) => !/Partition|Region|Account/.test(each));
    expect(given).toEqual(expect.arrayContaining(wanted));
  });

  test('what reading the tags of a parent wants is told with it, where it can bear any of ours', () => {
    const parents = EXPECTED_FIXTURES.flatMap(({ name }) => creationOf(fixture(name)).parent ?? []);
    for (const { resourceType, arn, resource } of parents) {
      const apis = catalogue().flatMap((row) => (row.resourceType === resourceType ? row.api : []));
      expect([resourceType, resource?.api]).toEqual([resourceType, apis[0]]);
      if (resource !== undefined) expect(arn).toMatch(new RegExp(`[/:]${resource.id}$`));
    }
  });

  test('each has a fixture, or a case here', () => {
    const types = EXPECTED_FIXTURES.flatMap(
      ({ name }) => creationOf(fixture(name)).parent?.resourceType ?? [],
    );
    const untold = parentRows().filter(({ resourceType }) => !types.includes(resourceType));
    expect(untold.map(({ resourceType }) => resourceType)).toEqual(['cloud9:environment']);
  });
});

describe('who is believed', () => {
  const NODES = fixture('autoscaling-CreateAutoScalingGroup.eks');
  const NODE_GROUP = arn('eks', 'nodegroup/shop/workers/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0');

  test.each<[string, CloudTrailRecord, string | undefined]>([
    [
      'a tag of AWS, whoever calls',
      launched({ 'aws:autoscaling:groupName': 'web' }),
      `vouched ${group('web')}`,
    ],
    [
      'a tag of AWS of a place that no other tells of',
      launched({ 'aws:cloud9:environment': '8a34f51ce1e04a08882f1e811bd706EX' }),
      `vouched ${arn('cloud9', 'environment:8a34f51ce1e04a08882f1e811bd706EX')}`,
    ],
    [
      'a key that only looks like one, which anybody can set: EC2 tells cases apart',
      launched({ 'AWS:autoscaling:groupName': 'web', ' aws:autoscaling:groupName': 'web' }),
      undefined,
    ],
    [
      'the tag of a service, set by somebody',
      launched({ 'eks:eks-cluster-name': 'shop' }),
      `guess ${arn('eks', 'cluster/shop')}`,
    ],
    [
      'the tag of an older Karpenter',
      launched({ 'karpenter.sh/managed-by': 'shop' }),
      `guess ${arn('eks', 'cluster/shop')}`,
    ],
    [
      'AWS before the others, whatever stands first',
      launched({ 'eks:eks-cluster-name': 'shop', 'aws:autoscaling:groupName': 'web' }),
      `vouched ${group('web')}`,
    ],
    [
      'the group before the stack that made it',
      launched({
        'aws:cloudformation:stack-id': stack(`aws:cloudformation:eu-west-1:${ACCOUNT}`),
        'aws:autoscaling:groupName': 'web',
      }),
      `vouched ${group('web')}`,
    ],
    [
      'the service by its role, where the record does not say that it calls',
      withValues(NODES, { 'userIdentity.invokedBy': undefined, sourceIPAddress: '192.0.2.7' }),
      `service ${NODE_GROUP}`,
    ],
    [
      'the service by the place that it calls from',
      withValues(NODES, { userIdentity: fixture('ec2-CreateVolume').userIdentity }),
      `service ${NODE_GROUP}`,
    ],
    [
      'no role of a name that only looks like it',
      withValues(NODES, {
        'userIdentity.invokedBy': undefined,
        'userIdentity.sessionContext.sessionIssuer.arn': `arn:aws:iam::${ACCOUNT}:role/aws-service-role/eks-nodegroup.amazonaws.com.evil.example/AWSServiceRoleForAmazonEKSNodegroup`,
        sourceIPAddress: '192.0.2.7',
      }),
      `guess ${NODE_GROUP}`,
    ],
    [
      'no user agent',
      withValues(NODES, {
        userIdentity: fixture('ec2-CreateVolume').userIdentity,
        sourceIPAddress: '192.0.2.7',
        userAgent: 'eks-nodegroup.amazonaws.com',
      }),
      `guess ${NODE_GROUP}`,
    ],
    [
      'no service but its own',
      withValues(NODES, {
        userIdentity: fixture('sqs-CreateQueue.service-role').userIdentity,
        sourceIPAddress: 'cloudformation.amazonaws.com',
      }),
      `guess ${NODE_GROUP}`,
    ],
    [
      'an older group, called by its id alone',
      withValue(NODES, 'requestParameters.autoScalingGroupName', 'eks-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'),
      `service ${NODE_GROUP}`,
    ],
    [
      'a group that is called by another node group: that much of the request is the cluster',
      withValue(
        NODES,
        'requestParameters.autoScalingGroupName',
        'eks-others-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0',
      ),
      `service ${arn('eks', 'cluster/shop')}`,
    ],
  ])('%s', (_, record, expected) => {
    expect(parentOf(record)).toBe(expected);
  });

  test('the service by the principal that it has in China', () => {
    const { userIdentity } = fixture('ec2-CreateVolume');
    const calling = { ...(userIdentity as object), invokedBy: 'eks-nodegroup.amazonaws.com.cn' };
    expect(parentOf(withValues(NODES, { userIdentity: calling, sourceIPAddress: '192.0.2.7' }))).toBe(
      `service ${NODE_GROUP}`,
    );
  });
});

describe('what a request says is checked', () => {
  test.each<[string, CloudTrailRecord]>([
    ['a stack of another account', queueOf(stack('aws:cloudformation:eu-west-1:444455556666'))],
    ['a stack of another partition', queueOf(stack(`aws-cn:cloudformation:cn-north-1:${ACCOUNT}`))],
    ['a stack in a region of another partition', queueOf(stack(`aws:cloudformation:cn-north-1:${ACCOUNT}`))],
    ['a stack in no region', queueOf(stack(`aws:cloudformation:eu-west-1.evil.example:${ACCOUNT}`))],
    ['an ARN of another service', queueOf(stack(`aws:iam:eu-west-1:${ACCOUNT}`))],
    ['an ARN with a wildcard', queueOf(`${stack(`aws:cloudformation:eu-west-1:${ACCOUNT}`).slice(0, -4)}*`)],
    ['an ARN with something behind it', queueOf(`${stack(`aws:cloudformation:eu-west-1:${ACCOUNT}`)}/x`)],
    ['a group of a name with a wildcard', launched({ 'aws:autoscaling:groupName': '*' })],
    ['a group of a name that parts an ARN', launched({ 'aws:autoscaling:groupName': 'a:b' })],
    ['a group of no name', launched({ 'aws:autoscaling:groupName': '' })],
    ['a group of a huge name', launched({ 'aws:autoscaling:groupName': 'x'.repeat(200_000) })],
    [
      'what a key called like a call would bring in',
      launched(
        { 'ec2.amazonaws.com CreateNetworkInterface': 'x' },
        { 'requestParameters.description': 'ELB app/a/b' },
      ),
    ],
    ['a fleet of no such id', launched({ 'aws:ec2:fleet-id': '../../i-0a1b2c3d4e5f60713' })],
    ['a cluster called as a part of a path', launched({ 'eks:eks-cluster-name': '..' })],
    ['a cluster whose name goes on', launched({ 'eks:eks-cluster-name': 'shop/../other' })],
    [
      'a value that is no text',
      launched(
        {},
        { 'requestParameters.tagSpecificationSet.items.0.tags': [{ key: 'aws:ec2:fleet-id', value: {} }] },
      ),
    ],
    [
      'tags for its volumes',
      launched(
        { 'aws:ec2:fleet-id': 'x' },
        { 'requestParameters.tagSpecificationSet.items.0.resourceType': 'volume' },
      ),
    ],
  ])('%s is no parent', (_, record) => {
    expect(parentOf(record)).toBeUndefined();
  });

  test('a description made to be matched slowly is matched at once', () => {
    const slow = `AWS Lambda VPC ENI-${'0b1c2d3e-4f50-6172-8394-'.repeat(10_000)}`;
    const record = withValue(
      fixture('ec2-CreateNetworkInterface.function'),
      'requestParameters.description',
      slow,
    );
    const start = process.cpuUsage();
    expect(parentOf(record)).toBeUndefined();
    expect(process.cpuUsage(start).user).toBeLessThan(500_000);
  });

  test('a stack makes what is global in another region than its own', () => {
    const record = queueOf(stack(`aws:cloudformation:ap-southeast-2:${ACCOUNT}`));
    expect(creationOf(record).parent).toMatchObject({
      arn: stack(`aws:cloudformation:ap-southeast-2:${ACCOUNT}`),
      account: ACCOUNT,
      region: 'ap-southeast-2',
    });
  });

  test('a call that failed names nothing, whatever tags it asked for', () => {
    const record = launched(
      { 'aws:autoscaling:groupName': 'web' },
      { errorCode: 'Client.InvalidParameterValue' },
    );
    expect(refusalOf(record)[0]).toBe('failed-call');
  });

  test('nothing is made for itself', () => {
    const record = withValue(
      fixture('ec2-CreateFleet.karpenter'),
      'requestParameters.CreateFleetRequest.TagSpecification',
      [
        {
          ResourceType: 'fleet',
          Tag: [{ Key: 'aws:ec2:fleet-id', Value: 'fleet-7d1f2c55-0c1e-4f5e-9f30-6f6c2f6a1b01' }],
        },
      ],
    );
    expect(parentOf(record)).toBeUndefined();
  });

  test('a copy of a snapshot names no policy: the policy lies where it is copied from', () => {
    const tags = [{ key: 'aws:dlm:lifecycle-policy-id', value: 'policy-0a1b2c3d4e5f60718' }];
    const record = withValue(fixture('ec2-CopySnapshot'), 'requestParameters.tagSpecificationSet', {
      items: [{ resourceType: 'snapshot', tags }],
    });
    expect(parentOf(record)).toBeUndefined();
  });
});

describe('a stack bears no tags of ours', () => {
  const verdictOf = (record: CloudTrailRecord, options: CreationOptions = {}) => {
    const verdict = readEvent({ index: 0, record }, A_LOG, options);
    if (verdict.kind !== 'ignored') throw new Error(`expected none, got a ${verdict.kind}`);
    const made = 'creation' in verdict ? verdict.creation.resources.map(({ arn }) => arn) : [];
    return [verdict.reason, ...made];
  };
  const KEPT = ['untagged-parent', stackArn('web')];
  const NOTHING = ['not-in-catalogue'];

  test.each<[string, CloudTrailRecord, readonly string[]]>([
    ['and is told all the same', createStack('web'), KEPT],
    ['also where a change set makes it', createChangeSet('web', 'CREATE'), KEPT],
    ['a change set for a stack that is there makes none', createChangeSet('web', 'UPDATE'), NOTHING],
    [
      'nor does one of no type, which is for a stack that is there',
      createChangeSet('web', undefined),
      NOTHING,
    ],
    ['one that imports does not tell whether the stack was there', createChangeSet('web', 'IMPORT'), NOTHING],
    [
      'a change set whose record does not name the stack',
      withValue(createChangeSet('web', 'CREATE'), 'responseElements', { id: 'x' }),
      NOTHING,
    ],
    [
      'a call that failed',
      withValue(createStack('web'), 'errorCode', 'AlreadyExistsException'),
      ['failed-call'],
    ],
    ['a call of nobody', withValue(createStack('web'), 'userIdentity', {}), ['no-creator']],
    [
      'the stack of another account',
      withValue(
        createStack('web'),
        'responseElements.stackId',
        stack('aws:cloudformation:eu-west-1:444455556666'),
      ),
      ['invalid'],
    ],
    [
      'the stack of another region',
      withValue(createStack('web'), 'responseElements.stackId', stackArn('web', 'eu-central-1')),
      ['invalid'],
    ],
    ['what is no stack', withValue(createStack('web'), 'responseElements.stackId', 'web'), ['invalid']],
  ])('%s', (_, record, expected) => {
    expect(verdictOf(record)).toEqual(expected);
  });

  test('whatever services are tagged', () => {
    expect(verdictOf(createStack('web'), { services: (service) => service === 'ec2' })).toEqual(KEPT);
  });

  test('one that AWS tagged with the stack that it is nested in was made for that', () => {
    const tags = [{ key: 'aws:cloudformation:stack-id', value: stackArn('root') }];
    const record = withValue(createStack('web'), 'requestParameters.tags', tags);
    const verdict = readEvent({ index: 0, record }, A_LOG);
    expect('creation' in verdict && told(verdict.creation.parent)).toBe(`vouched ${stackArn('root')}`);
  });

  test('it is kept under the name by which what was made for it names it', () => {
    const made = readEvent({ index: 0, record: createStack('web') }, A_LOG);
    expect(parentOf(queueOf(stackArn('web')))).toBe(`vouched ${stackArn('web')}`);
    expect(made).toMatchObject({ creation: { resources: [{ arn: stackArn('web'), row: { api: '' } }] } });
  });
});

const FOLDER = fileURLToPath(new URL('../../../../shared/real-logs/', import.meta.url));
const isThere = existsSync(FOLDER);
if (!isThere) process.stdout.write(`skipped: what real records say of parents, ${FOLDER} is absent\n`);

/** Real records by services, as `invokedBy` names them, and what each proves. */
const REAL: readonly (readonly [
  file: string,
  invokedBy: string,
  eventName: string,
  parent: string | undefined,
])[] = [
  // Of launch configurations: the group stands in no field, only in a CreateTags that follows.
  ['grycap/grycap_000.json.gz', 'autoscaling.amazonaws.com', 'RunInstances', undefined],
  ['custodian/custodian_000.json.gz', 'autoscaling.amazonaws.com', 'RunInstances', undefined],
  [
    'watcher/watcher_000.json.gz',
    'cloudformation.amazonaws.com',
    'CreateCluster',
    'vouched arn:aws:cloudformation:ap-northeast-2:000000000000:stack/Infra-ECS-Cluster-cf14ddf5-f89d-4495-864a-8dac6f8ac8ab/f0f3b9d0-acdc-11ec-a992-0abfc302ccc4',
  ],
];

(isThere ? test : test.skip).each(REAL)(
  'in %s, %s %s names what its request proves',
  (file, invokedBy, eventName, parent) => {
    const { Records: records } = JSON.parse(gunzipSync(readFileSync(`${FOLDER}${file}`)).toString());
    const made = (records as readonly CloudTrailRecord[]).flatMap((record, index) => {
      const verdict = readEvent({ index, record }, A_LOG);
      return verdict.kind === 'creation' ? verdict.creation : [];
    });
    const own = made.filter((each) => each.eventName === eventName && each.creator.invokedBy === invokedBy);
    expect(own.map((each) => told(each.parent))).toEqual([parent]);
  },
);
