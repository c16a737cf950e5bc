/** A zip archive, the same bytes for the same files, so that an unchanged function is not deployed again. */
import { crc32, deflateRawSync } from 'node:zlib';

/** PKWARE APPNOTE 6.3.10: sections 4.3.7, 4.3.12 and 4.3.16. */
const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const VERSION = 20;
const DEFLATED = 8;

/** 1980-01-01, the first day that there is. */
const DATE = (1 << 5) | 1;

/** Made on Unix, readable by all: Lambda runs the code as somebody else. */
const MADE_BY_UNIX = 3 << 8;
const MODE = (0o100644 << 16) >>> 0;

export interface ZipEntry {
  /** With the folders before it, by slashes. */
  readonly name: string;
  readonly contents: Uint8Array;
}

export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, contents } of entries) {
    const path = Buffer.from(name);
    const packed = deflateRawSync(contents, { level: 9 });
    const about = Buffer.concat([
      uint16(VERSION, 0, DEFLATED, 0, DATE),
      uint32(crc32(contents), packed.length, contents.length),
      uint16(path.length, 0),
    ]);
    locals.push(uint32(SIGNATURES.local), about, path, packed);
    centrals.push(
      uint32(SIGNATURES.central),
      uint16(MADE_BY_UNIX | VERSION),
      about,
      uint16(0, 0, 0),
      uint32(MODE, offset),
      path,
    );
    offset += 4 + about.length + path.length + packed.length;
  }
  const central = Buffer.concat(centrals);
  const end = [
    uint32(SIGNATURES.end),
    uint16(0, 0, entries.length, entries.length),
    uint32(central.length, offset),
    uint16(0),
  ];
  return Buffer.concat([...locals, central, ...end]);
}

function uint16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, 2 * at);
  return bytes;
}

function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
  return bytes;
}
