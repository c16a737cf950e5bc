/**
 * Our own messages, come back from the retry queue or replayed from the failure queue: one resource, or a file.
 * Everything is computed and checked again; a message is believed no more than a log record.
 */
import { type LogFile, singleRecord } from '../log-file.ts';
import { readLogKey } from '../log-key.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { type CreationMessage, readOwnMessage, unreadableMessageOf } from '../queue-message.ts';
import type { SqsMessage } from '../sqs-messages.ts';
import { doFile, doRecord } from './do-file.ts';
import { handOn } from './hand-on.ts';
import { result, type TaskResult } from './result.ts';
import type { WorkParts } from './work.ts';

/** After that many receives, over some four hours, a message ends in the failure queue. */
const MAX_RECEIVES = 20;

export async function doOwnMessage(
  message: OwnMessage,
  parts: WorkParts,
  carrier: SqsMessage | undefined,
): Promise<TaskResult> {
  const wanted = readOwnMessage(message);
  if ('problem' in wanted) return doUnreadable(wanted.problem, parts, carrier);
  const done =
    wanted.kind === 'file'
      ? await doFile(wanted, parts, wanted.fromIndex)
      : await doCreation(wanted, { kind: 'retry', message }, parts, carrier);
  const isLast = carrier !== undefined && carrier.receiveCount >= MAX_RECEIVES;
  if (done.outcome !== 'again' || !isLast || parts.queues.failure === undefined) return done;
  const handed = await handOn({ retry: [], failure: [message] }, parts.queues, `given up: ${done.summary}`);
  return { ...handed, reports: done.reports };
}

/**
 * What is deferred once more is handed back to the queue that it came from, not sent to it: AWS cuts off a function
 * that sends to itself (Lambda developer guide, "Recursive loop detection").
 */
async function doCreation(
  { record, arn, file: name }: CreationMessage,
  task: Task,
  parts: WorkParts,
  carrier: SqsMessage | undefined,
): Promise<TaskResult> {
  const file: LogFile = { ...singleRecord(name, record, accountIn(name)), onlyArn: arn };
  const { queues } = parts;
  const handsBack = carrier === undefined ? queues : { retry: undefined, failure: queues.failure };
  const done = await doRecord(file, task, { ...parts, queues: handsBack });
  const [report] = done.reports;
  if (report === undefined || report.creations > 0 || report.ignored['filtered-out'] !== undefined)
    return done;
  const [reason = 'malformed'] = Object.keys(report.ignored);
  return { ...(await doUnreadable(`${arn}: ${reason}`, parts, carrier)), reports: done.reports };
}

/** The same check as when the record was read from its file. */
function accountIn(file: string): string | undefined {
  const key = /^s3:\/\/[^/]+\/(.*)$/s.exec(file)?.[1];
  const logKey = key === undefined ? undefined : readLogKey(key);
  return logKey !== undefined && 'account' in logKey ? logKey.account : undefined;
}

/** It will never be understood: the failure queue keeps it, once. */
export async function doUnreadable(
  problem: string,
  { queues }: WorkParts,
  carrier: SqsMessage | undefined,
): Promise<TaskResult> {
  if (carrier === undefined) return result('never', problem);
  const failure = [unreadableMessageOf(carrier.body, problem)];
  return handOn({ retry: [], failure }, queues, problem);
}
