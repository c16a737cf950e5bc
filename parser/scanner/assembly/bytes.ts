/**
 * Names for bytes, and the block: the 64 bytes that are looked at together, one bit of a word for each, the
 * first byte lowest.
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
const VECTOR_BYTES: usize = 16;

/** The bits at which a block has this byte. The block comes in four vectors, the first bytes in `v0`. */
@inline
export function bitsOf(byte: u8, v0: v128, v1: v128, v2: v128, v3: v128): u64 {
  const wanted = i8x16.splat(byte);
  return (
    u64(i8x16.bitmask(i8x16.eq(v0, wanted))) |
    (u64(i8x16.bitmask(i8x16.eq(v1, wanted))) << VECTOR_BYTES) |
    (u64(i8x16.bitmask(i8x16.eq(v2, wanted))) << (2 * VECTOR_BYTES)) |
    (u64(i8x16.bitmask(i8x16.eq(v3, wanted))) << (3 * VECTOR_BYTES))
  );
}

/** The lowest bit alone; 0 of 0. */
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
