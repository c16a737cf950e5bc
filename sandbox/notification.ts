/**
 * S3 event notifications of delivered objects, as S3 sends them to Lambda, SQS and SNS
 * (AmazonS3/latest/userguide/notification-content-structure).
 */
import { upperAlphanumeric } from './random.ts';
import type { Bucket } from './services/s3/bucket.ts';
import { objectIn } from './services/s3/objects.ts';

export interface S3Event {
  readonly Records: readonly S3EventRecord[];
}

export interface S3EventRecord {
  readonly eventVersion: string;
  readonly eventSource: 'aws:s3';
  readonly awsRegion: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly userIdentity: { readonly principalId: string };
  readonly requestParameters: { readonly sourceIPAddress: string };
  readonly responseElements: { readonly 'x-amz-request-id': string; readonly 'x-amz-id-2': string };
  readonly s3: {
    readonly s3SchemaVersion: string;
    readonly configurationId: string;
    readonly bucket: {
      readonly name: string;
      readonly ownerIdentity: { readonly principalId: string };
      readonly arn: string;
    };
    readonly object: {
      /** Form-encoded. */
      readonly key: string;
      readonly size: number;
      readonly eTag: string;
      readonly sequencer: string;
    };
  };
}

/** The record of one object put into a bucket. */
export function eventRecordOf(bucket: Bucket, key: string): S3EventRecord {
  const object = objectIn(bucket, key);
  if (!object) throw new Error(`notifying of an object: ${bucket.name} has no key ${key}`);
  return {
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(object.lastModified).toISOString(),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:CloudTrail' },
    requestParameters: { sourceIPAddress: '203.0.113.17' },
    responseElements: { 'x-amz-request-id': upperAlphanumeric(16), 'x-amz-id-2': upperAlphanumeric(56) },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'log-files',
      bucket: { name: bucket.name, ownerIdentity: { principalId: `A${bucket.account}` }, arn: bucket.arn },
      object: {
        key: encodeKey(key),
        size: object.body.length,
        eTag: object.etag.replaceAll('"', ''),
        sequencer: object.lastModified.toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
}

/** application/x-www-form-urlencoded, but with the slashes as they are. */
const encodeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');
