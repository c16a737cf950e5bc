/** Where a command speaks: the answer on stdout, and one line for each complaint on stderr. */
import { once } from 'node:events';
import { printable } from '../../parser/printable.ts';

export interface Terminal {
  /** Text that is printable already: tables, lines of JSON. */
  print(text: string): void;
  /** An answer that is no text. */
  printBytes(bytes: Uint8Array): void;
  /** Resolves once whoever reads the answer has taken most of it, or does not any more, or the signal is aborted. */
  untilPrinted(signal: AbortSignal): Promise<void>;
  /** What went wrong, in one line. It may hold what others chose. */
  complain(problem: string): void;
  /** How wide the answer may be; undefined where it goes to a file or another program, or that is not known. */
  readonly columns: number | undefined;
  /** Whether the user answers with yes; absent where there is nobody to be asked. Throws the reason of the signal. */
  readonly ask?: ((question: string, signal: AbortSignal) => Promise<boolean>) | undefined;
}

export const TERMINAL: Terminal = {
  print: write,
  printBytes: write,
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
  get ask() {
    return process.stdin.isTTY && process.stderr.isTTY ? ask : undefined;
  },
};

function write(answer: string | Uint8Array): void {
  if (process.stdout.writable) process.stdout.write(answer); // what comes after a loss is lost too
}

/** What else is typed than `y` or `yes`, or nothing at all, means no. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline'); // most commands ask nothing
  // With `terminal` it would take the keyboard over, and Ctrl-C with it.
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  lines.once('line', resolve).once('close', () => resolve(''));
  process.stderr.write(question);
  try {
    signal.throwIfAborted();
    return /^y(es)?$/i.test((await promise).trim());
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
    process.stdin.pause();
  }
}

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
