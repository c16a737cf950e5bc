/**
 * What was found in one file and what became of it: the return value, the log line and the source of all
 * metrics. Two sums always hold:
 *
 *     records   = all of `ignored` + creations + malformed
 *     resources = all of `outcomes`
 */
import type { IgnoredReason } from '../../parser/event/ignored-reason.ts';
import type { FailureClass } from '../../tag-manager/calls/call-failure.ts';
import {
  isOver,
  type Outcome,
  type OutcomeName,
  type PassedOverItems,
  type UndoneEvent,
  type UndoneName,
  type UndoneWork,
} from '../../tag-manager/outcome.ts';
import { type FileFailure, readFileFailure } from './file-failure.ts';
import type { LogLocation } from './log-file.ts';
import type { OutsideCounts } from './outside.ts';
import type { HeldEvents, Plan } from './plan-file.ts';
import type { Warning } from './warnings.ts';

export interface FileReport {
  /** A path, or `s3://bucket/key`. */
  readonly file: string;
  /** Where the file is, whole; absent for a resource that was named by hand. */
  readonly location?: LogLocation;
  /** The file was read to its end and every resource dealt with; otherwise `error` says why, and only what is counted was done. */
  readonly complete: boolean;
  readonly compressedBytes: number;
  readonly bytes: number;
  readonly records: number;
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
  /** Of `filtered-out`: what is of services that `SERVICES` leaves out, by IAM prefix. Only those that occurred. */
  readonly servicesLeftOut: Readonly<Record<string, number>>;
  /** By service and call, what was created outside the catalogue: only where that was looked for, and there is any. */
  readonly outside?: OutsideCounts;
  /** By type: creations that made something of it that no record names, and that is asked for when tagging: only in a plan that has any. */
  readonly unnamed?: Readonly<Record<string, number>>;
  readonly creations: number;
  readonly malformed: number;
  /** What was passed over, and should not have been: all that is ignored for reasons that say so. */
  readonly warnings: readonly Warning[];
  readonly resources: number;
  /** Only outcomes that occurred. */
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>;
  /** Resources whose tag values had to be changed to be legal. */
  readonly adjusted: number;
  /** Deletions after which a resource was to be tagged anew, and could not be: only where there are any. */
  readonly undoneDeletions?: number;
  /** Calls that made what bears no tags of ours, and could not be kept: only where there are any. */
  readonly undoneMakers?: number;
  /** Resources that got other tags, because more has come to be known of who is behind them: only where there are any. */
  readonly namedAnew?: number;
  /** Resources that were to be judged again for that, and could not be: only where there are any. */
  readonly undoneNames?: number;
  /** What the metadata store holds and was not believed: all was decided without it. Only where there is any. */
  readonly itemsPassedOver?: number;
  /** What CloudTrail's digests say against it, or told on the way to it, by reason: only where there is any. */
  readonly digests?: Readonly<Record<string, number>>;
  /** What somebody should look at though it is over, the first `MAX_REMARKS`: only where there is any. */
  readonly remarks?: readonly Remark[];
  /** How many more there were: only where there were. */
  readonly remarksLeftOut?: number;
  /** What is not over, the first `MAX_FAILURES`. */
  readonly failures: readonly ResourceFailure[];
  readonly readMs: number;
  readonly tagMs: number;
  readonly error?: FileFailure;
}

export interface ResourceFailure {
  /** Absent where no event of the file is about it. */
  readonly eventID?: string;
  readonly arn: string;
  /**
   * `undone-deletion`: after it the resource was to be tagged anew; `undone-maker`: who made it was to be kept; `undone-name`: more has
   * come to be known of who is behind it, and it was to be judged again.
   */
  readonly outcome: OutcomeName | `undone-${UndoneWork['kind']}`;
  readonly class: FailureClass;
  readonly error: string;
  readonly message: string;
}

/**
 * The creating request or somebody later set tags like ours, tags of ours of another resource were replaced, or what the
 * metadata store says of the resource was not believed.
 */
export interface Remark {
  /** Absent of what is in the store. */
  readonly eventID?: string;
  readonly arn: string;
  readonly outcome: OutcomeName | 'items-passed-over';
  /** In words. */
  readonly reason: string;
}

export const MAX_REMARKS = 20;

/** So that the log line of a file in which all fails stays readable; the counts are never cut. */
export const MAX_FAILURES = 100;

/** Counts the outcomes of one file, round by round. */
export interface OutcomeCounter {
  add(tagged: TaggedCounts): void;
  readonly counts: Pick<
    FileReport,
    | 'resources'
    | 'outcomes'
    | 'adjusted'
    | 'failures'
    | 'undoneDeletions'
    | 'undoneMakers'
    | 'namedAnew'
    | 'undoneNames'
    | 'itemsPassedOver'
    | 'remarks'
    | 'remarksLeftOut'
  >;
}

interface TaggedCounts {
  readonly outcomes: readonly Outcome[];
  readonly undone: readonly UndoneEvent[];
  readonly namedAnew: number;
  readonly undoneNames: readonly UndoneName[];
  readonly passedOver: readonly PassedOverItems[];
}

