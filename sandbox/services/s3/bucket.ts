/** Buckets: names are global in a partition; a bucket has an owner, a region, objects, and perhaps ABAC. */
import { dnsSuffixOf, partitionOf } from '../../arn.ts';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestInput } from '../../protocols/rest-xml.ts';
import type { Resource, World } from '../../world.ts';

export interface StoredObject {
  readonly body: Buffer;
  /** In quotes, as in the header. */
  readonly etag: string;
  readonly crc32: string;
  readonly contentType: string;
  readonly lastModified: number;
  /** Of the user's own, by names without `x-amz-meta-`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An object that comes in parts, of which the last has not come yet. */
export interface StartedUpload {
  readonly key: string;
  readonly startedAt: number;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** Each part must bring one. */
  readonly hasChecksums: boolean;
  /** By their numbers. */
  readonly parts: Map<number, { readonly body: Buffer; readonly md5: Buffer }>;
}

/** Objects that nobody has put: they are made when somebody asks for them. */
export interface VirtualObjects {
  /** In the order of S3, from this key on, itself included. */
  keysFrom(key: string): Iterable<string>;
  /** Of a key that there is. */
  sizeOf(key: string): number;
  /** `undefined` where there is no such key. */
  open(key: string): Buffer | undefined;
}

export interface BucketDetails {
  readonly objects: Map<string, StoredObject>;
  /** By their ids. */
  readonly uploads: Map<string, StartedUpload>;
  /** What the bucket holds in place of `objects`. */
  readonly virtual: VirtualObjects | undefined;
  /** The keys in order; undefined when they have to be sorted again. */
  sortedKeys: string[] | undefined;
  /** Whether attribute-based access control is on. */
  abac: boolean;
  /** What it tells of itself to whom, as in the XML. */
  notification?: object;
  /** Accounts that the bucket's policy lets in beside its owner. */
  readonly sharedWith: readonly string[];
}

export interface NewBucket {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** @default none */
  readonly sharedWith?: readonly string[];
  /** Takes the place of all objects that could be put. @default none */
  readonly virtual?: VirtualObjects;
}

export type Bucket = Resource<BucketDetails>;

export type BucketInput = RestInput & { readonly Bucket: string };

export const bucketArn = (partition: string, name: string): string => `arn:${partition}:s3:::${name}`;

/** The bucket of that name in any partition, or undefined. */
export function bucketNamed(world: World, name: string): Bucket | undefined {
  for (const partition of ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc']) {
    const bucket = world.resources.get(bucketArn(partition, name));
    if (bucket) return bucket as Bucket;
  }
  return undefined;
}

export function addBucket(
  world: World,
  { name, account, region, sharedWith = [], virtual }: NewBucket,
  tags: Iterable<readonly [string, string]> = [],
): Bucket {
  const details: BucketDetails = {
    objects: new Map(),
    uploads: new Map(),
    virtual,
    sortedKeys: undefined,
    abac: false,
    sharedWith,
  };
  return world.add({ arn: bucketArn(partitionOf(region), name), account, region, tags, details });
}

/**
 * The bucket that a request names, once it may be used: asked for in its region, by its owner or an account that it is
 * shared with, and not by somebody who expects another owner (AmazonS3/latest/API/ErrorResponses; userguide/bucket-owner-condition).
 */
export function openBucket(context: Context, { Bucket: name, headers }: BucketInput): Bucket {
  const bucket = context.world.resources.get(bucketArn(context.partition, name)) as Bucket | undefined;
  if (!bucket || !context.world.isTaggable(bucket)) {
    throw new AwsError('NoSuchBucket', 404, 'The specified bucket does not exist', {
      fields: { BucketName: name },
    });
  }
  if (bucket.region !== context.region) throw permanentRedirect(bucket);
  const expectedOwner = headers['x-amz-expected-bucket-owner'] ?? bucket.account;
  const isLetIn = [bucket.account, ...bucket.details.sharedWith].includes(context.account);
  if (!isLetIn || expectedOwner !== bucket.account) {
    throw new AwsError('AccessDenied', 403, 'Access Denied');
  }
  return bucket;
}

function permanentRedirect({ name, region }: Bucket): AwsError {
  const message =
    'The bucket you are attempting to access must be addressed using the specified endpoint. ' +
    'Please send all future requests to this endpoint.';
  return new AwsError('PermanentRedirect', 301, message, {
    fields: { Endpoint: `${name}.s3.${region}.${dnsSuffixOf(region)}`, Bucket: name },
    headers: { 'x-amz-bucket-region': region },
  });
}
