/**
 * A record that says what it may not say: the account of another, an id that is none. It is thrown and caught
 * inside the parser and leaves it as a counted reason.
 */
import { printable } from '../printable.ts';

export class InvalidRecord extends Error {
  override readonly name = 'InvalidRecord';
}

/** A value from a record, short enough and safe to print. Lists and objects are not written out: their depth has no bound. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return printable(text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text);
}
