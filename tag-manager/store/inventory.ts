/**
 * All that the table keeps of resources, for whoever takes it elsewhere: the state of each name, page by page, so that memory does not grow with
 * the table. The whole table is read in parts side by side, because its items lie in partitions, each of which has a pace of its own; of one
 * creator the index tells.
 */
import type { Calls } from '../calls/calls.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { type Item, tagsOf } from './items.ts';
import { isKey, type KeptState, readKept, type TimeRange } from './look-up.ts';
import { createTableCalls, type Table } from './table-calls.ts';

export interface InventoryState extends KeptState {
  /** As its service calls it; empty where nobody can tell. */
  readonly id: string;
  /** What we wrote there last, whatever became of it since. */
  readonly tags: TagSet;
}

export interface PageOfStates {
  readonly states: readonly InventoryState[];
  /** Items among them that are no states as auto-tagger writes them. */
  readonly broken: number;
}

/** In both, what is written meanwhile may be told or not, and nothing is told twice but what is written meanwhile. */
export interface Inventory {
  /** Of every name, in no order. Throws CallError. */
  all(signal: AbortSignal): AsyncGenerator<PageOfStates>;
  /** `user` as it stands in states; the newest first. Throws CallError. */
  madeBy(user: string, range: TimeRange, signal: AbortSignal): AsyncGenerator<PageOfStates>;
}

/** Of each a page is held, and one is on its way. */
const PARTS = 4;

/** States have about 500 bytes: half of the 1 MB at which DynamoDB ends a page. */
const PAGE_OF_INDEX = 1_000;

/** Every state has one, and nothing else does. */
const OF_STATES = 'Outcome';

export function createInventory(table: Table, calls: Calls): Inventory {
  const items = createTableCalls(table, calls);

  async function* part(at: number, signal: AbortSignal): AsyncGenerator<PageOfStates> {
    let after: Item | undefined;
    do {
      const page = await items.scan({ part: at, parts: PARTS, having: OF_STATES, after }, signal);
      yield readPage(page.items);
      after = page.next;
    } while (after !== undefined);
  }

  return {
    async *all(signal) {
      const stop = new AbortController();
      const stopped = AbortSignal.any([signal, stop.signal]);
      try {
        yield* sideBySide(Array.from({ length: PARTS }, (_, at) => part(at, stopped)));
      } finally {
        stop.abort(); // whoever has heard enough waits for no other part
      }
    },

    async *madeBy(user, { first = '0', last = '~' }, signal) {
      if (!isKey(user)) return;
      let after: Item | undefined;
      do {
        const pages = {
          index: 'by-creator',
          partition: user,
          sort: [first, last],
          newestFirst: true,
        } as const;
        const page = await items.query({ ...pages, limit: PAGE_OF_INDEX, after }, signal);
        yield readPage(page.items);
        after = page.next;
      } while (after !== undefined);
    },
  };
}

function readPage(items: readonly Item[]): PageOfStates {
  const states = items.flatMap((item) => {
    const kept = readKept(item);
    return kept === undefined ? [] : [{ ...kept, id: item.ShortId?.S ?? '', tags: tagsOf(item, 'Tags') }];
  });
  return { states, broken: items.length - states.length };
}

/** Values of all, each as soon as it is there. Each is asked for its next one while the one before is dealt with. */
async function* sideBySide<Value>(sources: readonly AsyncGenerator<Value>[]): AsyncGenerator<Value> {
  const ask = (source: AsyncGenerator<Value>) => {
    const asked = source.next().then((result) => ({ source, result }));
    asked.catch(() => {}); // it may fail while nobody waits for it
    return asked;
  };
  const asked = new Map(sources.map((source) => [source, ask(source)]));
  while (asked.size > 0) {
    const { source, result } = await Promise.race(asked.values());
    if (result.done) asked.delete(source);
    else {
      asked.set(source, ask(source));
      yield result.value;
    }
  }
}
