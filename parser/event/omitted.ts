/**
 * Content that CloudTrail left out of a record. `responseElements` over 100 KB is left out of an event that grew too
 * large (AWS CloudTrail User Guide, "CloudTrail record contents"); what takes its place is documented nowhere that
 * we know, so it is recognised by what it says rather than by its form.
 */
import { valuesAt } from '../path.ts';
import { type CloudTrailRecord, isJsonObject } from '../record.ts';

const PLACES = ['responseElements', 'requestParameters'] as const;

/** Where the record has a note in the place of its content. Ask only where the content itself was not found. */
export function omittedPart(record: CloudTrailRecord): (typeof PLACES)[number] | undefined {
  return PLACES.find((place) => valuesAt(record, place).some(isNote));
}

/** `{"omitted":true,"originalSize":120000}`, `{"message":"… truncated"}`, `"[omitted]"`: a few plain values, no content. */
function isNote(value: unknown): boolean {
  if (typeof value === 'string') return SAYS_SO.test(value);
  if (!isJsonObject(value)) return false;
  const entries = Object.entries(value);
  if (
    entries.length > MAX_ENTRIES ||
    entries.some(([, inner]) => typeof inner === 'object' && inner !== null)
  ) {
    return false;
  }
  return entries.some(([key, inner]) =>
    typeof inner === 'string' ? SAYS_SO.test(inner) || isYes(key, inner) : isYes(key, inner),
  );
}

const MAX_ENTRIES = 8;

const SAYS_SO = /\b(omitted|truncated|left out|too (large|big|long))\b/i;

/** `isTruncated: false` is a field of many real responses, and says the opposite. */
function isYes(key: string, value: unknown): boolean {
  return /(omitted|truncated)$/i.test(key) && (value === true || value === 'true');
}
