/**
 * Resources as CSV (RFC 4180, UTF-8). What others chose cannot leave its cell: control characters are written out, and what a
 * spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection").
 */
import { printable } from '../../parser/printable.ts';
import type { ResourceRow } from '../file/resource-row.ts';

const COLUMNS = [
  'eventTime',
  'account',
  'region',
  'service',
  'type',
  'arn',
  'outcome',
  'reason',
  'creatorKind',
  'person',
  'creator',
  'eventName',
  'eventID',
  'file',
] as const satisfies readonly (keyof ResourceRow)[];

const LINE_END = '\r\n';

/** The first line: by it a file of ours is known. */
export const CSV_HEAD = `${COLUMNS.join(',')}${LINE_END}`;

export function csvLine(row: ResourceRow): string {
  return `${COLUMNS.map((name) => cell(row[name])).join(',')}${LINE_END}`;
}

/** Also the wide forms of these signs, which some spreadsheets take for them. */
const FORMULA = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

function cell(value: string): string {
  const text = printable(value.isWellFormed() ? value : value.toWellFormed());
  const safe = FORMULA.test(text.trimStart()) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
