/** All log files below a prefix, between two times: page by page, so that what is left can be named when time is up. */
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { readLogKey, whyNotRead } from '../../parser/log-key.ts';
import { readFileFailure } from '../file/file-failure.ts';
import type { PrefixRef, Task } from '../notification/task.ts';
import { doFile } from './do-file.ts';
import { result, type TaskResult, together } from './result.ts';
import type { WorkParts } from './work.ts';

export async function doPrefix(wanted: PrefixRef, parts: WorkParts): Promise<TaskResult> {
  const results: TaskResult[] = [];
  let startAfter = wanted.startAfter;
  for (;;) {
    const rest: Task = { kind: 'prefix', ...wanted, ...(startAfter !== undefined && { startAfter }) };
    const name = `s3://${wanted.bucket}/${wanted.prefix}`;
    if (parts.isTimeUp()) {
      results.push(result('again', `${name}: time is up`, { remaining: [rest] }));
      break;
    }
    let keys: string[];
    try {
      keys = await listKeys(wanted, startAfter, parts);
    } catch (error) {
      const { code, message, class: what } = readFileFailure(error);
      const summary = `${name}: cannot be listed: ${code}: ${message}`;
      results.push(
        what === 'final' ? result('never', summary) : result('again', summary, { remaining: [rest] }),
      );
      break;
    }
    const files = keys.filter((key) => isWanted(key, wanted));
    results.push(...(await Promise.all(files.map((key) => doFile({ bucket: wanted.bucket, key }, parts)))));
    if (keys.length === 0) break;
    startAfter = keys.at(-1);
  }
  return together(results);
}

async function listKeys({ bucket, prefix }: PrefixRef, startAfter: string | undefined, parts: WorkParts) {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: startAfter });
  const { Contents = [] } = await parts.logBuckets.send(command);
  return Contents.flatMap(({ Key }) => Key ?? []);
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
