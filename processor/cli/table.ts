/**
 * Plain tables for people: columns and spaces, without lines and colours, so that they can be piped and copied. Cells
 * hold what others chose, so nothing in them reaches the terminal raw.
 */
import { printable } from '../../parser/printable.ts';
import type { TagSet } from '../../tag-manager/tags/tag-set.ts';
import { padded, widthOf } from './text-width.ts';

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
  for (const row of rows) for (const line of row[column] ?? []) width = Math.max(width, widthOf(line));
  return width;
}

function rowLines(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const height = cells.reduce((most, { length }) => Math.max(most, length), 1);
  return Array.from({ length: height }, (_, at) => {
    const texts = cells.map((lines, column) => padded(lines[at] ?? '', widths[column] ?? 0));
    return `${texts.join(GAP).trimEnd()}\n`;
  });
}

export interface TaggedResource {
  readonly arn: string;
  readonly tags: TagSet;
}

/** A column for each tag key that occurs, behind the ARN. */
export function tagTable(resources: readonly TaggedResource[]): string {
  const keys = [...new Set(resources.flatMap(({ tags }) => [...tags.keys()]))];
  const rows = resources.map(({ arn, tags }) => [arn, ...keys.map((key) => tags.get(key) ?? '')]);
  return tableText(['resource', ...keys], rows);
}
