/**
 * How far a prefix has been dealt with, and what of it remains with the caller: its result in the end, whenever that
 * comes.
 */
import type { PrefixRef } from '../log-file-ref.ts';
import { NO_TALLY, sumOfTallies, type Tally } from '../metrics/tally.ts';
import type { CallerRow } from '../notification/callers.ts';
import type { Task } from '../notification/task.ts';
import { prefixMessageOf, withProblem } from '../queues/own-message.ts';
import { type Left, result, sumOf, type TaskResult } from './result.ts';

/** Beside what is held there must be room for the rest of the answer, and for another page. */
const SHARE_HELD = 0.25;

/** `task` is what brought the prefix. */
export function startPrefix(wanted: PrefixRef, task: Task, caller: CallerRow) {
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
      tally: sumOfTallies([held.tally, more.tally ?? NO_TALLY]),
    };
  };

  return {
    /** The key behind which the next page begins. */
    startAfter: () => startAfter,
    /** As much is left as can well be answered. */
    isFull: () => heldBytes > caller.maxAnswerBytes * SHARE_HELD,
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
        tally: sumOfTallies([held.tally, { ...remains.tally, ages: [] }]), // which are not told by a prefix
      };
    },
    /** There are no more pages. */
    end,
    /** What is behind `startAfter` is left. */
    stop: (why: string, tally: Tally = NO_TALLY) => end(why, { later: [rest()], tally }),
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
