/** What became of one task, and of several together. */

import type { Outcome } from '../answer/report.ts';
import type { FileReport } from '../file/file-report.ts';
import type { Task } from '../notification/task.ts';

export interface TaskResult {
  /** `done`: dealt with, or kept by a queue. `again`: the caller must bring it again. `never`: that cannot help. */
  readonly outcome: Outcome;
  /** One line for people. */
  readonly summary: string;
  readonly reports: readonly FileReport[];
  /** What is left of it, where the outcome is `again`. */
  readonly remaining: readonly Task[];
}

export function result(outcome: Outcome, summary: string, more: Partial<TaskResult> = {}): TaskResult {
  return { outcome, summary, reports: [], remaining: [], ...more };
}

/** `again` outweighs `never`, and `never` outweighs `done`: what is left must come back. */
export function together(results: readonly TaskResult[]): TaskResult {
  const worst =
    results.find(({ outcome }) => outcome === 'again') ?? results.find(({ outcome }) => outcome === 'never');
  const others = results.length - 1;
  const summary = worst?.summary ?? results[0]?.summary ?? 'nothing to do';
  return {
    outcome: worst?.outcome ?? 'done',
    summary: others > 0 ? `${summary}; and ${others} more` : summary,
    reports: results.flatMap(({ reports }) => reports),
    remaining: results.flatMap(({ remaining }) => remaining),
  };
}
