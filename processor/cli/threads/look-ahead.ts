/** Items that come in batches of the source's size, taken in batches of another, and counted before they are taken. */

export interface LookAhead<Item> {
  /** Up to so many; none at the end. */
  take(count: number): Promise<readonly Item[]>;
  /** How many are there, where that is fewer than `enough`; else at least as many as that. */
  count(enough: number): Promise<number>;
  /** Throws what the source has thrown, if it has: to `take`, that is its end. */
  end(): void;
  /** Closes the source, without waiting for that. */
  close(): void;
}

export function lookAhead<Item>(source: AsyncIterable<readonly Item[]>): LookAhead<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let items: readonly Item[] = [];
  let at = 0;
  let isOver = false;
  let broken: { readonly error: unknown } | undefined;

  async function count(enough: number): Promise<number> {
    while (!isOver && items.length - at < enough) {
      try {
        const { done, value } = await iterator.next();
        if (done) isOver = true;
        else items = at === items.length ? value : items.slice(at).concat(value);
        if (!done) at = 0;
      } catch (error) {
        isOver = true;
        broken = { error };
      }
    }
    return items.length - at;
  }

  return {
    count,
    async take(wanted) {
      if (items.length - at < wanted) await count(wanted);
      const taken = items.slice(at, at + wanted);
      at += taken.length;
      return taken;
    },
    end() {
      if (broken !== undefined) throw broken.error;
    },
    close() {
      iterator.return?.().catch(() => {}); // how it ends does not matter to who has had enough
    },
  };
}
