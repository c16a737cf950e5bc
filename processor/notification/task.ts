/**
 * The work that an invocation asks for, in the same few shapes whatever brought it.
 */
import type { NotReadReason } from '../../parser/log-key.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { LogFileRef, PrefixRef } from '../log-file-ref.ts';

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
  /** A record without a file, of the account that EventBridge put on its envelope. */
  | { readonly kind: 'record'; readonly record: CloudTrailRecord; readonly envelopeAccount: string }
  | { readonly kind: 'resource'; readonly arn: string; readonly user: string }
  /** Our own message came back from a queue of ours, or was sent by hand. What is in it has not been checked. */
  | { readonly kind: 'own-message'; readonly message: OwnMessage }
  | Skipped
  | Unreadable;

export interface Skipped {
  readonly kind: 'skipped';
  readonly reason: SkipReason;
  readonly what: string;
  /** Where it is an object. */
  readonly object?: LogFileRef;
}

/** Not understood, or not believed from whoever sent it. */
export interface Unreadable {
  readonly kind: 'unreadable';
  readonly message: string;
}

/** What we sent to a queue of ours. The rest of it is as untrusted as any message. */
export interface OwnMessage {
  readonly autoTagger: { readonly kind: string; readonly [key: string]: unknown };
}

/** What the caller is answered for: one SQS message, one Batch Operations task, or the event as a whole. */
export interface Item {
  /** The caller's own id for it; `undefined` for the event as a whole. */
  readonly id: string | undefined;
  /** The SQS message that brought it, as Lambda has read it; nothing that only looks like one. */
  readonly message?: SqsMessage | undefined;
  /** A message of ours is in it, whose contents exist nowhere else. */
  readonly isOwn?: boolean;
  readonly tasks: readonly Task[];
}

/** A message as Lambda reads it from a queue: what the answer cannot say is said with these. */
export interface SqsMessage {
  readonly body: string;
  readonly receiptHandle: string;
  /** 1 the first time. */
  readonly receiveCount: number;
  /** Written by Lambda, not by whoever sent the message. */
  readonly queueArn: string;
}

export function skipped(reason: SkipReason, what: string, object?: LogFileRef): Skipped {
  return { kind: 'skipped', reason, what, ...(object !== undefined && { object }) };
}

export function unreadable(message: string): Unreadable {
  return { kind: 'unreadable', message };
}
