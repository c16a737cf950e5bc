/** Where a command speaks: the answer on stdout, and one line for each complaint on stderr. */
import { once } from 'node:events';
import { printable } from '../../parser/printable.ts';

export interface Terminal {
  /** Text that is printable already: tables, lines of JSON. */
  print(text: string): void;
  /** Resolves once whoever reads the answer has taken most of it, or does not any more, or the signal is aborted. */
  untilPrinted(signal: AbortSignal): Promise<void>;
  /** What went wrong, in one line. It may hold what others chose. */
  complain(problem: string): void;
  /** How wide the answer may be; undefined where it goes to a file or another program, or that is not known. */
  readonly columns: number | undefined;
}

export const TERMINAL: Terminal = {
  print: (text) => {
    if (process.stdout.writable) process.stdout.write(text); // what comes after a loss is lost too
  },
  async untilPrinted(signal) {
    const { stdout } = process;
    if (!stdout.writableNeedDrain) return;
    await once(stdout, 'drain', { signal }).catch(() => {}); // an error of it is heard below
  },
  complain: (problem) => {
    process.stderr.write(`auto-tagger: ${printable(problem)}\n`);
  },
  get columns() {
    return (process.stdout.isTTY && process.stdout.columns) || undefined; // some terminals say 0
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
