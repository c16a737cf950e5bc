/**
 * What one log file of a bulk run came to in one attempt, as the function answers it to S3 Batch Operations or the Distributed Map
 * and the command line reads it from what they leave: an object of JSON, in which what is zero or empty is left out.
 */
import * as z from 'zod';
import { IGNORED_REASONS, type IgnoredReason } from '../../../parser/event/ignored-reason.ts';
import type { NotReadReason } from '../../../parser/log-key.ts';
import { printableJson } from '../../../parser/printable.ts';
import { OUTCOMES, type OutcomeName } from '../../../tag-manager/outcome.ts';
import type { FileReport } from '../../file/file-report.ts';
import { jsonIn, narrow } from '../../narrow.ts';
import { isAttempt } from './run-keys.ts';

/** Of a report all that the sums of a run are made of. */
export type SummedReport = Pick<
  FileReport,
  | 'complete'
  | 'compressedBytes'
  | 'bytes'
  | 'records'
  | 'ignored'
  | 'servicesLeftOut'
  | 'outside'
  | 'creations'
  | 'malformed'
  | 'warnings'
  | 'resources'
  | 'outcomes'
  | 'undoneDeletions'
  | 'undoneMakers'
  | 'namedAnew'
  | 'undoneNames'
  | 'itemsPassedOver'
  | 'error'
>;

export type BulkSkipReason = NotReadReason | 'out-of-scope';

export type FileSums = {
  /** Of the invocation that tells it: lines of the journal that belong to it are in chunks of that attempt. */
  readonly attempt: string;
} & (
  | { readonly kind: 'read'; readonly report: SummedReport }
  /** It is no log file by its name, or none of the run's scope. */
  | { readonly kind: 'skipped'; readonly reason: BulkSkipReason }
  /** They have no room in the answer: a line of that attempt in the journal has them. */
  | { readonly kind: 'in-journal' }
);

/** Goes up when somebody who knows only the last one would misread it. */
const SUMS_VERSION = 1;

/** As they are answered. `sums` may hold more than is kept, such as a whole report. */
export function sumsObject(sums: FileSums): object {
  const head = { v: SUMS_VERSION, attempt: sums.attempt };
  switch (sums.kind) {
    case 'read':
      return { ...head, ...withoutNothing(sums.report) };
    case 'skipped':
      return { ...head, skipped: sums.reason };
    case 'in-journal':
      return { ...head, in: 'journal' };
  }
}

/** As one line. */
export function printSums(sums: FileSums): string {
  return printableJson(sumsObject(sums));
}

function withoutNothing({ error, complete, warnings, ...rest }: SummedReport): object {
  const counts = Object.fromEntries(COUNTS.flatMap((name) => (rest[name] ? [[name, rest[name]]] : [])));
  const named = Object.fromEntries(
    NAMED.flatMap((name) => (Object.keys(rest[name] ?? {}).length > 0 ? [[name, rest[name]]] : [])),
  );
  return {
    ...(!complete && { complete }),
    ...counts,
    ...named,
    ...(warnings.length > 0 && { warnings }),
    ...(error !== undefined && { error }),
  };
}

const COUNTS = [
  'compressedBytes',
  'bytes',
  'records',
  'creations',
  'malformed',
  'resources',
  'undoneDeletions',
  'undoneMakers',
  'namedAnew',
  'undoneNames',
  'itemsPassedOver',
] as const satisfies readonly (keyof SummedReport)[];

const NAMED = [
  'ignored',
  'servicesLeftOut',
  'outside',
  'outcomes',
] as const satisfies readonly (keyof SummedReport)[];

const REASONS = Object.keys(IGNORED_REASONS) as [IgnoredReason, ...IgnoredReason[]];
const OUTCOME_NAMES = Object.keys(OUTCOMES) as [OutcomeName, ...OutcomeName[]];
const SKIP_REASONS = [
  'digest',
  'insight',
  'network-activity',
  'aggregated',
  'config',
  'other-service',
  'folder',
  'other',
  'out-of-scope',
] as const satisfies readonly BulkSkipReason[];

