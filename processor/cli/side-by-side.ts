/** The log files of one path, each by itself, in the line that those of a run go through too: those of buckets, and whatever is to be tagged. */
import { untilAborted } from '../../parser/until-aborted.ts';
import { createFileLine, type FileStep } from '../backfill/local/file-line.ts';
import { wasReadingStopped } from '../file/file-report.ts';
import { type LogFile, localLogFile, s3LogFile } from '../file/log-file.ts';
import { STANDARD_INPUT, standardInput } from '../file/standard-input.ts';
import type { OwnMessage } from '../notification/task.ts';
import type { Runtime } from '../runtime/planning-runtime.ts';
import { type FileResult, runFile } from './file-result.ts';
import { type FilesDone, filesDone, type Showing } from './files-done.ts';
import { findLocalFiles, type PathError } from './find-log-files.ts';
import { inOrder } from './in-order.ts';
import { createOpenFiles, type OpenFiles } from './open-files.ts';
import { findS3Files, isS3Url } from './s3-files.ts';
import type { WalkListener } from './walk-folder.ts';
import { watchedLogs } from './watched-logs.ts';
import { watchCredentials } from './without-credentials.ts';

export interface SideBySideOptions {
  readonly listener: WalkListener;
  readonly showing: Showing;
  /** Aborted when no file shall be begun any more. */
  readonly signal: AbortSignal;
  /** Takes what was not done. */
  readonly keep?: (message: OwnMessage) => void;
}

/** Results that wait for one that takes long; most say a few hundred bytes. */
const MOST_HELD = 1_024;

/** What became of them, in their order. Throws PathError where none of the path can be read any more. */
export async function* sideBySide(
  path: string,
  runtime: Runtime,
  options: SideBySideOptions,
): AsyncGenerator<FilesDone> {
  const { showing, signal, keep } = options;
  const { leftAsMessages } = keep === undefined ? {} : await import('../work/left-as-messages.ts');
  const run: FileStep<FileResult> = (file, onRead) => runFile(file, runtime.files, signal, onRead);
  const watch = watchCredentials(path);
  for await (const results of eachSideBySide(path, runtime, options, run)) {
    const done: FileResult[] = [];
    let closed: PathError | undefined;
    for (const result of results) {
      if (keep !== undefined) leftAsMessages?.(result).forEach(keep);
      if (wasReadingStopped(result, signal)) continue;
      done.push(result);
      closed = watch(1, [result.report]);
      if (closed !== undefined) break;
    }
    yield filesDone(done, showing);
    if (closed !== undefined) throw closed;
  }
}

/** What is made of each file, in their order, as many together as are there. Throws the reason of the signal. */
export function eachSideBySide<Result>(
  path: string,
  runtime: Runtime,
  options: Pick<SideBySideOptions, 'listener' | 'signal'>,
  step: FileStep<Result>,
): AsyncGenerator<readonly Result[]> {
  const openFiles = createOpenFiles({ most: runtime.maxOpenFiles });
  const { signal } = options;
  const files = untilAborted(logFilesAt(path, runtime, openFiles, options), signal);
  const line = createFileLine({ openFiles, step, signal });
  const enter = (file: LogFile) => line.enter(sizeOf(file));
  return inOrder(files, { enter, mostHeld: MOST_HELD }, (file) => line.pass(file, sizeOf(file)));
}

async function* logFilesAt(
  path: string,
  runtime: Runtime,
  openFiles: OpenFiles,
  { listener, signal }: Pick<SideBySideOptions, 'listener' | 'signal'>,
): AsyncGenerator<LogFile> {
  if (path === STANDARD_INPUT) {
    yield standardInput();
  } else if (isS3Url(path)) {
    const logs = watchedLogs(await runtime.openLogs(), openFiles);
    for await (const { files } of findS3Files(path, logs, signal, listener)) {
      for (const ref of files) yield s3LogFile(logs, ref);
    }
  } else {
    for await (const batch of findLocalFiles(path, listener)) yield* batch.map(localLogFile);
  }
}

/** As it was listed. */
function sizeOf({ location }: LogFile): number | undefined {
  return location.kind === 's3' ? location.size : 0;
}
