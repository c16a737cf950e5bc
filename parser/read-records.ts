/**
 * The door to a log file: compressed bytes in, the wanted records out, in order, each with its index; the
 * generator's return value tells how many records there were. Nothing that it yields may be acted upon
 * before it has ended: only then is the file known to be whole.
 */
import { type Bounds, DEFAULT_BOUNDS } from './bounds.ts';
import { JsonSyntaxError, readDocument } from './general-reader.ts';
import { gunzip } from './gunzip.ts';
import { type LogBody, openBody } from './log-body.ts';
import type { IndexedRecord, ReadTotals, WantedEvents } from './record.ts';
import { findSyntaxError } from './syntax-error.ts';

/**
 * Yields every record whose (eventSource, eventName) is wanted, and perhaps a few others. Throws a
 * LogFileError for a file that cannot be read to its end, and the source's own error as it is. Memory stays
 * within a few chunks and one record, whatever the file.
 */
export async function* readRecords(
  body: LogBody,
  wanted: WantedEvents,
  bounds: Bounds = DEFAULT_BOUNDS,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  try {
    return yield* readDocument(gunzip(openBody(body), bounds), wanted, bounds);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw await findSyntaxError(gunzip(openBody(body), bounds), error);
  }
}