/** Whether objects are passed over for that reason in a run. */
export function isBulkSkipReason(reason: string): reason is BulkSkipReason {
  return (SKIP_REASONS as readonly string[]).includes(reason);
}

const count = z.int().min(0);
const counted = count.default(0);
/** Services, and their calls: what else is no such name would reach a terminal. */
const byName = z.record(z.string().regex(/^[\w.-]{0,128}( \w{1,128})?$/), count);

const WARNING = z.object({
  reason: z.enum(REASONS),
  eventName: z.string(),
  detail: z.string(),
  count,
  example: z.object({ eventID: z.string(), index: z.int() }),
});

const HEAD = z.object({ v: z.literal(SUMS_VERSION), attempt: z.string().refine(isAttempt) });

const SKIPPED = HEAD.extend({ skipped: z.enum(SKIP_REASONS) });

const IN_JOURNAL = HEAD.extend({ in: z.literal('journal') });

const READ = HEAD.extend({
  complete: z.boolean().default(true),
  compressedBytes: counted,
  bytes: counted,
  records: counted,
  creations: counted,
  malformed: counted,
  resources: counted,
  undoneDeletions: z.optional(count),
  undoneMakers: z.optional(count),
  namedAnew: z.optional(count),
  undoneNames: z.optional(count),
  itemsPassedOver: z.optional(count),
  ignored: z.partialRecord(z.enum(REASONS), count).default({}),
  servicesLeftOut: byName.default({}),
  outside: z.optional(byName),
  outcomes: z.partialRecord(z.enum(OUTCOME_NAMES), count).default({}),
  warnings: z.array(WARNING).default([]),
  error: z.optional(
    z.object({ code: z.string(), message: z.string(), class: z.enum(['transient', 'denied', 'final']) }),
  ),
});

/**
 * From an answer, its JSON parsed; `undefined` where it holds no sums: a text of AWS's, what somebody else wrote, or sums of a
 * later version.
 */
export function readSums(value: unknown): FileSums | undefined {
  const skipped = narrow(SKIPPED, value)?.data;
  if (skipped !== undefined) return { attempt: skipped.attempt, kind: 'skipped', reason: skipped.skipped };
  const elsewhere = narrow(IN_JOURNAL, value)?.data;
  if (elsewhere !== undefined) return { attempt: elsewhere.attempt, kind: 'in-journal' };
  const read = narrow(READ, value)?.data;
  if (read === undefined) return undefined;
  const { v, attempt, undoneDeletions, undoneMakers, namedAnew, undoneNames, itemsPassedOver, ...more } =
    read;
  const { outside, error, ...rest } = more;
  const report = {
    ...rest,
    ...(undoneDeletions !== undefined && { undoneDeletions }),
    ...(undoneMakers !== undefined && { undoneMakers }),
    ...(namedAnew !== undefined && { namedAnew }),
    ...(undoneNames !== undefined && { undoneNames }),
    ...(itemsPassedOver !== undefined && { itemsPassedOver }),
    ...(outside !== undefined && { outside }),
    ...(error !== undefined && { error }),
  };
  return { attempt, kind: 'read', report };
}

/** As `readSums`, of the text of an answer. */
export function parseSums(text: string): FileSums | undefined {
  return readSums(jsonIn(text));
}

/** What an engine tells that the function has answered: their text, or the object. */
export function readAnswer(answer: unknown): FileSums | undefined {
  return typeof answer === 'string' ? parseSums(answer) : readSums(answer);
}

/** The report of a file again, as far as it was kept, for whoever adds it up. */
export function reportOfSums(
  file: Pick<FileReport, 'file' | 'location'>,
  { servicesLeftOut, ...report }: SummedReport,
): FileReport {
  return { ...file, ...report, servicesLeftOut, adjusted: 0, failures: [], readMs: 0, tagMs: 0 };
}
