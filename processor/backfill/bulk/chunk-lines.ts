/**
 * The lines of a bulk run's journal in the backfill bucket, written by the function and read by the command line. A log file may be
 * attempted more than once; a chunk bears in its name whose attempt its lines are of:
 *
 * - `intent`, `result`: as in journal.ndjson, whatever the attempt. An intent is there before its write is sent. One without a result was
 *   carried out if the resource is `unchanged` in the end.
 * - `resource`: a row of resources.ndjson, for all that is not `unchanged`. Rows that say `tagged` count whatever the attempt; of the
 *   others those of the file's last attempt do.
 * - `failure`: what could not be done, as `replay` takes it. Those of the file's last attempt count.
 * - `sums`: those of a file, where the answer has no room for them.
 */
import * as z from 'zod';
import type { CallFailure } from '../../../tag-manager/calls/call-failure.ts';
import type { WriteIntent, WriteResult } from '../../../tag-manager/journal.ts';
import { type ResourceRow, readRow } from '../../file/resource-row.ts';
import { nameOf } from '../../log-file-ref.ts';
import { narrow } from '../../narrow.ts';
import type { OwnMessage } from '../../notification/task.ts';
import { intentLines, type JournalLine, linesOfJson, resultLines } from '../run/journal-file.ts';
import { type FileSums, readSums, sumsObject } from './file-sums.ts';

export type ChunkLine =
  | {
      readonly kind: 'journal';
      readonly line: Extract<JournalLine, { kind: 'intent' | 'result' }>;
      /** Of an intent: the log file that tells of the creation, as `s3://bucket/key`. */
      readonly file?: string;
    }
  | { readonly kind: 'resource'; readonly row: ResourceRow }
  | { readonly kind: 'failure'; readonly file: string; readonly message: OwnMessage }
  | { readonly kind: 'sums'; readonly file: string; readonly sums: FileSums };

/** `now` in epoch milliseconds. */
export function intentChunkLines(file: string, intents: readonly WriteIntent[], now: number): string {
  return intentLines(
    intents.map((intent) => ({ file, ...intent })),
    now,
  );
}

export function resultChunkLines(results: readonly WriteResult[]): string {
  return resultLines(results);
}

export function resourceChunkLines(rows: readonly ResourceRow[]): string {
  return linesOfJson(rows.map((row) => ({ kind: 'resource', ...row })));
}

export function failureChunkLines(file: string, messages: readonly OwnMessage[]): string {
  return linesOfJson(messages.map((message) => ({ kind: 'failure', file, message })));
}

export function sumsChunkLine(file: string, sums: FileSums): string {
  return linesOfJson([{ kind: 'sums', file, sums: sumsObject(sums) }]);
}

const tags = z.record(z.string(), z.string());

/** Each member that an intent has: the compiler finds one that is forgotten. */
const INTENT_SHAPE = {
  id: z.string(),
  arn: z.string(),
  resourceId: z.string(),
  tagId: z.optional(z.string()),
  type: z.string(),
  account: z.string(),
  region: z.string(),
  api: z.string(),
  name: z.optional(z.string()),
  memberOf: z.optional(z.string()),
  event: z.object({ id: z.string(), source: z.string(), name: z.string(), time: z.string() }),
  creator: z.string(),
  before: tags,
  after: tags,
  removed: z.optional(z.array(z.string())),
  reason: z.optional(z.string()),
} as const satisfies Readonly<Record<keyof WriteIntent, z.ZodType>>;

const INTENT = z.object({ ...INTENT_SHAPE, at: z.string(), file: z.optional(z.string()) });

const RESULT = z.object({
  id: z.string(),
  outcome: z.enum(['written', 'failed']),
  failure: z.optional(z.object({ class: z.string(), error: z.string(), message: z.string() })),
});

const PLACE = z.looseObject({ bucket: z.string(), key: z.string(), otherKey: z.optional(z.string()) });

/** Of one log file, all of it or of one record: the function leaves nothing else, and `replay` would take whatever stands here. */
const FAILURE = z.object({
  file: z.string(),
  message: z.object({
    autoTagger: z.discriminatedUnion('kind', [
      PLACE.extend({ kind: z.literal('file') }),
      z.looseObject({ kind: z.literal('creation'), location: PLACE.extend({ kind: z.literal('s3') }) }),
    ]),
  }),
});

/** From a line, its JSON parsed; `undefined` where the function writes none like it. */
export function readChunkLine(value: unknown): ChunkLine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, file, sums } = value as Readonly<Record<string, unknown>>;
  switch (kind) {
    case 'intent':
      return readIntent(value);
    case 'result':
      return readResult(value);
    case 'resource': {
      const row = readRow(value);
      return row && { kind, row };
    }
    case 'failure': {
      const found = narrow(FAILURE, value)?.data;
      return found && isOfFile(found) ? { kind, ...found } : undefined;
    }
    case 'sums': {
      const found = readSums(sums);
      return typeof file === 'string' && found !== undefined ? { kind, file, sums: found } : undefined;
    }
    default:
      return undefined;
  }
}

function isOfFile({ file, message: { autoTagger } }: z.infer<typeof FAILURE>): boolean {
  const { bucket, key, otherKey = key } = autoTagger.kind === 'file' ? autoTagger : autoTagger.location;
  return file === nameOf({ bucket, key }) || file === nameOf({ bucket, key: otherKey });
}

function readIntent(value: unknown): ChunkLine | undefined {
  const found = narrow(INTENT, value)?.data;
  if (found === undefined) return undefined;
  const { at, file, tagId, name, memberOf, removed, reason, ...intent } = found;
  const whole: WriteIntent = {
    ...intent,
    ...(tagId !== undefined && { tagId }),
    ...(name !== undefined && { name }),
    ...(memberOf !== undefined && { memberOf }),
    ...(removed !== undefined && { removed }),
    ...(reason !== undefined && { reason }),
  };
  return {
    kind: 'journal',
    line: { kind: 'intent', at, ...whole },
    ...(file !== undefined && { file }),
  };
}

function readResult(value: unknown): ChunkLine | undefined {
  const found = narrow(RESULT, value)?.data;
  if (found === undefined) return undefined;
  const { id, outcome, failure } = found;
  const what = failure as CallFailure | undefined; // of a class that a later version may know
  return { kind: 'journal', line: { kind: 'result', id, outcome, ...(what && { failure: what }) } };
}
