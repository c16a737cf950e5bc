/**
 * Text that others chose, made safe for a cell of a CSV file (RFC 4180, UTF-8): it cannot leave its cell, and no spreadsheet takes it for a
 * formula (OWASP, "CSV Injection"). Control characters, tabs and line ends among them, are written out; where a formula could begin
 * stands an apostrophe.
 */
import { printable } from './printable.ts';

export const CSV_LINE_END = '\r\n';

/**
 * At the beginning, and behind a semicolon: a spreadsheet whose language parts cells by those takes what comes behind it for a cell of its own,
 * also between quotation marks. The wide forms of these signs are for those that take them for the narrow ones.
 */
const FORMULA = /^(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])|(?<=;)(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

export function csvCell(value: string): string {
  const text = printable(value.isWellFormed() ? value : value.toWellFormed());
  const safe = text.replace(FORMULA, "'");
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
