/** The simulated EC2 creates, tags, describes and refuses as AWS does. */
import {
  CopySnapshotCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSecurityGroupCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeRegionsCommand,
  DescribeTagsCommand,
  paginateDescribeTags,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Clients, clientsOf, failureOf, manyTags } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let clients: Clients;

withSandbox('all tests', (started, clientsAs) => {
  sandbox = started;
  clients = clientsAs();
});

const arnOf = (type: string, id: string) => `arn:aws:ec2:eu-west-1:111122223333:${type}/${id}`;
const GONE = 'i-0123456789abcdef0';

async function runInstances(count: number, tags = manyTags(0)): Promise<string[]> {
  const specification =
    tags.length > 0 ? { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: tags }] } : {};
  const command = new RunInstancesCommand({ MinCount: count, MaxCount: count, ...specification });
  const { Instances = [] } = await clients.ec2.send(command);
  return Instances.map(({ InstanceId = '' }) => InstanceId);
}

const createTags = (ids: string[], tags = [{ Key: 'CreatedBy', Value: 'alice' }]) =>
  clients.ec2.send(new CreateTagsCommand({ Resources: ids, Tags: tags }));

test('RunInstances starts as many as asked for, with the tags of the specification', async () => {
  const ids = await runInstances(2, [{ Key: 'Name', Value: 'a & <b>' }]);
  expect(ids).toHaveLength(2);
  for (const id of ids) expect(sandbox.tagsOf(arnOf('instance', id))).toEqual({ Name: 'a & <b>' });
  const { Reservations } = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: ids }));
  expect(Reservations?.map(({ Instances }) => Instances?.[0]?.InstanceId)).toEqual(ids);
});

test('a repeated client token gives the first instances again; with other parameters it is refused', async () => {
  const run = (MaxCount: number) =>
    clients.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount, ClientToken: 'token-1' }));
  const first = await run(1);
  const again = await run(1);
  expect(again.Instances?.[0]?.InstanceId).toBe(first.Instances?.[0]?.InstanceId);
  expect(await failureOf(run(2))).toMatchObject({ name: 'IdempotentParameterMismatch' });
});

test('a dry run fails with DryRunOperation and starts nothing', async () => {
  const before = await clients.ec2.send(new DescribeInstancesCommand({}));
  const dry = clients.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, DryRun: true }));
  expect(await failureOf(dry)).toMatchObject({ name: 'DryRunOperation', status: 412 });
  const after = await clients.ec2.send(new DescribeInstancesCommand({}));
  expect(after.Reservations).toHaveLength(before.Reservations?.length ?? 0);
});

test('volumes and snapshots are made of each other, copied, and deleted', async () => {
  const volume = await clients.ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'eu-west-1a' }));
  const VolumeId = volume.VolumeId ?? '';
  const snapshot = await clients.ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const SnapshotId = snapshot.SnapshotId ?? '';
  expect(snapshot.VolumeSize).toBe(1);
  const west = clientsOf(sandbox, undefined, 'us-west-2');
  const copy = await west.ec2.send(
    new CopySnapshotCommand({ SourceRegion: 'eu-west-1', SourceSnapshotId: SnapshotId }),
  );
  expect(sandbox.tagsOf(`arn:aws:ec2:us-west-2::snapshot/${copy.SnapshotId}`)).toEqual({});
  west.destroy();
  await clients.ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  await clients.ec2.send(new DeleteVolumeCommand({ VolumeId }));
  expect(await failureOf(createTags([SnapshotId]))).toMatchObject({ name: 'InvalidSnapshot.NotFound' });
  expect(await failureOf(createTags([VolumeId]))).toMatchObject({ name: 'InvalidVolume.NotFound' });
});

test('CreateSnapshots makes a snapshot a volume of the instance', async () => {
  const [InstanceId = ''] = await runInstances(1);
  const snapshots = await clients.ec2.send(
    new CreateSnapshotsCommand({
      InstanceSpecification: { InstanceId },
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'a', Value: 'b' }] }],
    }),
  );
  expect(snapshots.Snapshots?.map(({ Tags }) => Tags)).toEqual([
    [{ Key: 'a', Value: 'b' }],
    [{ Key: 'a', Value: 'b' }],
  ]);
});

test('a security group name is taken once in a VPC, and free again after deletion', async () => {
  const create = () =>
    clients.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'd', VpcId: 'vpc-1' }));
  const { GroupId = '' } = await create();
  expect(await failureOf(create())).toMatchObject({ name: 'InvalidGroup.Duplicate' });
  await clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  await create();
});

test('CreateTags tags all resources and keeps their other tags', async () => {
  const ids = await runInstances(2, [{ Key: 'Name', Value: 'n' }]);
  await createTags(ids, [{ Key: 'CreatedBy', Value: '' }]);
  for (const id of ids) expect(sandbox.tagsOf(arnOf('instance', id))).toEqual({ Name: 'n', CreatedBy: '' });
});

