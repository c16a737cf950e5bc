/** The printer that the user asked for: JSON lines or tables. */
import type { CommandOptions } from './command-rows.ts';
import { jsonPrinter } from './json-printer.ts';
import type { Printer } from './printer.ts';
import { tablePrinter } from './table-printer.ts';
import type { Terminal } from './terminal.ts';

/** `withOutcome` where AWS was asked: a plan knows no outcomes. */
export function printerFor({ json }: CommandOptions, { print }: Terminal, withOutcome: boolean): Printer {
  return json ? jsonPrinter(print, withOutcome) : tablePrinter(print, withOutcome);
}
