/**
 * The log files that `s3://BUCKET/PREFIX` names, page by page in the order of S3. The next page is asked for while one is
 * worked on, and no more than these two are held, however many files there are.
 */
import { whyNotRead } from '../../parser/log-key.ts';
import { readFileFailure } from '../file/file-failure.ts';
import type { LogReader } from '../file/log-reader.ts';
import type { LogFileRef } from '../log-file-ref.ts';
import { endingOfError } from './endings.ts';
import { noLogFiles, PathError } from './find-log-files.ts';
import type { WalkListener } from './walk-folder.ts';

const S3_URL = /^s3:\/\/([^/]+)\/?(.*)$/;

export function isS3Url(path: string): boolean {
  return S3_URL.test(path);
}

export interface FoundPage {
  /** With their sizes, as they were listed. */
  readonly files: readonly LogFileRef[];
  /** There are no more pages. */
  readonly isLast: boolean;
}

/** Throws PathError where there are none, or S3 lists none. */
export async function* findS3Files(
  url: string,
  logs: Pick<LogReader, 'list'>,
  signal: AbortSignal,
  { onSkipped }: Pick<WalkListener, 'onSkipped'>,
): AsyncGenerator<FoundPage> {
  const [, bucket = '', prefix = ''] = S3_URL.exec(url) ?? [];
  let isEmpty = true;
  for await (const { objects, next } of pagesOf(logs, bucket, prefix, signal)) {
    const files: LogFileRef[] = [];
    for (const { key, size } of objects) {
      const reason = whyNotRead(key);
      if (reason === undefined) files.push({ bucket, key, size });
      else onSkipped(reason);
    }
    isEmpty &&= files.length === 0;
    yield { files, isLast: next === undefined };
  }
  if (isEmpty) throw noLogFiles(url);
}

async function* pagesOf(logs: Pick<LogReader, 'list'>, bucket: string, prefix: string, signal: AbortSignal) {
  const ask = (token?: string) => {
    const page = logs.list(bucket, { prefix, token }, signal);
    page.catch(() => {}); // it is awaited below, perhaps much later
    return page;
  };
  try {
    for (let asked = ask(); ; ) {
      const page = await asked;
      if (page.next !== undefined) asked = ask(page.next);
      yield page;
      if (page.next === undefined) return;
    }
  } catch (error) {
    const { code, message } = readFileFailure(error);
    const problem = `cannot be listed: ${code}: ${message}`;
    throw new PathError(`s3://${bucket}/${prefix}`, problem, endingOfError(error), error);
  }
}
