/**
 * Worker threads for the same work, which can be started before anybody knows what they are to do it with: loading their
 * code takes as long as loading ours.
 */
import { availableParallelism } from 'node:os';
import { startThread, type Thread } from './thread.ts';

export interface Pool<Data, Item, Result> {
  /** Starts them, where they are not; does nothing once it is stopped. */
  start(): void;
  /** Says what they do their work with, whenever they are started. Once. */
  begin(data: Data): void;
  /** Those that are started. */
  readonly threads: readonly Thread<Data, Item, Result>[];
  /** How many there are once it is started. */
  readonly size: number;
  /** They end at once; what they were working on settles as nothing. Whoever makes a pool stops it. */
  stop(): Promise<unknown>;
}

/** Beside the thread that works on its own. */
const OTHER_CORES = availableParallelism() - 1;

/** `worker` names a module that calls `serve`. Once the signal is aborted, the pool is stopped. */
export function createPool<Data, Item, Result>(
  worker: URL,
  { size = OTHER_CORES, signal }: { readonly size?: number; readonly signal?: AbortSignal } = {},
): Pool<Data, Item, Result> {
  let threads: readonly Thread<Data, Item, Result>[] = [];
  let order: { readonly data: Data } | undefined;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    signal?.removeEventListener('abort', stop);
    return Promise.all(threads.map((thread) => thread.stop()));
  };
  signal?.addEventListener('abort', stop);
  return {
    start() {
      if (isStopped || signal?.aborted || threads.length > 0) return;
      threads = Array.from({ length: size }, () => startThread<Data, Item, Result>(worker));
      if (order !== undefined) for (const thread of threads) thread.begin(order.data);
    },
    begin(data) {
      order = { data };
      for (const thread of threads) thread.begin(data);
    },
    get threads() {
      return threads;
    },
    size,
    stop,
  };
}
