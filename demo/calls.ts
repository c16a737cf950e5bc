/**
 * The calls of the demo: two people create one resource of every kind that is tagged, in three regions; some
 * calls fail, and some create nothing.
 */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CopySnapshotCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateDBClusterCommand, CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ClientClass, SdkClient } from '../tag-manager/calls/clients.ts';

/** A person at work in one region. */
export interface Desk {
  client<Client extends SdkClient>(clientClass: ClientClass<Client>): Client;
  /** The ARN of an EC2 resource of this account and region. */
  ec2Arn(type: string, id: string | undefined): string;
  readonly region: string;
  readonly account: string;
}

export interface DemoCall {
  readonly who: 'alice' | 'jane';
  readonly region: string;
  /** Makes the call; the ARNs of what it created, none where it failed as it should or creates nothing. */
  run(desk: Desk): Promise<readonly (string | undefined)[]>;
  /** `CreatedBy` was set by the call itself: it is left as it is. */
  readonly claims?: string;
}

const ALICE_IN_IRELAND = { who: 'alice', region: 'eu-west-1' } as const;
const JANE_IN_VIRGINIA = { who: 'jane', region: 'us-east-1' } as const;
const ALICE_IN_SYDNEY = { who: 'alice', region: 'ap-southeast-2' } as const;
const JANE_IN_SYDNEY = { who: 'jane', region: 'ap-southeast-2' } as const;

/** What somebody writes who wants another to be taken for the creator. */
const SOMEBODY_ELSE = 'arn:aws:iam::111122223333:user/somebody-else';

export const DEMO_CALLS: readonly DemoCall[] = [
  { ...ALICE_IN_IRELAND, run: describesInstances },
  { ...ALICE_IN_IRELAND, run: (desk) => runsInstances(desk, { MinCount: 3, MaxCount: 3 }) },
  { ...ALICE_IN_IRELAND, run: createsSnapshots },
  { ...ALICE_IN_IRELAND, run: failsToRunInstances },
  { ...ALICE_IN_IRELAND, run: createsBucket },
  { ...ALICE_IN_IRELAND, run: createsFunction },
  { ...ALICE_IN_IRELAND, run: createsQueue },
  { ...JANE_IN_VIRGINIA, run: asksWhoSheIs },
  { ...JANE_IN_VIRGINIA, run: createsVolumeAndSnapshot },
  { ...JANE_IN_VIRGINIA, run: createsSecurityGroup },
  { ...JANE_IN_VIRGINIA, run: createsDatabases },
  { ...JANE_IN_VIRGINIA, run: createsTopic },
  { ...ALICE_IN_SYDNEY, run: createsTable },
  { ...JANE_IN_SYDNEY, run: createsCaches },
  { ...JANE_IN_SYDNEY, run: claimsVolumeForSomebodyElse, claims: SOMEBODY_ELSE },
];

async function describesInstances(desk: Desk) {
  await desk.client(EC2Client).send(new DescribeInstancesCommand({}));
  return [];
}

async function asksWhoSheIs(desk: Desk) {
  await desk.client(STSClient).send(new GetCallerIdentityCommand({}));
  return [];
}

const INSTANCE = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't4g.micro' } as const;

async function runsInstances(desk: Desk, count: Pick<RunInstancesCommandInput, 'MinCount' | 'MaxCount'>) {
  const { Instances = [] } = await desk
    .client(EC2Client)
    .send(new RunInstancesCommand({ ...INSTANCE, ...count }));
  const ids = Instances.flatMap(({ InstanceId }) => InstanceId ?? []);
  return [...ids.map((id) => desk.ec2Arn('instance', id)), ...(await volumesOf(desk, ids))];
}

/** That were launched with them, and of which no record tells. */
async function volumesOf(desk: Desk, instances: string[]) {
  const Filters = [{ Name: 'attachment.instance-id', Values: instances }];
  const { Volumes = [] } = await desk.client(EC2Client).send(new DescribeVolumesCommand({ Filters }));
  return Volumes.map(({ VolumeId }) => desk.ec2Arn('volume', VolumeId));
}

/** A dry run is answered with an error, and so is written to the log. */
async function failsToRunInstances(desk: Desk) {
  const command = new RunInstancesCommand({ ...INSTANCE, MinCount: 1, MaxCount: 1, DryRun: true });
  await mustFail(desk.client(EC2Client).send(command), 'DryRunOperation');
  return [];
}

