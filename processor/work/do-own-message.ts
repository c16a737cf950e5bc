/**
 * Our own messages, come back from the retry queue or replayed from the failure queue: resources of one record, a file,
 * or a prefix. Everything is computed and checked again; a message is believed no more than a log record.
 */
import { type LogFile, singleRecord } from '../file/log-file.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { type CreationMessage, readOwnMessage, unreadableMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { doFile, doRecord } from './do-file.ts';
import { doPrefix } from './do-prefix.ts';
import { result, type TaskResult } from './result.ts';

type OwnMessageTask = Extract<Task, { kind: 'own-message' }>;

export async function doOwnMessage(task: OwnMessageTask, context: WorkContext): Promise<TaskResult> {
  const wanted = readOwnMessage(task.message);
  if ('problem' in wanted) return notUnderstood(wanted.problem, task.message);
  switch (wanted.kind) {
    case 'file': {
      const { kind, fromIndex, ...ref } = wanted;
      return doFile(ref, task, context, fromIndex);
    }
    case 'prefix':
      return doPrefix(wanted, task, context);
    case 'creation':
      return doCreation(wanted, task, context);
  }
}

/**
 * What is deferred once more goes back to the queue that it came from, as the same message: AWS cuts off a function
 * that sends to itself (Lambda developer guide, "Recursive loop detection").
 */
async function doCreation(
  { record, arns, location }: CreationMessage,
  task: OwnMessageTask,
  context: WorkContext,
): Promise<TaskResult> {
  const refusal = location.kind === 's3' ? context.logs.refusal(location.bucket) : undefined;
  if (refusal !== undefined) return result(refusal, { rejected: [{ message: task.message }] });
  const file: LogFile = { ...singleRecord(record, location), ...(arns && { onlyArns: new Set(arns) }) };
  const { report, ...done } = await doRecord(file, task, context);
  if (report === undefined) return done;
  const later = done.later.length > 0 ? [{ task, part: 'whole' } as const] : [];
  if (report.creations > 0 || report.ignored['filtered-out'] !== undefined) return { ...done, later };
  const [reason = 'malformed'] = Object.keys(report.ignored);
  const name = arns?.join(', ') ?? file.name;
  return { ...notUnderstood(`${name}: ${reason}`, task.message), reports: done.reports };
}

/** It will never be anything else: the failure queue keeps it. */
function notUnderstood(problem: string, message: OwnMessage): TaskResult {
  return result(problem, { rejected: [{ message: unreadableMessageOf(JSON.stringify(message), problem) }] });
}
