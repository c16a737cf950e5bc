/**
 * The whole document of a small file, at once: most files are small, and a stream for each costs ten times the
 * work. What is not small, compressed or not, or is not sound, is left to `gunzip`, which says what is wrong.
 */
import { type Gunzip, gunzipSync } from 'node:zlib';
import type { Bounds } from '../bounds.ts';
import { isJson } from './beginnings.ts';

/** Up to here reading at once is faster than streaming (measured: bench/RESULTS.md). */
export const WHOLE_COMPRESSED_BYTES = 128 * 1024;

/** A small file may inflate to this much before it is streamed after all: CloudTrail's shrink at most 16 fold. */
const WHOLE_BYTES = 16 * WHOLE_COMPRESSED_BYTES;

/** Where the claimed length is wrong, still few chunks. */
const MIN_CHUNK_BYTES = 1024;

/** `undefined`: `gunzip` must read it. Blocks the thread for as long as decompressing takes, at most about 2 ms. */
export function gunzipWhole(compressed: Uint8Array, bounds: Bounds): Buffer | undefined {
  if (compressed.length > WHOLE_COMPRESSED_BYTES) return undefined;
  const maxOutputLength = Math.min(WHOLE_BYTES, bounds.maxFileBytes);
  if (isJson(compressed)) return compressed.length > maxOutputLength ? undefined : Buffer.from(compressed);
  const claimed = claimedLength(compressed);
  if (claimed > maxOutputLength) return undefined;
  return gunzipAtOnce(compressed, claimed, maxOutputLength);
}

/**
 * Of bytes that inflate to about so many. `undefined` where they are damaged, inflate to more than `most`, or something else
 * follows them: whoever reads them again by `gunzip` is told what it is.
 */
export function gunzipAtOnce(compressed: Uint8Array, length: number, most: number): Buffer | undefined {
  const options = {
    info: true,
    chunkSize: Math.max(length + 1, MIN_CHUNK_BYTES),
    maxOutputLength: most,
  };
  try {
    const { buffer, engine } = gunzipSync(compressed, options) as unknown as Inflated;
    return engine.bytesWritten === compressed.length ? buffer : undefined;
  } catch {
    return undefined;
  }
}

/**
 * How long the content is, by the last four bytes (RFC 1952, section 2.3.1): only a hint, of the last member.
 * With one chunk a byte longer than the content, small files take a sixth less time than with 16 KiB (measured).
 */
export function claimedLength(compressed: Uint8Array): number {
  const { buffer, byteOffset, length } = compressed;
  return length < 4 ? 0 : new DataView(buffer, byteOffset).getUint32(length - 4, true);
}

/** What `info: true` makes of the result; the engine counts the compressed bytes that it used. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: Gunzip;
}
