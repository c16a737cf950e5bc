/**
 * Texts that others chose, as they are kept: a forged log may hold names of a megabyte, and a report has room for
 * many of them.
 */
import { createHash } from 'node:crypto';

const MAX_CHARACTERS = 300;

const DIGEST_CHARACTERS = 8;

/** Longer ones are cut; a digest of the whole keeps those apart that begin alike. Halves of surrogate pairs are replaced. */
export function keptText(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text.isWellFormed() ? text : text.toWellFormed();
  const digest = createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARACTERS);
  // A copy: a part of a text keeps the whole of it in memory.
  return Buffer.from(`${text.slice(0, MAX_CHARACTERS - DIGEST_CHARACTERS - 2)}… ${digest}`).toString();
}
