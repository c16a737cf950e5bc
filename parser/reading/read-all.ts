/** Every record of a log file, whatever its event: slower than reading the wanted ones, for files of which that is known to be worth it. */
import type { Bounds } from '../bounds.ts';
import type { IndexedRecord, ReadTotals, WantedEvents } from '../record.ts';
import { gunzip } from './gunzip.ts';
import { type LogBody, openBody } from './log-body.ts';

const EVERYTHING: WantedEvents = { has: () => true, names: [] };

/** As `readRecords`. */
export async function* readAllRecords(
  body: LogBody,
  bounds: Bounds,
  signal?: AbortSignal,
): AsyncGenerator<IndexedRecord, ReadTotals> {
  const open = () => gunzip(openBody(body), bounds, signal);
  const { JsonSyntaxError, readDocument } = await import('./general-reader.ts');
  try {
    return yield* readDocument(open(), EVERYTHING, bounds, signal);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const { findSyntaxError } = await import('./syntax-error.ts');
    throw await findSyntaxError(open(), error, signal);
  }
}
