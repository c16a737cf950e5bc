/**
 * Places for pages that are listed before anybody wants them: all branches that are listed at once share them, so that
 * memory does not grow with their number.
 */

export interface Ahead {
  /** Parts of one branch that are listed side by side. */
  readonly parts: number;
  /** Takes a place, if there is one. */
  take(): boolean;
  /** Gives one back. */
  give(): void;
}

/** A page of a thousand keys takes about 400 KB. */
export function createAhead(pages: number, parts = 4): Ahead {
  let free = pages;
  return {
    parts,
    take() {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    give() {
      free += 1;
    },
  };
}

/** No places: nothing but the page that comes next is asked for. */
export const ONE_PAGE_AHEAD: Ahead = createAhead(0, 1);
