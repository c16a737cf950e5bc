/**
 * All log files below a prefix, between two times: page by page, in the order of their keys, so that what is left can
 * be named by one key. What is left of single files is handed on with their page, so that no more than a page is held.
 */
import { readFileFailure } from '../file/file-failure.ts';
import type { PrefixRef } from '../log-file-ref.ts';
import { NO_TALLY, tallyOf } from '../metrics/tally.ts';
import type { Task } from '../notification/task.ts';
import type { WorkContext } from './context.ts';
import { handOn, type Remains } from './hand-on.ts';
import { doPage } from './prefix-page.ts';
import { startPrefix } from './prefix-progress.ts';
import type { TaskResult } from './result.ts';

/** `task` is what brought the prefix. */
export async function doPrefix(wanted: PrefixRef, task: Task, context: WorkContext): Promise<TaskResult> {
  const { logs, signal, caller } = context;
  const progress = startPrefix(wanted, task, caller);
  for (;;) {
    if (signal.aborted) return progress.stop('time is up');
    if (progress.isFull()) return progress.stop('an answer holds no more');
    let keys: readonly string[];
    try {
      const query = { prefix: wanted.prefix, startAfter: progress.startAfter() };
      const { objects } = await logs.list(wanted.bucket, query, signal);
      keys = objects.map(({ key }) => key);
    } catch (error) {
      const { code, message, class: what } = readFileFailure(error);
      const problem = `cannot be listed: ${code}: ${message}`;
      const tally = what === 'denied' ? tallyOf({ LogAccessDenied: 1 }) : NO_TALLY;
      return what === 'final' ? progress.giveUp(problem) : progress.stop(problem, tally);
    }
    if (keys.length === 0) return progress.end();
    const page = await doPage(keys, wanted, context);
    const remains: Remains = progress.comesWhole() ? page.done : await handOn(page.done, context);
    // What no queue took is done again, with its page.
    if (remains.problem !== undefined) return progress.stop(remains.problem);
    progress.add(remains, page.fileCount, page.lastKey);
  }
}
