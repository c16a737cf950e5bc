/**
 * Decompression of a stream, however its bytes arrive: the same content, and the source is left closed, whoever ends
 * the reading and whatever is still on its way.
 */
import { createHash } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { CHUNK_BYTES, gunzip } from '../../../parser/reading/gunzip.ts';

/** Hardly compressible, so that pieces of every size give less than a chunk, about one, and several. */
const CONTENT = noise(5 * CHUNK_BYTES);
const FILE = gzipSync(CONTENT, { level: 1 });
const PIECE_BYTES = [1000, 16 * 1024, CHUNK_BYTES, 2 * CHUNK_BYTES + 1, FILE.length];

const TRAILING_BYTES = 3 * CHUNK_BYTES;
const TRAILING = new RegExp(`^trailing data.* ${FILE.length} of ${FILE.length + TRAILING_BYTES} `);

describe.each(PIECE_BYTES)('pieces of %i bytes', (size) => {
  test('give the content, one member or two', async () => {
    expect(await drain(source(FILE, size))).toEqual({
      digest: digest(CONTENT),
      compressedBytes: FILE.length,
    });
    const twice = Buffer.concat([FILE, FILE]);
    expect(await drain(source(twice, size))).toEqual({
      digest: digest(Buffer.concat([CONTENT, CONTENT])),
      compressedBytes: twice.length,
    });
  });

  test.each<
    [who: string, file: Uint8Array, read: (pieces: Source) => Promise<unknown>, says: RegExp | undefined]
  >([
    ['the reader stops after a chunk', FILE, readOneChunk, undefined],
    ['the content is too large', FILE, (pieces) => drain(pieces, CHUNK_BYTES), /^too large/],
    ['the data are corrupt', corrupted(FILE), drain, /^corrupt gzip/],
    ['the file is cut', FILE.subarray(0, -9), drain, /^truncated gzip/],
    ['something follows', Buffer.concat([FILE, Buffer.alloc(TRAILING_BYTES)]), drain, TRAILING],
  ])('the source is closed when %s', async (_who, file, read, says) => {
    const pieces = source(file, size);
    const reading = read(pieces);
    if (says === undefined) await reading;
    else await expect(reading).rejects.toThrow(says);
    await pieces.closed;
  });

  test('an error of the source comes out as it is', async () => {
    const error = new Error('the connection is lost');
    const pieces = source(FILE.subarray(0, FILE.length >> 1), size, error);
    await expect(drain(pieces)).rejects.toBe(error);
    await pieces.closed;
  });
});

test('an error before the first byte comes out as it is', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  const error = new Error('access denied');
  await expect(drain(source(Buffer.alloc(0), 1, error))).rejects.toBe(error);
  await setImmediate();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

test('no more is taken from the source than two pieces that zlib has not used', async () => {
  const size = 64 * 1024;
  let taken = 0;
  async function* counted() {
    for await (const piece of source(FILE, size)) {
      taken += piece.length;
      yield piece;
    }
  }
  let given = 0;
  for await (const chunk of gunzip(counted(), DEFAULT_BOUNDS)) {
    given += chunk.length;
    await setTimeout(5); // more than enough to read all that there is
    expect(taken - given).toBeLessThan(CHUNK_BYTES + 3 * size);
  }
  expect(given).toBe(CONTENT.length);
});

test('a chunk gives its memory back when the next one is asked for, and not before', async () => {
  const file = gzipSync(CONTENT.subarray(0, 3.5 * CHUNK_BYTES));
  const chunks: Buffer[] = [];
  const lengths: number[][] = [];
  for await (const chunk of gunzip(source(file, file.length), DEFAULT_BOUNDS)) {
    chunks.push(chunk);
    lengths.push(chunks.map(({ length }) => length));
  }
  lengths.push(chunks.map(({ length }) => length));
  expect(lengths).toEqual([
    [CHUNK_BYTES],
    [0, CHUNK_BYTES],
    [0, 0, CHUNK_BYTES],
    [0, 0, 0, CHUNK_BYTES / 2],
    [0, 0, 0, 0],
  ]);
});

type Source = ReturnType<typeof source>;

/** So many bytes of the file at a time, then the error if there is one. */
function source(file: Uint8Array, size: number, error?: Error) {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  async function* pieces() {
    try {
      for (let at = 0; at < file.length; at += size) {
        await setImmediate(); // as from a disk or a network: not in the same turn
        yield file.subarray(at, at + size);
      }
      if (error !== undefined) throw error;
    } finally {
      close();
    }
  }
  return Object.assign(pieces(), { closed });
}

async function drain(pieces: Source, maxFileBytes = DEFAULT_BOUNDS.maxFileBytes) {
  const reading = gunzip(pieces, { ...DEFAULT_BOUNDS, maxFileBytes });
  const hash = createHash('sha256');
  for (;;) {
    const { done, value } = await reading.next();
    if (done) return { digest: hash.digest('hex'), compressedBytes: value.compressedBytes };
    hash.update(value);
  }
}

async function readOneChunk(pieces: Source): Promise<void> {
  for await (const chunk of gunzip(pieces, DEFAULT_BOUNDS)) {
    expect(chunk.length).toBeGreaterThan(0);
    await setTimeout(5); // zlib fills the next chunk, and then has nothing to do
    return;
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The same bytes in every run. */
function noise(length: number): Buffer {
  const blocks = Array.from({ length: length / 32 }, (_, at) =>
    createHash('sha256').update(`${at}`).digest(),
  );
  return Buffer.concat(blocks);
}

function corrupted(file: Uint8Array): Buffer {
  const copy = Buffer.from(file);
  const middle = copy.length >> 1;
  return copy.fill(0xff, middle, middle + 100);
}
