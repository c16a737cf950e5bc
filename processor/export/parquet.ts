/**
 * The inventory as Parquet, for what queries columns: texts in UTF-8, times as timestamps in UTC, what is not known as NULL; compressed with
 * Snappy, which every reader knows. Rows are held until a group of them is full, and then written.
 */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { COLUMNS, type InventoryRow, tagsText } from './inventory-row.ts';
import { type RowWriter, WRITTEN_BY, type WritePiece } from './row-writer.ts';

/** Some 5 MB of rows: a million of them make 100 groups, each with sums for readers to pass it over by. */
const ROWS_OF_A_GROUP = 10_000;

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  tags: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const;

export async function beginParquet(write: WritePiece): Promise<RowWriter> {
  const bytes = new ByteWriter();
  const parquet = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'inventory', num_children: COLUMNS.length },
      ...COLUMNS.map(({ name, kind }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[kind] })),
    ],
    createdBy: WRITTEN_BY,
  });
  let held: InventoryRow[] = [];

  async function writeGroup(rows: readonly InventoryRow[]): Promise<void> {
    const columnData = COLUMNS.map(({ name }) => ({ name, data: rows.map((row) => cellOf(row, name)) }));
    await parquet.write({ columnData, rowGroupSize: rows.length });
    await flush();
  }

  async function flush(): Promise<void> {
    const piece = bytes.getBytes().slice(); // whoever takes it may hold it for a while
    bytes.index = 0; // what is in it goes out; its offset goes on
    await write(piece);
  }

  return {
    async write(rows) {
      held.push(...rows);
      while (held.length >= ROWS_OF_A_GROUP) {
        const group = held.slice(0, ROWS_OF_A_GROUP);
        held = held.slice(ROWS_OF_A_GROUP);
        await writeGroup(group);
      }
    },
    async end() {
      if (held.length > 0) await writeGroup(held);
      held = [];
      await parquet.finish();
      await flush();
    },
  };
}

function cellOf(row: InventoryRow, name: (typeof COLUMNS)[number]['name']): string | Date | null {
  if (name === 'tags') return tagsText(row.tags) || null;
  if (row[name] === '') return null;
  return name === 'eventTime' ? new Date(row[name]) : row[name];
}
