/**
 * All that a report is made of, summed up file by file, or part by part in threads of their own: the order and the split
 * do not matter, and memory does not grow with what is summed up.
 */
import { CREATOR_KINDS } from '../../../parser/event/creator-kind.ts';
import type { IgnoredReason } from '../../../parser/event/ignored-reason.ts';
import type { OutcomeName } from '../../../tag-manager/outcome.ts';
import type { FileReport } from '../../file/file-report.ts';
import type { ResourceRow } from '../../file/resource-row.ts';
import { addNumbers } from '../../file/totals.ts';
import { addCounts, type Counts, count, startCounts } from './counts.ts';
import { dayOf } from './days.ts';
import { addDelivered, addFile, type Delivered, startDelivered } from './delivered.ts';
import { keptText } from './kept-text.ts';
import { addNewest, addRow, keptRow, type Newest, startNewest } from './newest.ts';
import { addPeriods, countOn, type Periods, startPeriods } from './periods.ts';

/** What records and resources became. Two sums hold, as of FileReport: records, and resources. */
export interface Tallies {
  files: number;
  /** Among the files: those that could not be read to their end. */
  unreadable: number;
  compressedBytes: number;
  bytes: number;
  records: number;
  creations: number;
  malformed: number;
  resources: number;
  readonly ignored: Partial<Record<IgnoredReason, number>>;
  readonly outcomes: Partial<Record<OutcomeName, number>>;
  /** What was no log file by its name, by what it was. */
  readonly skipped: Record<string, number>;
}

/** Plain data, so that it crosses from thread to thread. */
export interface ReportSums {
  readonly tallies: Tallies;
  /** By service and outcome, with a tab between them. */
  readonly services: Counts;
  /** By account and service. */
  readonly places: Counts;
  /** By kind and name. */
  readonly creators: Counts;
  readonly kinds: Counts;
  /** What was created outside the catalogue, by service and call, and what `SERVICES` leaves out. */
  readonly outside: Counts;
  readonly servicesLeftOut: Counts;
  /** Why resources have another outcome than that they bear our tags: by outcome, service and the beginning of the reason. */
  readonly reasons: Counts;
  readonly periods: Periods;
  readonly delivered: Delivered;
  readonly newest: Newest;
  /** Of the creating events; empty where there are none. */
  first: string;
  last: string;
}

export const MAX_CREATORS = 50_000;

/** `lastDay`: nothing was created later; what says so is not believed. */
export function startSums(lastDay: number): ReportSums {
  return {
    tallies: {
      files: 0,
      unreadable: 0,
      compressedBytes: 0,
      bytes: 0,
      records: 0,
      creations: 0,
      malformed: 0,
      resources: 0,
      ignored: {},
      outcomes: {},
      skipped: {},
    },
    services: startCounts(5_000),
    places: startCounts(50_000),
    creators: startCounts(MAX_CREATORS),
    kinds: startCounts(CREATOR_KINDS.length),
    outside: startCounts(1_000),
    servicesLeftOut: startCounts(1_000),
    reasons: startCounts(1_000),
    periods: startPeriods(lastDay),
    delivered: startDelivered(lastDay),
    newest: startNewest(),
    first: '',
    last: '',
  };
}

/** Adds what was found in a file, but for its resources. */
export function addReport(sums: ReportSums, report: FileReport): void {
  const { tallies, delivered, outside, servicesLeftOut } = sums;
  tallies.files++;
  if (!report.complete) tallies.unreadable++;
  tallies.compressedBytes += report.compressedBytes;
  tallies.bytes += report.bytes;
  tallies.records += report.records;
  tallies.creations += report.creations;
  tallies.malformed += report.malformed;
  tallies.resources += report.resources;
  addNumbers(tallies.ignored, report.ignored);
  addNumbers(tallies.outcomes, report.outcomes);
  addFile(delivered, report.file);
  for (const [name, number] of Object.entries(report.outside ?? {})) count(outside, name, number);
  for (const [name, number] of Object.entries(report.servicesLeftOut)) count(servicesLeftOut, name, number);
}

/** Adds one resource to everything but the tallies, which its file's report holds. */
export function addResource(sums: ReportSums, whole: ResourceRow): void {
  const row = keptRow(whole);
  const service = keptText(row.service);
  count(sums.services, `${service}\t${row.outcome}`);
  count(sums.places, `${row.account}\t${service}`);
  count(sums.creators, `${row.creatorKind}\t${nameOfCreator(row)}`);
  count(sums.kinds, row.creatorKind);
  const [reason = ''] = row.reason.split(': '); // what follows differs from one to the next
  if (reason !== '') count(sums.reasons, `${row.outcome}\t${service}\t${reason}`);
  countOn(sums.periods, service, dayOf(row.eventTime));
  addRow(sums.newest, row);
  if (sums.first === '' || row.eventTime < sums.first) sums.first = row.eventTime;
  if (row.eventTime > sums.last) sums.last = row.eventTime;
}

/** Every account has a root user; people and roles go by one name in several. */
function nameOfCreator({ creatorKind, person, account }: ResourceRow): string {
  return creatorKind === 'root' ? `root of ${account}` : person;
}

/** Adds those of `more`, which is not used any further. */
export function addSums(sums: ReportSums, more: ReportSums): void {
  const { ignored, outcomes, skipped, ...numbers } = more.tallies;
  addNumbers(sums.tallies.ignored, ignored);
  addNumbers(sums.tallies.outcomes, outcomes);
  addNumbers(sums.tallies.skipped, skipped);
  for (const [name, number] of Object.entries(numbers)) sums.tallies[name as keyof typeof numbers] += number;
  for (const name of COUNTS) addCounts(sums[name], more[name]);
  addPeriods(sums.periods, more.periods);
  addDelivered(sums.delivered, more.delivered);
  addNewest(sums.newest, more.newest);
  if (sums.first === '' || (more.first !== '' && more.first < sums.first)) sums.first = more.first;
  if (more.last > sums.last) sums.last = more.last;
}

const COUNTS = ['services', 'places', 'creators', 'kinds', 'outside', 'servicesLeftOut', 'reasons'] as const;
