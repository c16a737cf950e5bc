/**
 * The inside of a worker thread: does the work on each item that `inThreads` sends, one after the other, and
 * answers with its result or with what it threw. A worker module calls it once.
 */
import { parentPort } from 'node:worker_threads';
import { type Answer, type Batch, describeError, type Outcome } from './messages.ts';

/** `work` may return its result at once or later; items and results must be such as can be cloned. */
export function serve<Item, Result>(work: (item: Item) => Result | Promise<Result>): void {
  let before = Promise.resolve();
  parentPort?.on('message', (batch: Batch<Item>) => {
    before = before.then(() => answer(batch));
  });

  async function answer({ items }: Batch<Item>): Promise<void> {
    const outcomes: Outcome<Result>[] = [];
    for (const item of items) outcomes.push(await settle(work, item));
    parentPort?.postMessage({ outcomes } satisfies Answer<Result>);
  }
}

async function settle<Item, Result>(
  work: (item: Item) => Result | Promise<Result>,
  item: Item,
): Promise<Outcome<Result>> {
  try {
    return { ok: true, result: await work(item) };
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}
