/** Resources as CSV, a line each. */
import { CSV_LINE_END, csvCell } from '../../parser/csv-cell.ts';
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

/** The first line: by it a file of ours is known. */
export const CSV_HEAD = `${COLUMNS.join(',')}${CSV_LINE_END}`;

export function csvLine(row: ResourceRow): string {
  return `${COLUMNS.map((name) => csvCell(row[name])).join(',')}${CSV_LINE_END}`;
}
