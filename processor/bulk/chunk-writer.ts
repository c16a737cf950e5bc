/**
 * The journal of one invocation in the backfill bucket. An object cannot be added to, so lines go into chunks, one after the other:
 * while one is being put, what comes meanwhile gathers for the next (group commit).
 *
 *     keep ─┐                        ┌─▶ chunk 0
 *     keep ─┼▶ lines that wait ──────┼─▶ chunk 1        each put once the one before it is answered
 *     add ──┘                        └─▶ …
 */

export interface ChunkWriter {
  /** Resolves once the lines are in the bucket; rejects where they could not be put, and then they never are. */
  keep(lines: string): Promise<void>;
  /** They go with the next chunk; where that could not be put, with the one after it. */
  add(lines: string): void;
  /** Resolves once all lines are in the bucket. Without any it does nothing. */
  flush(): Promise<void>;
}

/** In characters: so many lines that nobody waits for are put all the same, and a chunk ends behind them. */
const FULL = 2 * 1024 * 1024;

interface Entry {
  readonly lines: string;
  /** Whoever waits for them. */
  readonly told?: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
}

/** `put` puts the chunk of that number, from 0; where it throws, all who wait hear what. */
export function createChunkWriter(put: (number: number, lines: string) => Promise<void>): ChunkWriter {
  let waiting: Entry[] = [];
  let characters = 0; // of those
  let asking = 0; // how many of them somebody waits for
  let isWriting = false;
  let number = 0;

  const isDue = () => asking > 0 || characters >= FULL;

  function enter(entry: Entry): void {
    waiting.push(entry);
    characters += entry.lines.length;
    if (entry.told !== undefined) asking += 1;
    if (!isWriting && isDue()) void writeAll();
  }

  function enterAndWait(lines: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    enter({ lines, told: { resolve, reject } });
    return promise;
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    await undefined; // whoever comes in the same moment goes with the first chunk
    let isWritten = true;
    while (isWritten && isDue()) isWritten = await writeOne();
    isWriting = false;
  }

  async function writeOne(): Promise<boolean> {
    const chunk = takeChunk();
    const lines = chunk.map((entry) => entry.lines).join('');
    try {
      if (lines !== '') await put(number++, lines);
    } catch (error) {
      const all = [...chunk, ...waiting];
      keepOnly(all.filter(({ told }) => told === undefined));
      for (const { told } of all) told?.reject(error);
      return false;
    }
    for (const { told } of chunk) told?.resolve();
    return true;
  }

  function takeChunk(): readonly Entry[] {
    let length = 0;
    const last = waiting.findIndex(({ lines }) => {
      length += lines.length;
      return length >= FULL;
    });
    const end = last < 0 ? waiting.length : last + 1;
    const chunk = waiting.slice(0, end);
    keepOnly(waiting.slice(end));
    return chunk;
  }

  function keepOnly(entries: Entry[]): void {
    waiting = entries;
    characters = entries.reduce((sum, { lines }) => sum + lines.length, 0);
    asking = entries.filter(({ told }) => told !== undefined).length;
  }

  return {
    keep: enterAndWait,
    add(lines) {
      if (lines !== '') enter({ lines });
    },
    async flush() {
      if (isWriting || waiting.length > 0) await enterAndWait('');
    },
  };
}
