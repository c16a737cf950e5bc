/**
 * S3: routes, the table of operations, and how CloudTrail writes them. What they do is in the folder beside this file.
 */
import { dnsSuffixOf, partitionOf } from '../arn.ts';
import type { Call, HttpRequest, Input, Service, TrailRow } from '../operation.ts';
import { restXml } from '../protocols/rest-xml.ts';
import { readXml, unwrapSingles } from '../protocols/xml.ts';
import { alphanumeric } from '../random.ts';
import { bucketArn } from './s3/bucket.ts';
import {
  createBucket,
  deleteBucket,
  getBucketAbac,
  getBucketNotification,
  headBucket,
  listBuckets,
  putBucketAbac,
  putBucketNotification,
} from './s3/buckets.ts';
import { listObjectsV2 } from './s3/list-objects.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  uploadPart,
} from './s3/multipart.ts';
import { deleteObject, getObject, headObject, putObject } from './s3/objects.ts';
import { deleteBucketTagging, getBucketTagging, putBucketTagging } from './s3/tagging.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A row with a query key comes before the row without it. */
const ROUTES = [
  ['PUT', '/{Bucket}', 'PutBucketTagging', 'tagging'],
  ['GET', '/{Bucket}', 'GetBucketTagging', 'tagging'],
  ['DELETE', '/{Bucket}', 'DeleteBucketTagging', 'tagging'],
  ['PUT', '/{Bucket}', 'PutBucketAbac', 'abac'],
  ['GET', '/{Bucket}', 'GetBucketAbac', 'abac'],
  ['PUT', '/{Bucket}', 'PutBucketNotificationConfiguration', 'notification'],
  ['GET', '/{Bucket}', 'GetBucketNotificationConfiguration', 'notification'],
  ['GET', '/{Bucket}', 'ListObjectsV2', 'list-type=2'],
  ['GET', '/{Bucket}', 'ListMultipartUploads', 'uploads'],
  ['PUT', '/{Bucket}', 'CreateBucket'],
  ['HEAD', '/{Bucket}', 'HeadBucket'],
  ['DELETE', '/{Bucket}', 'DeleteBucket'],
  ['POST', '/{Bucket}/{Key+}', 'CreateMultipartUpload', 'uploads'],
  ['PUT', '/{Bucket}/{Key+}', 'UploadPart', 'uploadId'],
  ['POST', '/{Bucket}/{Key+}', 'CompleteMultipartUpload', 'uploadId'],
  ['DELETE', '/{Bucket}/{Key+}', 'AbortMultipartUpload', 'uploadId'],
  ['PUT', '/{Bucket}/{Key+}', 'PutObject'],
  ['GET', '/{Bucket}/{Key+}', 'GetObject'],
  ['HEAD', '/{Bucket}/{Key+}', 'HeadObject'],
  ['DELETE', '/{Bucket}/{Key+}', 'DeleteObject'],
  ['GET', '/', 'ListBuckets'],
] as const;

const ofBucket: TrailRow = {
  resources: ({ Bucket }, _, { partition }) => [
    { type: 'AWS::S3::Bucket', arn: bucketArn(partition, String(Bucket)) },
  ],
};

