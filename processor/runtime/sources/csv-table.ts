/**
 * Tables of the user's own, as spreadsheets save them: a head, and a row for each account or person, which the first
 * column names.
 */
import type { Column, LookUpTable } from '../../../tag-manager/tags/template.ts';

export interface CsvTable {
  /** Throws an Error that names the columns that there are. */
  column(name: string): Column;
}

/** Throws an Error that says what is wrong, and in which line. */
export async function readCsvTable(text: string, table: LookUpTable): Promise<CsvTable> {
  const [head = [], ...rows] = await readRows(text);
  const [first = '', ...columns] = head.map((name) => name.trim());
  if (first.toLowerCase() !== table) {
    throw new Error(`line 1: expected the first column to be called ${table}, got ${JSON.stringify(first)}`);
  }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`line 1: the column ${JSON.stringify(twice)} is there twice`);
  const found = new Map<string, readonly string[]>();
  for (const { cells, line } of rows.map((cells, at) => ({ cells, line: at + 2 }))) {
    const [name = '', ...values] = cells;
    const key = keyOf(name, table);
    if (key === undefined) throw new Error(`row ${line}: expected an account, got ${JSON.stringify(name)}`);
    if (found.has(key)) throw new Error(`row ${line}: ${table} ${JSON.stringify(name)} is there twice`);
    found.set(key, values);
  }
  return {
    column(name) {
      const at = columns.indexOf(name);
      if (at < 0) {
        const known = columns.map((each) => JSON.stringify(each)).join(', ');
        throw new Error(`looks up the column ${JSON.stringify(name)}, and there are ${known || 'none'}`);
      }
      return (texts) => {
        const row = texts.map((each) => found.get(each.toLowerCase())).find((each) => each !== undefined);
        return row?.[at] || undefined; // an empty cell is as good as none
      };
    },
  };
}

/** Empty lines count as none. */
async function readRows(text: string): Promise<readonly (readonly string[])[]> {
  const { parse } = await import('csv-parse/sync');
  const [head = ''] = text.split('\n', 1);
  const delimiter = head.includes(';') && !head.includes(',') ? ';' : ','; // where the comma is a decimal one
  return parse(text, { bom: true, delimiter, skip_empty_lines: true, trim: true }) as string[][];
}

const ACCOUNT_DIGITS = 12;

/** Spreadsheets take an account for a number, and its first noughts away. */
function keyOf(name: string, table: LookUpTable): string | undefined {
  if (table === 'person') return name.toLowerCase();
  return /^\d{1,12}$/.test(name) ? name.padStart(ACCOUNT_DIGITS, '0') : undefined;
}
