/**
 * One object of the archive, compressed while it is written: as one call where it is small, in parts where it is not. It is there as
 * a whole or not at all, and memory does not grow with it.
 *
 *     write ─▶ gzip ─▶ first part held ─┬─ that was all ─▶ PutObject
 *                                       └─ more comes ───▶ multipart upload
 */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

export interface GzipObject {
  /** Resolves once there is room for more. Throws what keeps the object from being written. */
  write(text: string): Promise<void>;
  /** Resolves once the object is there. Throws as `write`. */
  end(): Promise<void>;
  /** There will be none. */
  cancel(): Promise<void>;
}

export interface Sending {
  readonly whole: (body: Uint8Array) => Promise<unknown>;
  readonly inParts: (body: Readable) => Promise<unknown>;
}

/** S3 takes no smaller part (Amazon S3 User Guide, "Multipart upload limits"). */
export const PART_BYTES = 5 * 1024 * 1024;

/** Chunks of 16 KB, as they come otherwise, cost more calls than compression. */
const CHUNK_BYTES = 64 * 1024;

export function startGzipObject(sending: Sending): GzipObject {
  const gzip = createGzip({ chunkSize: CHUNK_BYTES });
  gzip.on('error', () => {}); // whoever reads it is told
  const sent = send(gzip, sending);
  sent.catch(() => gzip.destroy());
  return {
    async write(text) {
      if (!gzip.destroyed && !gzip.write(text)) await Promise.race([once(gzip, 'drain'), sent]);
      if (gzip.destroyed) await sent;
    },
    async end() {
      gzip.end();
      await sent;
    },
    async cancel() {
      gzip.destroy();
      await sent.catch(() => {}); // that it is not there is what was asked for
    },
  };
}

async function send(gzip: Readable, { whole, inParts }: Sending): Promise<void> {
  const chunks = gzip[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const held: Buffer[] = [];
  let bytes = 0;
  while (bytes < PART_BYTES) {
    const { done, value } = await chunks.next();
    if (done) {
      await whole(Buffer.concat(held));
      return;
    }
    held.push(value);
    bytes += value.length;
  }
  await inParts(Readable.from(allOf(held, chunks), { objectMode: false }));
}

async function* allOf(held: Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield Buffer.concat(held.splice(0));
  for (;;) {
    const { done, value } = await rest.next();
    if (done) return;
    yield value;
  }
}
