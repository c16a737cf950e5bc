/**
 * Plans many files on disk in worker threads, one for each core. Threads take a third of a second to start, so
 * they are started only for what is left after the first files.
 */
import { extname } from 'node:path';
import { untilAborted } from '../../parser/until-aborted.ts';
import { countOutcomes, reportFile } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { FileProcessor } from '../file/process-file.ts';
import { MAX_OPEN_FILES, type ThreadSettings } from '../runtime/planning-runtime.ts';
import { type FileResult, runFile } from './file-result.ts';
import { inOrder } from './in-order.ts';
import { inThreads } from './threads/in-threads.ts';

/** One thread has planned them before a second one is ready (small files, measured). */
const FIRST_FILES = 500;

/**
 * Results in the order of the files, which are those of `localLogFile`. Threads make their settings of `threadSettings`. Throws the signal's reason once it is aborted,
 * after the results of the files that this thread had begun.
 */
export async function* planFiles(
  found: AsyncIterable<LogFile>,
  files: FileProcessor,
  signal: AbortSignal,
  threadSettings: ThreadSettings,
): AsyncGenerator<FileResult> {
  const iterator = found[Symbol.asyncIterator]();
  yield* inOrder(upTo(FIRST_FILES, iterator), MAX_OPEN_FILES, (file) => runFile(file, files, signal));
  const next = await iterator.next();
  if (next.done) return;
  const settled = untilAborted(
    inThreads<string, FileResult>(WORKER, pathsFrom(next.value, iterator), { workerData: threadSettings }),
    signal,
  );
  for await (const each of settled) {
    yield each.ok ? each.result : unreadable(each.item, Object.assign(new Error(), each.error));
  }
}

/** Beside this file also where both are bundled, and end in `.mjs`. */
const WORKER = new URL(`./plan-thread${extname(import.meta.url)}`, import.meta.url);

/** Leaves the iterator where it is, to be gone on with. */
async function* upTo<Item>(count: number, iterator: AsyncIterator<Item>): AsyncGenerator<Item> {
  for (let taken = 0; taken < count; taken++) {
    const { done, value } = await iterator.next();
    if (done) return;
    yield value;
  }
}

async function* pathsFrom(first: LogFile, iterator: AsyncIterator<LogFile>): AsyncGenerator<string> {
  yield first.name;
  for await (const { name } of upTo(Number.POSITIVE_INFINITY, iterator)) yield name;
}

/** A file that ended its thread. */
function unreadable(path: string, error: Error): FileResult {
  const { counts } = countOutcomes();
  const report = reportFile(
    { name: path, location: { kind: 'path', path } },
    undefined,
    counts,
    { readMs: 0, tagMs: 0 },
    error,
  );
  return { report, outcomes: [], undone: [], passedOver: [] };
}
