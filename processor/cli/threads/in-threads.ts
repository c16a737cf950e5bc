/**
 * Does the same work on many items in worker threads, and gives what became of each, in the order of the items. Work
 * that throws settles its item like any other; a thread that dies takes no item with it but the one that killed it.
 *
 *     items ─▶ batches ─▶ thread 1 ─▶ ┐
 *                    └──▶ thread 2 ─▶ ┴─▶ settled items, oldest batch first
 *
 * Each thread has a second batch waiting while it works on the first, so that none is idle while its reply is
 * on its way. No more batches than that are in flight, so memory does not grow with the number of items.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Batch, type BatchReply, describeError, type Settled } from './messages.ts';

export interface ThreadsOptions {
  /** @default as many as the machine has cores */
  readonly threads?: number;
  /** For all threads alike, as their `workerData`. */
  readonly workerData?: unknown;
}

/** One message costs about 20 µs at both ends together, a small file 30: so 16 of them share one. */
const BATCH_ITEMS = 16;
const BATCHES_PER_THREAD = 2;

export type SettledItem<Item, Result> = Settled<Result> & { readonly item: Item };

/** `worker` names a module that calls `serve`. The threads end with the generator. */
export async function* inThreads<Item, Result>(
  worker: URL,
  items: Iterable<Item> | AsyncIterable<Item>,
  { threads = availableParallelism(), workerData }: ThreadsOptions = {},
): AsyncGenerator<SettledItem<Item, Result>> {
  const pool = Array.from({ length: threads }, () => startThread<Item, Result>(worker, workerData));
  const inFlight: Promise<SettledItem<Item, Result>[]>[] = [];
  try {
    for await (const batch of batches(items)) {
      const idlest = pool.reduce((one, other) => (other.waiting() < one.waiting() ? other : one));
      inFlight.push(idlest.run(batch));
      if (inFlight.length >= threads * BATCHES_PER_THREAD) yield* (await inFlight.shift()) ?? [];
    }
    for (const settled of inFlight) yield* await settled;
  } finally {
    await Promise.all(pool.map((thread) => thread.stop()));
  }
}

async function* batches<Item>(items: Iterable<Item> | AsyncIterable<Item>): AsyncGenerator<readonly Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH_ITEMS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A worker that is started again when it dies. */
function startThread<Item, Result>(module: URL, workerData: unknown) {
  let stopping = false;
  let worker = start();
  const queue: Task[] = []; // sent and not replied to, oldest first

  interface Task {
    readonly items: readonly Item[];
    readonly reply: (settled: readonly Settled<Result>[]) => void;
  }

  function start(): Worker {
    const started = new Worker(module, { workerData });
    started.on('message', ({ settled }: BatchReply<Result>) => queue.shift()?.reply(settled));
    let cause: unknown;
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', (code) => {
      if (!stopping) died(cause ?? new Error(`the thread ended with code ${code}`));
    });
    return started;
  }

  /** What it was working on is tried again, one item at a time; an item that kills it alone is to blame. */
  function died(error: unknown): void {
    worker = start();
    const left = queue.splice(0);
    for (const [at, { items, reply }] of left.entries()) {
      const isToBlame = at === 0 && items.length === 1;
      if (isToBlame) reply([{ ok: false, error: describeError(error) }]);
      else if (at > 0) send(items, reply);
      else void oneByOne(items).then(reply);
    }
  }

  async function oneByOne(items: readonly Item[]): Promise<Settled<Result>[]> {
    const settled: Settled<Result>[] = [];
    for (const item of items) settled.push(...(await settle([item])));
    return settled;
  }

  function send(items: readonly Item[], reply: Task['reply']): void {
    queue.push({ items, reply });
    worker.postMessage({ items } satisfies Batch<Item>);
  }

  function settle(items: readonly Item[]): Promise<readonly Settled<Result>[]> {
    return new Promise((resolve) => send(items, resolve));
  }

  return {
    async run(items: readonly Item[]): Promise<SettledItem<Item, Result>[]> {
      const settled = await settle(items);
      return items.map((item, at) => ({ ...(settled[at] as Settled<Result>), item }));
    },
    waiting: () => queue.length,
    stop(): Promise<number> {
      stopping = true;
      return worker.terminate();
    },
  };
}
