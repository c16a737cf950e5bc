/** How many items one batch has: as many as take a moment, by how long the last ones took. */

/** Little enough that everybody has a turn, and that threads end together; one message costs 20 µs at both ends. */
const BATCH_MS = 4;

/** Streams among them are read side by side. */
const MIN_ITEMS = 4;
const MAX_ITEMS = 64;

/** Before that, code is too cold to tell. */
const WARM_MS = 50;

export interface BatchSize {
  readonly items: number;
  /** How long one item takes; `undefined` as long as that cannot be said. */
  readonly msPerItem: number | undefined;
  learn(items: number, ms: number): void;
}

export function createBatchSize(): BatchSize {
  let msPerItem: number | undefined;
  let learnt = 0;
  return {
    get items() {
      const wanted = msPerItem === undefined ? MIN_ITEMS : Math.floor(BATCH_MS / msPerItem);
      return Math.min(MAX_ITEMS, Math.max(MIN_ITEMS, wanted));
    },
    get msPerItem() {
      return learnt < WARM_MS ? undefined : msPerItem;
    },
    learn(items, ms) {
      const last = ms / items;
      msPerItem = msPerItem === undefined ? last : (msPerItem + last) / 2;
      learnt += ms;
    },
  };
}
