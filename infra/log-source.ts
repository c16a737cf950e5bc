/** Where log files are: a trail and a bucket that are made here, or a bucket that is there already. */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { accept } from './accept.ts';
import type { Chosen } from './chosen.ts';
import { arnHere, bucketArn, type Names, newBucketName } from './names.ts';
import { RETENTION_DAYS } from './props.ts';

export interface LogSource {
  readonly bucketName: string;
  readonly bucketArn: string;
  /** Who owns the bucket; a token where it is us. */
  readonly account: string;
  /** What stands before `AWSLogs/`: empty, or ending in a slash. */
  readonly prefix: string;
  /** What the keys of all log files begin with, as far as it is known. */
  readonly keyPrefix: string;
  readonly keyArn: string | undefined;
  /** `undefined` where it is somebody else's, and nothing of it is changed. */
  readonly newBucket: Bucket | undefined;
  /** As absent. */
  readonly newTrail: CfnTrail | undefined;
}

export function logSourceOf(scope: Construct, names: Names, chosen: Chosen): LogSource {
  const { logBucketName, logBucketAccount, logPrefix, logKeyArn, organizationTrail } = chosen;
  const prefix = logPrefix === undefined ? '' : `${logPrefix}/`;
  const bucketName = logBucketName ?? newBucketName(scope, chosen.name);
  const isAlone = logBucketName === undefined && !organizationTrail;
  return {
    bucketName,
    bucketArn: bucketArn(bucketName),
    account: logBucketAccount ?? Aws.ACCOUNT_ID,
    prefix,
    // A trail of one account also writes digests, into a folder beside this one.
    keyPrefix: isAlone ? `${prefix}AWSLogs/${Aws.ACCOUNT_ID}/CloudTrail/` : `${prefix}AWSLogs/`,
    keyArn: logKeyArn,
    ...(logBucketName === undefined
      ? createTrail(scope, names, bucketName, chosen)
      : { newBucket: undefined, newTrail: undefined }),
  };
}

/** A trail of all regions, with a bucket that takes nothing but what this trail delivers. */
function createTrail(
  scope: Construct,
  names: Names,
  bucketName: string,
  chosen: Chosen,
): Pick<LogSource, 'newBucket' | 'newTrail'> {
  const { logPrefix, logKeyArn, organizationTrail } = chosen;
  const bucket = createBucket(scope, bucketName, chosen);
  const trail = new CfnTrail(scope, 'Trail', {
    trailName: names.trail,
    s3BucketName: bucketName,
    ...(logPrefix !== undefined && { s3KeyPrefix: logPrefix }),
    ...(logKeyArn !== undefined && { kmsKeyId: logKeyArn }),
    isLogging: true,
    isMultiRegionTrail: true,
    includeGlobalServiceEvents: true,
    enableLogFileValidation: true,
    isOrganizationTrail: organizationTrail,
    eventSelectors: [{ includeManagementEvents: true, readWriteType: 'All' }],
  });
  const trailArn = arnHere('cloudtrail', `trail/${names.trail}`);
  for (const statement of trailStatements(bucket, trailArn, chosen)) bucket.addToResourcePolicy(statement);
  if (bucket.policy !== undefined) trail.node.addDependency(bucket.policy);
  return { newBucket: bucket, newTrail: trail };
}

function createBucket(scope: Construct, bucketName: string, chosen: Chosen): Bucket {
  const { logKeyArn, retention, archiveAfterDays, accessLogBucketName } = chosen;
  const key = logKeyArn === undefined ? undefined : Key.fromKeyArn(scope, 'LogKey', logKeyArn);
  const accessLogs = accessLogBucketName === undefined ? undefined : bucketNamed(scope, accessLogBucketName);
  const bucket = new Bucket(scope, 'Logs', {
    bucketName,
    ...(key === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [lifecycle(RETENTION_DAYS[retention], archiveAfterDays)],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ...(accessLogs !== undefined && {
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: `${bucketName}/`,
    }),
  });
  if (accessLogs === undefined) {
    accept(
      bucket,
      'AwsSolutions-S1',
      'Access logs need a bucket of the user: accessLogBucketName names it. Who reads the log files is also told by data events of CloudTrail.',
    );
  }
  return bucket;
}

function bucketNamed(scope: Construct, name: string): IBucket {
  return Bucket.fromBucketName(scope, 'AccessLogs', name);
}

/** How long versions are kept that a later one or a deletion has hidden. */
const PREVIOUS_DAYS = 30;

function lifecycle(days: number, archiveAfterDays: number | undefined): LifecycleRule {
  return {
    id: 'retention',
    expiration: Duration.days(days),
    noncurrentVersionExpiration: Duration.days(PREVIOUS_DAYS),
    abortIncompleteMultipartUploadAfter: Duration.days(7),
    ...(archiveAfterDays !== undefined && {
      transitions: [
        {
          storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, // the only archive that a backfill can read
          transitionAfter: Duration.days(archiveAfterDays),
        },
      ],
    }),
  };
}

/** AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail". */
function trailStatements(bucket: Bucket, trailArn: string, chosen: Chosen): readonly PolicyStatement[] {
  const { logPrefix, organizationTrail, organizationId } = chosen;
  const prefix = logPrefix === undefined ? '' : `${logPrefix}/`;
  const owners = [Aws.ACCOUNT_ID, ...(organizationTrail ? [organizationId ?? ''] : [])];
  const statement = (sid: string, action: string, resources: string[], condition: Record<string, string>) =>
    new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('cloudtrail.amazonaws.com')],
      actions: [action],
      resources,
      conditions: { StringEquals: { 'aws:SourceArn': trailArn, ...condition } },
    });
  return [
    statement('CloudTrailChecksAcl', 's3:GetBucketAcl', [bucket.bucketArn], {}),
    statement(
      'CloudTrailDelivers',
      's3:PutObject',
      owners.map((owner) => bucket.arnForObjects(`${prefix}AWSLogs/${owner}/*`)),
      { 's3:x-amz-acl': 'bucket-owner-full-control' },
    ),
  ];
}
