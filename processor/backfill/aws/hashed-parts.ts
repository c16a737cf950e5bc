/**
 * Lines on disk that do not fit into memory, in files by the hash of what each is about: all of one thing is in one file, and each
 * file fits. They are read one after the other, and taken away at the end.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOfJson } from '../run/journal-file.ts';
import { readLines } from '../run/line-reader.ts';
import { type LineWriter, openLines } from '../run/line-writer.ts';

export interface HashedParts {
  /** Resolves once the lines are written. Throws what the disk says. */
  add(lines: readonly KeyedLine[]): Promise<void>;
  /** All lines of a part at a time, in the order in which they came. Nothing can be added any more. */
  read(): AsyncGenerator<readonly object[]>;
  /** Takes them away. */
  remove(): Promise<void>;
}

export interface KeyedLine {
  readonly key: string;
  readonly line: object;
}

/** Each has a file open. A run of 250 million log files of which one in thirty created something has parts of 8 MB. */
const PARTS = 256;

/** In a folder that is made anew. */
export async function openParts(folder: string, parts = PARTS): Promise<HashedParts> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const paths = Array.from({ length: parts }, (_, at) => join(folder, `${at}.ndjson`));
  const writers = new Map<number, LineWriter>();

  async function writerOf(part: number): Promise<LineWriter> {
    const known = writers.get(part);
    if (known !== undefined) return known;
    const made = await openLines(paths[part] ?? '', 0, () => {});
    writers.set(part, made);
    return made;
  }

  async function close(): Promise<void> {
    const open = [...writers.values()];
    writers.clear();
    await Promise.all(open.map((writer) => writer.close()));
  }

  return {
    async add(lines) {
      const byPart = Map.groupBy(lines, ({ key }) => hashOf(key) % parts);
      for (const [part, found] of byPart) {
        const writer = await writerOf(part);
        await writer.append(linesOfJson(found.map(({ line }) => line)));
      }
    },
    async *read() {
      const written = [...writers.keys()].toSorted((a, b) => a - b);
      await close();
      for (const part of written) {
        const lines: object[] = [];
        for await (const batch of readLines(paths[part] ?? ''))
          for (const { value } of batch) lines.push(value);
        yield lines;
      }
    },
    async remove() {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function hashOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0);
}
