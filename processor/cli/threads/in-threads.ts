/**
 * Does the same work on many items in worker threads, and gives the outcomes in the order of the items. Work
 * that throws is an outcome like any other; a thread that dies takes no item with it but the one that killed it.
 *
 *     items ─▶ batches ─▶ thread 1 ─▶ ┐
 *                    └──▶ thread 2 ─▶ ┴─▶ outcomes, oldest batch first
 *
 * Each thread has a second batch waiting while it works on the first, so that none is idle while its answer is
 * on its way. No more batches than that are in flight, so memory does not grow with the number of items.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Answer, type Batch, describeError, type Outcome } from './messages.ts';

export interface ThreadsOptions {
  /** @default as many as the machine has cores */
  readonly threads?: number;
  /** For all threads alike, as their `workerData`. */
  readonly workerData?: unknown;
}

/** One message costs about 20 µs at both ends together, a small file 30: so 16 of them share one. */
const BATCH_ITEMS = 16;
const BATCHES_PER_THREAD = 2;

export type ItemOutcome<Item, Result> = Outcome<Result> & { readonly item: Item };

/** `worker` names a module that calls `serve`. The threads end with the generator. */
export async function* inThreads<Item, Result>(
  worker: URL,
  items: Iterable<Item> | AsyncIterable<Item>,
  { threads = availableParallelism(), workerData }: ThreadsOptions = {},
): AsyncGenerator<ItemOutcome<Item, Result>> {
  const pool = Array.from({ length: threads }, () => startThread<Item, Result>(worker, workerData));
  const inFlight: Promise<ItemOutcome<Item, Result>[]>[] = [];
  try {
    for await (const batch of batches(items)) {
      const idlest = pool.reduce((one, other) => (other.waiting() < one.waiting() ? other : one));
      inFlight.push(idlest.run(batch));
      if (inFlight.length >= threads * BATCHES_PER_THREAD) yield* (await inFlight.shift()) ?? [];
    }
    for (const outcomes of inFlight) yield* await outcomes;
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
  const queue: Task[] = []; // sent and not answered, oldest first

  interface Task {
    readonly items: readonly Item[];
    readonly answer: (outcomes: readonly Outcome<Result>[]) => void;
  }

  function start(): Worker {
    const started = new Worker(module, { workerData });
    started.on('message', ({ outcomes }: Answer<Result>) => queue.shift()?.answer(outcomes));
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
    for (const [at, { items, answer }] of left.entries()) {
      const isToBlame = at === 0 && items.length === 1;
      if (isToBlame) answer([{ ok: false, error: describeError(error) }]);
      else if (at > 0) send(items, answer);
      else void oneByOne(items).then(answer);
    }
  }

  async function oneByOne(items: readonly Item[]): Promise<Outcome<Result>[]> {
    const outcomes: Outcome<Result>[] = [];
    for (const item of items) outcomes.push(...(await outcomesOf([item])));
    return outcomes;
  }

  function send(items: readonly Item[], answer: Task['answer']): void {
    queue.push({ items, answer });
    worker.postMessage({ items } satisfies Batch<Item>);
  }

  function outcomesOf(items: readonly Item[]): Promise<readonly Outcome<Result>[]> {
    return new Promise((resolve) => send(items, resolve));
  }

  return {
    async run(items: readonly Item[]): Promise<ItemOutcome<Item, Result>[]> {
      const outcomes = await outcomesOf(items);
      return items.map((item, at) => ({ ...(outcomes[at] as Outcome<Result>), item }));
    },
    waiting: () => queue.length,
    stop(): Promise<number> {
      stopping = true;
      return worker.terminate();
    },
  };
}
