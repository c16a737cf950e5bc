/**
 * Our own messages, in the retry queue, the failure queue and in files of failures: what was not done. They carry the
 * event and never tags: those are computed again, and the ownership rules run again. Nothing else in a
 * message is looked at.
 */
import * as z from 'zod';
import { AN_ACCOUNT, isAccount } from '../../parser/account.ts';
import { parseArn } from '../../parser/arn.ts';
import type { PartitionName } from '../../parser/partition.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { CallFailure } from '../../tag-manager/calls/call-failure.ts';
import { chunks } from '../../tag-manager/calls/chunks.ts';
import type { NameAgain } from '../../tag-manager/name-work.ts';
import type { FileFailure } from '../file/file-failure.ts';
import type { LogLocation } from '../file/log-file.ts';
import { isBucketName, isKey, type LogFileRef, type PrefixRef } from '../log-file-ref.ts';
import { narrow } from '../narrow.ts';
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

/** Of files that were not read in a run that asks digests: whoever reads them without these would believe what nobody vouches for. */
const NEEDS_DIGESTS =
  'the file counts only where a digest of CloudTrail vouches for it, which `backfill --verify-digests` asks alone';

const fileMessage = logFileRef.extend({
  kind: z.literal('file'),
  needsDigests: z.undefined(NEEDS_DIGESTS).optional(),
  /** Records before this one are done. */
  fromIndex: z.int().nonnegative().default(0),
});

/** As many as one message holds of the shortest keys. */
const MAX_FILES = 10_000;

const filesMessage = z.object({
  kind: z.literal('files'),
  files: z.array(logFileRef).min(1).max(MAX_FILES),
});

const prefixMessage = z.object({
  kind: z.literal('prefix'),
  bucket,
  prefix: z.string().refine((prefix) => prefix === '' || isKey(prefix), 'cannot begin a key'),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  startAfter: key.optional(),
});

/** Enough that a page of children is some twenty messages; few enough that one is some seconds' work. */
const MAX_NAMES = 50;

const judgedName = z
  .object({
    account: z.string().refine(isAccount, `expected ${AN_ACCOUNT}`),
    arn: z.string().max(2048),
    partition: z.enum(['aws', 'aws-cn', 'aws-us-gov'] satisfies PartitionName[]),
  })
  .refine(({ arn, partition }) => parseArn(arn)?.partition === partition, {
    path: ['arn'],
    error: 'expected an ARN of that partition',
  })
  .refine(({ arn, account }) => ['', account].includes(parseArn(arn)?.account ?? ''), {
    path: ['account'],
    error: 'expected that of the ARN',
  });

/** Resources of which more has come to be known than what their tags say. */
const namesMessage = z.object({
  kind: z.literal('names'),
  names: z.array(judgedName).min(1).max(MAX_NAMES),
});

const unreadableMessage = z.object({
  autoTagger: z.object({ kind: z.literal('unreadable'), body: z.string(), queue: z.string().optional() }),
});

const ownMessage = z.object({
  autoTagger: z.discriminatedUnion('kind', [
    creationMessage,
    fileMessage,
    filesMessage,
    prefixMessage,
    namesMessage,
  ]),
});

export type NamesMessage = z.infer<typeof namesMessage>;
export type CreationMessage = z.infer<typeof creationMessage>;
export type OwnMessageContent = z.infer<typeof ownMessage>['autoTagger'];

/** What the message asks for, or what is wrong with it. */
export function readOwnMessage(message: OwnMessage): OwnMessageContent | { readonly problem: string } {
  const parsed = narrow(ownMessage, message);
  if (parsed === undefined) return { problem: 'message of auto-tagger: invalid' };
  if (parsed.success) return parsed.data.autoTagger;
  const [issue] = parsed.error.issues;
  return { problem: `message of auto-tagger: ${issue?.path.join('.')}: ${issue?.message}` };
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
  ref: LogFileRef,
  more: { readonly fromIndex?: number; readonly failure?: FileFailure; readonly needsDigests?: true },
): OwnMessage {
  return { autoTagger: { kind: 'file', ...keptRef(ref), ...more } };
}

/** Several files, none of which has been begun. */
export function filesMessageOf(refs: readonly LogFileRef[]): OwnMessage {
  return { autoTagger: { kind: 'files', files: refs.map(keptRef) } };
}

function keptRef({ bucket, key, versionId, otherKey }: LogFileRef): LogFileRef {
  return {
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(otherKey !== undefined && { otherKey }),
  };
}

/** The log files below a prefix that are still to be dealt with. */
export function prefixMessageOf(prefix: PrefixRef): OwnMessage {
  return { autoTagger: { kind: 'prefix', ...prefix } };
}

/** Names to be judged again, in as few messages as hold them; `failure` is that of the first, where that was tried. */
export function namesMessagesOf(names: readonly NameAgain[], failure?: CallFailure): readonly OwnMessage[] {
  return chunks(names, MAX_NAMES).map((some) => ({
    autoTagger: {
      kind: 'names',
      names: some.map(({ account, arn, partition }) => ({ account, arn, partition: partition.name })),
      ...(failure && { failure }),
    },
  }));
}

/** A message that is kept as it is, with the reason. */
export function withProblem({ autoTagger }: OwnMessage, problem: string): OwnMessage {
  return { autoTagger: { ...autoTagger, problem } };
}

export interface Brought {
  readonly text: string;
  /** ARN of the queue that brought it; absent where the invoker itself did. */
  readonly queue: string | undefined;
  /** It came as a message of ours, and was believed to be one. */
  readonly isOwn: boolean;
}

/**
 * A text that nobody could read or believe, or that came too often: kept for a person to look at, and to be read again
 * once that is mended. It keeps its queue, so that it is believed no more than the first time. What we had kept before
 * is not wrapped once more; what somebody else has wrapped as we do, is.
 */
export function keptTextOf({ text, queue, isOwn }: Brought, problem: string): OwnMessage {
  const before = isOwn ? keptBefore(text) : undefined;
  if (before !== undefined) return { autoTagger: { ...before, problem } };
  return { autoTagger: { kind: 'unreadable', body: text, ...(queue !== undefined && { queue }), problem } };
}

function keptBefore(text: string) {
  try {
    return unreadableMessage.safeParse(JSON.parse(text)).data?.autoTagger;
  } catch {
    return undefined; // no JSON, so nothing is wrapped in it
  }
}
