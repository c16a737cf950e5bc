/** What every format has in common. */
import type { InventoryRow } from './inventory-row.ts';

/** Where pieces of a file go, one after the other. */
export type WritePiece = (piece: string | Uint8Array) => Promise<void>;

/** Rows of one file; those of a page are held no longer than it takes. */
export interface RowWriter {
  write(rows: readonly InventoryRow[]): Promise<void>;
  /** Without it the file is not whole. */
  end(): Promise<void>;
}

/** Who wrote a Parquet file, as its end tells. */
export const WRITTEN_BY = 'auto-tagger export';
