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
 * that is there. Each thread has batches waiting while it works on one, so that none is idle while its reply is on its
 * way; what they have no room for is done here. What is in flight is bounded, so memory does not grow with the number of
 * items.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { createBatchSize } from './batch-size.ts';
import { type LookAhead, lookAhead } from './look-ahead.ts';
import { describeError, type Settled } from './messages.ts';
import type { Pool } from './pool.ts';
import type { Work } from './serve.ts';
import type { Thread } from './thread.ts';

export interface ThreadsOptions<Item, Result> {
  /** Does what the threads would do with a batch. @default this thread only hands out */
  readonly here?: Work<Item, Result>;
  /** Once aborted, what the threads were working on settles as nothing. */
  readonly signal?: AbortSignal;
}

/** They are waited for by nobody, and this thread may be held up: enough that none is idle meanwhile. */
const BATCHES_PER_THREAD = 3;

/** Done by others behind one that takes long. */
const BATCHES_BEFORE_THEIR_TURN = 16;

/** Several times what a thread takes to start: on a busy machine it starts late, and items seem to take longer. */
const WORTH_A_START_MS = 1_000;

/** Names of files take 3 MB. */
const MAX_LOOK_AHEAD = 16_384;

/**
 * The pool may be started already, and stays as it is. Throws what `source` throws, and the reason of the signal, after
 * the results of what was begun before.
 */
export async function* inThreads<Data, Item, Result>(
  pool: Pool<Data, Item, Result>,
  source: AsyncIterable<readonly Item[]>,
  { here, signal }: ThreadsOptions<Item, Result> = {},
): AsyncGenerator<Settled<Item, Result>> {
  const items = lookAhead(source);
  const size = createBatchSize();
  const inFlight = createLine<readonly Settled<Item, Result>[]>();
  try {
    if (here === undefined) {
      pool.start();
      await Promise.all(pool.threads.map(({ started }) => started));
    }
    for (;;) {
      const batch = await items.take(await share(items, size.items, pool.threads.length));
      if (batch.length === 0 || signal?.aborted) break;
      const thread = idlest(pool.threads);
      if (thread !== undefined && (here === undefined || thread.load < BATCHES_PER_THREAD)) {
        inFlight.add(thread.run(batch));
      } else if (here !== undefined) {
        const done = settle(batch, here);
        inFlight.add(done);
        await done;
        await turn(); // of replies, and of keys that were pressed
      }
      const { length } = pool.threads;
      const allowed = length * BATCHES_PER_THREAD + (here === undefined ? 0 : BATCHES_BEFORE_THEIR_TURN);
      for await (const settled of inFlight.downTo(allowed)) {
        for (const each of settled) if (each.ok) size.learn(each.items.length, each.ms);
        yield* settled;
      }
      if (length === 0 && pool.size > 0 && (await isWorthStarting(items, size.msPerItem))) pool.start();
    }
    for await (const settled of inFlight.downTo(0)) yield* settled;
    items.end();
    signal?.throwIfAborted();
  } finally {
    items.close();
  }
}

/** Smaller ones towards the end, so that all end together. */
async function share(items: LookAhead<unknown>, most: number, threads: number): Promise<number> {
  if (threads === 0) return most;
  const parts = 2 * (threads + 1);
  return Math.min(most, Math.ceil((await items.count(most * parts)) / parts));
}

function idlest<Each extends Pick<Thread<never, never, never>, 'load'>>(
  threads: readonly Each[],
): Each | undefined {
  const [first, ...others] = threads;
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
