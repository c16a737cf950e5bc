/**
 * The set of wanted event names, kept as hashes: an open table of 32-bit hashes, 0 where it is empty, at most
 * half full, so that a look-up costs the same with twenty names as with two thousand. A collision passes a
 * record that nobody wants, which the host finds out; it never loses one.
 *
 * Records spell some names with a date: `CreateFunction20150331`, `…20150331v2`, `CreateFunction2020_05_31`.
 * So what is hashed of a name is its trunk, without whatever digits, `_` and `v` end it, here and there alike.
 *
 *     bytes   CreateFunction20150331v2","awsRegion"…
 *     name    111111111111111111111111.............    before the first quote
 *     trunk   11111111111111..........................  up to the last byte that cannot belong to a date
 */
import { BACKSLASH, BLOCK_BYTES, bitsOf, lowestBit, QUOTE, toBits } from './bytes';
import { NAMES } from './memory-layout';

const SLOT_BYTES: usize = 4;
const PAGE_BYTES: usize = 64 << 10;
const WORD_BYTES: u32 = 8;

/** Odd, with bits set all over: what multiplying by them leaves in the upper half depends on every bit. */
const MIX_END: u64 = 0x9e3779b97f4a7c15;
const MIX_MIDDLE: u64 = 0xd6e8feb86659fd93;

/** The hash of a string whose bytes do not tell which name it is. */
const UNKNOWN: u32 = 0;

let slotMask: u32 = 0;

/** `Create`, and the bytes of a word that it takes. */
const CREATE: u64 = 0x657461657243;
const CREATE_MASK: u64 = 0xffffffffffff;

let takesCreating: bool = false;

/** Empties the set and makes room. `slots` is a power of two, at least twice the number of names. */
export function clearNames(slots: u32): void {
  const bytes = <usize>slots * SLOT_BYTES;
  const missing = <isize>(NAMES + bytes) - <isize>(<usize>memory.size() * PAGE_BYTES);
  if (missing > 0 && memory.grow(<i32>((missing + PAGE_BYTES - 1) / PAGE_BYTES)) < 0) unreachable();
  memory.fill(NAMES, 0, bytes);
  slotMask = slots - 1;
  takesCreating = false;
}

/** From now on every name that begins with `Create` is wanted, until the set is emptied. */
export function addCreating(): void {
  takesCreating = true;
}

/** Adds the name that lies at `start`, UTF-8, ended by a quote. One of 64 bytes or more need not be added. */
export function addName(start: usize): void {
  const hash = hashOf(start, start + BLOCK_BYTES);
  if (hash != UNKNOWN) store<u32>(slotOf(hash), hash);
}

/** Is the string at `start` (behind its opening quote) a wanted name? Yes also where that is not sure. */
export function mayBeWantedName(start: usize, end: usize): bool {
  if (takesCreating && (load<u64>(start) & CREATE_MASK) == CREATE) return true;
  const hash = hashOf(start, end);
  return hash == UNKNOWN || load<u32>(slotOf(hash)) == hash;
}

/** The address of the slot that holds the hash, or of the empty one where it belongs. */
function slotOf(hash: u32): usize {
  let slot = hash & slotMask;
  let held = load<u32>(addressOf(slot));
  while (held != hash && held != 0) {
    slot = (slot + 1) & slotMask;
    held = load<u32>(addressOf(slot));
  }
  return addressOf(slot);
}

@inline
function addressOf(slot: u32): usize {
  return NAMES + <usize>slot * SLOT_BYTES;
}

/** No loop over the bytes: names differ in length, and a loop's end that cannot be foreseen costs as much. */
function hashOf(start: usize, end: usize): u32 {
  const v0 = v128.load(start);
  const v1 = v128.load(start, 16);
  const v2 = v128.load(start, 32);
  const v3 = v128.load(start, 48);
  const quotes = bitsOf(QUOTE, v0, v1, v2, v3);
  if (quotes == 0 || start + <usize>ctz(quotes) >= end) return UNKNOWN;
  const name = lowestBit(quotes) - 1;
  if ((bitsOf(BACKSLASH, v0, v1, v2, v3) & name) != 0) return UNKNOWN;
  const trunk = name & ~toBits(endsDates(v0), endsDates(v1), endsDates(v2), endsDates(v3));
  return hashOfTrunk(start, <u32>BLOCK_BYTES - <u32>clz(trunk));
}

/** Of its length and of its first, middle and last 8 bytes, which overlap in a short one. */
function hashOfTrunk(start: usize, length: u32): u32 {
  let mixed: u64 = length;
  if (length >= WORD_BYTES) {
    const last = length - WORD_BYTES;
    mixed ^= load<u64>(start + last) * MIX_END;
    mixed = (mixed ^ load<u64>(start + (last >> 1))) * MIX_MIDDLE;
    mixed ^= load<u64>(start);
  } else if (length > 0) {
    mixed ^= load<u64>(start) << (8 * (WORD_BYTES - length));
  }
  const hash = <u32>(((mixed ^ (mixed >> 32)) * MIX_END) >> 32);
  return hash == UNKNOWN ? 1 : hash;
}

/** Of each byte: is it one that may stand in a date suffix? */
@inline
function endsDates(bytes: v128): v128 {
  const digits = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
  const others = v128.or(i8x16.eq(bytes, i8x16.splat(0x5f)), i8x16.eq(bytes, i8x16.splat(0x76))); // _ and v
  return v128.or(digits, others);
}
