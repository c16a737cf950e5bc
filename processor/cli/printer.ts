/** What a command has to say, in the order in which it becomes known; JSON lines and tables both print it. */
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { FileReport } from '../file/file-report.ts';
import type { PassedOver } from '../file/plan-file.ts';
import type { Totals } from '../file/totals.ts';

export interface Printer {
  resource(file: string, outcome: Outcome): void;
  /** Only with `--explain`. */
  ignored(file: string, record: PassedOver): void;
  /** After all resources and ignored records of the file. */
  file(report: FileReport): void;
  /** In place of all three, lines that another thread may have made; only of a printer that prints such. */
  readonly lines?: Write;
  summary(totals: Totals): void;
}

export type Write = (text: string) => void;
