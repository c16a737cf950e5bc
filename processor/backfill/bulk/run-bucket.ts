/**
 * A run's part of the backfill bucket, `runs/<id>/`: what the function reads of it, and what it and the engines have written.
 * Names are given without that beginning.
 */
import type { Readable } from 'node:stream';

export interface RunBucket {
  readonly bucket: string;
  /** `runs/<id>/`. */
  readonly prefix: string;
  /** Gives the ETag, without quotes. A file on disk is sent as it is read. Throws CallError. */
  put(name: string, body: string | { readonly path: string; readonly bytes: number }): Promise<string>;
  /** `undefined` where there is none. The whole of it is held: for small objects. Throws CallError. */
  read(name: string): Promise<string | undefined>;
  /** The caller reads it to its end, or destroys it. Throws CallError. */
  open(name: string): Promise<Readable>;
  /** Those whose names begin so, in their order. Throws CallError. */
  list(beginning: string): AsyncGenerator<{ readonly name: string; readonly size: number }>;
}
