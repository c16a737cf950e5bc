/** Amazon S3: the response is null, and the bucket's region may differ from the record's. */
import { type CatalogueRow, SHORT_GRACE_SECONDS } from './row.ts';

export const S3_ROWS: readonly CatalogueRow[] = [
  {
    eventSource: 's3.amazonaws.com',
    eventName: 'CreateBucket',
    resourceType: 's3:bucket',
    arn: 'arn:{Partition}:s3:::{BucketName}',
    ids: { BucketName: ['requestParameters.bucketName'] },
    regionPath: 'requestParameters.CreateBucketConfiguration.LocationConstraint',
    naming: 'reusable',
    // In us-east-1 a repeat by the owner succeeds and creates nothing (S3 API reference, `CreateBucket`).
    creation: 'idempotent',
    tagger: 's3',
    graceSeconds: SHORT_GRACE_SECONDS,
  },
];
