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
  madeRoom ??= createRoom();
  const { compressed, member, between } = madeRoom;
  let filled = 0;
  let length = 0;
  const places = paths.map((path) => {
    const size = readInto(path, compressed.subarray(filled, compressed.length - member.length));
    if (size === undefined) return undefined;
    const place = {
      path,
      size,
      start: length,
      length: claimedLength(compressed.subarray(filled, filled + size)),
    };
    if (length + place.length + between.length > MAX_DOCUMENT_BYTES) return undefined;
    filled += size;
    filled += member.copy(compressed, filled);
    length += place.length + between.length;
    return place;
  });
  const all = inflate(compressed.subarray(0, filled), length);
  return places.map((place) => {
    if (place === undefined || all === undefined) return undefined;
    const { path, size, start } = place;
    const end = start + place.length;
    if (!all.subarray(end, end + between.length).equals(between)) return undefined;
    const again = () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
    return { document: all.subarray(start, end), compressedBytes: size, again };
  });
}

interface Room {
  /** Where files are read into, one behind the other. */
  readonly compressed: Buffer;
  /** What stands between them, and what it inflates to. */
  readonly member: Buffer;
  readonly between: Buffer;
}

function createRoom(): Room {
  // Nobody sees it: it is no secret that lasts, and node:crypto takes as long to load as a hundred files.
  const between = Buffer.from(Float64Array.of(Math.random(), Math.random()).buffer);
  const compressed = Buffer.allocUnsafeSlow(MAX_COMPRESSED_BYTES);
  return { compressed, member: gzipSync(between, { level: 0 }), between };
}

/** Of this thread, made when the first files are read: the function reads none like this. */
let madeRoom: Room | undefined;

/** How many bytes there are; `undefined` where they are not to be read with others. */
function readInto(path: string, room: Buffer): number | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size < LEAST_BYTES || size > room.length) return undefined;
      const bytes = room.subarray(0, size);
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
