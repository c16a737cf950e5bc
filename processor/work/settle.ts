/**
 * Where the rest of an item goes, in one place: back to its caller, on to the retry queue, or to the failure queue.
 * Nothing is dropped: what no queue took stays with the caller.
 */
import type { FileReport } from '../file/file-report.ts';
import type { Item, OwnMessage, Task } from '../notification/task.ts';
import {
  creationMessageOf,
  fileMessageOf,
  givenUpMessageOf,
  prefixMessageOf,
  unreadableMessageOf,
} from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import type { Left, TaskResult } from './result.ts';

/**
 * `done`: dealt with, or kept by a queue. `retry`: the caller must bring it again. `rejected`: bringing it again fails in
 * the same way.
 */
export type Disposition = 'done' | 'retry' | 'rejected';

export interface ItemResult {
  readonly id: Item['id'];
  readonly disposition: Disposition;
  /** One line for people: counts, or what went wrong. */
  readonly summary: string;
  readonly reports: readonly FileReport[];
  readonly reportsLeftOut: number;
  /** What of the item was not done, where it must be brought again. */
  readonly remaining: readonly Task[];
}

type Settled = Pick<ItemResult, 'disposition' | 'summary' | 'remaining'>;

export async function settle(done: TaskResult, item: Item, context: WorkContext): Promise<ItemResult> {
  const settled = context.dryRun ? afterDryRun(done, item, context) : await handOn(done, item, context);
  const { disposition, ...rest } = mustEnd(settled, item, context)
    ? await giveUp(settled, item, context)
    : settled;
  if (disposition === 'retry' && item.message !== undefined) {
    await context.queues.handBack(item.message, context.handOnSignal);
  }
  return { id: item.id, disposition, reports: done.reports, reportsLeftOut: done.reportsLeftOut, ...rest };
}

async function handOn(done: TaskResult, item: Item, context: WorkContext): Promise<Settled> {
  const { queues, caller, handOnSignal } = context;
  const { summary, later, rejected } = done;
  const back = later.filter((left) => goesBack(left, context));
  // An item that comes again comes whole: whatever went on now would go on each time.
  if (back.length > 0 && caller.answer !== 'remaining') return again(summary, back.map(taskOf));

  const on = later.filter((left) => !back.includes(left)).flatMap(({ task }) => messageOf(task) ?? []);
  const kept = rejected.flatMap(({ message }) => message ?? []);
  try {
    await queues.retry?.send(on, handOnSignal);
    await queues.failure?.send(kept, handOnSignal);
  } catch (error) {
    // Some may have been taken: those come twice, which changes nothing.
    const { name, message } = error as Error;
    const problem = `the queue did not take it: ${name}: ${message}`;
    const tasks = [...back.map(taskOf), ...[...on, ...kept].map(ownMessageTask)];
    return again(`${summary}; ${problem}`, tasks);
  }
  if (back.length > 0) return again(summary, back.map(taskOf));
  const isKept = queues.failure !== undefined && rejected.every(({ message }) => message !== undefined);
  if (rejected.length === 0 || (isKept && !(done.hasUnreadableFile && caller.takesRejection))) {
    return { disposition: 'done', summary, remaining: [] };
  }
  return caller.takesRejection
    ? { disposition: 'rejected', summary, remaining: [] }
    : again(summary, item.tasks);
}

/** What the caller itself can bring again needs no queue, and without a queue everything is the caller's. */
function goesBack({ task, part }: Left, { caller, queues }: WorkContext): boolean {
  if (queues.retry === undefined || messageOf(task) === undefined) return true;
  switch (part) {
    case 'whole':
      return !caller.forgets;
    case 'rest':
      return caller.answer === 'remaining';
    case 'resources':
      return false;
  }
}

/**
 * A dry run changes no queue: notifications are acknowledged, because a later backfill does what they ask for; our own
 * messages are not, because what they hold stands nowhere else.
 */
function afterDryRun({ summary, later, rejected }: TaskResult, item: Item, { caller }: WorkContext): Settled {
  if (item.message !== undefined && item.tasks.some(({ kind }) => kind === 'own-message')) {
    return again(`${summary}; a dry run leaves the message where it is`, item.tasks);
  }
  const remaining = later.filter(({ part }) => part !== 'resources').map(taskOf);
  if (caller.answer === 'remaining' && remaining.length > 0) return again(summary, remaining);
  const left = later.length + rejected.length;
  const note = left === 0 ? '' : `; a dry run hands nothing on, and so ${left} are left to a backfill`;
  return { disposition: 'done', summary: summary + note, remaining: [] };
}

/** After that many receives, over some four hours, a message ends in the failure queue. */
const MAX_RECEIVES = 20;

function mustEnd({ disposition }: Settled, { message }: Item, { queues, dryRun }: WorkContext): boolean {
  return (
    disposition === 'retry' &&
    !dryRun &&
    queues.failure !== undefined &&
    (message?.receiveCount ?? 0) >= MAX_RECEIVES
  );
}

async function giveUp(settled: Settled, { tasks, message }: Item, context: WorkContext): Promise<Settled> {
  const problem = `given up after ${MAX_RECEIVES} receives: ${settled.summary}`;
  const [task] = tasks;
  const kept =
    task?.kind === 'own-message' && tasks.length === 1
      ? givenUpMessageOf(task.message, problem)
      : unreadableMessageOf(message?.body ?? '', problem);
  try {
    await context.queues.failure?.send([kept], context.handOnSignal);
    return { disposition: 'done', summary: problem, remaining: [] };
  } catch {
    return settled; // it comes again, and is given up then
  }
}

function again(summary: string, remaining: readonly Task[]): Settled {
  return { disposition: 'retry', summary, remaining };
}

function taskOf({ task }: Left): Task {
  return task;
}

function ownMessageTask(message: OwnMessage): Task {
  return { kind: 'own-message', message };
}

/** A task as a message to the retry queue; `undefined` for what only a person can ask for again. */
function messageOf(task: Task): OwnMessage | undefined {
  switch (task.kind) {
    case 'own-message':
      return task.message;
    case 'file':
      return fileMessageOf(task.file, {});
    case 'prefix': {
      const { kind, ...prefix } = task;
      return prefixMessageOf(prefix);
    }
    case 'record':
      return creationMessageOf(
        task.record,
        undefined,
        { kind: 'event', account: task.envelopeAccount },
        undefined,
      );
    case 'resource':
    case 'skipped':
    case 'unreadable':
      return undefined;
  }
}
