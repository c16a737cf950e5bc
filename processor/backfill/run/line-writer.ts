/**
 * A file of lines that is only ever added to. Lines that come while others are being written wait, and go out together in one
 * write, so that a busy run makes few of them. What was written is there after a kill; what was asked to be kept for good is on
 * the disk before anybody hears that it is. After the first failure nothing more is written: a part of a line is never followed.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { OWNER_ONLY } from './whole-file.ts';

export interface LineWriter {
  /** Whole lines; resolves once they are written. Throws, as everything after it, what the disk says. */
  append(lines: string): Promise<void>;
  /** The same; resolves once they, and all before them, are on the disk. */
  keep(lines: string): Promise<void>;
  /** Where the next line will begin: bytes of all that has been handed over. */
  readonly bytes: number;
  /** Writes nothing more, and closes the file. */
  close(): Promise<void>;
}

interface Waiting {
  readonly data: Buffer;
  readonly isToBeKept: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What stands behind `from` is cut off. `onLost` hears, once, why nothing more can be written. */
export async function openLines(
  path: string,
  from: number,
  onLost: (error: Error) => void,
): Promise<LineWriter> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, OWNER_ONLY);
  await file.truncate(from);
  let written = from;
  let bytes = from;
  let waiting: Waiting[] = [];
  let isSynced = true;
  let lost: Error | undefined;
  let work: Promise<void> | undefined;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (lost !== undefined) throw lost;
        await write(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        await lose(error as Error);
        for (const { reject } of batch) reject(error);
      }
    }
    work = undefined;
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    const data = Buffer.concat(batch.map((each) => each.data));
    if (data.length > 0) {
      isSynced = false;
      await writeAt(file, data, written);
      written += data.length;
    }
    if (isSynced || !batch.some(({ isToBeKept }) => isToBeKept)) return;
    await file.datasync();
    isSynced = true;
  }

  /** Where a part of a line can be taken back, it is. */
  async function lose(error: Error): Promise<void> {
    if (lost !== undefined) return;
    lost = error;
    await file.truncate(written).catch(() => {}); // whoever reads passes over a torn last line
    onLost(error);
  }

  function add(lines: string, isToBeKept: boolean): Promise<void> {
    const data = Buffer.from(lines);
    bytes += data.length;
    return new Promise((resolve, reject) => {
      waiting.push({ data, isToBeKept, resolve, reject });
      work ??= writeAll();
    });
  }

  return {
    append: (lines) => add(lines, false),
    keep: (lines) => add(lines, true),
    get bytes() {
      return bytes;
    },
    async close() {
      await work;
      await file.close();
    },
  };
}

/** A system may take a part of what it is given. */
async function writeAt(file: FileHandle, data: Buffer, position: number): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}
