/**
 * The buckets that log files may come from (`LOG_BUCKETS`), and who must own each. Whoever can write to one of
 * them can say who created what, so a bucket that is not named is refused.
 */
import { isAccount } from '../../parser/account.ts';
import { isBucketName } from '../log-file-ref.ts';

/** `owner` is what `ExpectedBucketOwner` of every request must say; `undefined` where nobody told us. */
export type BucketAccess =
  | { readonly kind: 'refused' }
  | { readonly kind: 'allowed'; readonly owner: string | undefined };

export interface LogBuckets {
  /** Those that are named; none where any is taken. */
  readonly names: readonly string[];
  /**
   * Whether log files of the bucket count. `ownAccount` owns the buckets that are named without an account;
   * where it is not known (a plan asks nobody), their owner is not either.
   */
  accessTo(bucket: string, ownAccount: string | undefined): BucketAccess;
}

/** `LOG_BUCKETS=*`, and the command line on which the user names the bucket. */
export const ANY_BUCKET: LogBuckets = {
  names: [],
  accessTo: () => ({ kind: 'allowed', owner: undefined }),
};

/** Where messages name the bucket, and the user has named none. */
export const NO_BUCKET: LogBuckets = { names: [], accessTo: () => ({ kind: 'refused' }) };

/** A list that cannot be used; the message says why. */
export class LogBucketsError extends Error {
  override readonly name = 'LogBucketsError';
}

/** `logs, audit-logs=111122223333`, or `*` for any bucket. Throws LogBucketsError. */
export function readLogBuckets(text: string): LogBuckets {
  const entries = text.split(',').flatMap((entry) => entry.trim() || []);
  if (entries.length === 1 && entries[0] === '*') return ANY_BUCKET;
  if (entries.length === 0) throw new LogBucketsError('expected names of buckets, or * for any bucket');
  const accounts = new Map<string, string | undefined>();
  for (const entry of entries) {
    const { bucket, account } = readEntry(entry);
    if (accounts.has(bucket)) throw new LogBucketsError(`the bucket ${bucket} is named twice`);
    accounts.set(bucket, account);
  }
  return {
    names: [...accounts.keys()],
    accessTo: (bucket, ownAccount) =>
      accounts.has(bucket)
        ? { kind: 'allowed', owner: accounts.get(bucket) ?? ownAccount }
        : { kind: 'refused' },
  };
}

function readEntry(entry: string): { readonly bucket: string; readonly account: string | undefined } {
  const quoted = JSON.stringify(entry);
  if (entry === '*') throw new LogBucketsError('* means any bucket, so no other can be named beside it');
  if (entry.includes('*')) {
    const why = 'the names of buckets are global, so a pattern would take in buckets of strangers';
    throw new LogBucketsError(`${quoted}: patterns are not taken: ${why}`);
  }
  const [bucket = '', account, ...rest] = entry.split('=').map((part) => part.trim());
  if (!isBucketName(bucket)) throw new LogBucketsError(`${quoted}: expected the name of a bucket`);
  if (rest.length > 0 || (account !== undefined && !isAccount(account))) {
    throw new LogBucketsError(`${quoted}: expected name=account, the account in 12 digits`);
  }
  return { bucket, account };
}
