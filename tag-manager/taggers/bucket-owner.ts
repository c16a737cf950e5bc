/**
 * A denied bucket: is a permission missing, or is it no longer ours? Names of buckets are free again once they are
 * deleted, and S3 answers for the bucket of another account as for a missing permission. The list of an account's own
 * buckets tells them apart; where it cannot be read, a denial stays one.
 */
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { CallError, isTransient, readFailure } from '../calls/call-failure.ts';
import type { Bucket } from './bucket.ts';

/** What the calls to the bucket give; when they are denied, and the bucket is not the account's, they fail as `not-found`. */
export async function goneUnlessOurs<Value>(bucket: Bucket, calls: () => Promise<Value>): Promise<Value> {
  try {
    return await calls();
  } catch (error) {
    if (readFailure(error).class !== 'denied' || (await mayBeOurs(bucket))) throw error;
    const { name, account } = bucket;
    const message = `account ${account} has no bucket ${name}: it was deleted, and its name may be another account's by now`;
    throw new CallError({ class: 'not-found', error: 'NoSuchBucket', message }, error);
  }
}

/** Amazon S3 API Reference, `ListBuckets`: accounts with a raised quota must ask for pages. */
const MAX_BUCKETS = 1_000;

/** Throws what may pass: asked again later, the list may say more. */
async function mayBeOurs({ name, s3 }: Bucket): Promise<boolean> {
  let ContinuationToken: string | undefined;
  try {
    do {
      const command = new ListBucketsCommand({ Prefix: name, MaxBuckets: MAX_BUCKETS, ContinuationToken });
      const page = await s3((client, options) => client.send(command, options));
      if (page.Buckets?.some(({ Name }) => Name === name)) return true;
      ContinuationToken = page.ContinuationToken;
    } while (ContinuationToken !== undefined);
    return false;
  } catch (error) {
    if (isTransient(readFailure(error))) throw error;
    return true;
  }
}
