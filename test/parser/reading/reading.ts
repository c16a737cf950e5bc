/**
 * Runs the readers on documents in every way that bytes can arrive, and says what came out as plain data: what
 * was found and the totals, or the error's code and message.
 */
import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { scanDocument } from '../../../parser/reading/fast-reader.ts';
import { JsonSyntaxError, readDocument } from '../../../parser/reading/general-reader.ts';
import type { GunzipTotals } from '../../../parser/reading/gunzip.ts';
import { LogFileError } from '../../../parser/reading/log-file-error.ts';
import { readChunks, readRecords } from '../../../parser/reading/read-records.ts';
import { type IndexedRecord, isJsonObject, isWanted, type WantedEvents } from '../../../parser/record.ts';

export const WHOLE = Number.MAX_SAFE_INTEGER;

/** Around the scan's block of 64 bytes, below it, and far above. */
export const SPLITS = [1, 2, 7, 63, 64, 65, 64 * 1024, WHOLE];

export interface Found {
  readonly found: readonly IndexedRecord[];
  readonly records: number;
  readonly malformed: number;
}

export interface Failed {
  readonly code: string;
  readonly message: string;
}

export type Reading = Found | Failed;

/** A few names, from one source each; with the date suffixes that records may carry. */
export const WANTED = wantedEvents([
  ['ec2.amazonaws.com', 'RunInstances'],
  ['lambda.amazonaws.com', 'CreateFunction'],
  ['sqs.amazonaws.com', 'CreateQueue'],
]);

export function wantedEvents(pairs: readonly (readonly [source: string, name: string])[]): WantedEvents {
  const keys = new Set(pairs.map(([source, name]) => `${source} ${name}`));
  return {
    has: (source, name) => keys.has(`${source} ${name.replace(/(\d{8}(v\d+)?|\d{4}_\d\d_\d\d)$/, '')}`),
    names: pairs.map(([, name]) => name),
  };
}

/** The document's bytes, so many at a time, as if they came from gunzip. */
export async function* pieces(document: Uint8Array, size: number): AsyncGenerator<Buffer, GunzipTotals> {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.length);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  return { compressedBytes: 0, bytes: bytes.length };
}

export const readers = {
  /** Only the fast reader; `undefined` where it hands over. */
  async fast(document: Uint8Array, split = WHOLE, wanted = WANTED, bounds = DEFAULT_BOUNDS) {
    const outcome = await settle(scanDocument(pieces(document, split), wanted, bounds));
    return 'records' in outcome || 'code' in outcome ? outcome : undefined;
  },
  general(document: Uint8Array, split = WHOLE, wanted = WANTED, bounds = DEFAULT_BOUNDS) {
    return settle(readDocument(pieces(document, split), wanted, bounds));
  },
  /** As files are read: the fast reader first. */
  both(document: Uint8Array, split = WHOLE, wanted = WANTED, bounds = DEFAULT_BOUNDS) {
    return settle(readChunks(() => pieces(document, split), wanted, bounds));
  },
  /** A compressed file in hand. */
  file(compressed: Uint8Array, wanted = WANTED, bounds = DEFAULT_BOUNDS) {
    return settle(readRecords(compressed, wanted, bounds));
  },
  /** A compressed file that arrives as a stream. */
  stream(compressed: Uint8Array, wanted = WANTED, bounds = DEFAULT_BOUNDS, size = 1000) {
    return settle(readRecords(() => inPieces(compressed, size), wanted, bounds));
  },
};

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** As `toEqual`, which takes a multiple of the time of reading. */
export function expectEqual(actual: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(actual, wanted)) expect(actual).toEqual(wanted);
}

/** What must come out of `{"Records":[…]}`, by JSON.parse and nothing else. */
export function expected(document: Uint8Array, wanted = WANTED): Found {
  const { Records } = JSON.parse(Buffer.from(document).toString('utf8')) as { Records: unknown[] };
  const found: IndexedRecord[] = [];
  for (const [index, record] of Records.entries()) {
    if (isJsonObject(record) && isWanted(record, wanted)) found.push({ index, record });
  }
  return {
    found,
    records: Records.length,
    malformed: Records.filter((record) => !isJsonObject(record)).length,
  };
}

async function settle<Totals extends object>(
  reading: AsyncGenerator<IndexedRecord, Totals>,
): Promise<Reading> {
  const found: IndexedRecord[] = [];
  try {
    for (;;) {
      const { done, value } = await reading.next();
      if (!done) {
        found.push(value);
        continue;
      }
      return 'records' in value ? { found, ...pick(value as unknown as Found) } : (value as unknown as Found);
    }
  } catch (error) {
    if (error instanceof LogFileError) return { code: error.code, message: error.message };
    if (error instanceof JsonSyntaxError) return { code: 'NotJson', message: '' };
    throw error;
  }
}

function pick({ records, malformed }: Found) {
  return { records, malformed };
}
