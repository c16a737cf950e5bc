/**
 * Finds the end of the record that we are in, and the key `eventName` at the record's own depth.
 *
 *     bytes      {"eventName":"A\"N}","a":{}},
 *     escaped    ................1............    the byte behind a backslash that is not escaped itself
 *     quotes     .1.........1.1.....1.1.1.....    without the escaped ones
 *     inside     .1111111111..111111..11......    XOR of all quotes up to here: in a string or at its start
 *     opens      1........................1...    outside strings, and so for closes: these alone change
 *     closes     ..........................11.    the depth; the last one here ends the record
 *     capitals   .......1.........1...........    each N inside a string: few, and `eventName` has one
 *
 * Three things are carried from block to block: how deep we are, whether a string is open, and whether the
 * last byte escapes the first of the next block. A key spelled with escapes (`event\u004eame`) cannot be seen
 * so, nor can it be told here which of two such keys counts: the record is doubtful then, and the host parses
 * it. A backslash outside strings makes it doubtful too, because that is no JSON. All that is asked of most blocks
 * is where the quotes are: a mask costs about 2 ns (measured).
 */
import {
  BACKSLASH,
  BLOCK_BYTES,
  bitsOf,
  CAPITAL_N,
  CLOSE_BRACE,
  COLON,
  has,
  lowestBit,
  mayHaveBraces,
  OPEN_BRACE,
  QUOTE,
  skipSpace,
} from './bytes';
import { LOOKAHEAD_BYTES } from './memory-layout';
import { mayBeWantedName } from './wanted-names';

/** `"eventN`, its last byte highest, above one byte that is to be masked out. */
const KEY_HEAD: u64 = 0x4e746e6576652200;
const KEY_HEAD_MASK: u64 = ~0xff;
const KEY_HEAD_BYTES: usize = 7;
/** `ame"` */
const KEY_TAIL: u32 = 0x22656d61;
const KEY_TAIL_BYTES: usize = 4;

/** `u00`, below one byte that is to be masked out. */
const ESCAPE_HEAD: u32 = 0x00303075;
const ESCAPE_HEAD_MASK: u32 = 0x00ffffff;

let block: usize = 0; // the next block to look at
let depth: i32 = 0; // open braces, the record's own included
let inString: u64 = 0; // 1: a string is open
let escaping: u64 = 0; // 1: the first byte of the next block is escaped
let nameKey: usize = 0; // where the key's opening quote is; 0: not seen
let doubtful: bool = false; // the bytes do not tell whether the record is wanted

/** `from` is the byte behind the record's opening brace. */
export function enterRecord(from: usize): void {
  block = from;
  depth = 1;
  inString = 0;
  escaping = 0;
  nameKey = 0;
  doubtful = false;
}

/** The record was moved towards the start of the memory. */
export function shiftRecord(bytes: usize): void {
  block -= bytes;
  if (nameKey != 0) nameKey -= bytes;
}

/** The address of the record's closing brace, or 0: not before `limit`, call again when there is more. */
export function findRecordEnd(limit: usize): usize {
  let at = block;
  let string = inString;
  let end: usize = 0;
  for (; end == 0 && at + BLOCK_BYTES + LOOKAHEAD_BYTES <= limit; at += BLOCK_BYTES) {
    const v0 = v128.load(at);
    const v1 = v128.load(at, 16);
    const v2 = v128.load(at, 32);
    const v3 = v128.load(at, 48);
    let quotes = bitsOf(QUOTE, v0, v1, v2, v3);
    let backslashes: u64 = 0;
    if (escaping != 0 || has(BACKSLASH, v0, v1, v2, v3)) {
      backslashes = bitsOf(BACKSLASH, v0, v1, v2, v3);
      quotes &= ~escapedBits(backslashes, at);
    }
    const braces = mayHaveBraces(v0, v1, v2, v3);
    const capitals = braces || depth == 1 ? bitsOf(CAPITAL_N, v0, v1, v2, v3) : 0;
    if (!braces && (capitals | backslashes) == 0) {
      string ^= popcnt(quotes) & 1;
      continue;
    }
    const inside = prefixXor(quotes) ^ (0 - string);
    string = inside >> (BLOCK_BYTES - 1);
    if ((backslashes & ~inside) != 0) doubtful = true; // no JSON: the host will find out
    const opens = braces ? bitsOf(OPEN_BRACE, v0, v1, v2, v3) & ~inside : 0;
    const closes = braces ? bitsOf(CLOSE_BRACE, v0, v1, v2, v3) & ~inside : 0;
    const depthBefore = depth;
    const endBit = followBraces(opens, closes);
    if (endBit != 0) end = at + <usize>ctz(endBit);
    noteNames(capitals & inside & (endBit - 1), opens, closes, depthBefore, at);
  }
  block = at;
  inString = string;
  return end;
}

