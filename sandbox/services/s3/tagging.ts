/** S3's own bucket tagging: the whole set is read, and the whole set is replaced. */
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestOutput } from '../../protocols/rest-xml.ts';
import { readXml } from '../../protocols/xml.ts';
import { checkCount, checkTags, TAG_RULES, type Tag } from '../../rules/tag-rules.ts';
import { toTagList } from '../common.ts';
import { type Bucket, type BucketInput, openBucket } from './bucket.ts';

export function getBucketTagging(context: Context, input: BucketInput): RestOutput {
  const { name, tags } = openBucket(context, input);
  if (tags.size === 0) {
    throw new AwsError('NoSuchTagSet', 404, 'The TagSet does not exist', { fields: { BucketName: name } });
  }
  return { body: ['Tagging', { TagSet: { Tag: toTagList(tags) } }] };
}

/** Replaces the set. Tags of AWS's own (`aws:cloudformation:…`) must be in it unchanged; none may be added. */
export function putBucketTagging(context: Context, input: BucketInput): RestOutput {
  const bucket = openBucket(context, input);
  refuseOnAbac(bucket);
  const tags = readTagging(input.body);
  const own = tags.filter(({ Key, Value }) => !isSystemTag(Key) || bucket.tags.get(Key) !== Value);
  checkTags(TAG_RULES.s3, own);
  refuseToDropSystemTags(bucket, tags);
  const set = new Map(tags.map(({ Key, Value = '' }) => [Key, Value]));
  checkCount(TAG_RULES.s3, set);
  bucket.tags.clear();
  for (const [key, value] of set) bucket.tags.set(key, value);
  return { status: 204 };
}

export function deleteBucketTagging(context: Context, input: BucketInput): RestOutput {
  const bucket = openBucket(context, input);
  refuseOnAbac(bucket);
  refuseToDropSystemTags(bucket, []);
  bucket.tags.clear();
  return { status: 204 };
}

function readTagging(body: Buffer): readonly Tag[] {
  try {
    const { Tagging } = readXml(body.toString()) as { Tagging: { TagSet: { Tag?: readonly Tag[] } } };
    return Tagging.TagSet.Tag ?? [];
  } catch {
    const message =
      'The XML you provided was not well-formed or did not validate against our published schema';
    throw new AwsError('MalformedXML', 400, message);
  }
}

const isSystemTag = (key: string): boolean => key.startsWith('aws:');

function refuseToDropSystemTags(bucket: Bucket, tags: readonly Tag[]): void {
  const kept = new Set(tags.map(({ Key }) => Key));
  const dropped = [...bucket.tags.keys()].some((key) => isSystemTag(key) && !kept.has(key));
  if (dropped) throw new AwsError('InvalidTag', 400, 'System tags cannot be removed by requester');
}

/**
 * AmazonS3/latest/userguide/buckets-tagging-enable-abac says that these calls no longer work; which error they give is
 * published nowhere, so this one is a guess.
 */
function refuseOnAbac(bucket: Bucket): void {
  if (!bucket.details.abac) return;
  const message =
    'This operation is not supported on a bucket with ABAC enabled. Use TagResource or UntagResource.';
  throw new AwsError('InvalidRequest', 400, message);
}
