/** What became of one task, and of several together. */
import { NO_TALLY, sumOfTallies, type Tally } from '../metrics/tally.ts';
import type { OwnMessage, Task } from '../notification/task.ts';

export interface TaskResult {
  /** One line for people. */
  readonly summary: string;
  /** What trying again can help. */
  readonly later: readonly Left[];
  /** What it cannot. */
  readonly rejected: readonly Rejected[];
  /** What the queues have taken of it already. */
  readonly handedOn: HandedOn;
  /** What the metrics count of it, if it does not come again as a whole. */
  readonly tally: Tally;
}

/**
 * How much of what the caller brought: `whole`: all of it, and nothing of it has been done. `rest`: what follows in a
 * file or a prefix, or some of several files. `resources`: those of one record.
 */
export type Part = 'whole' | 'rest' | 'resources';

export interface Left {
  readonly task: Task;
  readonly part: Part;
}

export interface Rejected {
  readonly part: Part;
  /** What the failure queue keeps; absent where it is enough that the caller is told. */
  readonly message?: OwnMessage | undefined;
}

/** How many files, prefixes and records; in a dry run, how many would be handed on. */
export interface HandedOn {
  readonly retry: number;
  readonly failure: number;
}

export const NOTHING_HANDED_ON: HandedOn = { retry: 0, failure: 0 };

export function result(summary: string, more: Partial<TaskResult> = {}): TaskResult {
  return { summary, later: [], rejected: [], handedOn: NOTHING_HANDED_ON, tally: NO_TALLY, ...more };
}

/**
 * The results of several tasks that came together. Unless all of them are left as they came, each that is left is only
 * a rest. The summary is that of the result that most needs to be looked at.
 */
export function combine(results: readonly TaskResult[]): TaskResult {
  const first = results.find(isLeft) ?? results.find(isRejected) ?? results[0];
  const others = results.length - 1;
  const summary = first?.summary ?? 'nothing to do';
  const later = results.flatMap((each) => each.later);
  return {
    summary: others > 0 ? `${summary}; and ${others} more` : summary,
    later: results.every(isUntouched) ? later : later.map(asRest),
    rejected: results.flatMap(({ rejected }) => rejected),
    handedOn: sumOf(results),
    tally: sumOfTallies(results.map(({ tally }) => tally)),
  };
}

/** Part of something larger, of which the rest is done. */
export function asRest({ task, part }: Left): Left {
  return { task, part: part === 'whole' ? 'rest' : part };
}

export function sumOf(results: readonly Pick<TaskResult, 'handedOn'>[]): HandedOn {
  return {
    retry: results.reduce((sum, { handedOn }) => sum + handedOn.retry, 0),
    failure: results.reduce((sum, { handedOn }) => sum + handedOn.failure, 0),
  };
}

function isLeft({ later }: TaskResult): boolean {
  return later.length > 0;
}

function isRejected({ rejected }: TaskResult): boolean {
  return rejected.length > 0;
}

function isUntouched(result: TaskResult): boolean {
  return isLeft(result) && !isRejected(result) && result.later.every(({ part }) => part === 'whole');
}
