/**
 * The inside of a worker thread: does the work on each batch of items that `inThreads` sends, one after the other, and
 * replies with its result or with what it threw. A worker module calls it once.
 */
import { parentPort } from 'node:worker_threads';
import { type Batch, describeError, type ThreadMessage } from './messages.ts';

/** `work` may return its result at once or later; items and results must be such as can be cloned. */
export function serve<Item, Result>(work: (items: readonly Item[]) => Result | Promise<Result>): void {
  const post = (message: ThreadMessage<Result>) => parentPort?.postMessage(message);
  let before = Promise.resolve();
  parentPort?.on('message', ({ items }: Batch<Item>) => {
    before = before.then(async () => {
      try {
        const begun = performance.now();
        const result = await work(items);
        post({ kind: 'result', result, ms: performance.now() - begun });
      } catch (error) {
        post({ kind: 'error', error: describeError(error) });
      }
    });
  });
  post({ kind: 'ready' });
}
