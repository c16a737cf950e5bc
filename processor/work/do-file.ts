/** Log files: read, tagged, and what is left of them named. */
import { s3LogFile } from '../file/log-file.ts';
import { type LogFileRef, nameOf } from '../log-file-ref.ts';
import { NO_TALLY, sumOfTallies, tallyOf, unsettled } from '../metrics/tally.ts';
import type { Task } from '../notification/task.ts';
import { fileMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { laterOf, notBegun, processOne, rejectedOf } from './process-one.ts';
import { combine, type Left, result, type TaskResult } from './result.ts';

/** `task` is what brought the file; records before `fromIndex` have been dealt with. */
export async function doFile(
  ref: LogFileRef,
  task: Task,
  context: WorkContext,
  fromIndex = 0,
): Promise<TaskResult> {
  return (await beginFile(ref, task, context, fromIndex)) ?? notBegun(nameOf(ref), task);
}

/** Several files that `task` brought together. */
export async function doFiles(
  refs: readonly LogFileRef[],
  task: Task,
  context: WorkContext,
): Promise<TaskResult> {
  const results = refs.map((file) => doFile(file, { kind: 'file', file }, context));
  const done = combine(await Promise.all(results));
  const isUntouched = done.later.length > 0 && done.later.every(({ part }) => part === 'whole');
  return isUntouched ? { ...done, later: [{ task, part: 'whole' }] } : done;
}

/** The same as `doFile`; `undefined` where no time was left to begin it. Files are begun in the order of the calls. */
export function beginFile(
  ref: LogFileRef,
  task: Task,
  context: WorkContext,
  fromIndex = 0,
): Promise<TaskResult | undefined> {
  return context.fileLimit(async () =>
    context.signal.aborted ? undefined : await readFile(ref, task, context, fromIndex),
  );
}

async function readFile(
  ref: LogFileRef,
  task: Task,
  context: WorkContext,
  fromIndex: number,
): Promise<TaskResult> {
  const file = { ...s3LogFile(context.logs, ref), fromIndex };
  const brought = fromIndex === 0 ? 'file' : 'rest';
  const { report, left, summary, tally } = await processOne(file, context, brought, (index) =>
    fileMessageOf(ref, { fromIndex: index }),
  );
  const { error } = report;
  if (error?.class === 'final') {
    return result(summary, {
      rejected: [{ message: fileMessageOf(ref, { failure: error }), part: 'whole' }],
      tally,
    });
  }
  // Whatever of a broken file had been dealt with is unchanged the next time.
  if (error !== undefined || left.restIndex === fromIndex) {
    const deferred = error === undefined ? tallyOf({ FilesDeferred: 1 }) : NO_TALLY; // else it is in the tally
    const attempt = sumOfTallies([unsettled(tally), deferred]);
    return result(summary, { later: [{ task, part: 'whole' }], tally: attempt });
  }
  const rest: Left[] = [];
  if (Number.isFinite(left.restIndex)) {
    const message = fileMessageOf(ref, { fromIndex: left.restIndex });
    rest.push({ task: { kind: 'own-message', message }, part: 'rest' });
  }
  return result(summary, {
    later: [...laterOf(left.deferred), ...rest],
    rejected: rejectedOf(left.failed),
    tally,
  });
}
