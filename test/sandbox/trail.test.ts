import { gunzipSync } from 'node:zlib';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DescribeTagsCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CreateCacheClusterCommand, CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { CreateFunctionCommand, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
} from '@aws-sdk/client-rds';
import {
  CreateBucketCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { TagResourceCommand as TagBucketCommand } from '@aws-sdk/client-s3-control';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Identity, type Sandbox, startSandbox, type TrailRecord } from '../../sandbox/sandbox.ts';
import { ALICE, BOB, clientsOf, failureOf } from './clients.ts';

let sandbox: Sandbox;
let alice: ReturnType<typeof clientsOf>;

beforeEach(async () => {
  sandbox = await startSandbox();
  sandbox.clock.set('2026-03-04T05:06:07.890Z');
  alice = clientsOf(sandbox, ALICE);
});
afterEach(async () => {
  alice.destroy();
  await sandbox.close();
});

const last = () => sandbox.trail.records.at(-1);
const Tags = [{ Key: 'Name', Value: 'a=b' }];
const KEY_ORDER = [
  'eventVersion',
  'userIdentity',
  'eventTime',
  'eventSource',
  'eventName',
  'awsRegion',
  'sourceIPAddress',
  'userAgent',
  'errorCode',
  'errorMessage',
  'requestParameters',
  'responseElements',
  'additionalEventData',
  'requestID',
  'eventID',
  'readOnly',
  'resources',
  'eventType',
  'apiVersion',
  'managementEvent',
  'recipientAccountId',
  'eventCategory',
  'tlsDetails',
];

