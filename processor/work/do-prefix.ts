/** All log files below a prefix, between two times: page by page, so that what is left can be named when time is up. */
import { readLogKey, whyNotRead } from '../../parser/log-key.ts';
import { readFileFailure } from '../file/file-failure.ts';
import type { PrefixRef } from '../log-file-ref.ts';
import type { Task } from '../notification/task.ts';
import { prefixMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { doFile } from './do-file.ts';
import { combine, type Left, result, type TaskResult } from './result.ts';

/** `task` is what brought the prefix. */
export async function doPrefix(wanted: PrefixRef, task: Task, context: WorkContext): Promise<TaskResult> {
  const name = `s3://${wanted.bucket}/${wanted.prefix}`;
  let done: TaskResult | undefined;
  let startAfter = wanted.startAfter;
  const add = (...results: readonly TaskResult[]) => {
    done = combine(done === undefined ? results : [done, ...results]);
    return done;
  };
  const stopped = (why: string) => result(`${name}: ${why}`, { later: [restOf(wanted, startAfter, task)] });
  for (;;) {
    if (context.signal.aborted) return add(stopped('time is up'));
    let keys: readonly string[];
    try {
      keys = await context.logs.listKeys(wanted, startAfter, context.signal);
    } catch (error) {
      const { code, message, class: what } = readFileFailure(error);
      const problem = `cannot be listed: ${code}: ${message}`;
      if (what !== 'final') return add(stopped(problem));
      return add(
        result(`${name}: ${problem}`, {
          rejected: [{ message: prefixMessageOf(wanted) }],
          hasUnreadableFile: true,
        }),
      );
    }
    if (keys.length === 0) return done ?? result(`${name}: no log files`);
    const page = await doPage(keys, wanted, context);
    add(...page.results);
    startAfter = page.lastKey ?? startAfter;
    if (page.isCut) return add(stopped('time is up'));
  }
}

/** The files of one page. Those that are left for want of time are the rest of the prefix, from the first of them. */
async function doPage(keys: readonly string[], wanted: PrefixRef, context: WorkContext) {
  const files = keys.filter((key) => isWanted(key, wanted));
  const results = await Promise.all(files.map((key) => doOne({ bucket: wanted.bucket, key }, context)));
  const cut = results.findIndex(({ wasStopped }) => wasStopped);
  if (cut < 0) return { results, lastKey: keys.at(-1), isCut: false };
  const lastKey = keys[keys.indexOf(files[cut] ?? '') - 1];
  return { results: results.filter(({ wasStopped }) => !wasStopped), lastKey, isCut: true };
}

/** A file of many: it is not what the caller brought, and so comes back by itself. */
async function doOne(ref: { readonly bucket: string; readonly key: string }, context: WorkContext) {
  const done = await doFile(ref, { kind: 'file', file: ref }, context);
  const later = done.later.map(({ task, part }): Left => ({ task, part: part === 'whole' ? 'rest' : part }));
  return { ...done, later };
}

function restOf(wanted: PrefixRef, startAfter: string | undefined, task: Task): Left {
  if (startAfter === wanted.startAfter) return { task, part: 'whole' };
  const { bucket, prefix, from, to } = wanted;
  const rest = { bucket, prefix, from, to, startAfter };
  return { task: { kind: 'prefix', ...rest }, part: 'rest' };
}

/** Times are those of delivery, which the key tells; a renamed file has none and is always wanted. */
function isWanted(key: string, { from, to }: PrefixRef): boolean {
  if (whyNotRead(key) !== undefined) return false;
  const logKey = readLogKey(key);
  if (logKey.kind !== 'log') return true;
  const delivered = Date.parse(logKey.deliveredAt);
  return (
    (from === undefined || delivered >= Date.parse(from)) && (to === undefined || delivered < Date.parse(to))
  );
}
