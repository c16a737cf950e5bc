/**
 * Plans the log files of a bucket: in this thread, and once more than a page of them is there, also in worker threads,
 * because the client of S3 takes most of a millisecond of processor time for each.
 *
 *                                ┌─▶ this thread ─▶ ┐
 *     pages of names ─▶ batches ─┼─▶ thread 1 ────▶ ┼─▶ what they came to, in the order of the names
 *                                └─▶ thread 2 ────▶ ┘
 *
 * Pages, batches and results that are held are bounded, so memory does not grow with the bucket.
 */
import { untilAborted } from '../../parser/until-aborted.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import type { Runtime, ThreadSettings } from '../runtime/planning-runtime.ts';
import { BATCH, createBucketReaders } from './bucket-readers.ts';
import type { FilesDone, Showing } from './files-done.ts';
import { inOrder } from './in-order.ts';
import { findS3Files } from './s3-files.ts';
import type { WalkListener } from './walk-folder.ts';
import { watchCredentials } from './without-credentials.ts';

export interface PlanBucketOptions {
  /** For the threads. */
  readonly settings: ThreadSettings;
  readonly showing: Showing;
  readonly listener: WalkListener;
  /** Aborted when no file shall be begun any more. */
  readonly signal: AbortSignal;
}

/** Results that wait for one that takes long; most say a few hundred bytes. */
const MOST_BATCHES_HELD = 256;

/** What became of them, batch by batch in the order of S3. Throws PathError where none of the bucket can be read any more. */
export async function* planBucket(
  url: string,
  { files, maxOpenFiles: most, openLogs }: Runtime,
  { settings, showing, listener, signal }: PlanBucketOptions,
): AsyncGenerator<FilesDone> {
  const logs = await openLogs();
  const readers = createBucketReaders({ logs, files, showing, most, signal }, settings);

  async function* batches(): AsyncGenerator<readonly LogFileRef[]> {
    for await (const { files, isLast } of findS3Files(url, logs, signal, listener)) {
      if (!isLast) readers.startThreads();
      for (let at = 0; at < files.length; at += BATCH) yield files.slice(at, at + BATCH);
    }
  }

  try {
    const found = untilAborted(batches(), signal);
    const { enter, plan } = readers;
    const watch = watchCredentials(url);
    for await (const planned of inOrder(found, { enter, mostHeld: MOST_BATCHES_HELD }, plan)) {
      for (const done of planned.flat()) {
        yield done;
        const closed = watch(
          done.totals.files,
          done.unfinished.map(({ report }) => report),
        );
        if (closed !== undefined) throw closed;
      }
    }
  } finally {
    await readers.stop();
  }
}
