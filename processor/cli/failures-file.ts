/**
 * The file of `--failures`: opened before anything is done, and written to at once, one message a line, so that nothing is
 * lost when we are stopped.
 */
import { appendFileSync, closeSync, constants, openSync } from 'node:fs';
import { printableJson } from '../../parser/printable.ts';
import { SettingsError } from '../runtime/settings.ts';
import { systemProblem } from './system-problem.ts';

/** Of a pipe that nobody reads it would never end, and Ctrl-C would not be heard. */
const WITHOUT_WAITING = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NONBLOCK;

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
        onLost(`--failures ${path}: what is left cannot be kept there: ${systemProblem(error)}`);
      }
    },
    close: () => closeSync(file),
  };
}

function opened(path: string): number {
  if (path.trim() === '') throw new SettingsError('--failures is empty: expected the name of a file');
  try {
    const first = openSync(path, WITHOUT_WAITING);
    const file = openSync(path, 'a'); // while the first is open, so that a pipe does not end in between
    closeSync(first);
    return file;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENXIO' ? 'nobody reads that pipe' : systemProblem(cause);
    throw new Error(`--failures ${path}: cannot be opened: ${problem}`, { cause });
  }
}
