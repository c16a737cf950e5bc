/** Single records: an event by itself, and resources of one record that came back from a queue. */
import { type LogFile, singleRecord } from '../file/log-file.ts';
import { type Tally, unsettled } from '../metrics/tally.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { type CreationMessage, keptTextOf, withProblem } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { laterOf, notBegun, processOne, rejectedOf } from './process-one.ts';
import { result, type TaskResult } from './result.ts';

type EventTask = Extract<Task, { kind: 'record' }>;
type OwnMessageTask = Extract<Task, { kind: 'own-message' }>;

/** An event by itself from EventBridge, which must be of the account that EventBridge names. */
export async function doEvent(task: EventTask, context: WorkContext): Promise<TaskResult> {
  const file = singleRecord(task.record, { kind: 'event', account: task.envelopeAccount });
  if (context.signal.aborted) return notBegun(file.name, task);
  const { report, left, summary, tally } = await processOne(file, context, 'record');
  if (report.error !== undefined) return comesAgain(task, summary, tally);
  return result(summary, { later: laterOf(left.deferred), rejected: rejectedOf(left.failed), tally });
}

/**
 * What is deferred once more goes back to the queue that it came from, as the same message: AWS cuts off a function
 * that sends to itself (Lambda developer guide, "Recursive loop detection"). Only where some of its resources never
 * can be done are the others a message of their own.
 */
export async function doCreation(
  { record, arns, location }: CreationMessage,
  task: OwnMessageTask,
  context: WorkContext,
): Promise<TaskResult> {
  const file: LogFile = { ...singleRecord(record, location), ...(arns && { onlyArns: new Set(arns) }) };
  const refusal = location.kind === 's3' ? context.logs.refusal(location.bucket) : undefined;
  if (refusal !== undefined) {
    const message = withProblem(task.message, refusal);
    return result(`${file.name}: ${refusal}`, { rejected: [{ message, part: 'whole' }] });
  }
  if (context.signal.aborted) return notBegun(file.name, task);
  const { report, left, summary, tally } = await processOne(file, context, 'resources');
  if (report.error !== undefined) return comesAgain(task, summary, tally);
  const { 'filtered-out': filteredOut, deletion, 'untagged-parent': maker } = report.ignored;
  const isOurs = [filteredOut, deletion, maker].some((count) => count !== undefined);
  if (report.creations === 0 && !isOurs) {
    const [reason = 'malformed'] = Object.keys(report.ignored);
    return notUnderstood(`${arns?.join(', ') ?? file.name}: ${reason}`, task.message);
  }
  const isWhole = left.deferred.length > 0 && left.failed.length === 0;
  return result(summary, {
    later: isWhole ? [{ task, part: 'whole' }] : laterOf(left.deferred),
    rejected: rejectedOf(left.failed),
    tally: isWhole ? unsettled(tally) : tally,
  });
}

/** It could not be dealt with to its end: what of it is done is unchanged the next time. */
function comesAgain(task: Task, summary: string, tally: Tally): TaskResult {
  return result(summary, { later: [{ task, part: 'whole' }], tally: unsettled(tally) });
}

/** It will never be anything else: the failure queue keeps it. */
export function notUnderstood(problem: string, message: OwnMessage): TaskResult {
  const kept = keptTextOf({ text: JSON.stringify(message), queue: undefined, isOwn: true }, problem);
  return result(problem, { rejected: [{ message: kept, part: 'whole' }] });
}
