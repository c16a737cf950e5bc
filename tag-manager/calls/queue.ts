/** First come, first served, and whoever waits may leave: each in constant time, however many there are. */

export interface Queue<Item> {
  /** Returns what takes the item out again. */
  push(item: Item): () => void;
  /** The one that has waited longest. */
  shift(): Item | undefined;
  readonly size: number;
}

interface Cell<Item> {
  item: Item | undefined;
}

/** Cells in the order of their coming, those that are gone empty; they are cut off when they are half of all. */
export function createQueue<Item>(): Queue<Item> {
  let cells: Cell<Item>[] = [];
  let head = 0;
  let size = 0;

  function empty(cell: Cell<Item>): Item | undefined {
    const { item } = cell;
    if (item === undefined) return undefined;
    cell.item = undefined;
    size -= 1;
    if (cells.length > 64 && size < cells.length / 2) {
      cells = cells.filter((each) => each.item !== undefined);
      head = 0;
    }
    return item;
  }

  return {
    push(item) {
      const cell: Cell<Item> = { item };
      cells.push(cell);
      size += 1;
      return () => void empty(cell);
    },
    shift() {
      while (head < cells.length) {
        const cell = cells[head] as Cell<Item>;
        head += 1;
        if (cell.item !== undefined) return empty(cell);
      }
      return undefined;
    },
    get size() {
      return size;
    },
  };
}
