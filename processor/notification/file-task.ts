/**
 * From the bucket and key that a notification names to a task: read it, skip it, or say why it cannot be read.
 */
import { whyNotRead } from '../../parser/log-key.ts';
import { isBucketName, isKey } from '../log-file-ref.ts';
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
  if (reason !== undefined) {
    return skipped(reason, shorten(`s3://${bucket}/${key}`, 200), { bucket, key });
  }
  const size = sizeOf(object.size);
  return {
    kind: 'file',
    file: {
      bucket,
      key,
      ...(typeof object.versionId === 'string' && object.versionId !== '' && { versionId: object.versionId }),
      ...(size !== undefined && { size }),
      ...(otherKey !== undefined && isKey(otherKey) && { otherKey }),
    },
  };
}

/** A number, or its digits as S3 Inventory writes them. Anything else is no reason not to read the file. */
export function sizeOf(size: unknown): number | undefined {
  const number = typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : size;
  return Number.isSafeInteger(number) && (number as number) >= 0 ? (number as number) : undefined;
}
