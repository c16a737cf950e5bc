/** The inventory from the metadata store to a writer: read, filtered and written page by page, so that memory does not grow with its size. */
import type { Inventory, PageOfStates } from '../../tag-manager/store/inventory.ts';
import { compileWanted, type Wanted } from './filter.ts';
import { inventoryRow } from './inventory-row.ts';
import type { RowWriter } from './row-writer.ts';

export interface Exported {
  /** Resources written. */
  rows: number;
  /** States read. */
  read: number;
  /** Items that are no states as auto-tagger writes them. */
  broken: number;
}

export interface ExportOptions {
  readonly inventory: Inventory;
  readonly wanted: Wanted;
  readonly writer: RowWriter;
  /** Is told after each page. */
  readonly onPage: (exported: Readonly<Exported>) => void;
  readonly signal: AbortSignal;
}

/** Ends the file. Throws CallError, and the reason of the signal; what was written until then is not whole. */
export async function exportInventory({
  inventory,
  wanted,
  writer,
  onPage,
  signal,
}: ExportOptions): Promise<Readonly<Exported>> {
  const isWanted = compileWanted(wanted);
  const exported: Exported = { rows: 0, read: 0, broken: 0 };
  for await (const { states, broken } of pagesOf(inventory, wanted, signal)) {
    const rows = states.map(inventoryRow).filter(isWanted);
    await writer.write(rows);
    exported.rows += rows.length;
    exported.read += states.length;
    exported.broken += broken;
    onPage(exported);
    signal.throwIfAborted();
  }
  await writer.end();
  return exported;
}

/** Where every creator is named whole, the index has all of them: nothing else is read. */
export function isInIndex({ patterns: { creator } }: Wanted): boolean {
  return creator?.every(isWholeArn) ?? false;
}

function isWholeArn(pattern: string): boolean {
  return pattern.startsWith('arn:') && !pattern.includes('*');
}

async function* pagesOf(
  inventory: Inventory,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<PageOfStates> {
  const { from: first, to: last, patterns } = wanted;
  if (!isInIndex(wanted)) return yield* inventory.all(signal);
  for (const creator of new Set(patterns.creator)) yield* inventory.madeBy(creator, { first, last }, signal);
}
