/**
 * The door to a log file: compressed bytes in, the wanted records out, in order, each with its index; the
 * generator's return value says how many records there were. Nothing that it yields may be acted upon
 * before it has ended: only then is the file known to be whole.
 */
import { type Bounds, DEFAULT_BOUNDS } from '../bounds.ts';
import type { IndexedRecord, ReadTotals, WantedEvents } from '../record.ts';
import { type HandOver, readRecordsWhole, scanDocument } from './fast-reader.ts';
import { type GunzipTotals, gunzip } from './gunzip.ts';
import { type LogBody, openBody } from './log-body.ts';

/**
 * Yields every record whose (eventSource, eventName) is wanted. Throws a LogFileError for a file that cannot
 * be read to its end, and the source's own error as it is. Once the signal is aborted it stops, also where it waits
 * for bytes, and throws the signal's reason. Memory stays within a few chunks and records, whatever the file.
 */
export async function* readRecords(
  body: LogBody,
  wanted: WantedEvents,
  bounds: Bounds = DEFAULT_BOUNDS,
  signal?: AbortSignal,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  signal?.throwIfAborted();
  const whole = typeof body === 'function' ? undefined : readRecordsWhole(body, wanted, bounds);
  if (whole === undefined) {
    return yield* readChunks(() => gunzip(openBody(body), bounds, signal), wanted, bounds, signal);
  }
  yield* whole.found;
  return whole.totals;
}

/** The fast reader and, from where it hands over, the general one. `open` gives the document from its start. */
export async function* readChunks(
  open: () => AsyncGenerator<Buffer, GunzipTotals>,
  wanted: WantedEvents,
  bounds: Bounds,
  signal?: AbortSignal,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  const outcome = yield* scanDocument(open(), wanted, bounds);
  if (!isHandOver(outcome)) return outcome;
  // Delivered files come never so far, and it takes a library.
  const { JsonSyntaxError, readDocument } = await import('./general-reader.ts');
  try {
    return yield* from(outcome.nextIndex, readDocument(open(), wanted, bounds, signal));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { findSyntaxError } = await import('./syntax-error.ts');
    throw await findSyntaxError(open(), error, signal);
  }
}

/** What the fast reader has yielded already is not yielded again. */
async function* from(
  firstIndex: number,
  records: AsyncGenerator<IndexedRecord, ReadTotals>,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  try {
    for (;;) {
      const { done, value } = await records.next();
      if (done) return value;
      if (value.index >= firstIndex) yield value;
    }
  } finally {
    await records.return(undefined as never);
  }
}

function isHandOver(outcome: ReadTotals | HandOver): outcome is HandOver {
  return 'nextIndex' in outcome;
}
