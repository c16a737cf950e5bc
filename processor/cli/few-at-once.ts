/** Works on several log files of one thread at once: large ones are streamed, and the threads that decompress them are four. */
import type { LogFile } from '../file/log-file.ts';

const FILES_AT_ONCE = 4;

/** They are begun in their order; what `work` does at once is not waited for. Once the signal is aborted none is begun. */
export async function fewAtOnce(
  files: Iterable<LogFile>,
  signal: AbortSignal,
  work: (file: LogFile, at: number) => Promise<void> | void,
): Promise<void> {
  const rest = files[Symbol.iterator]();
  let count = 0;
  async function next(): Promise<void> {
    while (!signal.aborted) {
      const { done, value } = rest.next();
      if (done) return;
      const working = work(value, count++);
      if (working instanceof Promise) await working;
    }
  }
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, next));
}
