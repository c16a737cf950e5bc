/**
 * Where things lie in the module's memory. The host writes the document into the buffer piece by piece, and
 * reads the records that were found out of it.
 *
 *     | found records | buffer: the unfinished record, then the new bytes, then padding | wanted names … |
 */
import { BLOCK_BYTES } from './bytes';

/** A longer record is left to the general reader, which can pass over any length. */
export const MAX_RECORD_BYTES: usize = 1 << 20;

/** The most that the host may append at once: little enough to be still in the core's own cache when it is scanned. */
export const MAX_CHUNK_BYTES: usize = 256 << 10;

/** A block is read only with this many bytes behind it in hand: an escape (`\u0065`) may reach past its end. */
export const LOOKAHEAD_BYTES: usize = 8;

/** Spaces that the host writes behind the last byte of the document, so that its last block is a whole one. */
export const PADDING_BYTES: usize = BLOCK_BYTES + LOOKAHEAD_BYTES;

/** Found records: start, end (addresses) and index, 4 bytes each. When the list is full the host empties it. */
export const MAX_FOUND: u32 = 1024;
const FOUND_ENTRY_BYTES: u32 = 12;
export const FOUND: usize = memory.data(MAX_FOUND * FOUND_ENTRY_BYTES, 16);

/** See `makeRoom`: what is kept never reaches further than twice the longest record. */
const BUFFER_BYTES: usize = 2 * MAX_RECORD_BYTES + MAX_CHUNK_BYTES + PADDING_BYTES;
export const BUFFER: usize = memory.data(<i32>BUFFER_BYTES, 16);

/** Last, behind whatever else the compiler puts into memory, because it grows with the number of names. */
export const NAMES: usize = __heap_base;

export function putFound(position: u32, start: usize, end: usize, index: u32): void {
  const entry = FOUND + <usize>(position * FOUND_ENTRY_BYTES);
  store<u32>(entry, <u32>start);
  store<u32>(entry, <u32>end, 4);
  store<u32>(entry, index, 8);
}
