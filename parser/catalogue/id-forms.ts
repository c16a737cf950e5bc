/**
 * The form that each variable of an ARN must have, as the source of a regular expression. Ids reach us in
 * records, which are untrusted, and leave us in requests.
 */

/** EC2 ids have 8 or 17 hexadecimal digits (EC2 user guide, "Resource IDs"). */
const ec2Id = (prefix: string) => `${prefix}-[0-9a-f]{8}(?:[0-9a-f]{9})?`;

export const ID_FORMS: Readonly<Record<string, string>> = {
  InstanceId: ec2Id('i'),
  VolumeId: ec2Id('vol'),
  SnapshotId: ec2Id('snap'),
  SecurityGroupId: ec2Id('sg'),
  /** Names of today, and those up to 255 characters that us-east-1 gave out until 2018 (S3 user guide, "Bucket naming rules"). */
  BucketName: '[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]',
  /** RDS stores identifiers in lower case (RDS API reference, `CreateDBInstance`). */
  DbInstanceName: '[a-z][a-z0-9-]{0,62}',
  DbClusterInstanceName: '[a-z][a-z0-9-]{0,62}',
  FunctionName: '[A-Za-z0-9_-]{1,140}',
  TableName: '[A-Za-z0-9_.-]{3,255}',
  TopicName: '[A-Za-z0-9_-]{1,256}(?:\\.fifo)?',
  QueueName: '[A-Za-z0-9_-]{1,80}(?:\\.fifo)?',
  /** ElastiCache stores identifiers in lower case (ElastiCache API reference, `CreateCacheCluster`). */
  CacheClusterId: '[a-z][a-z0-9-]{0,49}',
  ReplicationGroupId: '[a-z][a-z0-9-]{0,39}',
};
