/** Plans many files on disk, in this thread and, where there is enough to do, in one more for each other core. */
import { reportUnread, wasReadingStopped } from '../file/file-report.ts';
import { type LogFile, localLogFile, localLogFiles } from '../file/log-file.ts';
import type { FileProcessor } from '../file/process-file.ts';
import { fewAtOnce } from './few-at-once.ts';
import { type FileResult, runFile } from './file-result.ts';
import { type FilesDone, filesDone, type Showing } from './files-done.ts';
import type { PlanPool } from './plan-threads.ts';
import { inThreads } from './threads/in-threads.ts';
import { errorOf, type ThreadError } from './threads/messages.ts';

export interface PlanOptions {
  /** It must have been told with what to plan. */
  readonly pool: PlanPool;
  readonly files: FileProcessor;
  readonly showing: Showing;
  /** Aborted when no file shall be begun any more. */
  readonly signal: AbortSignal;
}

/**
 * What the files at these paths came to, batch by batch in their order. Throws what `paths` throws, after the results of
 * what was begun. Once the signal is aborted, what other threads have begun is left out.
 */
export async function* planFiles(
  paths: AsyncIterable<readonly string[]>,
  { pool, files, showing, signal }: PlanOptions,
): AsyncGenerator<FilesDone> {
  const here = (batch: readonly string[]) => planBatch(batch, files, showing, signal);
  for await (const each of inThreads(pool, paths, { here, signal })) {
    yield each.ok ? each.result : filesDone([unreadable(localLogFile(each.item), each.error)], showing);
  }
}

/** Files whose reading was broken off are left out, as if they had not been begun. */
export async function planBatch(
  paths: readonly string[],
  files: FileProcessor,
  showing: Showing,
  signal: AbortSignal,
): Promise<FilesDone> {
  const results = new Array<FileResult | undefined>(paths.length);
  await fewAtOnce(localLogFiles(paths), signal, (file, at) => {
    const keep = (result: FileResult) => {
      results[at] = result;
    };
    const result = runFile(file, files, signal);
    return result instanceof Promise ? result.then(keep) : keep(result);
  });
  const done = results.filter((result) => result !== undefined && !wasReadingStopped(result, signal));
  return filesDone(done as readonly FileResult[], showing);
}

/** A file that ended its thread. */
export function unreadable(file: Pick<LogFile, 'name' | 'location'>, error: ThreadError): FileResult {
  return { report: reportUnread(file, errorOf(error)), outcomes: [], undone: [], passedOver: [] };
}
