/**
 * The bytes of a file in, the chunks of its document out. Several gzip members are one file, and a document that
 * something has decompressed on the way passes through as it is. The generator ends only
 * when the last checksum was right and every compressed byte was used. Anything else is a LogFileError that
 * names how many compressed bytes were read; an error of the source itself passes through as it is, and so does the
 * reason of the signal, at once, whatever is being waited for.
 */
import { finished } from 'node:stream/promises';
import { isNativeError } from 'node:util/types';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { Bounds } from '../bounds.ts';
import { untilAborted } from '../until-aborted.ts';
import { ENOUGH_BYTES, GZIP_MAGIC, isGzip, isJson } from './beginnings.ts';
import { LogFileError } from './log-file-error.ts';

/**
 * Between two chunks zlib's thread waits until this one has woken and asks for more: 48 MB of logs take 54 ms in
 * chunks of 256 KiB, 47 in chunks of 1 MiB, no less in larger ones, and 260 in Node's own 16 KiB (measured).
 */
export const CHUNK_BYTES = 1024 * 1024;

export interface GunzipTotals {
  readonly compressedBytes: number;
  readonly bytes: number;
}

/** A chunk is there only until the next one is asked for: whoever wants to keep bytes copies them. */
export async function* gunzip(
  file: AsyncIterable<Uint8Array>,
  bounds: Bounds,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, GunzipTotals> {
  const { head, all } = await peek(untilAborted(file, signal));
  return yield* isJson(head) ? pass(all, bounds) : inflate(all, bounds, signal);
}

/** The first bytes of a file, and all of it, which begins with a piece that holds those. */
async function peek(file: AsyncGenerator<Uint8Array>) {
  const first: Uint8Array[] = [];
  for (let length = 0; length < ENOUGH_BYTES; ) {
    const { done, value } = await file.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const [only] = first;
  const head = only === undefined || first.length > 1 ? Buffer.concat(first) : only;
  async function* all() {
    if (head.length > 0) yield head;
    yield* file;
  }
  return { head, all: all() };
}

async function* pass(
  document: AsyncIterable<Uint8Array>,
  bounds: Bounds,
): AsyncGenerator<Buffer, GunzipTotals> {
  let bytes = 0;
  for await (const { buffer, byteOffset, length } of document) {
    bytes += length;
    if (bytes > bounds.maxFileBytes) throw tooLarge(bounds, bytes);
    yield Buffer.from(buffer, byteOffset, length);
  }
  return { compressedBytes: bytes, bytes };
}

async function* inflate(
  compressed: AsyncIterable<Uint8Array>,
  bounds: Bounds,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, GunzipTotals> {
  const source = meter(compressed);
  const inflated = createGunzip({ chunkSize: CHUNK_BYTES });
  const feeding = feed(source.bytes, inflated);
  let bytes = 0;
  let last: Buffer | undefined;
  try {
    for await (const chunk of inflated as AsyncIterable<Buffer>) {
      if (bytes === 0 && isGzip(chunk)) throw doubleGzip();
      bytes += chunk.length;
      if (bytes > bounds.maxFileBytes) throw tooLarge(bounds, source.total());
      yield chunk;
      signal?.throwIfAborted(); // a piece may inflate a thousand times
      if (endsItsMemory(chunk)) giveBack(chunk);
      last = chunk;
    }
    await feeding;
  } catch (error) {
    throw isZlibError(error) ? gzipError(error, source.total(), source.head()) : error;
  }
  const compressedBytes = source.total();
  if (inflated.bytesWritten !== compressedBytes) throw trailingData(inflated.bytesWritten, compressedBytes);
  if (last !== undefined) giveBack(last);
  return { compressedBytes, bytes };
}

/** One that ends before its memory does shares it with the next one, which zlib is about to write, if there is one. */
function endsItsMemory({ buffer, byteOffset, length }: Buffer): boolean {
  return byteOffset + length === buffer.byteLength;
}

/**
 * Gives the memory of a chunk back at once, so that the next chunks lie where it lay. Left to the garbage
 * collector, the chunks of 48 MB cost 10 of 50 ms (measured).
 */
function giveBack({ buffer }: Buffer): void {
  if (buffer.byteLength === CHUNK_BYTES && 'transfer' in buffer) buffer.transfer(0);
}

/**
 * Hands zlib its next piece while it works on one. `pipeline` fetches a piece only when zlib has nothing left, which
 * then waits until the chunk in hand is scanned: that costs a tenth of the time of 48 MB (measured). Never rejects:
 * the error of the pieces or of zlib comes out of `inflated`.
 */
async function feed(pieces: AsyncIterable<Uint8Array>, inflated: Gunzip): Promise<void> {
  const finishing = finished(inflated, { readable: false }); // fails where it is destroyed: then nothing more is taken
  finishing.catch(() => {}); // it may fail while we wait for a piece
  try {
    let taken: Promise<unknown> = Promise.resolve();
    for await (const piece of pieces) {
      const taking = new Promise((resolve) => inflated.write(piece, resolve));
      await Promise.race([taken, finishing]);
      taken = taking;
    }
    inflated.end();
  } catch (error) {
    inflated.destroy(error as Error);
  }
}

/** Passes bytes through, and remembers how many there were and how they began. */
function meter(compressed: AsyncIterable<Uint8Array>) {
  let total = 0;
  const head: number[] = [];
  async function* bytes() {
    for await (const chunk of compressed) {
      total += chunk.length;
      if (head.length < GZIP_MAGIC.length) head.push(...chunk.subarray(0, GZIP_MAGIC.length - head.length));
      yield chunk;
    }
  }
  return { bytes: bytes(), total: () => total, head: () => head };
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_');
}

function gzipError(cause: NodeJS.ErrnoException, compressedBytes: number, head: readonly number[]) {
  const read = `${compressedBytes} compressed bytes`;
  if (compressedBytes === 0) {
    return new LogFileError('EmptyFile', 'the file is empty: 0 bytes, expected gzip data', { cause });
  }
  if (head.some((byte, at) => byte !== GZIP_MAGIC[at])) {
    return new LogFileError('NotGzip', `neither gzip nor JSON: begins with ${hex(head)}`, { cause });
  }
  if (cause.code === 'Z_BUF_ERROR') {
    return new LogFileError(
      'TruncatedGzip',
      `truncated gzip: the data ends after ${read}, before its checksum`,
      {
        cause,
      },
    );
  }
  return new LogFileError('CorruptGzip', `corrupt gzip: ${cause.message}, found after reading ${read}`, {
    cause,
  });
}

function tooLarge(bounds: Bounds, compressedBytes: number) {
  return new LogFileError(
    'TooLarge',
    `too large: more than ${bounds.maxFileBytes} bytes after decompression, reached after reading ${compressedBytes} compressed bytes`,
  );
}

function doubleGzip() {
  return new LogFileError(
    'DoubleGzip',
    'gzip in gzip: the decompressed data are compressed once more, expected JSON',
  );
}

/** Zero bytes behind the last member; other garbage is already an error of zlib's. */
function trailingData(used: number, compressedBytes: number) {
  return new LogFileError(
    'TrailingData',
    `trailing data: the gzip data ends after ${used} of ${compressedBytes} compressed bytes`,
  );
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
