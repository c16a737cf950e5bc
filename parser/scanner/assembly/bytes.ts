/**
 * Names for bytes, and the block: the 64 bytes that are looked at together, in four vectors. Every question
 * about a block is answered by a word with one bit for each byte, the first byte lowest.
 */

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const OPEN_BRACKET: u8 = 0x5b;
export const CLOSE_BRACKET: u8 = 0x5d;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const CAPITAL_N: u8 = 0x4e;

export const BLOCK_BYTES: usize = 64;
const VECTOR_BYTES: u64 = 16;

/** The bytes at which the block has this byte. */
@inline
export function bitsOf(byte: u8, v0: v128, v1: v128, v2: v128, v3: v128): u64 {
  const wanted = i8x16.splat(byte);
  return toBits(i8x16.eq(v0, wanted), i8x16.eq(v1, wanted), i8x16.eq(v2, wanted), i8x16.eq(v3, wanted));
}

/** One bit for each byte whose highest bit is set, as comparisons set it. */
@inline
export function toBits(v0: v128, v1: v128, v2: v128, v3: v128): u64 {
  return (
    u64(i8x16.bitmask(v0)) |
    (u64(i8x16.bitmask(v1)) << VECTOR_BYTES) |
    (u64(i8x16.bitmask(v2)) << (2 * VECTOR_BYTES)) |
    (u64(i8x16.bitmask(v3)) << (3 * VECTOR_BYTES))
  );
}

/** Has the block this byte at all? A third of the work of asking where. */
@inline
export function has(byte: u8, v0: v128, v1: v128, v2: v128, v3: v128): bool {
  const wanted = i8x16.splat(byte);
  const first = v128.or(i8x16.eq(v0, wanted), i8x16.eq(v1, wanted));
  const second = v128.or(i8x16.eq(v2, wanted), i8x16.eq(v3, wanted));
  return i8x16.bitmask(v128.or(first, second)) != 0;
}

/** May the block have braces? In ASCII only `|`, `~` and DEL lie so high beside them. */
@inline
export function mayHaveBraces(v0: v128, v1: v128, v2: v128, v3: v128): bool {
  const highest = i8x16.max_s(i8x16.max_s(v0, v1), i8x16.max_s(v2, v3));
  return i8x16.bitmask(i8x16.gt_s(highest, i8x16.splat(OPEN_BRACE - 1))) != 0;
}

/** The lowest of these bits, alone. */
@inline
export function lowestBit(bits: u64): u64 {
  return bits & (0 - bits);
}

/** White space as JSON has it. */
@inline
export function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** The first address from `at` on that holds no white space; `end` where there is none. */
export function skipSpace(at: usize, end: usize): usize {
  while (at < end && isSpace(load<u8>(at))) at++;
  return at;
}
