/**
 * The inside of a worker thread: makes ready for the work, then does it on each batch of items that `inThreads` sends,
 * one after the other, and replies with its result or with what it threw. A worker module calls it once.
 */
import { parentPort } from 'node:worker_threads';
import { describeError, type Order, type ThreadMessage } from './messages.ts';

/** It may return its result at once or later; items and results must be such as can be cloned. */
export type Work<Item, Result> = (items: readonly Item[]) => Result | Promise<Result>;

/** `prepare` is given what the pool was; what it throws ends the thread. */
export function serve<Data, Item, Result>(
  prepare: (data: Data) => Work<Item, Result> | Promise<Work<Item, Result>>,
): void {
  const post = (message: ThreadMessage<Result>) => parentPort?.postMessage(message);
  let before = Promise.resolve();
  let work: Work<Item, Result>;
  parentPort?.on('message', (order: Order<Data, Item>) => {
    before = before.then(async () => {
      if (order.kind === 'begin') {
        work = await prepare(order.data);
        post({ kind: 'ready' });
        return;
      }
      try {
        const begun = performance.now();
        const result = await work(order.items);
        post({ kind: 'result', result, ms: performance.now() - begun });
      } catch (error) {
        post({ kind: 'error', error: describeError(error) });
      }
    });
  });
}
