/**
 * Lines on disk that do not fit into memory, in files by the hash of what each is about: all of one thing is in one file. They are
 * read one after the other, and taken away at the end. What a file has too much of is divided once more, by other bits of the hash,
 * before it is read, so that what is held does not grow with the number of lines.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOfJson } from './journal-file.ts';
import { readLines } from './line-reader.ts';
import { type LineWriter, openLines } from './line-writer.ts';

export interface HashedParts<Line extends object> {
  /** Lines that come side by side are kept in the order in which they were handed over. Throws what the disk says. */
  add(lines: readonly Line[]): Promise<void>;
  /** All lines of a part at a time, in the order in which they came. Nothing can be added any more. */
  read(): AsyncGenerator<readonly Line[]>;
  /** Takes them away. */
  remove(): Promise<void>;
}

export interface PartsOptions {
  /** Each has a file open. @default 256 */
  readonly parts?: number;
  /** Of a part, before it is divided: as objects they take some four times that. @default 16 MiB */
  readonly mostBytes?: number;
}

const PARTS = 256;
const MOST_BYTES = 16 * 1024 * 1024;

/** The lines of a part are written together: as many characters of each are held. */
const HELD_CHARACTERS = 32 * 1024;

/** Of 256 parts each, for what no disk holds; lines about one thing are not divided. */
const LEVELS = 4;

interface Part {
  text: string;
  writer?: Promise<LineWriter>;
}

/** In a folder that is made anew. `keyOf` says what a line is about. */
export function openParts<Line extends object>(
  folder: string,
  keyOf: (line: Line) => string,
  { parts = PARTS, mostBytes = MOST_BYTES }: PartsOptions = {},
): Promise<HashedParts<Line>> {
  return openLevel(folder, 0);

  async function openLevel(place: string, level: number): Promise<HashedParts<Line>> {
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { recursive: true, mode: 0o700 });
    const open = new Map<number, Part>();
    const pathOf = (number: number) => join(place, `${number}.ndjson`);

    function partOf(line: Line): readonly [number, Part] {
      const number = hashOf(keyOf(line), level) % parts;
      const part = open.get(number) ?? { text: '' };
      open.set(number, part);
      return [number, part];
    }

    async function write(number: number, part: Part): Promise<void> {
      const { text } = part;
      part.text = '';
      part.writer ??= openLines(pathOf(number), 0, () => {}); // at once: others may want it meanwhile
      await (await part.writer).append(text);
    }

    async function close(): Promise<void> {
      const writers = [...open.values()].map(({ writer }) => writer);
      open.clear();
      await Promise.allSettled(writers.map(async (writer) => (await writer)?.close()));
    }

    async function* readPart(path: string): AsyncGenerator<readonly Line[]> {
      const { size } = await stat(path);
      if (size > mostBytes && level + 1 < LEVELS) return yield* divided(path);
      const lines: Line[] = [];
      for await (const batch of linesIn<Line>(path)) for (const line of batch) lines.push(line);
      yield lines;
    }

    async function* divided(path: string): AsyncGenerator<readonly Line[]> {
      const within = await openLevel(`${path}-parts`, level + 1);
      try {
        for await (const batch of linesIn<Line>(path)) await within.add(batch);
        await rm(path); // the disk does not hold everything twice
        yield* within.read();
      } finally {
        await within.remove();
      }
    }

    return {
      async add(lines) {
        const writes: Promise<void>[] = [];
        for (const line of lines) {
          const [number, part] = partOf(line);
          part.text += linesOfJson([line]);
          if (part.text.length > HELD_CHARACTERS) writes.push(write(number, part));
        }
        await Promise.all(writes);
      },
      async *read() {
        for (const [number, part] of open) await write(number, part);
        const written = [...open.keys()].toSorted((a, b) => a - b);
        await close();
        for (const number of written) yield* readPart(pathOf(number));
      },
      async remove() {
        await close();
        await rm(place, { recursive: true, force: true });
      },
    };
  }
}

async function* linesIn<Line extends object>(path: string): AsyncGenerator<readonly Line[]> {
  // They are our own, written a moment ago.
  for await (const batch of readLines(path)) yield batch.map(({ value }) => value as Line);
}

function hashOf(key: string, level: number): number {
  return createHash('sha256')
    .update(key)
    .digest()
    .readUInt32BE(4 * level);
}