/** Brings the depth to that behind the block. Where a brace of it closes the record: its bit, else 0. */
@inline
function followBraces(opens: u64, closes: u64): u64 {
  if (<i32>popcnt(closes) < depth) {
    depth += <i32>popcnt(opens) - <i32>popcnt(closes);
    return 0;
  }
  for (let braces = opens | closes; braces != 0; braces &= braces - 1) {
    const brace = lowestBit(braces);
    if ((opens & brace) != 0) depth++;
    else if (--depth == 0) return brace;
  }
  return 0;
}

/** Looks for keys around those capitals that stand at the record's own depth. */
@inline
function noteNames(capitals: u64, opens: u64, closes: u64, depthBefore: i32, at: usize): void {
  for (; capitals != 0; capitals &= capitals - 1) {
    const below = lowestBit(capitals) - 1;
    const depthThere = depthBefore + <i32>popcnt(opens & below) - <i32>popcnt(closes & below);
    if (depthThere == 1) noteName(at + <usize>ctz(capitals));
  }
}

/** A string may begin `"eventN`, with the N at this address. Keys and values are told apart later. */
function noteName(capital: usize): void {
  const word = load<u64>(capital - KEY_HEAD_BYTES);
  if ((word & KEY_HEAD_MASK) != KEY_HEAD) return;
  if (<u8>word == BACKSLASH) return; // the quote is escaped: we are in the middle of a string
  if (nameKey != 0) doubtful = true; // which one counts, the host will see
  nameKey = capital + 1 - KEY_HEAD_BYTES;
}

/** Call it with the address that `findRecordEnd` gave. Never false for a wanted record. */
export function mayBeWanted(end: usize): bool {
  if (doubtful) return true;
  if (nameKey == 0) return false;
  const tail = nameKey + KEY_HEAD_BYTES;
  if (load<u32>(tail) != KEY_TAIL) return false;
  const colon = skipSpace(tail + KEY_TAIL_BYTES, end);
  if (load<u8>(colon) != COLON) return false;
  const value = skipSpace(colon + 1, end);
  if (load<u8>(value) != QUOTE) return false;
  return mayBeWantedName(value + 1, end);
}

/** The bits of escaped bytes; leaves in `escaping` whether the first byte of the next block is one. */
function escapedBits(backslashes: u64, at: usize): u64 {
  let escaped = escaping;
  escaping = 0;
  let rest = backslashes & ~escaped;
  while (rest != 0) {
    const backslash = lowestBit(rest);
    escaped |= backslash << 1;
    escaping = backslash >> (BLOCK_BYTES - 1);
    if (spellsLetter(at + <usize>ctz(backslash) + 1)) doubtful = true;
    rest &= ~(backslash | (backslash << 1));
  }
  return escaped;
}

/** `u004e` and the like: an escape that writes an ASCII letter, as nobody does who has nothing to hide. */
function spellsLetter(at: usize): bool {
  return (load<u32>(at) & ESCAPE_HEAD_MASK) == ESCAPE_HEAD && <u8>(load<u8>(at, 3) - 0x34) < 4; // 0x40 to 0x7f
}

/** Bit i is the XOR of bits 0 to i: 1 from each opening quote up to the byte before its closing one. */
@inline
function prefixXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}
