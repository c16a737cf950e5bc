/**
 * The inside of a worker thread: does the work on each item that `inThreads` sends, one after the other, and
 * replies with its result or with what it threw. A worker module calls it once.
 */
import { parentPort } from 'node:worker_threads';
import { type Batch, type BatchReply, describeError, type Settled } from './messages.ts';

/** `work` may return its result at once or later; items and results must be such as can be cloned. */
export function serve<Item, Result>(work: (item: Item) => Result | Promise<Result>): void {
  let before = Promise.resolve();
  parentPort?.on('message', (batch: Batch<Item>) => {
    before = before.then(() => reply(batch));
  });

  async function reply({ items }: Batch<Item>): Promise<void> {
    const settled: Settled<Result>[] = [];
    for (const item of items) settled.push(await settle(work, item));
    parentPort?.postMessage({ settled } satisfies BatchReply<Result>);
  }
}

async function settle<Item, Result>(
  work: (item: Item) => Result | Promise<Result>,
  item: Item,
): Promise<Settled<Result>> {
  try {
    return { ok: true, result: await work(item) };
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}
