/** What became of one task, and of several together. */
import type { FileReport } from '../file/file-report.ts';
import type { OwnMessage, Task } from '../notification/task.ts';

export interface TaskResult {
  /** One line for people. */
  readonly summary: string;
  /** The first `MAX_REPORTS`. */
  readonly reports: readonly FileReport[];
  readonly reportsLeftOut: number;
  /** What trying again can help. */
  readonly later: readonly Left[];
  /** What it cannot. */
  readonly rejected: readonly Rejected[];
  /** A file of it can never be read: whoever asked for the file wants to know, also where a queue keeps it. */
  readonly hasUnreadableFile: boolean;
  /** Time ran out before it was read to its end. */
  readonly wasStopped: boolean;
}

export interface Left {
  readonly task: Task;
  /**
   * `whole`: the task as it was brought. `rest`: what follows in a file or a prefix, or one file of a prefix.
   * `resources`: those of one record.
   */
  readonly part: 'whole' | 'rest' | 'resources';
}

export interface Rejected {
  /** What the failure queue keeps; absent where it is enough that the caller is told. */
  readonly message?: OwnMessage | undefined;
}

/** A prefix may hold a hundred thousand files: their reports are in the log, and only the first are answered. */
const MAX_REPORTS = 10_000;

export function result(summary: string, more: Partial<TaskResult> = {}): TaskResult {
  return {
    summary,
    reports: [],
    reportsLeftOut: 0,
    later: [],
    rejected: [],
    hasUnreadableFile: false,
    wasStopped: false,
    ...more,
  };
}

/** The summary is that of the result that most needs to be looked at. */
export function combine(results: readonly TaskResult[]): TaskResult {
  const first =
    results.find(({ later }) => later.length > 0) ??
    results.find(({ rejected }) => rejected.length > 0) ??
    results[0];
  const others = results.length - 1;
  const summary = first?.summary ?? 'nothing to do';
  const reports = results.flatMap((each) => each.reports);
  return {
    summary: others > 0 ? `${summary}; and ${others} more` : summary,
    reports: reports.slice(0, MAX_REPORTS),
    reportsLeftOut:
      results.reduce((sum, each) => sum + each.reportsLeftOut, 0) + Math.max(0, reports.length - MAX_REPORTS),
    later: results.flatMap(({ later }) => later),
    rejected: results.flatMap(({ rejected }) => rejected),
    hasUnreadableFile: results.some(({ hasUnreadableFile }) => hasUnreadableFile),
    wasStopped: results.some(({ wasStopped }) => wasStopped),
  };
}
