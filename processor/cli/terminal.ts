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
    if (process.stdout.writable) process.stdout.write(text); // what comes after a loss is lost too
  },
  complain: (problem) => {
    process.stderr.write(`auto-tagger: ${printable(problem)}\n`);
  },
  get columns() {
    return process.stdout.isTTY ? process.stdout.columns : undefined;
  },
};

/** Hears once that the answer does not arrive: whoever read it went away (`| head`), or the disk is full. */
export function onLostOutput(onLost: (error: Error) => void): void {
  let isLost = false;
  process.stdout.on('error', (error) => {
    if (isLost) return;
    isLost = true;
    onLost(error);
  });
  process.stderr.on('error', () => {}); // there is nobody left to tell
}
