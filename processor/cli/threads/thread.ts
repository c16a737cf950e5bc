/**
 * One worker thread. Work that throws, and work that ends the thread, is tried again item by item, in a new thread
 * where it must be: so an item takes no other with it.
 */
import { Worker } from 'node:worker_threads';
import { describeError, type Order, type Settled, type ThreadError, type ThreadMessage } from './messages.ts';

export interface Thread<Data, Item, Result> {
  /** Says what the work is to be done with: until then the thread only loads its code. Once. */
  begin(data: Data): void;
  /** In the order of the items. Nothing once it is stopped. */
  run(items: readonly Item[]): Promise<readonly Settled<Item, Result>[]>;
  /** Batches that were given to it and not settled; infinite where it is not ready, or could not be started. */
  readonly load: number;
  /** Until then nothing can be run. Also where it could not be started. */
  readonly started: Promise<void>;
  /** Ends at once, whatever it is working on. */
  stop(): Promise<unknown>;
}

/** What a batch leaves behind is soon dead: more room for it takes 25 MiB a thread, and saves no time (measured). */
const SHORT_LIVED = { maxYoungGenerationSizeMb: 8 } as const;

interface Task<Item, Result> {
  readonly items: readonly Item[];
  readonly settle: (settled: readonly Settled<Item, Result>[]) => void;
}

/** `module` calls `serve`. */
export function startThread<Data, Item, Result>(module: URL): Thread<Data, Item, Result> {
  const begun = Promise.withResolvers<void>();
  const queue: Task<Item, Result>[] = []; // sent and not replied to, oldest first
  let order: Order<Data, Item> | undefined; // to begin
  let isReady = false;
  /** Why nothing is done any more. */
  let ended: 'stopped' | ThreadError | undefined;
  let worker = start();

  function start(): Worker {
    const started = new Worker(module, { resourceLimits: SHORT_LIVED });
    if (order !== undefined) started.postMessage(order);
    let cause: unknown;
    started.on('message', (message: ThreadMessage<Result>) => {
      if (message.kind === 'ready') ready();
      else replied(message);
    });
    started.on('error', (error) => {
      cause = error;
    });
    started.on('exit', (code) => {
      if (ended === undefined) died(describeError(cause ?? new Error(`the thread ended with code ${code}`)));
    });
    return started;
  }

  function ready(): void {
    isReady = true;
    begun.resolve();
  }

  function replied(message: Exclude<ThreadMessage<Result>, { kind: 'ready' }>): void {
    const task = queue.shift();
    if (task === undefined) return;
    const { items, settle } = task;
    if (message.kind === 'result') settle([{ ok: true, items, result: message.result, ms: message.ms }]);
    else blame(task, message.error);
  }

  function died(error: ThreadError): void {
    const left = queue.splice(0);
    if (!isReady) {
      ended = error; // it would die again
      begun.resolve();
      for (const { items, settle } of left) settle(undone(items, error));
      return;
    }
    isReady = false;
    worker = start();
    const [first, ...later] = left;
    if (first !== undefined) blame(first, error);
    for (const { items, settle } of later) send(items, settle);
  }

  /** An item that fails alone is to blame. */
  function blame({ items, settle }: Task<Item, Result>, error: ThreadError): void {
    const [item] = items;
    if (item === undefined) settle([]);
    else if (items.length === 1) settle([{ ok: false, item, error }]);
    else void oneByOne(items).then(settle);
  }

  async function oneByOne(items: readonly Item[]): Promise<Settled<Item, Result>[]> {
    const settled: Settled<Item, Result>[] = [];
    for (const item of items) settled.push(...(await run([item])));
    return settled;
  }

  function send(items: readonly Item[], settle: Task<Item, Result>['settle']): void {
    queue.push({ items, settle });
    worker.postMessage({ kind: 'batch', items } satisfies Order<Data, Item>);
  }

  function run(items: readonly Item[]): Promise<readonly Settled<Item, Result>[]> {
    return new Promise((resolve) => {
      if (ended === undefined) send(items, resolve);
      else resolve(ended === 'stopped' ? [] : undone(items, ended));
    });
  }

  return {
    begin(data) {
      order = { kind: 'begin', data };
      worker.postMessage(order);
    },
    run,
    started: begun.promise,
    get load() {
      return isReady ? queue.length : Number.POSITIVE_INFINITY;
    },
    stop() {
      ended = 'stopped';
      begun.resolve();
      for (const { settle } of queue.splice(0)) settle([]);
      return worker.terminate();
    },
  };
}

function undone<Item, Result>(items: readonly Item[], error: ThreadError): readonly Settled<Item, Result>[] {
  return items.map((item) => ({ ok: false, item, error }));
}
