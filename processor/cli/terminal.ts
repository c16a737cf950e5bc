/** Where a command speaks: the answer on stdout, and one line for each complaint on stderr. */
import { printable } from '../../parser/printable.ts';

export interface Terminal {
  /** Text that is printable already: tables, lines of JSON. */
  print(text: string): void;
  /** What went wrong, in one line. It may hold what others chose. */
  complain(problem: string): void;
  /** How wide the answer may be; undefined where it goes to a file or another program. */
  readonly columns: number | undefined;
}

export const TERMINAL: Terminal = {
  print: (text) => {
    process.stdout.write(text);
  },
  complain: (problem) => {
    process.stderr.write(`auto-tagger: ${printable(problem)}\n`);
  },
  get columns() {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  },
};

/** `auto-tagger plan … | head` closes our output early: that is no error. */
export function endWithOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
