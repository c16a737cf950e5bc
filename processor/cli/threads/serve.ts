/**
 * The inside of a worker thread: makes ready for the work, then does it on each batch of items that it is sent, and replies
 * with its result or with what it threw, in the order of the batches. A worker module calls it once.
 */
import { parentPort } from 'node:worker_threads';
import { describeError, type Order, type ThreadMessage } from './messages.ts';

/** It may return its result at once or later; items and results must be such as can be cloned. */
export type Work<Item, Result> = (items: readonly Item[]) => Result | Promise<Result>;

export interface ServeOptions {
  /** Begins each batch as it comes. @default one after the other */
  readonly isSideBySide?: boolean;
}

/** `prepare` is given what the pool was; what it throws ends the thread. */
export function serve<Data, Item, Result>(
  prepare: (data: Data) => Work<Item, Result> | Promise<Work<Item, Result>>,
  { isSideBySide = false }: ServeOptions = {},
): void {
  const post = (message: ThreadMessage<Result>) => parentPort?.postMessage(message);
  let work: Work<Item, Result>;
  const settle = async (items: readonly Item[]): Promise<ThreadMessage<Result>> => {
    try {
      const begun = performance.now();
      const result = await work(items);
      return { kind: 'result', result, ms: performance.now() - begun };
    } catch (error) {
      return { kind: 'error', error: describeError(error) };
    }
  };
  const begin = async (data: Data): Promise<ThreadMessage<Result>> => {
    work = await prepare(data);
    return { kind: 'ready' };
  };
  let before = Promise.resolve();
  parentPort?.on('message', (order: Order<Data, Item>) => {
    const now = order.kind === 'begin' ? begin(order.data) : isSideBySide ? settle(order.items) : undefined;
    before = before.then(async () => {
      if (now !== undefined) post(await now);
      else if (order.kind !== 'begin') post(await settle(order.items));
    });
  });
}
