/** Records of the simulated CloudTrail hold what those of AWS hold, whoever made the call. */
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
import { CreateBucketCommand, GetBucketTaggingCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { TagResourceCommand as TagBucketCommand } from '@aws-sdk/client-s3-control';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, type Clients, clientsOf, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('each test', (started, clientsAs) => {
  sandbox = started;
  sandbox.clock.set('2026-03-04T05:06:07.890Z');
  alice = clientsAs(ALICE);
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
    const NetworkInterfaces = [{ DeviceIndex: 0, DeleteOnTermination: false }];
    const settings = { NetworkInterfaces, Monitoring: { Enabled: false }, DryRun: true };
    await failureOf(alice.ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1, ...settings })));
    expect(last()?.requestParameters).toMatchObject({
      monitoring: { enabled: false },
      networkInterfaceSet: { items: [{ deleteOnTermination: false }] },
    });
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
});
