/**
 * The archive: a bucket, a table of Glue over it, and a workgroup of Athena with the ready queries. What the table holds is told by
 * `processor/archive/`, which writes it.
 */
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena';
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { QUERIES } from '../processor/archive/queries.ts';
import { databaseName, fullTableName, tableInput } from '../processor/archive/table.ts';
import { accept } from './accept.ts';
import type { Chosen } from './chosen.ts';
import { bucketArn, type Names, newBucketName } from './names.ts';

export interface ArchiveBucket {
  readonly bucketName: string;
  readonly bucketArn: string;
  readonly keyArn: string | undefined;
}

/** One that is there already, of which nothing is changed, or a new one. `undefined` where there is to be no archive. */
export function archiveBucketOf(scope: Construct, chosen: Chosen): ArchiveBucket | undefined {
  const { archive, archiveBucketName, archiveKeyArn: keyArn, name } = chosen;
  if (!archive) return undefined;
  const bucketName = archiveBucketName ?? newBucketName(scope, `${name}-archive`);
  if (archiveBucketName === undefined) createBucket(scope, bucketName, keyArn);
  return { bucketName, bucketArn: bucketArn(bucketName), keyArn };
}

/** What was asked is not asked for again. */
const RESULTS_DAYS = 30;
const RESULTS_PREFIX = 'athena-results/';

/** How long an object is kept that was written anew since. */
const PREVIOUS_DAYS = 30;

/** It stays when the stack goes. */
function createBucket(scope: Construct, bucketName: string, keyArn: string | undefined): void {
  const key = keyArn === undefined ? undefined : Key.fromKeyArn(scope, 'ArchiveKey', keyArn);
  const bucket = new Bucket(scope, 'Archive', {
    bucketName,
    ...(key === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    versioned: true,
    lifecycleRules: [
      {
        id: 'previous',
        noncurrentVersionExpiration: Duration.days(PREVIOUS_DAYS),
        abortIncompleteMultipartUploadAfter: Duration.days(7),
      },
      { id: 'results', prefix: RESULTS_PREFIX, expiration: Duration.days(RESULTS_DAYS) },
    ],
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  accept(
    bucket,
    'AwsSolutions-S1',
    'Access logs need a bucket of the user; who reads the archive is also told by data events of CloudTrail, and who asks by those of Athena.',
  );
}

export function createArchiveTable(
  scope: Construct,
  { function: name }: Names,
  { bucketName, keyArn }: ArchiveBucket,
): void {
  const database = new CfnDatabase(scope, 'ArchiveDatabase', {
    catalogId: Aws.ACCOUNT_ID,
    databaseInput: { name: databaseName(name), description: 'The archive of auto-tagger' },
  });
  const table = new CfnTable(scope, 'ArchiveTable', {
    catalogId: Aws.ACCOUNT_ID,
    databaseName: databaseName(name),
    tableInput: tableInput(bucketName),
  });
  table.addResourceDependency(database);
  const encryptionConfiguration =
    keyArn === undefined ? { encryptionOption: 'SSE_S3' } : { encryptionOption: 'SSE_KMS', kmsKey: keyArn };
  const workgroup = new CfnWorkGroup(scope, 'ArchiveWorkgroup', {
    name,
    description: 'Questions to the archive of auto-tagger',
    recursiveDeleteOption: true, // the history of what was asked goes with it
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      resultConfiguration: {
        outputLocation: `s3://${bucketName}/${RESULTS_PREFIX}`,
        encryptionConfiguration,
      },
    },
  });
  for (const { name: query, meaning, asks, sql } of QUERIES) {
    const made = new CfnNamedQuery(scope, `ArchiveQuery-${query}`, {
      name: query,
      description: asks === undefined ? meaning : `${meaning}; ? is ${asks}`,
      database: databaseName(name),
      queryString: sql(fullTableName(name)),
      workGroup: name,
    });
    made.addResourceDependency(workgroup);
    made.addResourceDependency(table);
  }
}
