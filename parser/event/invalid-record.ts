/**
 * A record that says what it may not say: the account of another, an id that is none. It is thrown and caught
 * inside the parser and leaves it as a counted reason.
 */
import { valuesAt } from '../path.ts';
import { printable } from '../printable.ts';
import type { CloudTrailRecord } from '../record.ts';

export class InvalidRecord extends Error {
  override readonly name = 'InvalidRecord';
}

/** The text at the path, which must have the form; `expected` says for people what that is. */
export function mustMatch(record: CloudTrailRecord, path: string, form: RegExp, expected: string): string {
  const [value] = valuesAt(record, path);
  if (typeof value === 'string' && form.test(value)) return value;
  throw new InvalidRecord(`${path} is ${show(value)}, expected ${expected}`);
}

/** A value from a record, short enough and safe to print. Lists and objects are not written out: their depth has no bound. */
export function show(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return printable(text.length > 100 ? `${text.slice(0, 100).toWellFormed()}…` : text);
}
