/**
 * All that read a bucket side by side: this thread, and worker threads once they are asked for and have started. Each is
 * given as many files as may be open there, and a batch more that waits.
 */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { type LogFileRef, nameOf } from '../log-file-ref.ts';
import type { ThreadSettings } from '../runtime/planning-runtime.ts';
import { type BucketReader, type BucketReaderOptions, createBucketReader } from './bucket-reader.ts';
import { type FilesDone, filesDone, type Showing } from './files-done.ts';
import { unreadable } from './plan-files.ts';
import { createPool, type Pool } from './threads/pool.ts';
import type { Thread } from './threads/thread.ts';

/** What a thread is given. It can be cloned. */
export interface BucketThreadData extends Pick<BucketReaderOptions, 'showing' | 'most'> {
  readonly settings: ThreadSettings;
}

/** What a thread replies with. */
export interface PlannedThere {
  readonly done: FilesDone;
  /** How many files may be open there. */
  readonly places: number;
}

export interface BucketReaders {
  /** Resolves when somebody has room for a batch. */
  enter(): Promise<Place>;
  /** What they came to, in their order. */
  plan(files: readonly LogFileRef[], place: Place): Promise<readonly FilesDone[]>;
  /** Asks for help, once: there is much to be read. */
  startThreads(): void;
  /** Ends the threads at once, as the signal does; of what they were working on there is no result. */
  stop(): Promise<unknown>;
}

/** Somebody who reads. */
export interface Place {
  readonly places: number;
  /** Files that it was given and has not done with. */
  underWay: number;
  plan(files: readonly LogFileRef[]): Promise<readonly FilesDone[]>;
}

/** A message costs 20 µs at both ends; and a batch is done only when the last of its files is. */
export const BATCH = 8;

/**
 * This one and three more give as many as S3 lets anybody have below one prefix, 5,500 a second (Amazon S3 User Guide,
 * "Best practices design patterns: optimizing Amazon S3 performance").
 */
const MOST_THREADS = 4;

/** Until a thread says how many may be open there. */
const FIRST_GIVEN = 64;

/** Beside this file also where both are bundled, and end in `.mjs`. */
const WORKER = new URL(`./bucket-thread${extname(import.meta.url)}`, import.meta.url);

export function createBucketReaders(options: BucketReaderOptions, settings: ThreadSettings): BucketReaders {
  const { most, showing, signal } = options;
  const all = Math.min(MOST_THREADS, availableParallelism(), most);
  const share = Math.floor(most / all);
  const pool: Pool<BucketThreadData, LogFileRef, PlannedThere> = createPool(WORKER, {
    size: all - 1,
    signal,
  });
  pool.begin({ settings, showing, most: share });
  const here = createBucketReader(options);
  const readers: Place[] = [placeHere(here)];
  let freed = Promise.withResolvers<void>();
  return {
    async enter() {
      for (;;) {
        const idlest = readers.reduce((one, other) => (loadOf(other) < loadOf(one) ? other : one));
        if (idlest.underWay < idlest.places + BATCH) return idlest;
        freed = Promise.withResolvers();
        await freed.promise;
      }
    },
    async plan(files, place) {
      place.underWay += files.length;
      try {
        return await place.plan(files);
      } finally {
        place.underWay -= files.length;
        freed.resolve();
      }
    },
    startThreads() {
      if (pool.size === 0 || pool.threads.length > 0) return;
      here.limit(share);
      pool.start();
      for (const thread of pool.threads) {
        void thread.started.then(() => {
          if (Number.isFinite(thread.load)) readers.push(placeThere(thread, share, showing));
          freed.resolve();
        });
      }
    },
    stop: pool.stop,
  };
}

function loadOf({ underWay, places }: Place): number {
  return underWay / places;
}

function placeHere(reader: BucketReader): Place {
  return {
    underWay: 0,
    get places() {
      return reader.places;
    },
    plan: async (files) => [await reader.plan(files)],
  };
}

function placeThere(
  thread: Thread<BucketThreadData, LogFileRef, PlannedThere>,
  share: number,
  showing: Showing,
): Place {
  let places = Math.min(FIRST_GIVEN, share);
  return {
    underWay: 0,
    get places() {
      return places;
    },
    async plan(files) {
      const settled = await thread.run(files);
      return settled.map((each) => {
        if (!each.ok) return filesDone([unreadable(logFileOf(each.item), each.error)], showing);
        places = each.result.places;
        return each.result.done;
      });
    },
  };
}

function logFileOf(ref: LogFileRef) {
  return { name: nameOf(ref), location: { kind: 's3', ...ref } } as const;
}
