/**
 * The work that an invocation asks for, in the same few shapes whatever brought it.
 */

import type { NotReadReason } from '../../parser/log-key.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';

/** One object to open, by the name that the notification gave it. */
export interface LogFileRef {
  readonly bucket: string;
  readonly key: string;
  /** Where absent, the newest version. */
  readonly versionId?: string | undefined;
  /** As the notification gave it: good for planning, not for believing. */
  readonly size?: number;
  /** To be tried when `key` does not exist, for forms of which AWS does not say whether they encode keys. */
  readonly otherKey?: string | undefined;
}

export interface PrefixRef {
  readonly bucket: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
  /** Only files delivered at or after this time (ISO 8601, UTC). */
  readonly from?: string;
  /** Only files delivered before this time (ISO 8601, UTC). */
  readonly to?: string;
  /** Only keys after this one: where an earlier invocation stopped. */
  readonly startAfter?: string;
}

export type SkipReason =
  | NotReadReason
  /** A placeholder of no bytes. */
  | 'empty'
  /** Something else happened to the object: deleted, restored, tagged. */
  | 'not-created'
  /** S3 and CloudTrail try out a new destination. */
  | 'test-message'
  /** SNS asks for a subscription to be confirmed, which is done by whoever made it, not by us. */
  | 'subscription';

export type Task =
  | { readonly kind: 'file'; readonly file: LogFileRef }
  | ({ readonly kind: 'prefix' } & PrefixRef)
  /** A record without a file. It counts only where its account is the one that EventBridge put on the envelope. */
  | { readonly kind: 'record'; readonly record: CloudTrailRecord; readonly envelopeAccount: string }
  | { readonly kind: 'resource'; readonly arn: string; readonly user: string }
  /** Our own message came back. Only its marker has been checked. */
  | { readonly kind: 'retry'; readonly message: OwnMessage }
  | Skipped
  | Unreadable;

export interface Skipped {
  readonly kind: 'skipped';
  readonly reason: SkipReason;
  readonly what: string;
}

export interface Unreadable {
  readonly kind: 'unreadable';
  readonly message: string;
}

/** What we sent to a queue of ours. The rest of it is as untrusted as any message. */
export interface OwnMessage {
  readonly autoTagger: { readonly kind: string; readonly [key: string]: unknown };
}

/** What the caller is answered for: one SQS message, one Batch Operations task, or the event as a whole. */
export interface Unit {
  /** The caller's own id for it; `undefined` for the event as a whole. */
  readonly id: string | undefined;
  readonly tasks: readonly Task[];
}

export function skipped(reason: SkipReason, what: string): Skipped {
  return { kind: 'skipped', reason, what };
}

export function unreadable(message: string): Unreadable {
  return { kind: 'unreadable', message };
}
