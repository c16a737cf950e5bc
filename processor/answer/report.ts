/**
 * What a caller is told, in no more bytes than it can take: totals, the first failures, and as many reports as fit,
 * always saying how many were left out.
 */
import type { Caller } from '../notification/form.ts';
import type { FormName } from '../notification/forms.ts';
import type { Invocation } from '../notification/invocation.ts';
import { shorten } from '../notification/show.ts';
import type { SkipReason, Task, Unit } from '../notification/task.ts';

/**
 * `done`: dealt with, or passed on to a queue that keeps it. `again`: the caller must bring it again. `never`: bringing
 * it again fails in the same way.
 */
export type Outcome = 'done' | 'again' | 'never';

export interface UnitResult {
  readonly id: Unit['id'];
  readonly outcome: Outcome;
  /** One line for people: counts, or what went wrong. */
  readonly summary: string;
  readonly reports: readonly unknown[];
  /** What of the unit was not done, where the outcome is `again`. */
  readonly remaining: readonly Task[];
}

export interface InvocationReport {
  readonly form: FormName;
  readonly caller: Caller;
  readonly units: Readonly<Record<Outcome, number>>;
  /** Every task in exactly one of them. */
  readonly tasks: Readonly<Record<Task['kind'], number>>;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  readonly failures: readonly Failure[];
  readonly failuresLeftOut: number;
  readonly reports: readonly unknown[];
  readonly reportsLeftOut: number;
}

export interface Failure {
  /** Absent for the event as a whole. */
  readonly id?: string;
  readonly outcome: Outcome;
  readonly message: string;
}

const MAX_FAILURES = 100;
const MAX_MESSAGE = 300;

/** Room for the counts around the lists: a dozen reasons and kinds, and numbers of any length. */
const COUNTS_BYTES = 2048;

/** `results` holds one result for each unit of the invocation, in its order. */
export function report(
  invocation: Invocation,
  results: readonly UnitResult[],
  maxBytes: number,
): InvocationReport {
  const units = { done: 0, again: 0, never: 0 };
  for (const { outcome } of results) units[outcome]++;
  const failures = failuresIn(invocation, results);
  const told = fitting(failures.slice(0, MAX_FAILURES), maxBytes - COUNTS_BYTES);
  const reports = results.flatMap((result) => result.reports);
  const shown = fitting(reports, maxBytes - COUNTS_BYTES - told.bytes);
  return {
    form: invocation.form,
    caller: invocation.caller,
    units,
    ...countTasks(invocation),
    failures: told.items,
    failuresLeftOut: failures.length - told.items.length,
    reports: shown.items,
    reportsLeftOut: reports.length - shown.items.length,
  };
}

function countTasks({ units }: Invocation): Pick<InvocationReport, 'tasks' | 'skipped'> {
  const tasks = { file: 0, prefix: 0, record: 0, resource: 0, retry: 0, skipped: 0, unreadable: 0 };
  const skipped: Partial<Record<SkipReason, number>> = {};
  for (const unit of units) {
    for (const task of unit.tasks) {
      tasks[task.kind]++;
      if (task.kind === 'skipped') skipped[task.reason] = (skipped[task.reason] ?? 0) + 1;
    }
  }
  return { tasks, skipped };
}

/** Units that were not done, and beside them each part of the event that could not be understood. */
function failuresIn({ units }: Invocation, results: readonly UnitResult[]): readonly Failure[] {
  const failures: Failure[] = [];
  for (const { id, outcome, summary } of results) {
    if (outcome !== 'done') failures.push(failure(id, outcome, summary));
  }
  for (const { id, tasks } of units) {
    for (const task of tasks)
      if (task.kind === 'unreadable') failures.push(failure(id, 'never', task.message));
  }
  return failures;
}

function failure(id: string | undefined, outcome: Outcome, message: string): Failure {
  return {
    ...(id === undefined ? {} : { id: shorten(id, MAX_MESSAGE) }),
    outcome,
    message: shorten(message, MAX_MESSAGE),
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
