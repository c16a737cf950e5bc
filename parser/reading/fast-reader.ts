/**
 * The fast reader: documents as CloudTrail writes them, `{"Records":[…]}`, at little more than the price of
 * decompressing them. It reads structure, builds only what is wanted, and hands over to the general reader
 * whatever it does not understand; it has no errors of its own.
 */
import type { Bounds } from '../bounds.ts';
import type { IndexedRecord, ReadTotals, WantedEvents } from '../record.ts';
import { createScanner, type Scanner } from '../scanner/scanner.ts';
import { markLength } from './beginnings.ts';
import type { GunzipTotals } from './gunzip.ts';
import { gunzipWhole } from './gunzip-whole.ts';
import type { Inflated } from './inflated.ts';

/** The records up to here are settled; the general reader has to give the ones from this index on. */
export interface HandOver {
  readonly nextIndex: number;
}

export interface WholeFile {
  readonly found: readonly IndexedRecord[];
  readonly totals: ReadTotals;
}

/** Reads chunks to their end, or until it hands over. Throws only what the chunks throw. */
export async function* scanDocument(
  chunks: AsyncGenerator<Uint8Array, GunzipTotals>,
  wanted: WantedEvents,
  bounds: Bounds,
): AsyncGenerator<IndexedRecord, ReadTotals | HandOver> {
  const scanner = idleScanners.pop() ?? createScanner();
  let nextIndex = 0;
  let isFirst = true;
  try {
    scanner.begin(wanted, bounds);
    for (;;) {
      const { done, value } = await chunks.next();
      const found: IndexedRecord[] = [];
      const understood = done
        ? scanner.end(found)
        : scanner.take(isFirst ? value.subarray(markLength(value)) : value, found);
      isFirst = false;
      for (const record of found) {
        nextIndex = record.index + 1;
        yield record;
      }
      if (!understood) return { nextIndex };
      if (done) return { records: scanner.records, malformed: 0, ...value };
    }
  } finally {
    idleScanners.push(scanner);
    await chunks.return(undefined as never);
  }
}

/**
 * A small file that is in hand, read at once; `undefined` where it is large, inflates to too much, is damaged,
 * or holds another document: then `readRecords` reads it piece by piece and says what is wrong, if anything is.
 */
export function readRecordsWhole(
  body: Uint8Array | Inflated,
  wanted: WantedEvents,
  bounds: Bounds,
): WholeFile | undefined {
  const isCompressed = body instanceof Uint8Array;
  const document = isCompressed ? gunzipWhole(body, bounds) : body.document;
  if (document === undefined || document.length > bounds.maxFileBytes) return undefined;
  const scanner = idleScanners.pop() ?? createScanner();
  const found: IndexedRecord[] = [];
  scanner.begin(wanted, bounds);
  const understood = scanner.take(document.subarray(markLength(document)), found) && scanner.end(found);
  idleScanners.push(scanner);
  if (!understood) return undefined;
  const compressedBytes = isCompressed ? body.length : body.compressedBytes;
  const totals = { compressedBytes, bytes: document.length };
  return { found, totals: { records: scanner.records, malformed: 0, ...totals } };
}

/** As many as were ever at work at once in this thread: each has its own memory (2.5 MB), and is used again. */
const idleScanners: Scanner[] = [];
