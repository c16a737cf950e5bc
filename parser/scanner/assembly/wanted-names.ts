/**
 * The set of wanted event names, kept as hashes: an open table of 32-bit hashes, 0 where it is empty, at most
 * half full, so that a look-up costs the same with twenty names as with two thousand. A collision passes a
 * record that nobody wants, which the host finds out; it never loses one.
 *
 * Records spell some names with a date: `CreateFunction20150331`, `…20150331v2`, `CreateFunction2020_05_31`.
 * So the hash of a name is that of the name without whatever digits, `_` and `v` end it, here and there alike.
 */
import { BACKSLASH, QUOTE } from './bytes';
import { NAMES } from './memory-layout';

const HASH_SEED: u32 = 0x811c9dc5; // FNV-1a, 32 bits
const HASH_PRIME: u32 = 0x01000193;
const SLOT_BYTES: usize = 4;
const PAGE_BYTES: usize = 64 << 10;

let slotMask: u32 = 0;

/** Empties the set and makes room. `slots` is a power of two, at least twice the number of names. */
export function clearNames(slots: u32): void {
  const bytes = <usize>slots * SLOT_BYTES;
  const missing = <isize>(NAMES + bytes) - <isize>(<usize>memory.size() * PAGE_BYTES);
  if (missing > 0 && memory.grow(<i32>((missing + PAGE_BYTES - 1) / PAGE_BYTES)) < 0) unreachable();
  memory.fill(NAMES, 0, bytes);
  slotMask = slots - 1;
}

/** Adds the name that lies at `start`, UTF-8, ended by a quote. */
export function addName(start: usize): void {
  const hash = hashOf(start, usize.MAX_VALUE);
  store<u32>(slotOf(hash), hash);
}

/** Is the string at `start` (behind its opening quote) a wanted name? Yes also where that is not sure. */
export function mayBeWantedName(start: usize, end: usize): bool {
  const hash = hashOf(start, end);
  return hash == 0 || load<u32>(slotOf(hash)) == hash;
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

/** 0: the string has an escape or no end, so its bytes do not tell. No name hashes to 0. */
function hashOf(start: usize, end: usize): u32 {
  let hash = HASH_SEED;
  let kept = hash;
  for (let at = start; at < end; at++) {
    const byte = load<u8>(at);
    if (byte == QUOTE) return kept == 0 ? 1 : kept;
    if (byte == BACKSLASH) return 0;
    hash = (hash ^ byte) * HASH_PRIME;
    if (!endsDates(byte)) kept = hash;
  }
  return 0;
}

@inline
function endsDates(byte: u8): bool {
  return <u8>(byte - 0x30) < 10 || byte == 0x5f || byte == 0x76; // 0 to 9, _, v
}
