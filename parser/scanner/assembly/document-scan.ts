/**
 * The scan behind the fast reader: finds, in a document as CloudTrail writes it, the records whose `eventName`
 * may be wanted, without building anything of the others. The host appends bytes to the buffer, calls `scan`,
 * parses the records that are listed in `FOUND`, and appends more.
 *
 *     {"Records":[   {…}   ,   {…}   ]   }
 *      opening       record    record    closing
 *
 * Inside a record the bytes are looked at 64 at a time (record-scan.ts); between records, one by one, because
 * nothing but white space and one comma may stand there. Whatever is not as expected ends the scan with
 * `HAND_OVER`: the general reader then reads the file and says what is wrong, if anything is.
 */
import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, isSpace, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './bytes';
import { BUFFER, MAX_FOUND, MAX_RECORD_BYTES, PADDING_BYTES, putFound } from './memory-layout';
import { enterRecord, findRecordEnd, mayBeWanted, shiftRecord } from './record-scan';

export { addCreating, addName, clearNames } from './wanted-names';
export { BUFFER, FOUND, MAX_CHUNK_BYTES, PADDING_BYTES } from './memory-layout';

/** What `scan` says. */
export const NEEDS_MORE: u32 = 0;
export const FOUND_IS_FULL: u32 = 1; // empty the list, then call again with the same arguments
export const HAND_OVER: u32 = 2;
export const WHOLE: u32 = 3; // only of the last piece: the document has ended as it should

/** Where in the document we are; up to the opening's length it counts the bytes of it that we have seen. */
const OPENING: usize = memory.data<u8>([
  OPEN_BRACE, QUOTE, 0x52, 0x65, 0x63, 0x6f, 0x72, 0x64, 0x73, QUOTE, COLON, OPEN_BRACKET, // {"Records":[
]);
const OPENING_KEY: u32 = 1; // white space may stand before the brace, before the key,
const OPENING_COLON: u32 = 10; // before the colon,
const OPENING_LIST: u32 = 11; // and before the bracket
const BEFORE_FIRST: u32 = 12; // behind `[`: a record or `]`
const IN_RECORD: u32 = 13;
const BEHIND_RECORD: u32 = 14; // a comma or `]`
const BEFORE_NEXT: u32 = 15; // behind a comma: a record
const BEHIND_LIST: u32 = 16; // behind `]`: `}`
const BEHIND_ALL: u32 = 17; // white space only
const LOST: u32 = 18;

let place: u32 = 0;
let at: usize = BUFFER; // the first byte that was not looked at; in a record, where the record begins
let maxRecordBytes: usize = 0;

/** Elements of `Records` seen whole so far. */
export let records: u32 = 0;
/** Entries in `FOUND`. */
export let found: u32 = 0;

/** Begins a new document at the start of the buffer. */
export function begin(longestRecord: u32): void {
  place = 0;
  at = BUFFER;
  maxRecordBytes = min(<usize>longestRecord, MAX_RECORD_BYTES);
  records = 0;
  found = 0;
}

/**
 * Looks at the buffer up to `end`, and begins a new list of found records. With the last piece of the document
 * the host writes PADDING_BYTES spaces behind `end`.
 */
export function scan(end: usize, isLast: bool): u32 {
  const limit = isLast ? end + PADDING_BYTES : end;
  found = 0;
  if (place != IN_RECORD) crossGap(end);
  while (place == IN_RECORD) {
    if (found == MAX_FOUND) return FOUND_IS_FULL;
    const close = findRecordEnd(limit);
    if ((close == 0 ? end : close + 1) - at > maxRecordBytes) return HAND_OVER;
    if (close == 0) return isLast ? HAND_OVER : NEEDS_MORE;
    if (mayBeWanted(close)) putFound(found++, at, close + 1, records);
    records++;
    at = close + 1;
    place = BEHIND_RECORD;
    crossGap(end);
  }
  if (place == LOST) return HAND_OVER;
  if (!isLast) return NEEDS_MORE;
  return place == BEHIND_ALL ? WHOLE : HAND_OVER;
}

/**
 * Moves the unfinished record to the start of the buffer, and returns the new end of the bytes. It moves only
 * what is no longer than what that frees, so that all moving together costs less than one copy of the
 * document, however small the pieces.
 */
export function makeRoom(end: usize): usize {
  const kept = end - at;
  const freed = at - BUFFER;
  if (kept > freed || freed == 0) return end;
  memory.copy(BUFFER, at, kept);
  at = BUFFER;
  if (place == IN_RECORD) shiftRecord(freed);
  return BUFFER + kept;
}

/** Goes on to the next record's opening brace, or to `end`, or to what should not be there. */
function crossGap(end: usize): void {
  while (at < end && place != LOST) {
    const byte = load<u8>(at);
    if (byte == OPEN_BRACE && (place == BEFORE_NEXT || place == BEFORE_FIRST)) {
      place = IN_RECORD;
      enterRecord(at + 1);
      return;
    }
    if (!isSpace(byte) || !spaceMayStandHere()) place = placeBehind(byte);
    at++;
  }
}

function spaceMayStandHere(): bool {
  return place <= OPENING_KEY || place >= OPENING_COLON;
}

function placeBehind(byte: u8): u32 {
  if (place < BEFORE_FIRST) return byte == load<u8>(OPENING + place) ? place + 1 : LOST;
  if (byte == COMMA && place == BEHIND_RECORD) return BEFORE_NEXT;
  if (byte == CLOSE_BRACKET && (place == BEHIND_RECORD || place == BEFORE_FIRST)) return BEHIND_LIST;
  if (byte == CLOSE_BRACE && place == BEHIND_LIST) return BEHIND_ALL;
  return LOST;
}
