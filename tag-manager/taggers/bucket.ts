/** A bucket, and the two APIs of S3 in the region where it is. */
import { S3Client } from '@aws-sdk/client-s3';
import type { Operation } from '../apis/api.ts';
import { apiNamed } from '../apis/apis.ts';
import type { Calls } from '../calls/calls.ts';
import { unpublishedRate } from '../services/call-rate.ts';
import { sendCall } from '../services/service-call.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { serviceTarget } from './row-tagger.ts';
import type { Make, Target } from './tagger.ts';

export const BUCKETS = 's3control:TagResource:bucket';

/** Its calls are counted together, since most of them are `GetBucketTagging`. */
const S3_RATE = unpublishedRate('S3', 'GetBucketTagging PutBucketTagging ListBuckets');

export interface Bucket {
  readonly name: string;
  /** Whose bucket it was when it was created. */
  readonly account: string;
  readonly s3: Make<S3Client>;
  /** Adds tags by S3 Control. */
  readonly tagResource: (tags: TagSet) => Promise<void>;
  /** Takes those of these keys away, by S3 Control. */
  readonly untagResource: (tags: TagSet) => Promise<void>;
}

export function bucketIn(region: string, target: Target, calls: Calls, signal: AbortSignal): Bucket {
  const { id: name, account } = target;
  const api = apiNamed(BUCKETS);
  const send = (operation: Operation, tags: TagSet) =>
    sendCall(calls, api, operation, { ...serviceTarget([target], tags), region }, signal);
  return {
    name,
    account,
    s3: (call) => calls.make({ client: S3Client, account, region, api, rate: S3_RATE }, signal, call),
    tagResource: (tags) => send(api.write, tags),
    untagResource: (tags) => send(api.remove, tags),
  };
}
