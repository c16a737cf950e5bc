/**
 * The lines of a file, one JSON object each, read in a stream: what is held is a chunk of it. A last line without its end
 * was torn by a kill, and is passed over; any other that cannot be read is an error that names the byte.
 */
import { createReadStream } from 'node:fs';
import { RunError } from './run-error.ts';

export interface Line {
  readonly value: object;
  /** The byte that it begins at. */
  readonly at: number;
}

/** A message for `replay` holds a record, which is at most 1 MiB (parser/bounds.ts), written with escapes. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

/**
 * From the byte `from` on, where a line begins, to the byte `to`, in batches; at last where the last whole line ends. A file
 * that is not there is an empty one. Throws RunError.
 */
export async function* readLines(
  path: string,
  from = 0,
  to = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly Line[], number> {
  if (to <= from) return from;
  let rest: Buffer[] = []; // the beginning of a line
  let at = from; // where that begins
  try {
    const end = Number.isFinite(to) ? { end: to - 1 } : {};
    for await (const chunk of createReadStream(path, { start: from, ...end, highWaterMark: CHUNK_BYTES })) {
      const last = (chunk as Buffer).lastIndexOf(LINE_FEED) + 1;
      rest.push((chunk as Buffer).subarray(0, last === 0 ? undefined : last));
      if (last > 0) {
        const whole = Buffer.concat(rest);
        yield linesIn(whole, at, path);
        at += whole.length;
        rest = [(chunk as Buffer).subarray(last)];
      }
      const length = rest.reduce((sum, each) => sum + each.length, 0);
      if (length > MAX_LINE_BYTES) throw broken(path, at, `is longer than ${MAX_LINE_BYTES} bytes`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return at;
}

function linesIn(bytes: Buffer, start: number, path: string): readonly Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, at);
    lines.push({ value: parsed(bytes.toString('utf8', at, end), path, start + at), at: start + at });
    at = end + 1;
  }
  return lines;
}

function parsed(text: string, path: string, at: number): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // as what is no object
  }
  throw broken(path, at, 'is no JSON object');
}

function broken(path: string, at: number, what: string): RunError {
  return new RunError(
    `${path}: the line at byte ${at} ${what}: somebody else wrote to it, or the disk is damaged`,
  );
}
