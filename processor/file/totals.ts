/** The sums over all files of a command or a run. They are added up in place: there may be a million files. */
import type { IgnoredReason } from '../../parser/event/ignored-reason.ts';
import type { NotReadReason } from '../../parser/log-key.ts';
import type { OutcomeName } from '../../tag-manager/outcome.ts';
import type { FileReport } from './file-report.ts';
import { countOutside, type OutsideCounts } from './outside.ts';
import { mergeWarnings, type Warning } from './warnings.ts';

/**
 * Links to folders are not followed: they may lead in circles, or to what is read anyway. `out-of-scope` is by its own name of
 * another account, region or time than a backfill is about.
 */
export type SkipReason = NotReadReason | 'linked-folder' | 'out-of-scope';

export interface Totals {
  readonly files: number;
  /** Files that could not be read to their end; they count in no other sum but `files`. */
  readonly unreadable: number;
  /** Objects that are no log files by their names. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly records: number;
  readonly creations: number;
  readonly resources: number;
  readonly malformed: number;
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
  /** Of what was filtered out: what is of services that `SERVICES` leaves out, by IAM prefix. */
  readonly servicesLeftOut: Readonly<Partial<Record<string, number>>>;
  /** By service and call: what was created outside the catalogue. */
  readonly outside?: OutsideCounts;
  /** By type: creations of a plan that made something of it that no record names. */
  readonly unnamed?: Readonly<Partial<Record<string, number>>>;
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>;
  /** Creations that were passed over, and should not have been. */
  readonly warnings: readonly Warning[];
  /** Resources that got other tags, because more came to be known of who is behind them: only where there are any. */
  readonly namedAnew?: number;
  /** What the metadata store holds and was not believed: only where there is any. */
  readonly itemsPassedOver?: number;
  /** What CloudTrail's digests say against files, or against themselves, by reason: only where they were asked, and say anything. */
  readonly digests?: Readonly<Record<string, number>>;
  /** Of `replay`: messages that were begun, and those of them that stay where they are. */
  readonly messages?: number;
  readonly left?: number;
  /** The command was stopped: what it had not begun, or not read to its end, counts nowhere. */
  readonly interrupted?: true;
}

/** Sums that are being added up, by whoever began them. */
export type RunningTotals = { -readonly [Name in keyof Totals]: Totals[Name] };

export function startTotals(): RunningTotals {
  return {
    files: 0,
    unreadable: 0,
    skipped: {},
    records: 0,
    creations: 0,
    resources: 0,
    malformed: 0,
    ignored: {},
    servicesLeftOut: {},
    outcomes: {},
    warnings: [],
  };
}

/** Adds one file. Gives the same totals back. */
export function addReport(totals: RunningTotals, report: FileReport): RunningTotals {
  totals.files++;
  if (!report.complete) totals.unreadable++;
  return addSums(totals, report);
}

/** Adds those of other files. */
export function addTotals(totals: RunningTotals, more: Totals): void {
  totals.files += more.files;
  totals.unreadable += more.unreadable;
  addNumbers(totals.skipped, more.skipped);
  addSums(totals, more);
}

/** Counts what is no log file. */
export function addSkipped({ skipped }: RunningTotals, reason: SkipReason): void {
  addNumbers(skipped, { [reason]: 1 });
}

/** What a file and many have in common. */
type Sums = Pick<
  Totals,
  | 'records'
  | 'creations'
  | 'resources'
  | 'malformed'
  | 'ignored'
  | 'servicesLeftOut'
  | 'outside'
  | 'unnamed'
  | 'outcomes'
  | 'warnings'
  | 'namedAnew'
  | 'itemsPassedOver'
  | 'digests'
>;

function addSums(totals: RunningTotals, more: Sums): RunningTotals {
  const { itemsPassedOver = 0, namedAnew = 0 } = more;
  if (namedAnew > 0) totals.namedAnew = (totals.namedAnew ?? 0) + namedAnew;
  if (itemsPassedOver > 0) totals.itemsPassedOver = (totals.itemsPassedOver ?? 0) + itemsPassedOver;
  addDigests(totals, more.digests);
  totals.records += more.records;
  totals.creations += more.creations;
  totals.resources += more.resources;
  totals.malformed += more.malformed;
  addNumbers(totals.ignored, more.ignored);
  addNumbers(totals.servicesLeftOut, more.servicesLeftOut);
  addNumbers(totals.outcomes, more.outcomes);
  if (more.outside !== undefined) {
    const outside: Record<string, number> = totals.outside ?? {};
    for (const name in more.outside) countOutside(outside, name, more.outside[name]);
    totals.outside = outside;
  }
  if (more.unnamed !== undefined) {
    const unnamed: Partial<Record<string, number>> = totals.unnamed ?? {};
    addNumbers(unnamed, more.unnamed);
    totals.unnamed = unnamed;
  }
  totals.warnings = mergeWarnings(totals.warnings, more.warnings);
  return totals;
}

/** Counts what digests say; nothing where there is nothing. */
export function addDigests(totals: RunningTotals, more: Totals['digests']): void {
  if (more === undefined || Object.keys(more).length === 0) return;
  const sum: Record<string, number> = totals.digests ?? {};
  addNumbers(sum, more);
  totals.digests = sum;
}

type Numbers = Partial<Record<string, number>>;

/** Adds those of `more`, by their names, in place. */
export function addNumbers(sum: Numbers, more: Readonly<Numbers>): void {
  for (const name in more) sum[name] = (sum[name] ?? 0) + (more[name] ?? 0);
}
