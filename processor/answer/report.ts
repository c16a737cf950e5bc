/**
 * What a caller is told, in no more bytes than it can take: totals, the first failures, and as many reports as fit,
 * always saying how many were left out.
 */
import type { Caller } from '../notification/callers.ts';
import type { FormName } from '../notification/forms.ts';
import type { Invocation } from '../notification/invocation.ts';
import { brief, shorten } from '../notification/show.ts';
import type { SkipReason, Task } from '../notification/task.ts';
import { type HandedOn, sumOf } from '../work/result.ts';
import type { Disposition, ItemResult } from '../work/settle.ts';
import type { FileReports } from './file-reports.ts';

export interface InvocationReport {
  readonly form: FormName;
  readonly caller: Caller;
  readonly items: Readonly<Record<Disposition, number>>;
  /** Every task in exactly one of them. */
  readonly tasks: Readonly<Record<Task['kind'], number>>;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Files, prefixes and records that the queues have taken; in a dry run, that they would have taken. */
  readonly handedOn: HandedOn;
  readonly failures: readonly ItemFailure[];
  readonly failuresLeftOut: number;
  readonly reports: readonly unknown[];
  readonly reportsLeftOut: number;
}

export interface ItemFailure {
  /** Absent for the event as a whole. */
  readonly id?: string;
  readonly disposition: Disposition;
  readonly message: string;
}

const MAX_FAILURES = 100;
const MAX_MESSAGE = 300;

/** Room for the counts around the lists: a dozen reasons and kinds, and numbers of any length. */
const COUNTS_BYTES = 2048;

/** `results` holds one result for each item of the invocation, in its order. */
export function report(
  invocation: Invocation,
  results: readonly ItemResult[],
  { reports, leftOut }: FileReports,
  maxBytes: number,
): InvocationReport {
  const items = { done: 0, retry: 0, rejected: 0 };
  for (const { disposition } of results) items[disposition]++;
  const failures = failuresIn(invocation, results);
  const shown = fitting(failures.slice(0, MAX_FAILURES), maxBytes - COUNTS_BYTES);
  const first = fitting(reports, maxBytes - COUNTS_BYTES - shown.bytes);
  return {
    form: invocation.form,
    caller: invocation.caller,
    items,
    ...countTasks(invocation),
    handedOn: sumOf(results),
    failures: shown.items,
    failuresLeftOut: failures.length - shown.items.length,
    reports: first.items,
    reportsLeftOut: leftOut + reports.length - first.items.length,
  };
}

function countTasks({ items }: Invocation): Pick<InvocationReport, 'tasks' | 'skipped'> {
  const tasks = { file: 0, prefix: 0, record: 0, resource: 0, 'own-message': 0, skipped: 0, unreadable: 0 };
  const skipped: Partial<Record<SkipReason, number>> = {};
  for (const item of items) {
    for (const task of item.tasks) {
      tasks[task.kind]++;
      if (task.kind === 'skipped') skipped[task.reason] = (skipped[task.reason] ?? 0) + 1;
    }
  }
  return { tasks, skipped };
}

/** Items that were not done, and beside them each part of the event that could not be understood. */
function failuresIn({ items }: Invocation, results: readonly ItemResult[]): readonly ItemFailure[] {
  const failures: ItemFailure[] = [];
  for (const { id, disposition, summary } of results) {
    if (disposition !== 'done') failures.push(failure(id, disposition, summary));
  }
  for (const { id, tasks } of items) {
    for (const task of tasks)
      if (task.kind === 'unreadable') failures.push(failure(id, 'rejected', task.message));
  }
  return failures;
}

function failure(id: string | undefined, disposition: Disposition, message: string): ItemFailure {
  return {
    ...(id === undefined ? {} : { id: shorten(id, MAX_MESSAGE) }),
    disposition,
    message: brief(message, MAX_MESSAGE),
  };
}

interface Fitting<Item> {
  readonly items: readonly Item[];
  readonly bytes: number;
}

/** The first items whose JSON, with commas, takes no more than `room`. */
function fitting<Item>(items: readonly Item[], room: number): Fitting<Item> {
  let bytes = 0;
  for (const [index, item] of items.entries()) {
    const more = jsonBytes(item) + 1;
    if (bytes + more > room) return { items: items.slice(0, index), bytes };
    bytes += more;
  }
  return { items, bytes };
}

export function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? 'null');
}
