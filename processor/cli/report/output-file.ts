/**
 * A file that a report is written to: under another name until it is whole, so that nobody ever sees half of it, and
 * whatever stood there before stays until then. Only a report of ours is replaced.
 */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is in the way; the message is for the user. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

export interface OutputFile {
  /** Behind what was written before. Throws what keeps it from being written. */
  write(text: string): Promise<void>;
  /** It is there under its name; tells how many bytes it has. */
  commit(): Promise<number>;
  /** Leaves no trace of it, unless it was committed. */
  discard(): Promise<void>;
}

export interface OutputOptions {
  /** The option that names it: `-o`. */
  readonly option: string;
  /** The beginning of the files of ours that may be replaced holds this. */
  readonly mark: string;
}

/** So much of a file is looked at for the mark. */
const BEGINNING_BYTES = 1024;

/** Throws ReportError where the file may not be replaced, and where it cannot be written. */
export async function openOutput(path: string, { option, mark }: OutputOptions): Promise<OutputFile> {
  const failed = (error: unknown) =>
    new Error(`${option} ${path}: cannot be written: ${(error as Error).message}`, { cause: error });
  const target = await realpath(path).catch(() => path); // a link stays, and leads to the new file
  const there = await stat(target).catch(() => undefined);
  if (there !== undefined) await checkMayReplace(target, there, { path, option, mark });
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
    async write(text) {
      const content = Buffer.from(text);
      await file.writeFile(content).catch((error) => {
        throw failed(error);
      });
      bytes += content.length;
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

async function checkMayReplace(
  target: string,
  stats: Stats,
  { path, option, mark }: OutputOptions & { readonly path: string },
): Promise<void> {
  if (stats.isDirectory()) throw new ReportError(`${option} ${path}: a folder, expected the name of a file`);
  if (!stats.isFile() || stats.size === 0 || (await beginningOf(target)).includes(mark)) return;
  throw new ReportError(
    `${option} ${path}: a file is there that is no report of ours, and is not replaced: name another, or remove it`,
  );
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING_BYTES), 0, BEGINNING_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
