/**
 * A range of keys listed in several parts side by side, and given in order. Only the part that is read may always ask for
 * its next page; the others, and what is further ahead, take places that all listings share.
 */
import type { ListedObject, ListPage } from '../../file/bucket-listing.ts';
import type { Ahead } from './ahead.ts';

/** Keys behind `startAfter` and before `end`. */
export interface Part {
  readonly startAfter: string;
  readonly end: string;
}

export interface PartListing {
  readonly list: (
    query: { readonly startAfter: string; readonly token: string | undefined },
    signal: AbortSignal,
  ) => Promise<ListPage>;
  readonly signal: AbortSignal;
  readonly ahead: Ahead;
}

type Page = readonly ListedObject[];

interface Lane {
  readonly startAfter: string;
  /** Where the next lane begins. */
  end: string;
  token: string | undefined;
  readonly pages: { readonly objects: Page; readonly isHeld: boolean }[];
  asking: Promise<void> | undefined;
  /** It has given all that it has. */
  isDone: boolean;
  failure: { readonly error: unknown } | undefined;
}

/**
 * `divide` says, of the keys of the first page, where more parts begin behind them: it is asked only where there is
 * more than one page. Nothing lies behind a part whose listing has ended before its `end`: the others are dropped.
 */
export async function* listInParts(
  whole: Part,
  divide: (keys: readonly string[]) => readonly Part[],
  { list, signal, ahead }: PartListing,
): AsyncGenerator<Page> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const lanes = [laneOf(whole)];
  let current = 0;
  let isDivided = false;

  async function ask(lane: Lane, isHeld: boolean): Promise<void> {
    try {
      const { startAfter, token } = lane;
      const { objects, next } = await list({ startAfter, token }, either);
      either.throwIfAborted(); // nobody wants it any more
      if (!isDivided) {
        isDivided = true;
        if (next !== undefined) addLanes(divide(objects.map(({ key }) => key)));
      }
      const within = upTo(lane.end, objects);
      lane.pages.push({ objects: within, isHeld });
      lane.token = next;
      const isCut = within.length < objects.length;
      lane.isDone = next === undefined || isCut;
      if (next === undefined && !isCut) dropBehind(lane);
      if (!lanes.includes(lane)) giveBack([lane]); // dropped while it was asked for
    } catch (error) {
      lane.failure = { error };
      if (isHeld) ahead.give();
    } finally {
      lane.asking = undefined;
    }
    askAhead();
  }

  function addLanes(parts: readonly Part[]): void {
    lanes.push(...parts.map(laneOf));
    for (const [index, each] of lanes.entries()) each.end = lanes[index + 1]?.startAfter ?? whole.end;
  }

  function dropBehind(lane: Lane): void {
    const index = lanes.indexOf(lane);
    if (index >= 0) giveBack(lanes.splice(index + 1));
  }

  function giveBack(dropped: readonly Lane[]): void {
    for (const { pages } of dropped) for (const { isHeld } of pages.splice(0)) if (isHeld) ahead.give();
  }

  function askAhead(): void {
    if (either.aborted) return;
    for (const lane of lanes.slice(current, current + ahead.parts)) {
      if (lane.asking !== undefined || lane.isDone || lane.failure !== undefined) continue;
      const isNext = lane === lanes[current] && lane.pages.length === 0;
      if (!isNext && !ahead.take()) return;
      lane.asking = ask(lane, !isNext);
    }
  }

  try {
    for (; current < lanes.length; current++) {
      for (let lane = lanes[current]; lane !== undefined; ) {
        signal.throwIfAborted(); // nothing is asked any more, so there would be nothing to wait for
        askAhead();
        const page = lane.pages.shift();
        if (page !== undefined) {
          if (page.isHeld) ahead.give();
          askAhead();
          if (page.objects.length > 0) yield page.objects;
        } else if (lane.failure !== undefined) throw lane.failure.error;
        else if (lane.isDone) break;
        else await lane.asking;
      }
    }
  } finally {
    stop.abort(new Error('the listing was left'));
    giveBack(lanes);
  }
}

function laneOf({ startAfter, end }: Part): Lane {
  return {
    startAfter,
    end,
    token: undefined,
    pages: [],
    asking: undefined,
    isDone: false,
    failure: undefined,
  };
}

/** Keys share their prefix, and what follows in `end` is plain letters: the order of texts is that of S3 there. */
function upTo(end: string, objects: Page): Page {
  if ((objects.at(-1)?.key ?? '') < end) return objects;
  return objects.filter(({ key }) => key < end);
}
