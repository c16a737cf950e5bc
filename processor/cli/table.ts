/**
 * Plain tables for people: columns and spaces, without lines and colours, so that they can be piped and copied. Cells
 * hold what others chose, so nothing in them reaches the terminal raw.
 */
import stringWidth from 'string-width';
import { printable } from '../../parser/printable.ts';
import type { TagSet } from '../../tag-manager/tags/tag-set.ts';

/** Text, or several lines of it. */
export type Cell = string | readonly string[];

const GAP = '  ';

export function tableText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows].map((row) => row.map(linesOf));
  const widths = head.map((_, column) => widest(lines, column));
  return lines.flatMap((row) => rowLines(row, widths)).join('');
}

function linesOf(cell: Cell): readonly string[] {
  return (typeof cell === 'string' ? [cell] : cell).map(printable);
}

function widest(rows: readonly (readonly (readonly string[])[])[], column: number): number {
  let width = 0;
  for (const row of rows) for (const line of row[column] ?? []) width = Math.max(width, stringWidth(line));
  return width;
}

function rowLines(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => {
    const texts = cells.map((lines, column) => padded(lines[at] ?? '', widths[column] ?? 0));
    return `${texts.join(GAP).trimEnd()}\n`;
  });
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - stringWidth(text));
}

export interface TaggedResource {
  readonly arn: string;
  readonly tags: TagSet;
}

/** A column for each tag key that occurs, between the ARN and further columns: those named, of `more`. */
export function tagTable(
  resources: readonly TaggedResource[],
  more: readonly Readonly<Record<string, string>>[] = [],
  columns: readonly string[] = Object.keys(more[0] ?? {}),
): string {
  const keys = [...new Set(resources.flatMap(({ tags }) => [...tags.keys()]))];
  const head = ['resource', ...keys, ...columns];
  const rows = resources.map(({ arn, tags }, at) => [
    arn,
    ...keys.map((key) => tags.get(key) ?? ''),
    ...columns.map((column) => more[at]?.[column] ?? ''),
  ]);
  return tableText(head, rows);
}
