/**
 * The file of `--failures`: opened before anything is done, and written to at once, one message a line, so that nothing is
 * lost when we are stopped.
 */
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { printableJson } from '../../parser/printable.ts';

export interface FailuresFile {
  /** Once something could not be written, nothing more is. */
  keep(message: object): void;
  close(): void;
}

/** Throws where the file cannot be opened. `onLost` hears, once, that a message could not be written. */
export function openFailuresFile(path: string, onLost: (problem: string) => void): FailuresFile {
  const file = opened(path);
  let isLost = false;
  return {
    keep(message) {
      if (isLost) return;
      try {
        appendFileSync(file, `${printableJson(message)}\n`);
      } catch (error) {
        isLost = true;
        onLost(`--failures ${path}: what is left cannot be kept there: ${(error as Error).message}`);
      }
    },
    close: () => closeSync(file),
  };
}

function opened(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (cause) {
    throw new Error(`--failures ${path}: cannot be opened: ${(cause as Error).message}`, { cause });
  }
}
