/**
 * Small files on disk, decompressed several at once: what zlib sets up for each call takes a third of the time of a
 * small file (measured: bench/RESULTS.md). Gzip members that follow each other are one stream (RFC 1952, section 2.2), so
 * one call takes many files. Between them stands a member of our own, of bytes that nobody who writes log files can know:
 * only where each of them comes out where the lengths that the files claim put it, all documents are what their own files
 * hold. A file that swallowed the next one would have to know the checksum over those bytes.
 */
import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { isGzip } from './beginnings.ts';
import { CHUNK_BYTES, readFully } from './file-body.ts';
import { claimedLength, gunzipAtOnce } from './gunzip-whole.ts';
import type { Inflated } from './inflated.ts';

/** Of all files of one call. CloudTrail's shrink at most 16 fold. */
const MAX_COMPRESSED_BYTES = 256 * 1024;
const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;

/** A header, an empty block, a trailer (RFC 1952). */
const LEAST_BYTES = 20;

/** For each path its document, or `undefined` where the file must be read by itself: it is large, or not sound, or cannot be read. */
export function readTogether(paths: readonly string[]): readonly (Inflated | undefined)[] {
  let filled = 0;
  let length = 0;
  const places = paths.map((path) => {
    const size = readInto(path, filled);
    if (size === undefined) return undefined;
    const place = {
      path,
      size,
      start: length,
      length: claimedLength(COMPRESSED.subarray(filled, filled + size)),
    };
    if (length + place.length + BETWEEN.length > MAX_DOCUMENT_BYTES) return undefined;
    filled += size;
    filled += BETWEEN_COMPRESSED.copy(COMPRESSED, filled);
    length += place.length + BETWEEN.length;
    return place;
  });
  const all = inflate(COMPRESSED.subarray(0, filled), length);
  return places.map((place) => {
    if (place === undefined || all === undefined) return undefined;
    const { path, size, start } = place;
    const end = start + place.length;
    if (!all.subarray(end, end + BETWEEN.length).equals(BETWEEN)) return undefined;
    const again = () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
    return { document: all.subarray(start, end), compressedBytes: size, again };
  });
}

const COMPRESSED = Buffer.allocUnsafeSlow(MAX_COMPRESSED_BYTES);

/** Nobody sees it: it is no secret that lasts, and node:crypto takes as long to load as a hundred files. */
const BETWEEN = Buffer.from(Float64Array.of(Math.random(), Math.random()).buffer);

const BETWEEN_COMPRESSED = gzipSync(BETWEEN, { level: 0 });

/** How many bytes there are; `undefined` where they are not to be read with others. */
function readInto(path: string, at: number): number | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      const room = COMPRESSED.length - at - BETWEEN_COMPRESSED.length;
      if (size < LEAST_BYTES || size > room) return undefined;
      const bytes = COMPRESSED.subarray(at, at + size);
      return readFully(file, bytes) === size && isGzip(bytes) ? size : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // not silently: read by itself, it fails again, with its name
  }
}

/** `undefined` where they are not as long as they claim together, or one is damaged. */
function inflate(compressed: Buffer, length: number): Buffer | undefined {
  if (length === 0) return undefined;
  const all = gunzipAtOnce(compressed, length, length);
  return all?.length === length ? all : undefined;
}
