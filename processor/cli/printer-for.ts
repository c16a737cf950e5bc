/** The printer that the user asked for: JSON lines or tables. */
import type { TagSettings } from '../../tag-manager/tags/tag-settings.ts';
import type { CommandOptions } from './command-rows.ts';
import { jsonPrinter } from './json-printer.ts';
import type { Printer } from './printer.ts';
import { tablePrinter } from './table-printer.ts';
import type { Terminal } from './terminal.ts';

export function printerFor({ json, wide }: CommandOptions, terminal: Terminal, tags: TagSettings): Printer {
  const { print, columns } = terminal;
  return json ? jsonPrinter(print) : tablePrinter(print, { columns, isWide: wide === true, tags });
}
