/** Operations on buckets themselves. */
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestInput, RestOutput } from '../../protocols/rest-xml.ts';
import { readXml } from '../../protocols/xml.ts';
import { TAG_RULES, type Tag } from '../../rules/tag-rules.ts';
import { newTags } from '../common.ts';
import { addBucket, type BucketInput, bucketNamed, openBucket } from './bucket.ts';

export interface BucketConfiguration {
  readonly LocationConstraint?: string;
  readonly Tags?: { readonly Tag?: readonly Tag[] };
}

/** AmazonS3/latest/API/API_CreateBucket. Creating one's own bucket of us-east-1 again there does nothing, and succeeds. */
export function createBucket(context: Context, { Bucket: name, body }: BucketInput): RestOutput {
  const { world, account, region: signed } = context;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new AwsError('InvalidBucketName', 400, 'The specified bucket is not valid.', {
      fields: { BucketName: name },
    });
  }
  const configuration = readConfiguration(body);
  const region = locationOf(configuration.LocationConstraint, signed);
  const existing = bucketNamed(world, name);
  const created = { status: 200, headers: { location: `/${name}` } };
  if (existing && existing.account !== account) {
    const message =
      'The requested bucket name is not available. Please select a different name and try again.';
    throw new AwsError('BucketAlreadyExists', 409, message, { fields: { BucketName: name } });
  }
  if (existing?.region === 'us-east-1' && region === 'us-east-1') return created;
  if (existing) {
    const message = 'Your previous request to create the named bucket succeeded and you already own it.';
    throw new AwsError('BucketAlreadyOwnedByYou', 409, message, { fields: { BucketName: name } });
  }
  addBucket(world, { name, account, region }, newTags(TAG_RULES.s3, configuration.Tags?.Tag));
  return created;
}

/** What CreateBucket's body says; nothing where it has none. */
export function readConfiguration(body: Buffer): BucketConfiguration {
  if (body.length === 0) return {};
  return (readXml(body.toString()).CreateBucketConfiguration || {}) as BucketConfiguration;
}

/** Sent to us-east-1 a bucket may go anywhere, sent to another region only there. */
function locationOf(constraint: string | undefined, signed: string): string {
  const region = constraint === 'EU' ? 'eu-west-1' : constraint;
  if (signed === 'us-east-1') {
    if (region !== 'us-east-1') return region ?? 'us-east-1';
    throw new AwsError('InvalidLocationConstraint', 400, 'The specified location-constraint is not valid');
  }
  if (region === signed) return region;
  const message = `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`;
  throw new AwsError('IllegalLocationConstraintException', 400, message);
}

export function deleteBucket(context: Context, input: BucketInput): RestOutput {
  const bucket = openBucket(context, input);
  if (bucket.details.objects.size > 0) {
    const fields = { BucketName: bucket.name };
    throw new AwsError('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', { fields });
  }
  context.world.remove(bucket.arn);
  return { status: 204 };
}

export function headBucket(context: Context, input: BucketInput): RestOutput {
  return { headers: { 'x-amz-bucket-region': openBucket(context, input).region } };
}

const MAX_BUCKETS = 10_000;

/** AmazonS3/latest/API/API_ListBuckets: the caller's own, in all regions, in pages where it asks for them. */
export function listBuckets({ world, account }: Context, { query }: RestInput): RestOutput {
  const prefix = query.get('prefix') ?? '';
  const size = Number(query.get('max-buckets') ?? MAX_BUCKETS);
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString();
  const owned = [...world.resources.values()]
    .filter((each) => each.service === 's3' && each.account === account && each.name.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => name > after);
  const page = owned.slice(0, size);
  const token = owned.length > size ? Buffer.from(page.at(-1)?.name ?? '').toString('base64url') : undefined;
  const Buckets = page.map(({ name, region, createdAt }) => ({
    Name: name,
    CreationDate: new Date(createdAt),
    BucketRegion: region,
  }));
  return {
    body: [
      'ListAllMyBucketsResult',
      {
        Owner: { ID: account },
        Buckets: { Bucket: Buckets },
        ...(prefix && { Prefix: prefix }),
        ...(token && { ContinuationToken: token }),
      },
    ],
  };
}

export function getBucketAbac(context: Context, input: BucketInput): RestOutput {
  const { abac } = openBucket(context, input).details;
  return { body: ['AbacStatus', { Status: abac ? 'Enabled' : 'Disabled' }] };
}

export function putBucketAbac(context: Context, input: BucketInput): RestOutput {
  const { AbacStatus } = readXml(input.body.toString()) as { AbacStatus?: { Status?: string } };
  openBucket(context, input).details.abac = AbacStatus?.Status === 'Enabled';
  return {};
}

/** AmazonS3/latest/API/API_PutBucketNotificationConfiguration: replaces all; whether the targets take it is not tried here. */
export function putBucketNotification(context: Context, input: BucketInput): RestOutput {
  const { NotificationConfiguration } = readXml(input.body.toString());
  openBucket(context, input).details.notification = (NotificationConfiguration || {}) as object;
  return {};
}

export function getBucketNotification(context: Context, input: BucketInput): RestOutput {
  const { notification = {} } = openBucket(context, input).details;
  return { body: ['NotificationConfiguration', notification as Readonly<Record<string, unknown>>] };
}
