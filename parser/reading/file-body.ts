/**
 * A log file on disk as a body: a small one is read at once, a large one is left to be streamed. It blocks the
 * thread while it reads: a small file takes 12 µs so, and 170 by `stat` and `readFile` of node:fs/promises
 * (measured). Made for threads that have nothing else to do.
 */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { WHOLE_COMPRESSED_BYTES } from './gunzip-whole.ts';
import type { LogBody } from './log-body.ts';

export const CHUNK_BYTES = 256 * 1024;

/** Throws what the file system says. */
export function fileBody(path: string): LogBody {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size > WHOLE_COMPRESSED_BYTES) return () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
    const bytes = Buffer.allocUnsafe(size);
    return bytes.subarray(0, readFully(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** How many bytes there were: fewer than there is room for where the file was cut meanwhile. */
export function readFully(file: number, bytes: Buffer): number {
  let filled = 0;
  for (;;) {
    const read = readSync(file, bytes, filled, bytes.length - filled, null);
    filled += read;
    if (read === 0 || filled === bytes.length) return filled;
  }
}