async function createsVolume(desk: Desk, claimedBy?: string) {
  const Tags = [{ Key: 'CreatedBy', Value: claimedBy }];
  const command = new CreateVolumeCommand({
    AvailabilityZone: `${desk.region}a`,
    Size: 8,
    ...(claimedBy !== undefined && { TagSpecifications: [{ ResourceType: 'volume', Tags }] }),
  });
  const { VolumeId } = await desk.client(EC2Client).send(command);
  return VolumeId;
}

async function claimsVolumeForSomebodyElse(desk: Desk) {
  return [desk.ec2Arn('volume', await createsVolume(desk, SOMEBODY_ELSE))];
}

async function createsVolumeAndSnapshot(desk: Desk) {
  const ec2 = desk.client(EC2Client);
  const VolumeId = await createsVolume(desk);
  const { SnapshotId } = await ec2.send(new CreateSnapshotCommand({ VolumeId }));
  const source = { SourceRegion: desk.region, SourceSnapshotId: SnapshotId };
  const copy = await ec2.send(new CopySnapshotCommand(source));
  const snapshotArn = (id: string | undefined) => `arn:aws:ec2:${desk.region}::snapshot/${id}`;
  return [desk.ec2Arn('volume', VolumeId), snapshotArn(SnapshotId), snapshotArn(copy.SnapshotId)];
}

async function createsSnapshots(desk: Desk) {
  const ec2 = desk.client(EC2Client);
  const { Instances } = await ec2.send(new RunInstancesCommand({ ...INSTANCE, MinCount: 1, MaxCount: 1 }));
  const InstanceId = Instances?.[0]?.InstanceId;
  const command = new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId } });
  const { Snapshots = [] } = await ec2.send(command);
  const snapshots = Snapshots.map(({ SnapshotId }) => `arn:aws:ec2:${desk.region}::snapshot/${SnapshotId}`);
  const volumes = await volumesOf(desk, [InstanceId ?? '']);
  return [desk.ec2Arn('instance', InstanceId), ...snapshots, ...volumes];
}

async function createsSecurityGroup(desk: Desk) {
  const command = new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web servers' });
  const { GroupId } = await desk.client(EC2Client).send(command);
  return [desk.ec2Arn('security-group', GroupId)];
}

async function createsBucket(desk: Desk) {
  const s3 = desk.client(S3Client);
  const Bucket = `reports-${desk.account}`;
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
  await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const again = s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  await mustFail(again, 'BucketAlreadyOwnedByYou');
  return [`arn:aws:s3:::${Bucket}`];
}

async function createsFunction(desk: Desk) {
  const command = new CreateFunctionCommand({
    FunctionName: 'resize-images',
    Role: `arn:aws:iam::${desk.account}:role/resize-images`,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
  });
  const { FunctionArn } = await desk.client(LambdaClient).send(command);
  return [FunctionArn];
}

async function createsQueue(desk: Desk) {
  await desk
    .client(SQSClient)
    .send(new CreateQueueCommand({ QueueName: 'orders.fifo', Attributes: { FifoQueue: 'true' } }));
  return [`arn:aws:sqs:${desk.region}:${desk.account}:orders.fifo`];
}

async function createsDatabases(desk: Desk) {
  const rds = desk.client(RDSClient);
  const { DBCluster } = await rds.send(
    new CreateDBClusterCommand({ DBClusterIdentifier: 'Orders', Engine: 'aurora-mysql' }),
  );
  const { DBInstance } = await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'Orders-1',
      DBClusterIdentifier: 'orders',
      DBInstanceClass: 'db.r8g.large',
      Engine: 'aurora-mysql',
    }),
  );
  return [DBCluster?.DBClusterArn, DBInstance?.DBInstanceArn];
}

async function createsTopic(desk: Desk) {
  const { TopicArn } = await desk.client(SNSClient).send(new CreateTopicCommand({ Name: 'order-events' }));
  return [TopicArn];
}

async function createsTable(desk: Desk) {
  const { TableDescription } = await desk.client(DynamoDBClient).send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  return [TableDescription?.TableArn];
}

async function createsCaches(desk: Desk) {
  const cache = desk.client(ElastiCacheClient);
  const { CacheCluster } = await cache.send(
    new CreateCacheClusterCommand({ CacheClusterId: 'sessions', Engine: 'memcached', NumCacheNodes: 1 }),
  );
  const { ReplicationGroup } = await cache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'carts',
      ReplicationGroupDescription: 'shopping carts',
    }),
  );
  return [CacheCluster?.ARN, ReplicationGroup?.ARN];
}

async function mustFail(call: Promise<unknown>, expected: string): Promise<void> {
  const name = await call.then(
    () => 'success',
    (error: Error) => error.name,
  );
  if (name !== expected)
    throw new Error(`the demo expected the call to end in ${expected}, and it ended in ${name}`);
}
