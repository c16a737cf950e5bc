/** Amazon EC2: ids are never used again, and one `CreateTags` serves every type. */
import { type CatalogueRow, SHORT_GRACE_SECONDS } from './row.ts';

const EC2 = {
  eventSource: 'ec2.amazonaws.com',
  naming: 'unique',
  creation: 'strict',
  tagger: 'ec2',
  graceSeconds: SHORT_GRACE_SECONDS,
  requestTagsPath: 'requestParameters.tagSpecificationSet.items[].tags[]',
} as const;

const SNAPSHOT = {
  ...EC2,
  resourceType: 'ec2:snapshot',
  arn: 'arn:{Partition}:ec2:{Region}::snapshot/{SnapshotId}',
} as const;

export const EC2_ROWS: readonly CatalogueRow[] = [
  {
    ...EC2,
    eventName: 'RunInstances',
    resourceType: 'ec2:instance',
    arn: 'arn:{Partition}:ec2:{Region}:{Account}:instance/{InstanceId}',
    ids: {
      InstanceId: [
        'responseElements.instancesSet.items[].instanceId',
        'requestParameters.instancesSet.items[].instanceId',
      ],
    },
    createdAtPath: 'responseElements.instancesSet.items[].launchTime',
  },
  {
    ...EC2,
    eventName: 'CreateVolume',
    resourceType: 'ec2:volume',
    arn: 'arn:{Partition}:ec2:{Region}:{Account}:volume/{VolumeId}',
    ids: { VolumeId: ['responseElements.volumeId'] },
    createdAtPath: 'responseElements.createTime',
  },
  {
    // responseElements only: requestParameters.sourceVolumeId is the volume that was copied. The paths follow from the
    // EC2 service model; no record of it has been seen.
    ...EC2,
    eventName: 'CopyVolumes',
    resourceType: 'ec2:volume',
    arn: 'arn:{Partition}:ec2:{Region}:{Account}:volume/{VolumeId}',
    ids: {
      VolumeId: [
        'responseElements.CopyVolumesResponse.volumeSet.item[].volumeId',
        'responseElements.volumeSet.items[].volumeId',
      ],
    },
    requestTagsPath: 'requestParameters.CopyVolumesRequest.TagSpecification[].Tag[]',
  },
  {
    ...SNAPSHOT,
    eventName: 'CreateSnapshot',
    ids: { SnapshotId: ['responseElements.snapshotId'] },
    createdAtPath: 'responseElements.startTime',
  },
  {
    ...SNAPSHOT,
    eventName: 'CreateSnapshots',
    ids: {
      SnapshotId: [
        'responseElements.CreateSnapshotsResponse.snapshotSet.item[].snapshotId',
        'responseElements.snapshotSet.items[].snapshotId',
      ],
    },
    requestTagsPath: 'requestParameters.CreateSnapshotsRequest.TagSpecification[].Tag[]',
  },
  {
    // responseElements only: requestParameters.sourceSnapshotId is the snapshot that was copied.
    ...SNAPSHOT,
    eventName: 'CopySnapshot',
    ids: { SnapshotId: ['responseElements.snapshotId'] },
  },
  {
    ...EC2,
    eventName: 'CreateSecurityGroup',
    resourceType: 'ec2:security-group',
    arn: 'arn:{Partition}:ec2:{Region}:{Account}:security-group/{SecurityGroupId}',
    ids: { SecurityGroupId: ['responseElements.groupId'] },
  },
];
