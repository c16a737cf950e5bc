/**
 * From the bucket and key that a notification names to a task: read it, skip it, or say why it cannot be read. Bucket
 * and key become part of a request, so only what has the form of a bucket and of a key gets further.
 */
import { whyNotRead } from '../../parser/log-key.ts';
import { type KeyEncoding, readKey } from './object-key.ts';
import { describe, quote, shorten } from './show.ts';
import { skipped, type Task, unreadable } from './task.ts';

export interface NamedObject {
  readonly bucket: unknown;
  readonly key: unknown;
  readonly versionId?: unknown;
  readonly size?: unknown;
}

export function fileTask(object: NamedObject, encoding: KeyEncoding): Task {
  const { bucket, key: written } = object;
  if (!isBucketName(bucket)) return unreadable(`expected the name of a bucket, got ${describe(bucket)}`);
  if (typeof written !== 'string')
    return unreadable(`expected the key of an object in ${bucket}, got ${describe(written)}`);
  const decoded = readKey(written, encoding);
  if (decoded === undefined) return unreadable(`the key ${quote(written)} in ${bucket} is badly URL-encoded`);
  if (!isKey(decoded.key)) return unreadable(`${quote(written)} in ${bucket} cannot be the key of an object`);

  const { key, otherKey } = decoded;
  const reason = whyNotRead(key);
  if (reason !== undefined) return skipped(reason, shorten(`s3://${bucket}/${key}`, 200));
  return {
    kind: 'file',
    file: {
      bucket,
      key,
      ...optional(
        'versionId',
        typeof object.versionId === 'string' && object.versionId !== '' ? object.versionId : undefined,
      ),
      ...optional('size', sizeOf(object.size)),
      ...optional('otherKey', otherKey !== undefined && isKey(otherKey) ? otherKey : undefined),
    },
  };
}

/**
 * Of a bucket of today, or of one made in us-east-1 before March 2018, when more was allowed. Source: Amazon S3 User
 * Guide, "General purpose bucket naming rules". An ARN, a host or a path has not this form.
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

/** A number, or its digits as S3 Inventory writes them. Anything else is no reason not to read the file. */
export function sizeOf(size: unknown): number | undefined {
  const number = typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : size;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}

/** A property that is left out, not set to `undefined`. */
export function optional<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value };
}
