/** Identifiers in the alphabets and lengths that AWS uses. */
import { createHash, randomBytes } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function spell(bytes: Iterable<number>, alphabet: string): string {
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
}

/** Lower-case hexadecimal digits, as in `i-0123456789abcdef0`. */
export const hex = (length: number): string => randomBytes(length).toString('hex').slice(0, length);

/** Letters and digits, as at the end of a log file's name. */
export const alphanumeric = (length: number): string => spell(randomBytes(length), ALPHANUMERIC);

/** Upper-case letters and digits, as in an S3 request id. */
export const upperAlphanumeric = (length: number): string => spell(randomBytes(length), UPPER);

/** An identifier in base 32 that is the same for the same seed, as a user's `AIDA…` is the same in every record. */
export function stableId(prefix: string, seed: string): string {
  return prefix + spell(createHash('sha256').update(seed).digest().subarray(0, 17), BASE32);
}
