/**
 * How an item ends. What is left of it goes on to the queues or back to its caller; nothing is dropped, and what no
 * queue took stays with the caller.
 */
import { givenUp, NO_TALLY, type Tally, unsettled } from '../metrics/tally.ts';
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
  /** What the metrics count of it. */
  readonly tally: Tally;
}

type Settled = Omit<ItemResult, 'id'>;

/** Does not throw. */
export async function settle(done: TaskResult, item: Item, context: WorkContext): Promise<ItemResult> {
  let settled = await dispose(done, item, context);
  if (settled.disposition === 'retry' && item.message !== undefined) {
    settled = await comeAgain(settled, done, item, context);
  }
  return { id: item.id, ...settled };
}

/** It must be brought again, whole. */
export function notDone({ id, tasks }: Item, summary: string): ItemResult {
  return { id, ...again(summary, tasks) };
}

async function dispose(done: TaskResult, item: Item, context: WorkContext): Promise<Settled> {
  if (context.dryRun && item.isOwn && item.message !== undefined) {
    return comesAgain(done, `${done.summary}; a dry run leaves the message where it is`, item.tasks);
  }
  const { summary, later, rejected, handedOn, tally, problem } = await handOn(done, context);
  if (later.length > 0) {
    const tasks = later.map(({ task }) => task);
    const text = problem === undefined ? summary : `${summary}; ${problem}`;
    const isRest = context.caller.answer === 'remaining'; // all others bring the item as it came
    return { ...comesAgain(done, text, tasks), handedOn, ...(isRest && { tally }) };
  }
  if (rejected.length === 0) return { disposition: 'done', summary, remaining: [], handedOn, tally };
  return context.caller.takesRejection
    ? { disposition: 'rejected', summary, remaining: [], handedOn, tally }
    : { ...comesAgain(done, summary, item.tasks), handedOn };
}

/** After that many receives, over some four hours, a message ends in the failure queue. */
const MAX_RECEIVES = 20;

/** What SQS does with a message that is given back to it. */
async function comeAgain(
  settled: Settled,
  done: TaskResult,
  item: Item,
  context: WorkContext,
): Promise<Settled> {
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
      const handedOn = { retry: 0, failure: 1 };
      return { disposition: 'done', summary: problem, remaining: [], handedOn, tally: givenUp(done.tally) };
    } catch {
      // It comes again, and is given up then.
    }
  }
  await queues.handBack(message, handOnSignal);
  return settled;
}

function again(summary: string, remaining: readonly Task[]): Settled {
  return { disposition: 'retry', summary, remaining, handedOn: NOTHING_HANDED_ON, tally: NO_TALLY };
}

function comesAgain({ tally }: TaskResult, summary: string, remaining: readonly Task[]): Settled {
  return { ...again(summary, remaining), tally: unsettled(tally) };
}
