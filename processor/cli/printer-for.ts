/** The printer that the user asked for: JSON lines or tables. */
import type { CommandOptions } from './command-rows.ts';
import { jsonPrinter } from './json-printer.ts';
import type { Printer } from './printer.ts';
import { tablePrinter } from './table-printer.ts';
import type { Terminal } from './terminal.ts';

export function printerFor({ json }: CommandOptions, { print }: Terminal): Printer {
  return json ? jsonPrinter(print) : tablePrinter(print);
}
