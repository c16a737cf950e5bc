/** One page of the keys below a prefix: those that are log files of the wanted times, processed beside one another. */
import { readLogKey, whyNotRead } from '../../parser/log-key.ts';
import type { PrefixRef } from '../log-file-ref.ts';
import type { WorkContext } from './context.ts';
import { beginFile } from './do-file.ts';
import { asRest, combine, type TaskResult } from './result.ts';

export interface Page {
  /** What became of the files that were begun. One that is left comes back by itself, not with its prefix. */
  readonly done: TaskResult;
  readonly fileCount: number;
  /** Behind it nothing has been begun; absent where nothing has been at all. */
  readonly lastKey: string | undefined;
}

/** `keys` are in order, and at least one. */
export async function doPage(
  keys: readonly string[],
  wanted: PrefixRef,
  context: WorkContext,
): Promise<Page> {
  const files = keys.filter((key) => isWanted(key, wanted)).map((key) => ({ bucket: wanted.bucket, key }));
  const results = await Promise.all(files.map((file) => beginFile(file, { kind: 'file', file }, context)));
  const begun = results.flatMap((each) => each ?? []);
  const done = combine(begun);
  const firstLeft = files[begun.length]; // they are begun in order
  return {
    done: { ...done, later: done.later.map(asRest) },
    fileCount: begun.length,
    lastKey: firstLeft === undefined ? keys.at(-1) : keys[keys.indexOf(firstLeft.key) - 1],
  };
}

/** Times are those of delivery, which the key tells; a renamed file has none and is always wanted. */
function isWanted(key: string, { from, to }: PrefixRef): boolean {
  if (whyNotRead(key) !== undefined) return false;
  const logKey = readLogKey(key);
  if (logKey.kind !== 'log') return true;
  const delivered = Date.parse(logKey.deliveredAt);
  return (
    (from === undefined || delivered >= Date.parse(from)) && (to === undefined || delivered < Date.parse(to))
  );
}
