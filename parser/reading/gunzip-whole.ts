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
export const MIN_CHUNK_BYTES = 1024;

/** `undefined`: `gunzip` must read it. Blocks the thread for as long as decompressing takes, at most about 2 ms. */
export function gunzipWhole(compressed: Uint8Array, bounds: Bounds): Buffer | undefined {
  if (compressed.length > WHOLE_COMPRESSED_BYTES) return undefined;
  const maxOutputLength = Math.min(WHOLE_BYTES, bounds.maxFileBytes);
  if (isJson(compressed)) return compressed.length > maxOutputLength ? undefined : Buffer.from(compressed);
  const claimed = claimedLength(compressed);
  if (claimed > maxOutputLength) return undefined;
  const chunkSize = Math.max(claimed + 1, MIN_CHUNK_BYTES);
  try {
    const { buffer, engine } = gunzipSync(compressed, {
      info: true,
      chunkSize,
      maxOutputLength,
    }) as unknown as InflateInfo;
    return engine.bytesWritten === compressed.length ? buffer : undefined;
  } catch {
    return undefined; // not silently: the same bytes fail again, with a name, in `gunzip`
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
export interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: Gunzip;
}
