/** The sums over all files of a command. */
import type { IgnoredReason } from '../../parser/event/ignored-reason.ts';
import type { NotReadReason } from '../../parser/log-key.ts';
import type { OutcomeName } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import { mergeWarnings, type Warning } from '../file/warnings.ts';

export interface Totals {
  readonly files: number;
  /** Files that could not be read to their end; they count in no other sum but `files`. */
  readonly unreadable: number;
  /** Objects that are no log files by their names. */
  readonly skipped: Readonly<Partial<Record<NotReadReason, number>>>;
  readonly records: number;
  readonly creations: number;
  readonly resources: number;
  readonly malformed: number;
  readonly ignored: Readonly<Partial<Record<IgnoredReason, number>>>;
  /** Of what was filtered out: what is of services that `SERVICES` leaves out, by IAM prefix. */
  readonly servicesLeftOut: Readonly<Partial<Record<string, number>>>;
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>;
  /** Creations that were passed over, and should not have been. */
  readonly warnings: readonly Warning[];
  /** What the metadata store holds and was not believed: only where there is any. */
  readonly itemsPassedOver?: number;
  /** Of `replay`: messages that were begun, and those of them that stay where they are. */
  readonly messages?: number;
  readonly left?: number;
  /** The command was stopped: what it had not begun, or not read to its end, counts nowhere. */
  readonly interrupted?: true;
}

export const NO_TOTALS: Totals = {
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

export function addReport(totals: Totals, report: FileReport): Totals {
  const { itemsPassedOver = 0 } = report;
  return {
    ...totals,
    ...(itemsPassedOver > 0 && { itemsPassedOver: (totals.itemsPassedOver ?? 0) + itemsPassedOver }),
    files: totals.files + 1,
    unreadable: totals.unreadable + (report.complete ? 0 : 1),
    records: totals.records + report.records,
    creations: totals.creations + report.creations,
    resources: totals.resources + report.resources,
    malformed: totals.malformed + report.malformed,
    ignored: addCounts(totals.ignored, report.ignored),
    servicesLeftOut: addCounts(totals.servicesLeftOut, report.servicesLeftOut),
    outcomes: addCounts(totals.outcomes, report.outcomes),
    warnings: mergeWarnings(totals.warnings, report.warnings),
  };
}

type Counts<Name extends string> = Readonly<Partial<Record<Name, number>>>;

function addCounts<Name extends string>(a: Counts<Name>, b: Counts<Name>): Counts<Name> {
  const sum: Partial<Record<Name, number>> = { ...a };
  for (const [name, count] of Object.entries(b) as [Name, number][]) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
