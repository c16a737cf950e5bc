/**
 * Amazon S3 buckets. S3 Control `TagResource` comes first: it adds, works with attribute-based access control
 * and can be limited to our keys by policy. `PutBucketTagging` replaces the whole set, so it is only the
 * fallback, and then everything that was there is put back, system tags included (leaving one out is refused).
 */
import { GetBucketTaggingCommand, PutBucketTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient, TagResourceCommand } from '@aws-sdk/client-s3-control';
import { readFailure } from '../calls/call-failure.ts';
import type { Clients } from '../calls/clients.ts';
import { fromList, type TagSet, toList } from '../tags/tag-set.ts';
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

  return {
    maxTargets: 1,
    read: (clients, targets) =>
      forEach(targets, (target) => inRegion(target, (region) => readTags(clients, target, region))),
    write: (clients, targets, tags) =>
      forEach(targets, (target) => inRegion(target, (region) => addTags(clients, target, region, tags))),
  };
}

async function readTags(clients: Clients, target: Target, region: string): Promise<TagSet> {
  const client = clients.get(S3Client, target.account, region);
  try {
    const command = new GetBucketTaggingCommand({ Bucket: target.id, ExpectedBucketOwner: target.account });
    return fromList((await client.send(command)).TagSet);
  } catch (error) {
    // Any other failure to read must not be taken for "no tags": they would be wiped.
    if (error instanceof Error && error.name === 'NoSuchTagSet') return new Map();
    throw error;
  }
}

async function addTags(clients: Clients, target: Target, region: string, tags: TagSet): Promise<void> {
  const control = clients.get(S3ControlClient, target.account, region);
  try {
    const command = new TagResourceCommand({
      AccountId: target.account,
      ResourceArn: target.arn,
      Tags: toList(tags),
    });
    await control.send(command);
  } catch (error) {
    const failure = readFailure(error);
    if (failure.class !== 'denied' && failure.class !== 'unsupported') throw error;
    await mergeTags(clients, target, region, tags, error);
  }
}

/** Throws the first refusal, of S3 Control, where this way is closed too: that is the permission to grant. */
async function mergeTags(
  clients: Clients,
  target: Target,
  region: string,
  tags: TagSet,
  refusal: unknown,
): Promise<void> {
  const merged = new Map([...(await readTags(clients, target, region)), ...tags]);
  const client = clients.get(S3Client, target.account, region);
  try {
    const command = new PutBucketTaggingCommand({
      Bucket: target.id,
      ExpectedBucketOwner: target.account,
      Tagging: { TagSet: toList(merged) },
    });
    await client.send(command);
  } catch (error) {
    throw readFailure(error).class === 'denied' ? refusal : error;
  }
}

/** The region that S3 says the bucket is in. It is only a hint: the caller checks it. */
function redirectedTo(error: unknown): string | undefined {
  const { $response, Region } = (error ?? {}) as {
    $response?: { headers?: Record<string, string> };
    Region?: string;
  };
  return $response?.headers?.['x-amz-bucket-region'] ?? Region;
}
