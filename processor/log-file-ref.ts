/**
 * How a log file in S3 is named, and which names S3 can have given. Bucket and key become part of a request, so only
 * what has the form of a bucket and of a key gets further than this.
 */

/** One object, by the name that a notification, a listing or a person gave it. Kept whole until it is dealt with. */
export interface LogFileRef {
  readonly bucket: string;
  readonly key: string;
  /** Where absent, the newest version. */
  readonly versionId?: string | undefined;
  /** As the notification gave it: good for planning, not for believing. */
  readonly size?: number | undefined;
  /** To be tried when `key` does not exist, for forms of which AWS does not say whether they encode keys. */
  readonly otherKey?: string | undefined;
}

/** Log files below a prefix, between two times of delivery. */
export interface PrefixRef {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
  /** Only files delivered at or after this time (ISO 8601, UTC). */
  readonly from?: string | undefined;
  /** Only files delivered before this time (ISO 8601, UTC). */
  readonly to?: string | undefined;
  /** Only keys after this one: where an earlier invocation stopped. */
  readonly startAfter?: string | undefined;
}

/** `s3://bucket/key`, for people. */
export function nameOf({ bucket, key }: LogFileRef): string {
  return `s3://${bucket}/${key}`;
}

/**
 * A bucket of today, or one made in us-east-1 before March 2018, when more was allowed. Source: Amazon S3 User
 * Guide, "General purpose bucket naming rules". An ARN, a host or a path does not have this form.
 */
export function isBucketName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(name) &&
    !name.includes('..') &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name)
  );
}

/** Amazon S3 User Guide, "Naming Amazon S3 objects". */
const MAX_KEY_BYTES = 1024;

/** Half of a surrogate pair cannot be written in UTF-8 at all. */
export function isKey(key: string): boolean {
  return key !== '' && key.isWellFormed() && Buffer.byteLength(key) <= MAX_KEY_BYTES;
}
