/**
 * An invocation of a bulk run: from its items to the answer that the engine takes, in which each log file has its sums. Nothing goes
 * to queues: what trying again can help is the engine's to bring again, what it cannot is in the run's journal.
 */
import { isBulkSkipReason } from '../backfill/bulk/file-sums.ts';
import { chunkName, newAttempt, runKeys } from '../backfill/bulk/run-keys.ts';
import type { Invocation } from '../notification/invocation.ts';
import type { Task } from '../notification/task.ts';
import type { Deadline } from '../runtime/deadline.ts';
import { logBroken, logLoudFile, logRun } from '../runtime/log.ts';
import { writeMetrics } from '../runtime/metrics.ts';
import type { TaggingRuntime } from '../runtime/runtime.ts';
import { RunRefusedError } from './backfill-bucket.ts';
import { type BulkRun, openBulkRun } from './bulk-run.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { doRunFile, type RunAttempt, type Told } from './do-run-file.ts';
import { objectOf, problemsIn, type RunAnswer, roomForSums, runAnswer, type ToldTask } from './run-answer.ts';

/** `id` is what the event has named. Throws AnswerError where the answer has no room for what is left. */
export async function doRun(
  invocation: Invocation,
  id: string,
  runtime: TaggingRuntime,
  deadline: Deadline,
): Promise<RunAnswer> {
  const opened = await openOrSay(id, runtime, deadline.work);
  const { tasks, refused } =
    'told' in opened
      ? { tasks: toldAll(invocation, opened.told), refused: opened.refused }
      : { tasks: await doTasks(invocation, opened, deadline), refused: undefined };
  logRun(id, problemsIn(tasks));
  writeMetrics([], runtime.settings.namedServices); // calls to the store; the run itself keeps all that is counted
  return runAnswer(invocation, id, tasks, refused);
}

type NotOpened = { readonly told: Told; readonly refused?: string };

async function openOrSay(
  id: string,
  runtime: TaggingRuntime,
  signal: AbortSignal,
): Promise<BulkRun | NotOpened> {
  try {
    return await openBulkRun(id, runtime, signal);
  } catch (error) {
    const { message } = error as Error;
    const isRefused = error instanceof RunRefusedError;
    const problem = `the run is ${isRefused ? 'refused' : 'not opened'}: ${message}`;
    return isRefused
      ? { told: { disposition: 'rejected', problem }, refused: problem }
      : { told: { disposition: 'retry', problem } };
  }
}

function toldAll({ items }: Invocation, told: Told): readonly ToldTask[] {
  return items.flatMap((item) => item.tasks.map((task) => ({ item, task, told })));
}

const LATE: Told = { disposition: 'retry', problem: 'the time was up before it was known to be dealt with' };

/** Side by side: each has its answer when that of the invocation must be given. */
async function doTasks(
  invocation: Invocation,
  run: BulkRun,
  { work, handingOn }: Deadline,
): Promise<readonly ToldTask[]> {
  const attempt = newAttempt();
  const { journal } = runKeys(run.id);
  const chunks = createChunkWriter((number, lines) =>
    run.bucket.put(`${journal}${chunkName({ at: Date.now(), attempt, number })}`, lines, handingOn),
  );
  const context: RunAttempt = { run, attempt, chunks, signal: work, onReport: logLoudFile };
  const tasks = invocation.items.flatMap((item) => item.tasks.map((task) => ({ item, task })));
  const room = roomForSums(
    invocation,
    tasks.map(({ task }) => objectOf(task)?.key ?? ''),
  );
  const { promise: timeIsUp, resolve } = Promise.withResolvers<unknown>();
  handingOn.addEventListener('abort', resolve);
  try {
    return await Promise.all(
      tasks.map(async ({ item, task }) => {
        const told = Promise.race([doTask(task, context, room), timeIsUp.then(() => LATE)]);
        return { item, task, told: await told };
      }),
    );
  } finally {
    handingOn.removeEventListener('abort', resolve);
  }
}

async function doTask(task: Task, context: RunAttempt, room: number): Promise<Told> {
  const object = objectOf(task);
  if (object === undefined) {
    const why = task.kind === 'unreadable' ? task.message : `got a ${task.kind}`;
    return { disposition: 'rejected', problem: `a run is brought log files by their keys: ${why}` };
  }
  const { attempt, run } = context;
  if (object.bucket !== run.scope.bucket) {
    return {
      disposition: 'rejected',
      problem: `the run is about the bucket ${run.scope.bucket}, and brought a file of ${object.bucket}`,
    };
  }
  if (task.kind === 'skipped' && isBulkSkipReason(task.reason)) {
    return { disposition: 'done', sums: { attempt, kind: 'skipped', reason: task.reason } };
  }
  try {
    return await doRunFile(object, context, room);
  } catch (error) {
    logBroken(error as Error);
    const { name, message } = error as Error;
    return { disposition: 'retry', problem: `${name}: ${message}` };
  }
}
