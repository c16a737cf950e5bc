/**
 * Hands on what was not done. With a queue that took it, it is done as far as the caller is concerned; without
 * one, the caller must bring it again, or be told that it never will be done.
 */
import type { Outcome } from '../answer/report.ts';
import type { OwnMessage } from '../notification/task.ts';
import type { Queue, Queues } from '../queues/queues.ts';
import type { LeftOver } from './left-over.ts';
import { result, type TaskResult } from './result.ts';

export async function handOn(left: LeftOver, queues: Queues, summary: string): Promise<TaskResult> {
  const handed = [
    await send(queues.retry, left.retry, 'again'),
    await send(queues.failure, left.failure, 'never'),
  ];
  const worst =
    handed.find(({ outcome }) => outcome === 'again') ?? handed.find(({ outcome }) => outcome === 'never');
  return result(
    worst?.outcome ?? 'done',
    [summary, ...handed.flatMap(({ problem }) => problem ?? [])].join('; '),
    {
      remaining: handed
        .filter(({ outcome }) => outcome === 'again')
        .flatMap(({ kept }) => kept.map((message) => ({ kind: 'retry', message }) as const)),
    },
  );
}

interface Handed {
  readonly outcome: Outcome;
  /** Messages that no queue has. */
  readonly kept: readonly OwnMessage[];
  readonly problem?: string;
}

async function send(
  queue: Queue | undefined,
  messages: readonly OwnMessage[],
  withoutQueue: Outcome,
): Promise<Handed> {
  if (messages.length === 0) return { outcome: 'done', kept: [] };
  if (queue === undefined) return { outcome: withoutQueue, kept: messages };
  try {
    await queue.send(messages);
    return { outcome: 'done', kept: [] };
  } catch (error) {
    // Some may have been taken: those come twice, which changes nothing.
    const { name, message } = error as Error;
    return { outcome: 'again', kept: messages, problem: `the queue did not take it: ${name}: ${message}` };
  }
}