export const s3: Service = {
  name: 's3',
  eventSource: 's3.amazonaws.com',
  eventVersion: '1.11',
  protocol: restXml({
    routes: ROUTES.map(([method, path, operation, query]) => ({
      method,
      path,
      operation,
      ...(query && { query }),
    })),
    namespace: NAMESPACE,
    path: pathOf,
    wrapsErrors: false,
  }),
  // AmazonS3/latest/API/ErrorResponses
  unknownKey: [
    'InvalidAccessKeyId',
    403,
    'The AWS Access Key Id you provided does not exist in our records.',
  ],
  denied: ['AccessDenied', 403],
  throttled: ['SlowDown', 503, 'Please reduce your request rate.'],
  spelling: {
    request: requestParametersOf,
    response: () => null,
    host: hostOf,
    userAgent: (userAgent) => `[${userAgent}]`,
    extra: (input) => ({
      additionalEventData: {
        SignatureVersion: 'SigV4',
        CipherSuite: 'TLS_AES_128_GCM_SHA256',
        bytesTransferredIn: Buffer.isBuffer(input.body) ? input.body.length : 0,
        AuthenticationMethod: 'AuthHeader',
        'x-amz-id-2': alphanumeric(76),
        bytesTransferredOut: 0,
      },
    }),
  },
  operations: {
    CreateBucket: { run: createBucket },
    DeleteBucket: { run: deleteBucket, trail: ofBucket },
    HeadBucket: { run: headBucket, trail: ofBucket },
    GetBucketTagging: { run: getBucketTagging, trail: ofBucket },
    PutBucketTagging: { run: putBucketTagging, trail: ofBucket },
    DeleteBucketTagging: { run: deleteBucketTagging, trail: ofBucket },
    GetBucketAbac: { run: getBucketAbac, trail: ofBucket },
    PutBucketAbac: { run: putBucketAbac, trail: ofBucket },
    PutBucketNotificationConfiguration: {
      run: putBucketNotification,
      action: () => 'PutBucketNotification',
      unrecorded: true,
    },
    GetBucketNotificationConfiguration: {
      run: getBucketNotification,
      action: () => 'GetBucketNotification',
      unrecorded: true,
    },
    ListBuckets: { run: listBuckets },
    ListObjectsV2: { run: listObjectsV2, dataEvent: true },
    PutObject: { run: putObject, dataEvent: true },
    GetObject: { run: getObject, action: actionOfGetObject, dataEvent: true },
    HeadObject: { run: headObject, dataEvent: true },
    DeleteObject: { run: deleteObject, dataEvent: true },
    CreateMultipartUpload: { run: createMultipartUpload, action: () => 'PutObject', dataEvent: true },
    UploadPart: { run: uploadPart, action: () => 'PutObject', dataEvent: true },
    CompleteMultipartUpload: { run: completeMultipartUpload, action: () => 'PutObject', dataEvent: true },
    AbortMultipartUpload: { run: abortMultipartUpload, dataEvent: true },
    ListMultipartUploads: {
      run: listMultipartUploads,
      action: () => 'ListBucketMultipartUploads',
      dataEvent: true,
    },
  },
};

/** AmazonS3/latest/userguide/using-with-s3-policy-actions: a version of an object has an action of its own. */
function actionOfGetObject({ query }: Input): string {
  return (query as URLSearchParams).has('versionId') ? 'GetObjectVersion' : 'GetObject';
}

/**
 * `bucket.localhost:4566/key` and `127.0.0.1:4566/bucket/key` are the same request (AmazonS3/latest/userguide/VirtualHosting).
 */
function pathOf({ host, path }: HttpRequest): string {
  const bucket = /^(.+)\.localhost(?::\d+)?$/.exec(host)?.[1];
  return bucket === undefined ? path : `/${bucket}${path}`;
}

/**
 * Records hold the request's body as XML in JSON (capital first letters), the subresource as an empty string, and then
 * the bucket's and the host's name.
 */
function requestParametersOf(input: Input, call: Call): object {
  const { body, query, Bucket } = input as { body: Buffer; query: URLSearchParams; Bucket: string };
  const sent = body.length > 0 ? Object.entries(unwrapSingles(readXml(body.toString())) as object) : [];
  const content = sent.map(([root, value]) => [root, { ...(value as object), xmlns: NAMESPACE }]);
  const subresources = ['tagging', 'abac'].filter((key) => query.has(key)).map((key) => [key, '']);
  return {
    ...Object.fromEntries([...content, ...subresources]),
    bucketName: Bucket,
    Host: hostOf(input, call),
  };
}

function hostOf({ Bucket }: Input, { region }: Call): string {
  const isClassic = region === 'us-east-1' && partitionOf(region) === 'aws';
  const bucket = Bucket === undefined ? '' : `${Bucket}.`;
  return `${bucket}s3${isClassic ? '' : `.${region}`}.${dnsSuffixOf(region)}`;
}
