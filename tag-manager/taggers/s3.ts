/**
 * Amazon S3 buckets. S3 Control `TagResource` comes first: it adds, works with attribute-based access control and can
 * be limited to our keys by policy. `PutBucketTagging` replaces the whole set, so it is only the fallback, and then
 * everything that was there is put back, system tags included (leaving one out is refused).
 */
import { GetBucketTaggingCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { CallError, readFailure } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import { fromList, type TagSet, toList } from '../tags/tag-set.ts';
import { type Bucket, bucketIn } from './bucket.ts';
import { goneUnlessOurs } from './bucket-owner.ts';
import { forEach, type Tagger, type Target } from './tagger.ts';

/** Remembers where buckets really are: make one for each process. */
export function createS3Tagger(): Tagger {
  const regions = new Map<string, string>();

  /** Calls in the region that the record names; follows one redirect within the partition and remembers it. */
  async function inRegion<Value>(target: Target, call: (region: string) => Promise<Value>): Promise<Value> {
    try {
      return await call(regions.get(target.arn) ?? target.region);
    } catch (error) {
      const region = redirectedTo(error);
      if (region === undefined || !target.partition.regions.test(region)) throw error;
      if (region === (regions.get(target.arn) ?? target.region)) throw error;
      regions.set(target.arn, region);
      return await call(region);
    }
  }

  const forEachBucket = <Value>(
    calls: Calls,
    targets: readonly Target[],
    signal: AbortSignal,
    call: (bucket: Bucket) => Promise<Value>,
  ) =>
    forEach(targets, (target) =>
      inRegion(target, (region) => {
        const bucket = bucketIn(region, target, calls, signal);
        return goneUnlessOurs(bucket, () => call(bucket));
      }),
    );

  return {
    maxTargets: 1,
    read: (calls, targets, signal) => forEachBucket(calls, targets, signal, readTags),
    write: (calls, targets, tags, signal) =>
      forEachBucket(calls, targets, signal, (bucket) => addTags(bucket, tags)),
  };
}

async function readTags({ name, account, s3 }: Bucket): Promise<TagSet> {
  const command = new GetBucketTaggingCommand({ Bucket: name, ExpectedBucketOwner: account });
  try {
    return fromList((await s3((client, options) => client.send(command, options))).TagSet);
  } catch (error) {
    // Any other failure to read must not be taken for "no tags": they would be wiped.
    if (readFailure(error).error === 'NoSuchTagSet') return new Map();
    throw error;
  }
}

async function addTags(bucket: Bucket, tags: TagSet): Promise<void> {
  try {
    await bucket.tagResource(tags);
  } catch (error) {
    const { class: what } = readFailure(error);
    if (what !== 'denied' && what !== 'unsupported') throw error;
    await mergeTags(bucket, tags, error);
  }
}

/** Throws the first refusal, of S3 Control, where this way is closed too: that is the permission to grant. */
async function mergeTags(bucket: Bucket, tags: TagSet, refusal: unknown): Promise<void> {
  const { name, account, s3 } = bucket;
  const merged = new Map([...(await readTags(bucket)), ...tags]);
  const command = new PutBucketTaggingCommand({
    Bucket: name,
    ExpectedBucketOwner: account,
    Tagging: { TagSet: toList(merged) },
  });
  try {
    await s3((client, options) => client.send(command, options));
  } catch (error) {
    throw readFailure(error).class === 'denied' ? refusal : error;
  }
}

/** The region that S3 says the bucket is in. It is only a hint: the caller checks it. */
function redirectedTo(error: unknown): string | undefined {
  const { $response, Region } = ((error instanceof CallError ? error.cause : error) ?? {}) as {
    $response?: { headers?: Record<string, string> };
    Region?: string;
  };
  return $response?.headers?.['x-amz-bucket-region'] ?? Region;
}
