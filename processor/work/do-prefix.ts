/**
 * All log files below a prefix, between two times: page by page, in the order of their keys, so that what is left can
 * be named by one key. What is left of single files is handed on with their page, so that no more than a page is held.
 */
import { readFileFailure } from '../file/file-failure.ts';
import type { PrefixRef } from '../log-file-ref.ts';
import type { Task } from '../notification/task.ts';
import { prefixMessageOf, withProblem } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { handOn, type Remains } from './hand-on.ts';
import { doPage } from './prefix-page.ts';
import { type Left, result, sumOf, type TaskResult } from './result.ts';

/** `task` is what brought the prefix. */
export async function doPrefix(wanted: PrefixRef, task: Task, context: WorkContext): Promise<TaskResult> {
  const { logs, signal, caller } = context;
  const pages = collectPages(wanted, task, context);
  for (;;) {
    if (signal.aborted) return pages.stop('time is up');
    if (pages.heldBytes() > caller.maxAnswerBytes / 4) return pages.stop('an answer holds no more');
    let keys: readonly string[];
    try {
      keys = await logs.listKeys(wanted, pages.startAfter(), signal);
    } catch (error) {
      const { code, message, class: what } = readFileFailure(error);
      const problem = `cannot be listed: ${code}: ${message}`;
      return what === 'final' ? pages.giveUp(problem) : pages.stop(problem);
    }
    if (keys.length === 0) return pages.end();
    const page = await doPage(keys, wanted, context);
    const remains: Remains = pages.comesWhole() ? page.done : await handOn(page.done, context);
    // What no queue took is done again, with its page.
    if (remains.problem !== undefined) return pages.stop(remains.problem);
    pages.add(remains, page.fileCount, page.lastKey);
  }
}

/** What has been done below a prefix, and what remains with the caller. */
function collectPages(wanted: PrefixRef, task: Task, { caller }: WorkContext) {
  let { startAfter } = wanted;
  let fileCount = 0;
  let problem = '';
  let heldBytes = 0;
  let held: TaskResult = result('');

  /** A caller that finds no rest in the answer brings the prefix again as it came, so that nothing need be held. */
  const comesWhole = () => held.later.length > 0 && caller.answer !== 'remaining';

  const rest = (): Left => {
    if (startAfter === wanted.startAfter) return { task, part: 'whole' };
    return { task: { kind: 'prefix', ...prefixRef(wanted, startAfter) }, part: 'rest' };
  };

  const end = (why = '', more: Partial<TaskResult> = {}): TaskResult => {
    const name = `s3://${wanted.bucket}/${wanted.prefix}`;
    const later = comesWhole() ? [{ task, part: 'whole' } as const] : [...held.later, ...(more.later ?? [])];
    return {
      ...held,
      summary: [`${name}: ${fileCount} log files`, problem, why].filter((text) => text !== '').join('; '),
      later,
      rejected: [...held.rejected, ...(more.rejected ?? [])],
    };
  };

  return {
    startAfter: () => startAfter,
    heldBytes: () => heldBytes,
    comesWhole,
    /** A page is done up to `lastKey`, but for what remains of it. */
    add(remains: TaskResult, files: number, lastKey: string | undefined): void {
      startAfter = lastKey ?? startAfter;
      fileCount += files;
      const { later, rejected, summary } = remains;
      if (problem === '' && (later.length > 0 || rejected.length > 0)) problem = summary;
      if (!comesWhole()) heldBytes += Buffer.byteLength(JSON.stringify(later));
      held = {
        ...held,
        later: comesWhole() ? held.later : [...held.later, ...later],
        rejected: held.rejected.length > 0 ? held.rejected : rejected.slice(0, 1),
        handedOn: sumOf([held, remains]),
      };
    },
    end,
    stop: (why: string) => end(why, { later: [rest()] }),
    /** Listing it fails for ever. */
    giveUp(why: string) {
      const message = withProblem(prefixMessageOf(prefixRef(wanted, startAfter)), why);
      return end(why, { rejected: [{ message, part: 'whole' }] });
    },
  };
}

function prefixRef({ bucket, prefix, from, to }: PrefixRef, startAfter: string | undefined): PrefixRef {
  return {
    bucket,
    prefix,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(startAfter !== undefined && { startAfter }),
  };
}
