/**
 * Our own messages, in the retry queue, the failure queue and in files of failures: what was not done. They carry the
 * event and never tags: those are computed again, and the ownership rules run again. What else stands in a message is
 * not looked at.
 */
import { z } from 'zod';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { CallFailure } from '../../tag-manager/calls/call-failure.ts';
import type { FileFailure } from '../file/file-failure.ts';
import type { LogLocation } from '../file/log-file.ts';
import { isBucketName, isKey, type LogFileRef, type PrefixRef } from '../log-file-ref.ts';
import type { OwnMessage } from '../notification/task.ts';

const bucket = z.string().refine(isBucketName, 'expected the name of a bucket');
const key = z.string().refine(isKey, 'cannot be the key of an object');

const logFileRef = z.object({
  bucket,
  key,
  versionId: z.string().max(1024).optional(),
  otherKey: key.optional(),
});

const logLocation = z.discriminatedUnion('kind', [
  logFileRef.extend({ kind: z.literal('s3') }),
  z.object({ kind: z.literal('event'), account: z.string().regex(/^\d{12}$/) }),
  z.object({ kind: z.literal('path'), path: z.string().max(4096) }),
]);

const creationMessage = z.object({
  kind: z.literal('creation'),
  /** The record whole, as CloudTrail wrote it. */
  record: z.record(z.string(), z.unknown()),
  /** Those of its resources that this is about; all of them where absent. */
  arns: z.array(z.string().max(2048)).min(1).optional(),
  /** Where the record came from. */
  location: logLocation,
});

const fileMessage = logFileRef.extend({
  kind: z.literal('file'),
  /** Records before this one are done. */
  fromIndex: z.int().nonnegative().default(0),
});

const prefixMessage = z.object({
  kind: z.literal('prefix'),
  bucket,
  prefix: z.string().refine((prefix) => prefix === '' || isKey(prefix), 'cannot begin a key'),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  startAfter: key.optional(),
});

const unreadableMessage = z.object({
  autoTagger: z.object({ kind: z.literal('unreadable'), body: z.string() }),
});

const ownMessage = z.object({
  autoTagger: z.discriminatedUnion('kind', [creationMessage, fileMessage, prefixMessage]),
});

export type CreationMessage = z.infer<typeof creationMessage>;
export type FileMessage = z.infer<typeof fileMessage>;
export type PrefixMessage = z.infer<typeof prefixMessage>;

/** What the message asks for, or what is wrong with it. */
export function readOwnMessage(
  message: OwnMessage,
): CreationMessage | FileMessage | PrefixMessage | { readonly problem: string } {
  const parsed = ownMessage.safeParse(message);
  if (parsed.success) return parsed.data.autoTagger;
  const [issue] = parsed.error.issues;
  return { problem: `message of auto-tagger: ${issue?.path.join('.')}: ${issue?.message}` };
}

/** What stands in a message that nobody could read; any other text as it is. */
export function unwrapped(text: string): string {
  const parsed = parse(text);
  return parsed.success ? unwrapped(parsed.data.autoTagger.body) : text;
}

function parse(text: string) {
  try {
    return unreadableMessage.safeParse(JSON.parse(text));
  } catch {
    return { success: false } as const; // no JSON, so nothing is wrapped in it
  }
}

/** Resources of one record that were deferred, or failed for the reason given. */
export function creationMessageOf(
  record: CloudTrailRecord,
  arns: readonly string[] | undefined,
  location: LogLocation,
  failure: CallFailure | undefined,
): OwnMessage {
  return {
    autoTagger: { kind: 'creation', record, ...(arns && { arns }), location, ...(failure && { failure }) },
  };
}

/** A file that could not be read, or the rest of one. */
export function fileMessageOf(
  { bucket, key, versionId, otherKey }: LogFileRef,
  more: { readonly fromIndex?: number; readonly failure?: FileFailure },
): OwnMessage {
  return {
    autoTagger: {
      kind: 'file',
      bucket,
      key,
      ...(versionId !== undefined && { versionId }),
      ...(otherKey !== undefined && { otherKey }),
      ...more,
    },
  };
}

/** The log files below a prefix that are still to be dealt with. */
export function prefixMessageOf(prefix: PrefixRef): OwnMessage {
  return { autoTagger: { kind: 'prefix', ...prefix } };
}

/** What came back too often. */
export function givenUpMessageOf({ autoTagger }: OwnMessage, problem: string): OwnMessage {
  return { autoTagger: { ...autoTagger, problem } };
}

/** What nobody could read: kept for a person to look at, and to be replayed once that is mended. */
export function unreadableMessageOf(body: string, problem: string): OwnMessage {
  return { autoTagger: { kind: 'unreadable', body, problem } };
}