describe('records', () => {
  test('have the keys of delivered files, in their order', async () => {
    const { Instances } = await alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    await failureOf(alice.ec2.send(new CreateTagsCommand({ Resources: ['i-00000000'], Tags })));
    await alice.s3.send(new CreateBucketCommand({ Bucket: 'alices-bucket' }));
    await alice.dynamodb.send(table);
    await alice.sts.send(new GetCallerIdentityCommand({}));
    for (const record of sandbox.trail.records) {
      const keys = Object.keys(record);
      expect(keys).toEqual(KEY_ORDER.filter((key) => keys.includes(key)));
    }
    const [started, failed] = sandbox.trail.records;
    expect(started).toMatchObject({
      eventTime: '2026-03-04T05:06:07Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      awsRegion: 'eu-west-1',
      readOnly: false,
      recipientAccountId: '111122223333',
      requestParameters: { instancesSet: { items: [{ minCount: 1, maxCount: 1 }] } },
      responseElements: {
        requestId: started?.requestID,
        ownerId: '111122223333',
        groupSet: {},
        instancesSet: {
          items: [
            { instanceId: Instances?.[0]?.InstanceId, launchTime: 1772600767890, blockDeviceMapping: {} },
          ],
        },
      },
      resources: [{ accountId: '111122223333', type: 'AWS::EC2::Instance' }],
    });
    expect(failed).toMatchObject({
      errorCode: 'Client.InvalidInstanceID.NotFound',
      errorMessage: "The instance ID 'i-00000000' does not exist",
      responseElements: null,
    });
  });

  const table = new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    Tags,
  });

  test('of EC2 hold sets of items, sizes as text, and a dry run as a failure', async () => {
    const { VolumeId = '' } = await alice.ec2.send(
      new CreateVolumeCommand({ Size: 1, AvailabilityZone: 'eu-west-1a' }),
    );
    expect(last()).toMatchObject({
      requestParameters: { size: '1', zone: 'eu-west-1a' },
      responseElements: {
        volumeId: VolumeId,
        size: '1',
        zone: 'eu-west-1a',
        createTime: 1772600767890,
        tagSet: {},
      },
    });
    const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags }];
    await alice.ec2.send(new CreateSnapshotCommand({ VolumeId, TagSpecifications }));
    expect(last()).toMatchObject({
      requestParameters: {
        volumeId: VolumeId,
        tagSpecificationSet: { items: [{ resourceType: 'snapshot', tags: [{ key: 'Name', value: 'a=b' }] }] },
      },
      responseElements: { volumeSize: '1', tagSet: { items: [{ key: 'Name', value: 'a=b' }] } },
    });
    await alice.ec2.send(new CreateTagsCommand({ Resources: [VolumeId], Tags }));
    expect(last()).toMatchObject({
      requestParameters: {
        resourcesSet: { items: [{ resourceId: VolumeId }] },
        tagSet: { items: [{ key: 'Name', value: 'a=b' }] },
      },
      responseElements: { _return: true },
    });
    await alice.ec2.send(new CreateSecurityGroupCommand({ GroupName: 'g', Description: 'd' }));
    expect(last()?.responseElements).toMatchObject({ _return: true, groupId: expect.stringMatching(/^sg-/) });
    await failureOf(alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, DryRun: true })));
    expect(last()).toMatchObject({ errorCode: 'Client.DryRunOperation', responseElements: null });
    await alice.ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['Name'] }] }));
    expect(last()).toMatchObject({
      readOnly: true,
      requestParameters: {
        filterSet: { items: [{ name: 'key', valueSet: { items: [{ value: 'Name' }] } }] },
      },
      responseElements: null,
    });
  });

  test('of CreateSnapshots wrap the answer, where one snapshot is an object and several are a list', async () => {
    const { Instances } = await alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
    const InstanceId = Instances?.[0]?.InstanceId ?? '';
    const snapshots = async (ExcludeBootVolume: boolean) => {
      await alice.ec2.send(
        new CreateSnapshotsCommand({ InstanceSpecification: { InstanceId, ExcludeBootVolume } }),
      );
      return last();
    };
    const snapshotId = expect.stringMatching(/^snap-/);
    expect(await snapshots(true)).toMatchObject({
      requestParameters: { CreateSnapshotsRequest: { InstanceSpecification: { InstanceId } } },
      responseElements: { CreateSnapshotsResponse: { snapshotSet: { item: { snapshotId, tagSet: '' } } } },
    });
    expect(await snapshots(false)).toMatchObject({
      responseElements: {
        CreateSnapshotsResponse: { snapshotSet: { item: [{ snapshotId }, { snapshotId }] } },
      },
    });
  });

  test('of S3 hold the body as XML in JSON, and null as the answer', async () => {
    const us = clientsOf(sandbox, ALICE, 'us-east-1');
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const };
    await us.s3.send(new CreateBucketCommand({ Bucket: 'alices-bucket', CreateBucketConfiguration }));
    us.destroy();
    const xmlns = 'http://s3.amazonaws.com/doc/2006-03-01/';
    expect(last()).toMatchObject({
      awsRegion: 'us-east-1',
      requestParameters: {
        CreateBucketConfiguration: { LocationConstraint: 'eu-west-1', xmlns },
        bucketName: 'alices-bucket',
        Host: 'alices-bucket.s3.amazonaws.com',
      },
      responseElements: null,
    });
    await failureOf(alice.s3.send(new GetBucketTaggingCommand({ Bucket: 'alices-bucket' })));
    expect(last()).toMatchObject({
      errorCode: 'NoSuchTagSet',
      readOnly: true,
      requestParameters: { tagging: '' },
    });
    await alice.s3.send(new PutBucketTaggingCommand({ Bucket: 'alices-bucket', Tagging: { TagSet: Tags } }));
    expect(last()).toMatchObject({
      requestParameters: { Tagging: { xmlns, TagSet: { Tag: { Key: 'Name', Value: 'a=b' } } }, tagging: '' },
      resources: [{ accountId: '111122223333', type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::alices-bucket' }],
    });
    const ResourceArn = 'arn:aws:s3:::alices-bucket';
    await alice.s3Control.send(new TagBucketCommand({ AccountId: ALICE.account, ResourceArn, Tags }));
    expect(last()).toMatchObject({ eventSource: 's3.amazonaws.com', eventName: 'TagResource' });
  });

  test('of RDS are flat, with only the first letter made small', async () => {
    const MasterUserPassword = 'secret';
    await alice.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'Orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'mysql',
        AllocatedStorage: 10,
        StorageEncrypted: false,
        MasterUserPassword,
        Tags: [{ Key: 'port', Value: '1' }],
      }),
    );
    expect(last()).toMatchObject({
      requestParameters: {
        dBInstanceIdentifier: 'Orders',
        allocatedStorage: 10,
        storageEncrypted: false,
        masterUserPassword: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        tags: [{ key: 'port', value: '1' }],
      },
      responseElements: {
        dBInstanceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
        dbiResourceId: expect.stringMatching(/^db-/),
      },
    });
    await alice.rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'c', Engine: 'aurora-mysql' }));
    expect(last()?.responseElements).toMatchObject({
      dBClusterArn: 'arn:aws:rds:eu-west-1:111122223333:cluster:c',
      dbClusterResourceId: expect.stringMatching(/^cluster-/),
    });
    await failureOf(alice.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'none' })));
    expect(last()).toMatchObject({ errorCode: 'DBInstanceNotFoundFault' });
  });

  test('of Lambda carry the version of the API in their names, and neither code nor variables', async () => {
    const { FunctionArn = '' } = await alice.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'f',
        Role: 'arn:aws:iam::111122223333:role/r',
        Code: { ZipFile: Buffer.from('zip') },
        Runtime: 'nodejs24.x',
        Handler: 'a.b',
        Environment: { Variables: { SECRET: 'x' } },
        Tags: { Name: 'n' },
      }),
    );
    expect(last()).toMatchObject({
      eventName: 'CreateFunction20150331',
      requestParameters: { functionName: 'f', code: {}, environment: {}, tags: { Name: 'n' } },
      responseElements: { functionArn: FunctionArn, environment: {} },
    });
    expect(JSON.stringify(last())).not.toContain('SECRET');
    await alice.lambda.send(new TagResourceCommand({ Resource: FunctionArn, Tags: { CreatedBy: 'a' } }));
    expect(last()).toMatchObject({
      eventName: 'TagResource20170331v2',
      requestParameters: { resource: FunctionArn, tags: { CreatedBy: 'a' } },
      responseElements: null,
    });
    await alice.lambda.send(new ListTagsCommand({ Resource: FunctionArn }));
    expect(last()).toMatchObject({ eventName: 'ListTags20170331', readOnly: true });
  });

  test('of the other services name what was created where AWS does', async () => {
    await alice.dynamodb.send(table);
    expect(last()).toMatchObject({
      apiVersion: '2012-08-10',
      requestParameters: { tableName: 'orders', tags: [{ key: 'Name', value: 'a=b' }] },
      responseElements: {
        tableDescription: {
          tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
          tableStatus: 'CREATING',
          creationDateTime: 'Mar 4, 2026, 5:06:07 AM',
        },
      },
    });
    await alice.sns.send(new CreateTopicCommand({ Name: 't', Attributes: { DisplayName: 'd' }, Tags }));
    expect(last()).toMatchObject({
      requestParameters: {
        name: 't',
        attributes: { DisplayName: 'd' },
        tags: [{ key: 'Name', value: 'a=b' }],
      },
      responseElements: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:t' },
    });
    const { QueueUrl } = await alice.sqs.send(
      new CreateQueueCommand({ QueueName: 'q', tags: { Name: 'n' } }),
    );
    expect(last()).toMatchObject({
      requestParameters: { queueName: 'q', tags: { Name: 'n' } },
      responseElements: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q' },
      resources: [{ type: 'AWS::SQS::Queue', ARN: 'arn:aws:sqs:eu-west-1:111122223333:q' }],
    });
    await alice.elasticache.send(new CreateCacheClusterCommand({ CacheClusterId: 'c', NumCacheNodes: 1 }));
    expect(last()).toMatchObject({
      requestParameters: { cacheClusterId: 'c', numCacheNodes: 1 },
      responseElements: { aRN: 'arn:aws:elasticache:eu-west-1:111122223333:cluster:c' },
    });
    await alice.elasticache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: 'g',
        ReplicationGroupDescription: 'd',
        NumCacheClusters: 1,
      }),
    );
    expect(last()).toMatchObject({
      responseElements: {
        aRN: 'arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:g',
        memberClusters: ['g-001'],
      },
    });
    const before = sandbox.trail.records.length;
    await alice.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'data event' }));
    expect(sandbox.trail.records).toHaveLength(before);
  });

  const account = '123456789012';
  test.each<[Identity, object]>([
    [
      { type: 'IAMUser', account, userName: 'eve' },
      { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/eve', userName: 'eve' },
    ],
    [
      { type: 'Root', account },
      { type: 'Root', principalId: account, arn: 'arn:aws:iam::123456789012:root' },
    ],
    [
      {
        type: 'AssumedRole',
        account,
        roleName: 'Dev',
        sessionName: 'eve@example.com',
        sourceIdentity: 'eve',
      },
      {
        principalId: expect.stringMatching(/^AROA\w+:eve@example\.com$/),
        arn: 'arn:aws:sts::123456789012:assumed-role/Dev/eve@example.com',
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            arn: 'arn:aws:iam::123456789012:role/Dev',
            accountId: account,
            userName: 'Dev',
          },
          attributes: { creationDate: '2026-03-04T05:06:07Z', mfaAuthenticated: 'false' },
          sourceIdentity: 'eve',
        },
      },
    ],
    [
      {
        type: 'AssumedRole',
        account,
        path: '/aws-service-role/autoscaling.amazonaws.com/',
        roleName: 'AWSServiceRoleForAutoScaling',
        sessionName: 'AutoScaling',
        invokedBy: 'autoscaling.amazonaws.com',
      },
      { invokedBy: 'autoscaling.amazonaws.com' },
    ],
  ])('say who called: %j', async (identity, userIdentity) => {
    const clients = clientsOf(sandbox, identity);
    await clients.sts.send(new GetCallerIdentityCommand({}));
    expect(last()?.userIdentity).toMatchObject({ ...userIdentity, accountId: account });
    if (identity.invokedBy) {
      expect(last()).toMatchObject({ sourceIPAddress: identity.invokedBy, userAgent: identity.invokedBy });
    }
    clients.destroy();
  });
});

