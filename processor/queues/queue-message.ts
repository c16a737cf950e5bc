/**
 * Our own messages, in the retry queue, the failure queue and in files of failures: what was not done, each by
 * itself. They carry the event and never tags: those are computed again, and the ownership rules run again. What
 * else stands in a message is not looked at.
 */
import { z } from 'zod';
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { FileFailure } from '../file/file-failure.ts';
import { isBucketName, isKey } from '../notification/file-task.ts';
import type { LogFileRef, OwnMessage } from '../notification/task.ts';

const creationMessage = z.object({
  kind: z.literal('creation'),
  /** The record whole, as CloudTrail wrote it. */
  record: z.record(z.string(), z.unknown()),
  /** The one of its resources that this is about. */
  arn: z.string().max(2048),
  /** Where the record came from. */
  file: z.string().max(2048),
  origin: z.enum(['log', 'event']).default('log'),
  /** Of the record, which may not name it itself where it is an event. */
  account: z
    .string()
    .regex(/^\d{12}$/, 'expected an account of 12 digits')
    .optional(),
});

const key = z.string().refine(isKey, 'cannot be the key of an object');

const fileMessage = z.object({
  kind: z.literal('file'),
  bucket: z.string().refine(isBucketName, 'expected the name of a bucket'),
  key,
  versionId: z.string().max(1024).optional(),
  otherKey: key.optional(),
  /** Records before this one are done. */
  fromIndex: z.int().nonnegative().optional(),
});

const unreadableMessage = z.object({
  autoTagger: z.object({ kind: z.literal('unreadable'), body: z.string() }),
});

const ownMessage = z.object({ autoTagger: z.discriminatedUnion('kind', [creationMessage, fileMessage]) });

export type CreationMessage = z.infer<typeof creationMessage>;
export type FileMessage = z.infer<typeof fileMessage>;

/** What the message asks for, or what is wrong with it. */
export function readOwnMessage(
  message: OwnMessage,
): CreationMessage | FileMessage | { readonly problem: string } {
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

/** One resource that was deferred or failed. */
export function creationMessageOf({ creation, resource, failure }: Outcome, file: string): OwnMessage {
  const { record, origin, account } = creation;
  const what = { kind: 'creation', record, arn: resource.arn, file, origin, account };
  return { autoTagger: { ...what, ...(failure && { failure }) } };
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

/** What came back too often. */
export function givenUpMessageOf({ autoTagger }: OwnMessage, problem: string): OwnMessage {
  return { autoTagger: { ...autoTagger, problem } };
}

/** What nobody could read: kept for a person to look at, and to be replayed once that is mended. */
export function unreadableMessageOf(body: string, problem: string): OwnMessage {
  return { autoTagger: { kind: 'unreadable', body, problem } };
}