export function countOutcomes(): OutcomeCounter {
  const outcomes: Partial<Record<OutcomeName, number>> = {};
  const failures: ResourceFailure[] = [];
  const remarks: Remark[] = [];
  let resources = 0;
  let adjusted = 0;
  const undoneCounts = { deletion: 0, maker: 0 };
  let namedAnew = 0;
  let undoneNames = 0;
  let itemsPassedOver = 0;
  let remarksLeftOut = 0;
  const remark = (each: Remark) => {
    if (remarks.length < MAX_REMARKS) remarks.push(each);
    else remarksLeftOut++;
  };
  return {
    add({ outcomes: more, undone, namedAnew: anew, undoneNames: unnamed, passedOver }) {
      for (const items of passedOver) {
        itemsPassedOver += items.count;
        remark(remarkOfItems(items));
      }
      for (const each of more) {
        resources++;
        outcomes[each.outcome] = (outcomes[each.outcome] ?? 0) + 1;
        if (each.adjustments.length > 0) adjusted++;
        if (each.isRemarkable) remark(remarkOf(each));
        const failure = describeFailure(each);
        if (failure !== undefined && failures.length < MAX_FAILURES) failures.push(failure);
      }
      for (const { kind, event, name, failure } of undone) {
        undoneCounts[kind]++;
        if (failures.length >= MAX_FAILURES) continue;
        failures.push({ eventID: event.eventID, arn: name, outcome: `undone-${kind}`, ...failure });
      }
      namedAnew += anew;
      undoneNames += unnamed.length;
      for (const { name, failure } of unnamed.slice(0, MAX_FAILURES - failures.length)) {
        failures.push({ arn: name.arn, outcome: 'undone-name', ...failure });
      }
    },
    get counts() {
      return {
        resources,
        outcomes,
        adjusted,
        failures,
        ...(itemsPassedOver > 0 && { itemsPassedOver }),
        ...(remarks.length > 0 && { remarks }),
        ...(remarksLeftOut > 0 && { remarksLeftOut }),
        ...(undoneCounts.deletion > 0 && { undoneDeletions: undoneCounts.deletion }),
        ...(undoneCounts.maker > 0 && { undoneMakers: undoneCounts.maker }),
        ...(namedAnew > 0 && { namedAnew }),
        ...(undoneNames > 0 && { undoneNames }),
      };
    },
  };
}

function remarkOf({ creation, resource, outcome, reason }: Outcome): Remark {
  return { eventID: creation.eventID, arn: resource.arn, outcome, reason };
}

/** What whoever writes to the table makes a report hold. */
const MAX_EXAMPLE_CHARACTERS = 500;

function remarkOfItems({ name, count, example }: PassedOverItems): Remark {
  const cut =
    example.length > MAX_EXAMPLE_CHARACTERS ? `${example.slice(0, MAX_EXAMPLE_CHARACTERS)}…` : example;
  const reason = `${count} ${count === 1 ? 'item' : 'items'} of the metadata store passed over; ${cut}`;
  return { arn: name, outcome: 'items-passed-over', reason };
}

function describeFailure({ outcome, failure, creation, resource }: Outcome): ResourceFailure | undefined {
  if (failure === undefined || isOver(outcome)) return undefined;
  return { eventID: creation.eventID, arn: resource.arn, outcome, ...failure };
}

const NOTHING_READ: Omit<Plan, keyof HeldEvents | 'deletionCount' | 'makerCount' | 'creationsIn'> = {
  compressedBytes: 0,
  bytes: 0,
  records: 0,
  ignored: {},
  servicesLeftOut: {},
  outside: {},
  unnamed: {},
  creationCount: 0,
  malformed: 0,
  warnings: [],
};

/** Without a plan, nothing was read to its end; with an error, the file is not complete. */
export function reportFile(
  { name, location }: { readonly name: string; readonly location?: LogLocation },
  plan: Plan | undefined,
  counts: OutcomeCounter['counts'],
  times: Pick<FileReport, 'readMs' | 'tagMs'>,
  error?: unknown,
): FileReport {
  const { compressedBytes, bytes, records, ignored, servicesLeftOut, outside, unnamed } =
    plan ?? NOTHING_READ;
  const { creationCount, malformed, warnings } = plan ?? NOTHING_READ;
  return {
    file: name,
    ...(location !== undefined && { location }),
    complete: error === undefined,
    compressedBytes,
    bytes,
    records,
    ignored,
    servicesLeftOut,
    ...(Object.keys(outside).length > 0 && { outside }),
    ...(Object.keys(unnamed).length > 0 && { unnamed }),
    creations: creationCount,
    malformed,
    warnings,
    ...counts,
    ...times,
    ...(error !== undefined && { error: readFileFailure(error) }),
  };
}

/** Read to the end, and nothing left to do for it. */
export function isDone(report: FileReport): boolean {
  const { complete, outcomes, undoneDeletions = 0, undoneMakers = 0, undoneNames = 0 } = report;
  const isAnyUndone = undoneDeletions + undoneMakers + undoneNames > 0;
  return complete && !isAnyUndone && (Object.keys(outcomes) as OutcomeName[]).every(isOver);
}

/** Its reading was broken off, because whoever asked for it stopped: it is as if it had not been begun. */
export function wasReadingStopped(
  { report }: { readonly report: Pick<FileReport, 'error'> },
  signal: AbortSignal,
): boolean {
  return signal.aborted && report.error?.class === 'transient';
}

/** Of a file of which nothing could be read, or nobody knows what was. */
export function reportUnread(file: Parameters<typeof reportFile>[0], error: unknown): FileReport {
  return reportFile(file, undefined, countOutcomes().counts, { readMs: 0, tagMs: 0 }, error);
}
