/**
 * How an item ends. What is left of it goes on to the queues or back to its caller; nothing is dropped, and what no
 * queue took stays with the caller.
 */
import type { Item, Task } from '../notification/task.ts';
import { keptTextOf, withProblem } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { handOn } from './hand-on.ts';
import { type HandedOn, NOTHING_HANDED_ON, type TaskResult } from './result.ts';

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
  /** What of the item was not done, where it must be brought again. */
  readonly remaining: readonly Task[];
  /** What queues have taken of it. */
  readonly handedOn: HandedOn;
}

type Settled = Omit<ItemResult, 'id'>;

/** Does not throw. */
export async function settle(done: TaskResult, item: Item, context: WorkContext): Promise<ItemResult> {
  let settled = await dispose(done, item, context);
  if (settled.disposition === 'retry' && item.message !== undefined) {
    settled = await comeAgain(settled, item, context);
  }
  return { id: item.id, ...settled };
}

/** It must be brought again, whole. */
export function notDone({ id, tasks }: Item, summary: string): ItemResult {
  return { id, ...again(summary, tasks) };
}

async function dispose(done: TaskResult, item: Item, context: WorkContext): Promise<Settled> {
  if (context.dryRun && item.isOwn && item.message !== undefined) {
    return again(`${done.summary}; a dry run leaves the message where it is`, item.tasks);
  }
  const { summary, later, rejected, handedOn, problem } = await handOn(done, context);
  if (later.length > 0) {
    const tasks = later.map(({ task }) => task);
    return { ...again(problem === undefined ? summary : `${summary}; ${problem}`, tasks), handedOn };
  }
  if (rejected.length === 0) return { disposition: 'done', summary, remaining: [], handedOn };
  return context.caller.takesRejection
    ? { disposition: 'rejected', summary, remaining: [], handedOn }
    : { ...again(summary, item.tasks), handedOn };
}

/** After that many receives, over some four hours, a message ends in the failure queue. */
const MAX_RECEIVES = 20;

/** What SQS does with a message that is given back to it. */
async function comeAgain(settled: Settled, item: Item, context: WorkContext): Promise<Settled> {
  const { message, isOwn = false } = item;
  const { queues, dryRun, handOnSignal } = context;
  if (message === undefined) return settled;
  if (message.receiveCount >= MAX_RECEIVES && queues.failure !== undefined && !dryRun) {
    const problem = `given up after ${MAX_RECEIVES} receives: ${settled.summary}`;
    const [task] = item.tasks;
    const kept =
      task?.kind === 'own-message' && item.tasks.length === 1
        ? withProblem(task.message, problem)
        : keptTextOf({ text: message.body, queue: message.queueArn, isOwn }, problem);
    try {
      await queues.failure.send([kept], handOnSignal);
      return { disposition: 'done', summary: problem, remaining: [], handedOn: { retry: 0, failure: 1 } };
    } catch {
      // It comes again, and is given up then.
    }
  }
  await queues.handBack(message, handOnSignal);
  return settled;
}

function again(summary: string, remaining: readonly Task[]): Settled {
  return { disposition: 'retry', summary, remaining, handedOn: NOTHING_HANDED_ON };
}
