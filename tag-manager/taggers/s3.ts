/**
 * Amazon S3 buckets. S3 Control `TagResource` comes first: it adds, works with attribute-based access control and can
 * be limited to our keys by policy. `PutBucketTagging` replaces the whole set, so it is only the fallback, and then
 * everything that was there is put back, system tags included (leaving one out is refused).
 */
import { GetBucketTaggingCommand, PutBucketTaggingCommand } from '@aws-sdk/client-s3';
import { createBucketRegions, type Whereabouts } from '../calls/bucket-regions.ts';
import { readFailure } from '../calls/call-failure.ts';
import type { Calls } from '../calls/calls.ts';
import { fromList, type TagSet, toList } from '../tags/tag-set.ts';
import { type Bucket, bucketIn } from './bucket.ts';
import { goneUnlessOurs } from './bucket-owner.ts';
import { forEach, type Tagger, type Target } from './tagger.ts';

/** Remembers where buckets really are: make one for each process. */
export function createS3Tagger(): Tagger {
  const regions = createBucketRegions();

  const forEachBucket = <Value>(
    calls: Calls,
    targets: readonly Target[],
    signal: AbortSignal,
    call: (bucket: Bucket) => Promise<Value>,
  ) =>
    forEach(targets, (target) =>
      regions.inRegion(whereaboutsOf(target), (region) => {
        const bucket = bucketIn(region, target, calls, signal);
        return goneUnlessOurs(bucket, () => call(bucket));
      }),
    );

  return {
    maxTargets: 1,
    read: (calls, targets, signal) => forEachBucket(calls, targets, signal, readTags),
    write: (calls, targets, tags, signal) =>
      forEachBucket(calls, targets, signal, (bucket) => addTags(bucket, tags)),
    // The one way: `PutBucketTagging` without ours could take others away that came meanwhile.
    remove: (calls, targets, tags, signal) =>
      forEachBucket(calls, targets, signal, (bucket) => bucket.untagResource(tags)),
  };
}

function whereaboutsOf({ arn, region, partition }: Target): Whereabouts {
  return { bucket: arn, supposedRegion: region, mayBeIn: (name) => partition.regions.test(name) };
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
