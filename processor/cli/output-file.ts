/**
 * A file that the answer of a command is written to: under another name until it is whole, so that nobody ever sees half of it, and
 * whatever stood there before stays until then. Only a file of ours is replaced. Or standard output in its place.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Terminal } from './terminal.ts';

/** What names standard output. */
export const STANDARD_OUTPUT = '-';

/** What is in the way; the message is for the user. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
}

export interface OutputFile {
  /** Behind what was written before. Throws what keeps it from being written. */
  write(content: string | Uint8Array): Promise<void>;
  /** It is there under its name; tells how many bytes it has. */
  commit(): Promise<number>;
  /** Leaves no trace of it, unless it was committed. */
  discard(): Promise<void>;
}

export interface OutputOptions {
  /** The option that names it: `-o`. */
  readonly option: string;
  /** What such a file is called: `report`. */
  readonly what: string;
  /** The files of ours that may be replaced hold this at their beginning. */
  readonly mark: string;
  /** They hold it at their end. @default false */
  readonly isMarkAtEnd?: boolean;
}

/** So much of a file is looked at for the mark. */
const LOOKED_AT_BYTES = 1024;

/** Throws OutputError where the file may not be replaced, and where it cannot be written. */
export async function openOutput(path: string, options: OutputOptions): Promise<OutputFile> {
  const { option } = options;
  const failed = (error: unknown) =>
    new Error(`${option} ${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  const target = await realpath(path).catch(() => path); // a link stays, and leads to the new file
  const there = await stat(target).catch(() => undefined);
  if (there !== undefined) await checkMayReplace(target, there, path, options);
  const isDevice = there !== undefined && !there.isFile(); // it cannot be replaced, only written to
  const temporary = isDevice
    ? target
    : join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.tmp`);
  const file = await open(temporary, isDevice ? 'w' : 'wx').catch((error) => {
    throw failed(error);
  });
  let bytes = 0;
  let isOver = false;
  return {
    async write(content) {
      const written = typeof content === 'string' ? Buffer.from(content) : content;
      await file.writeFile(written).catch((error) => {
        throw failed(error);
      });
      bytes += written.length;
    },
    async commit() {
      try {
        await file.close();
        if (!isDevice) await rename(temporary, target);
      } catch (error) {
        throw failed(error);
      }
      isOver = true;
      return bytes;
    },
    async discard() {
      if (isOver) return;
      isOver = true;
      await file.close().catch(() => {}); // it may have been closed, and not renamed
      if (!isDevice) await rm(temporary, { force: true });
    },
  };
}

/** What is written there is gone, so nothing is left to commit. */
export function toStandardOutput(
  { print, printBytes, untilPrinted }: Terminal,
  signal: AbortSignal,
): OutputFile {
  return {
    async write(content) {
      if (typeof content === 'string') print(content);
      else printBytes(content);
      await untilPrinted(signal); // whoever reads it may be slow
    },
    commit: async () => 0,
    discard: async () => {},
  };
}

async function checkMayReplace(
  target: string,
  stats: Stats,
  path: string,
  { option, what, mark, isMarkAtEnd = false }: OutputOptions,
): Promise<void> {
  if (stats.isDirectory()) throw new OutputError(`${option} ${path}: a folder, expected the name of a file`);
  if (!stats.isFile() || stats.size === 0) return;
  const from = isMarkAtEnd ? Math.max(0, stats.size - LOOKED_AT_BYTES) : 0;
  if ((await read(target, from)).includes(mark)) return;
  throw new OutputError(
    `${option} ${path}: a file is there that is no ${what} of ours, and is not replaced: name another, or remove it`,
  );
}

async function read(path: string, from: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, from);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
