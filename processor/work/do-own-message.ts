/**
 * Our own messages, come back from the retry queue or replayed from the failure queue: one resource, or a file.
 * Everything is computed and checked again; a message is believed no more than a log record.
 */

import type { RecordSource } from '../../parser/event/record-facts.ts';
import { readLogKey } from '../../parser/log-key.ts';
import { type LogFile, singleRecord } from '../file/log-file.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { type CreationMessage, readOwnMessage, unreadableMessageOf } from '../queues/queue-message.ts';
import { doFile, doRecord } from './do-file.ts';
import { handOn } from './hand-on.ts';
import { result, type TaskResult } from './result.ts';
import type { Carrier, WorkParts } from './work.ts';

export async function doOwnMessage(
  message: OwnMessage,
  parts: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> {
  const wanted = readOwnMessage(message);
  if ('problem' in wanted) return doNotUnderstood(wanted.problem, message, parts, carrier);
  return wanted.kind === 'file'
    ? doFile(wanted, parts, wanted.fromIndex)
    : doCreation(wanted, message, parts, carrier);
}

/**
 * What is deferred once more is handed back to the queue that it came from, not sent to it: AWS cuts off a function
 * that sends to itself (Lambda developer guide, "Recursive loop detection").
 */
async function doCreation(
  { record, arn, file: name, origin, account }: CreationMessage,
  message: OwnMessage,
  parts: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> {
  const file: LogFile = { ...singleRecord(name, record, sourceOf(name, origin, account)), onlyArn: arn };
  const { queues } = parts;
  const handsBack = carrier.message === undefined ? queues : { retry: undefined, failure: queues.failure };
  const task: Task = { kind: 'retry', message };
  const done = await doRecord(file, task, { ...parts, queues: handsBack });
  const [report] = done.reports;
  if (report === undefined || report.creations > 0 || report.ignored['filtered-out'] !== undefined)
    return done;
  const [reason = 'malformed'] = Object.keys(report.ignored);
  const kept = await doNotUnderstood(`${arn}: ${reason}`, message, parts, carrier);
  return { ...kept, reports: done.reports };
}

/** The same check as when the record was read from its file; an event has no file that names its account. */
function sourceOf(file: string, origin: RecordSource['origin'], account: string | undefined): RecordSource {
  if (origin === 'event') return { origin, account };
  const key = /^s3:\/\/[^/]+\/(.*)$/s.exec(file)?.[1];
  const logKey = key === undefined ? undefined : readLogKey(key);
  return { origin, account: logKey !== undefined && 'account' in logKey ? logKey.account : undefined };
}

/** It will never be anything else: the failure queue keeps it, alone. */
async function doNotUnderstood(
  problem: string,
  message: OwnMessage,
  { queues }: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> {
  if (carrier.text() === undefined) return result('never', problem);
  const failure = [unreadableMessageOf(JSON.stringify(message), problem)];
  return handOn({ retry: [], failure }, queues, problem);
}