describe('delivery', () => {
  beforeEach(() => sandbox.putBucket({ name: 'log-files', account: ALICE.account, region: 'eu-west-1' }));
  const read = ({ bucket, key }: { bucket: string; key: string }) =>
    gunzipSync(sandbox.getObject(bucket, key)).toString();

  test('writes one file an account and region, named as CloudTrail names them, and each record once', async () => {
    const others = [clientsOf(sandbox, BOB), clientsOf(sandbox, ALICE, 'us-west-2')];
    for (const { sts } of [alice, alice, ...others]) await sts.send(new GetCallerIdentityCommand({}));
    const deliveries = sandbox.trail.deliver({ bucket: 'log-files' });
    expect(deliveries.map(({ records }) => records)).toEqual([2, 1, 1]);
    expect(deliveries[0]?.key).toMatch(
      /^AWSLogs\/111122223333\/CloudTrail\/eu-west-1\/2026\/03\/04\/111122223333_CloudTrail_eu-west-1_20260304T0510Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
    const delivered = deliveries.flatMap((delivery) => JSON.parse(read(delivery)).Records as TrailRecord[]);
    const byId = (records: readonly TrailRecord[]) =>
      new Map(records.map((record) => [record.eventID, record]));
    expect(byId(delivered)).toEqual(byId(sandbox.trail.records));
    expect(sandbox.trail.deliver({ bucket: 'log-files' })).toEqual([]);
    for (const { destroy } of others) destroy();
  });

  test('of an organization trail has the prefix and the organization in the key, of one account only its records', async () => {
    const bob = clientsOf(sandbox, BOB);
    await alice.sts.send(new GetCallerIdentityCommand({}));
    await bob.sts.send(new GetCallerIdentityCommand({}));
    const [own] = sandbox.trail.deliver({ bucket: 'log-files', account: BOB.account });
    expect(own?.key).toMatch(/^AWSLogs\/444455556666\//);
    const [rest] = sandbox.trail.deliver({
      bucket: 'log-files',
      prefix: 'trail',
      organizationId: 'o-abc1234567',
    });
    expect(rest?.key).toMatch(/^trail\/AWSLogs\/o-abc1234567\/111122223333\/CloudTrail\//);
    bob.destroy();
  });

  test('writes one line of ASCII that begins and ends as CloudTrail writes it', async () => {
    await alice.sns.send(new CreateTopicCommand({ Name: 't', Tags: [{ Key: 'k', Value: 'ü=1' }] }));
    const [delivery] = sandbox.trail.deliver({ bucket: 'log-files' });
    if (!delivery) throw new Error('nothing was delivered');
    const text = read(delivery);
    expect(text).toMatch(/^\{"Records":\[\{"eventVersion":"1\.11",.*\}\]\}$/);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).toContain('"value":"\\u00fc\\u003d1"');
    expect(delivery.bytes).toBe(sandbox.getObject(delivery.bucket, delivery.key).length);
  });

  test('is announced by S3 with the form-encoded key', async () => {
    sandbox.putObject('log-files', 'a b/c+d=e.json.gz', 'body');
    await alice.s3.send(new PutObjectCommand({ Bucket: 'log-files', Key: 'plain/key.gz', Body: 'x' }));
    const event = sandbox.s3Notification([
      { bucket: 'log-files', key: 'a b/c+d=e.json.gz' },
      { bucket: 'log-files', key: 'plain/key.gz' },
    ]);
    expect(event.Records.map(({ s3 }) => s3.object.key)).toEqual(['a+b/c%2Bd%3De.json.gz', 'plain/key.gz']);
    expect(event.Records[0]).toMatchObject({
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: 'log-files', arn: 'arn:aws:s3:::log-files' }, object: { size: 4 } },
    });
  });
});
