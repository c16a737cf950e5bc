/**
 * Small files that are written as a whole: whoever reads finds the old one or the new one, never a part, also after a kill
 * or a loss of power. They hold who did what, so that only their owner may read them.
 */
import { type FileHandle, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError } from './run-error.ts';

export const OWNER_ONLY = 0o600;

/** Throws what the disk says. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  await withFile(await open(temporary, 'w', OWNER_ONLY), async (file) => {
    await file.writeFile(text);
    await file.sync();
  });
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** `undefined` where there is none. Throws RunError where it is no JSON, else what the disk says. */
export async function readWhole(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RunError(`${path}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
}

/** 0 of a file that is not there. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** A name is in its folder for good once the folder is on the disk. Where folders cannot be opened, the system sees to it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  await withFile(await open(path, 'r'), (folder) => folder.sync());
}

async function withFile(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