test('CreateTags tags nothing where one id does not exist, and the error names that id', async () => {
  const [id = ''] = await runInstances(1);
  expect(await failureOf(createTags([id, GONE]))).toEqual({
    name: 'InvalidInstanceID.NotFound',
    status: 400,
    message: `The instance ID '${GONE}' does not exist`,
  });
  expect(sandbox.tagsOf(arnOf('instance', id))).toEqual({});
});

test.each([
  [
    'several missing ids are named together',
    ['i-00000001', 'i-00000002'],
    'InvalidInstanceID.NotFound',
    "'i-00000001, i-00000002'",
  ],
  ['a volume', ['vol-0123456789abcdef0'], 'InvalidVolume.NotFound', "'vol-0123456789abcdef0'"],
  ['a snapshot', ['snap-0123456789abcdef0'], 'InvalidSnapshot.NotFound', "'snap-0123456789abcdef0'"],
  ['a security group', ['sg-0123456789abcdef0'], 'InvalidGroup.NotFound', "'sg-0123456789abcdef0'"],
  ['a NAT gateway', ['nat-0123456789abcdef0'], 'NatGatewayNotFound', 'nat-0123456789abcdef0'],
  ['a malformed id', ['i-xyz'], 'InvalidInstanceID.Malformed', '"i-xyz"'],
  ['an id of no type', ['thing-0123456789abcdef0'], 'InvalidID', "'thing-0123456789abcdef0'"],
])('what does not exist has the error of its type: %s', async (_, ids, name, named) => {
  const failure = await failureOf(createTags(ids));
  expect(failure.name).toBe(name);
  expect(failure.message).toContain(named);
});

test('a 51st tag is refused on every resource of the call; tags of AWS do not count', async () => {
  const [full = '', free = ''] = await runInstances(2);
  await createTags([full], manyTags(49));
  sandbox.putTags(arnOf('instance', full), { 'aws:autoscaling:groupName': 'g' });
  await createTags([full], manyTags(1, 49));
  expect(await failureOf(createTags([free, full]))).toMatchObject({ name: 'TagLimitExceeded', status: 400 });
  expect(sandbox.tagsOf(arnOf('instance', free))).toEqual({});
});

test('CreateTags takes 1000 ids at most', async () => {
  const ids = Array.from({ length: 1001 }, (_, index) => `i-${index.toString(16).padStart(8, '0')}`);
  expect(await failureOf(createTags(ids))).toMatchObject({ name: 'InvalidParameterValue' });
});

test('DescribeTags gives the tags of the ids in pages, and filters by key', async () => {
  const ids = await runInstances(3, manyTags(4));
  const pages = paginateDescribeTags(
    { client: clients.ec2, pageSize: 5 },
    { Filters: [{ Name: 'resource-id', Values: ids }] },
  );
  const sizes: number[] = [];
  for await (const { Tags = [] } of pages) sizes.push(Tags.length);
  expect(sizes).toEqual([5, 5, 2]);
  const { Tags } = await clients.ec2.send(
    new DescribeTagsCommand({
      Filters: [
        { Name: 'resource-id', Values: ids.slice(0, 1) },
        { Name: 'key', Values: ['key-1', '*-2'] },
      ],
    }),
  );
  expect(Tags?.map(({ Key, ResourceType }) => [Key, ResourceType])).toEqual([
    ['key-1', 'instance'],
    ['key-2', 'instance'],
  ]);
});

test('DescribeTags takes 200 values a filter at most', async () => {
  const Values = Array.from({ length: 201 }, (_, index) => `i-${index}`);
  const describe = clients.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values }] }));
  expect(await failureOf(describe)).toMatchObject({ name: 'FilterLimitExceeded' });
});

test('DeleteTags removes a tag, with a value only where it has that value', async () => {
  const [id = ''] = await runInstances(1, manyTags(2));
  const remove = (Key: string, Value?: string) =>
    clients.ec2.send(
      new DeleteTagsCommand({ Resources: [id], Tags: [{ Key, ...(Value !== undefined && { Value }) }] }),
    );
  await remove('key-0');
  await remove('key-1', 'another');
  expect(sandbox.tagsOf(arnOf('instance', id))).toEqual({ 'key-1': 'value' });
});

test('a terminated instance does not exist', async () => {
  const [id = ''] = await runInstances(1);
  await clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
  expect(await failureOf(createTags([id]))).toMatchObject({ name: 'InvalidInstanceID.NotFound' });
});

test('a resource that the test put there can be tagged, whatever its type', async () => {
  sandbox.putResource({ arn: arnOf('vpc', 'vpc-0123456789abcdef0') });
  await createTags(['vpc-0123456789abcdef0']);
  expect(sandbox.tagsOf(arnOf('vpc', 'vpc-0123456789abcdef0'))).toEqual({ CreatedBy: 'alice' });
});

test('DescribeRegions lists regions', async () => {
  const { Regions } = await clients.ec2.send(new DescribeRegionsCommand({}));
  expect(Regions?.map(({ RegionName }) => RegionName)).toContain('eu-west-1');
});
