/**
 * Does the same work on many items, in this thread and in worker threads, and gives what became of them in the order of
 * the items. Work that throws settles its item like any other; a thread that dies takes no item with it but the one that
 * killed it.
 *
 *                      ┌─▶ here ─────▶ ┐
 *     items ─▶ batches ┼─▶ thread 1 ─▶ ┼─▶ settled batches, the oldest first
 *                      └─▶ thread 2 ─▶ ┘
 *
 * Threads take long to start, so this one begins alone, asks for help only where much is left, and goes on working until
 * that is there. Each thread has a second batch waiting while it works on the first, so that none is idle while its
 * reply is on its way; what they have no room for is done here. What is in flight is bounded, so memory does not grow
 * with the number of items.
 */
import { availableParallelism } from 'node:os';
import { setImmediate as turn } from 'node:timers/promises';
import { createBatchSize } from './batch-size.ts';
import { type LookAhead, lookAhead } from './look-ahead.ts';
import { describeError, type Settled } from './messages.ts';
import { startThread, type Thread } from './thread.ts';

export interface ThreadsOptions<Item, Result> {
  /** @default as many as the machine has cores, less this one where it works too */
  readonly threads?: number;
  /** For all threads alike, as their `workerData`. */
  readonly workerData?: unknown;
  /** Does what the threads would do with a batch. @default this thread only hands out */
  readonly here?: Work<Item, Result>;
  /** Once aborted, threads end at once, and what they were working on settles as nothing. */
  readonly signal?: AbortSignal;
}

type Work<Item, Result> = (items: readonly Item[]) => Promise<Result>;

const BATCHES_PER_THREAD = 2;

/** Done by others behind one that takes long. */
const BATCHES_BEFORE_THEIR_TURN = 16;

/** Several times what a thread takes to start: on a busy machine it starts late, and items seem to take longer. */
const WORTH_A_START_MS = 1_000;

/** Names of files take 3 MB. */
const MAX_LOOK_AHEAD = 16_384;

/**
 * `worker` names a module that calls `serve`. The threads end with the generator. Throws what `source` throws, and the
 * reason of the signal, after the results of what was begun before.
 */
export async function* inThreads<Item, Result>(
  worker: URL,
  source: AsyncIterable<readonly Item[]>,
  options: ThreadsOptions<Item, Result> = {},
): AsyncGenerator<Settled<Item, Result>> {
  const { here, signal } = options;
  const { threads = availableParallelism() - (here === undefined ? 0 : 1), workerData } = options;
  const items = lookAhead(source);
  const size = createBatchSize();
  const inFlight = createLine<readonly Settled<Item, Result>[]>();
  let pool: readonly Thread<Item, Result>[] = [];
  const start = () => Array.from({ length: threads }, () => startThread<Item, Result>(worker, workerData));
  const stop = () => Promise.all(pool.map((thread) => thread.stop()));
  signal?.addEventListener('abort', stop);
  try {
    if (here === undefined) {
      pool = start();
      await Promise.all(pool.map(({ started }) => started));
    }
    for (;;) {
      const batch = await items.take(size.items);
      if (batch.length === 0 || signal?.aborted) break;
      const thread = idlest(pool);
      if (thread !== undefined && (here === undefined || thread.load < BATCHES_PER_THREAD)) {
        inFlight.add(thread.run(batch));
      } else if (here !== undefined) {
        const done = settle(batch, here);
        inFlight.add(done);
        await done;
        await turn(); // of replies, and of keys that were pressed
      }
      const allowed = pool.length * BATCHES_PER_THREAD + (here === undefined ? 0 : BATCHES_BEFORE_THEIR_TURN);
      for await (const settled of inFlight.downTo(allowed)) {
        for (const each of settled) if (each.ok) size.learn(each.items.length, each.ms);
        yield* settled;
      }
      const isAlone = pool.length === 0 && threads > 0;
      if (isAlone && (await isWorthStarting(items, size.msPerItem)) && !signal?.aborted) pool = start();
    }
    for await (const settled of inFlight.downTo(0)) yield* settled;
    items.end();
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', stop);
    items.close();
    await stop();
  }
}

function idlest<Item, Result>(pool: readonly Thread<Item, Result>[]): Thread<Item, Result> | undefined {
  const [first, ...others] = pool;
  return first && others.reduce((one, other) => (other.load < one.load ? other : one), first);
}

async function isWorthStarting(items: LookAhead<unknown>, msPerItem: number | undefined): Promise<boolean> {
  if (msPerItem === undefined) return false;
  const enough = Math.ceil(Math.min(MAX_LOOK_AHEAD, WORTH_A_START_MS / msPerItem));
  return (await items.count(enough)) >= enough;
}

/** As a thread does it. */
async function settle<Item, Result>(
  items: readonly Item[],
  work: Work<Item, Result>,
): Promise<readonly Settled<Item, Result>[]> {
  const begun = performance.now();
  try {
    return [{ ok: true, items, result: await work(items), ms: performance.now() - begun }];
  } catch (error) {
    const [item] = items;
    if (items.length === 1 && item !== undefined) return [{ ok: false, item, error: describeError(error) }];
    const settled: Settled<Item, Result>[] = [];
    for (const each of items) settled.push(...(await settle([each], work)));
    return settled;
  }
}

/** Promises in a line: given in their order, those that are fulfilled as soon as it is their turn. */
function createLine<Value>() {
  interface Place {
    readonly promise: Promise<Value>;
    isSettled: boolean;
  }
  const line: Place[] = [];
  return {
    add(promise: Promise<Value>): void {
      const place: Place = { promise, isSettled: false };
      const settled = () => {
        place.isSettled = true;
      };
      promise.then(settled, settled);
      line.push(place);
    },
    /** Waits for the oldest ones until so many are left. */
    async *downTo(length: number): AsyncGenerator<Value> {
      for (let [oldest] = line; oldest?.isSettled || line.length > length; [oldest] = line) {
        line.shift();
        if (oldest !== undefined) yield await oldest.promise;
      }
    },
  };
}
