/** Plans log files of a bucket in one thread, as many open at once as S3 answers without delay. */
import { wasReadingStopped } from '../file/file-report.ts';
import { s3LogFile } from '../file/log-file.ts';
import type { LogReader } from '../file/log-reader.ts';
import type { FileProcessor } from '../file/process-file.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import { runFile } from './file-result.ts';
import { type FilesDone, filesDone, type Showing } from './files-done.ts';
import { createOpenFiles } from './open-files.ts';
import { watchedLogs } from './watched-logs.ts';

export interface BucketReader {
  /** Files whose reading was broken off are left out, as if they had not been begun. */
  plan(files: readonly LogFileRef[]): Promise<FilesDone>;
  /** Others read, too: no more than so many are open from now on. */
  limit(most: number): void;
  /** How many files may be open. */
  readonly places: number;
}

export interface BucketReaderOptions {
  readonly logs: LogReader;
  readonly files: FileProcessor;
  readonly showing: Showing;
  /** Files open at once, at most. */
  readonly most: number;
  readonly signal: AbortSignal;
}

export function createBucketReader({
  logs,
  files,
  showing,
  most,
  signal,
}: BucketReaderOptions): BucketReader {
  const openFiles = createOpenFiles({ most });
  const watched = watchedLogs(logs, openFiles);
  const planOne = async (ref: LogFileRef) => {
    await openFiles.enter(ref.size);
    try {
      return await runFile(s3LogFile(watched, ref), files, signal);
    } finally {
      openFiles.leave(ref.size);
    }
  };
  return {
    async plan(refs) {
      const results = await Promise.all(refs.map(planOne));
      return filesDone(
        results.filter((result) => !wasReadingStopped(result, signal)),
        showing,
      );
    },
    limit: openFiles.limit,
    get places() {
      return openFiles.places;
    },
  };
}
