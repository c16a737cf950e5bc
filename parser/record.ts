/**
 * A record as CloudTrail wrote it, before anything in it is believed, and what the readers say about a file.
 */

export type JsonObject = { readonly [key: string]: unknown };

/** One element of `Records`. Its fields are untrusted until `readEvent` has checked them. */
export type CloudTrailRecord = JsonObject;

export interface IndexedRecord {
  /** Place in the file, counted from 0 over all elements, malformed ones included. */
  readonly index: number;
  readonly record: CloudTrailRecord;
  /** Of the EventBridge envelope that the record lay in, where it names one. */
  readonly envelopeAccount?: string;
}

export interface ReadTotals {
  /** Elements seen, malformed ones included. */
  readonly records: number;
  /** Elements that are no object, are over the size bound, or cannot be parsed. */
  readonly malformed: number;
  readonly compressedBytes: number;
  readonly bytes: number;
}

/** Which events the caller cares for. A reader may yield others too; it never drops one of these. */
export interface WantedEvents {
  /** Takes `eventName` as the record spells it, date suffix included. */
  has(eventSource: string, eventName: string): boolean;
  /** The names of the same events without their date suffixes, some of them twice, for readers that look for names first. */
  readonly names: readonly string[];
  /** Beside these, all whose names begin with `Create`. @default false */
  readonly takesCreating?: boolean;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isWanted(record: CloudTrailRecord, wanted: WantedEvents): boolean {
  const { eventSource, eventName } = record;
  return (
    typeof eventSource === 'string' && typeof eventName === 'string' && wanted.has(eventSource, eventName)
  );
}
