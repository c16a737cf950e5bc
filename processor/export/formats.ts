/** What the inventory is written as: a row for each format. Whatever the format, the rows and columns are the same. */
import { CSV_LINE_END, csvCell } from '../../parser/csv-cell.ts';
import { printableJson } from '../../parser/printable.ts';
import { COLUMNS, type InventoryRow, tagsText } from './inventory-row.ts';
import { type RowWriter, WRITTEN_BY, type WritePiece } from './row-writer.ts';

interface FormatRow {
  /** Names of files that are meant to be such. */
  readonly endings: readonly string[];
  /** By it a file of ours is known. */
  readonly mark: string;
  readonly isMarkAtEnd: boolean;
  /** Means something to a terminal. */
  readonly isText: boolean;
  readonly begin: (write: WritePiece) => Promise<RowWriter>;
}

const HEAD = `${COLUMNS.map(({ name }) => name).join(',')}${CSV_LINE_END}`;

/** Of the lines of JSON. */
const KIND = 'inventory';

export const FORMATS = {
  csv: { endings: ['.csv'], mark: HEAD, isMarkAtEnd: false, isText: true, begin: beginCsv },
  json: {
    endings: ['.json', '.jsonl', '.ndjson'],
    mark: `{"kind":"${KIND}",`,
    isMarkAtEnd: false,
    isText: true,
    begin: async (write) => linesWriter(jsonLine, write),
  },
  parquet: {
    endings: ['.parquet'],
    mark: WRITTEN_BY,
    isMarkAtEnd: true,
    isText: false,
    begin: async (write) => (await import('./parquet.ts')).beginParquet(write), // with all that writes it
  },
} as const satisfies Readonly<Record<string, FormatRow>>;

export type FormatName = keyof typeof FORMATS;

export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** By the ending of its name, in any case of letters. */
export function formatOfFile(path: string): FormatName | undefined {
  const name = path.toLowerCase();
  return FORMAT_NAMES.find((format) => FORMATS[format].endings.some((ending) => name.endsWith(ending)));
}

async function beginCsv(write: WritePiece): Promise<RowWriter> {
  await write(HEAD);
  return linesWriter(csvLine, write);
}

function linesWriter(line: (row: InventoryRow) => string, write: WritePiece): RowWriter {
  return {
    async write(rows) {
      if (rows.length > 0) await write(rows.map(line).join(''));
    },
    end: async () => {},
  };
}

function csvLine(row: InventoryRow): string {
  const cells = COLUMNS.map(({ name }) => csvCell(name === 'tags' ? tagsText(row.tags) : row[name]));
  return `${cells.join(',')}${CSV_LINE_END}`;
}

/** What is not known is `null`. */
function jsonLine(row: InventoryRow): string {
  const values = COLUMNS.map(({ name }) => [name, name === 'tags' ? row.tags : row[name] || null] as const);
  return `${printableJson({ kind: KIND, ...Object.fromEntries(values) })}\n`;
}
