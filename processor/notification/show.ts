/**
 * Untrusted values in messages: short, on one line, and without walking into what may be a thousand levels deep.
 */
import { printable, printableJson } from '../../parser/printable.ts';

const MAX_TEXT = 100;
const MAX_KEYS = 10;

/** A text in quotes, control characters escaped, cut after 100 characters. */
export function quote(text: string): string {
  return printableJson(shorten(text, MAX_TEXT));
}

/** What a value is: an object by its first keys, an array by its length, anything else by its text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `the text ${quote(value)}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== 'object' || value === null) return printable(shorten(String(value), MAX_TEXT));
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an empty object';
  const more = keys.length > MAX_KEYS ? ` and ${keys.length - MAX_KEYS} more` : '';
  return `an object with ${keys
    .slice(0, MAX_KEYS)
    .map((key) => quote(key))
    .join(', ')}${more}`;
}

/** For people: on one line, cut, and unable to steer a terminal or whoever reads a log. */
export function brief(text: string, maxLength: number): string {
  return shorten(printable(text), maxLength);
}

export function shorten(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}
