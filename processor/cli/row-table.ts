/**
 * A table that is printed row by row, so that it takes no memory however many there are: the widths of its columns are
 * settled before the first one. Cells hold what others chose, so nothing in them reaches the terminal raw.
 */
import { printable } from '../../parser/printable.ts';
import { cut, padded } from './text-width.ts';

export interface Column {
  readonly head: string;
  /** How much of the room it takes, beside the others. */
  readonly share: number;
  /** Where a cell that is too long loses what does not fit. */
  readonly cutAt: 'start' | 'end';
}

export interface RowTable {
  head(): string;
  row(cells: readonly string[]): string;
}

const GAP = '  ';

/** No row is wider than `columns`. */
export function fittingTable(columns: readonly Column[], width: number): RowTable {
  const room = width - GAP.length * (columns.length - 1);
  const all = columns.reduce((sum, { share }) => sum + share, 0);
  const widths = columns.map(({ share }) => Math.max(1, Math.floor((room * share) / all)));
  return tableOf(columns, widths, (text, at) => cut(text, widths[at] ?? 0, columns[at]?.cutAt ?? 'end'));
}

/** Every cell whole: one that is longer than most moves those behind it. */
export function wideTable(columns: readonly Omit<Column, 'cutAt'>[]): RowTable {
  return tableOf(
    columns,
    columns.map(({ share }) => share),
    (text) => text,
  );
}

function tableOf(
  columns: readonly Pick<Column, 'head'>[],
  widths: readonly number[],
  fitted: (text: string, at: number) => string,
): RowTable {
  const row = (cells: readonly string[]) => {
    const texts = cells.map((cell, at) => padded(fitted(printable(cell), at), widths[at] ?? 0));
    return `${texts.join(GAP).trimEnd()}\n`;
  };
  return { head: () => row(columns.map(({ head }) => head)), row };
}
