/** The printer that the user asked for: JSON lines or tables, which know how wide each script is: a fifth of a start. */
import type { TagSettings } from '../../tag-manager/tags/tag-settings.ts';
import type { CommandOptions } from './command-rows.ts';
import { jsonPrinter } from './json-printer.ts';
import type { Printer } from './printer.ts';
import type { Terminal } from './terminal.ts';

export async function printerFor(
  { json, wide }: CommandOptions,
  { print, columns }: Terminal,
  tags: TagSettings,
): Promise<Printer> {
  if (json) return jsonPrinter(print);
  const { tablePrinter } = await import('./table-printer.ts');
  return tablePrinter(print, { columns, isWide: wide === true, tags });
}
