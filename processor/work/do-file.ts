/** Log files and single records: processed, and what is left of them named. */
import type { FileReport } from '../file/file-report.ts';
import { type LogFile, s3LogFile, singleRecord } from '../file/log-file.ts';
import { type LogFileRef, nameOf } from '../log-file-ref.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { fileMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { collectLeftOver, type MessageFrom } from './left-over.ts';
import { type Left, result, type TaskResult } from './result.ts';

/** `task` is what brought the file; records before `fromIndex` have been dealt with. */
export function doFile(
  ref: LogFileRef,
  task: Task,
  context: WorkContext,
  fromIndex = 0,
): Promise<TaskResult> {
  return context.fileLimit(async () => {
    if (context.signal.aborted) return notBegun(nameOf(ref), task);
    const file = { ...s3LogFile(context.logs, ref), fromIndex };
    const { report, left } = await process(file, context, (index) =>
      fileMessageOf(ref, { fromIndex: index }),
    );
    const { error } = report;
    const done = result(summarise(report), { reports: [report] });
    // Whatever of a broken file had been dealt with is unchanged the next time.
    if (error !== undefined && error.class !== 'final') {
      return { ...done, later: [{ task, part: 'whole' }], wasStopped: context.signal.aborted };
    }
    if (error !== undefined) {
      const rejected = [fileMessageOf(ref, { failure: error })];
      return { ...done, rejected: rejected.map(rejection), hasUnreadableFile: true };
    }
    const rest: Left[] = [];
    if (left.restIndex === fromIndex) rest.push({ task, part: 'whole' });
    else if (Number.isFinite(left.restIndex)) {
      rest.push({ task: ownMessage(fileMessageOf(ref, { fromIndex: left.restIndex })), part: 'rest' });
    }
    return { ...done, later: [...resources(left.deferred), ...rest], rejected: left.failed.map(rejection) };
  });
}

/** A record without a file, or some resources of one; `task` is what brought it. The report is absent where no time was left. */
export async function doRecord(
  file: LogFile,
  task: Task,
  context: WorkContext,
): Promise<TaskResult & { readonly report?: FileReport }> {
  if (context.signal.aborted) return notBegun(file.name, task);
  const { report, left } = await process(file, context, undefined);
  const done = result(summarise(report), { reports: [report], rejected: left.failed.map(rejection) });
  return { ...done, later: resources(left.deferred), report };
}

/** An event by itself from EventBridge, which must be of the account that EventBridge names. */
export function doEvent(task: Extract<Task, { kind: 'record' }>, context: WorkContext): Promise<TaskResult> {
  return doRecord(singleRecord(task.record, { kind: 'event', account: task.envelopeAccount }), task, context);
}

async function process(file: LogFile, context: WorkContext, messageFrom: MessageFrom | undefined) {
  const collector = collectLeftOver(file.location, messageFrom);
  const report = await context.files.process(file, context.signal, { onOutcomes: collector.add });
  context.onReport(report);
  return { report, left: collector.leftOver() };
}

function notBegun(name: string, task: Task): TaskResult {
  const later = [{ task, part: 'whole' } as const];
  return result(`${name}: no time was left to begin it`, { later, wasStopped: true });
}

function resources(messages: readonly OwnMessage[]): readonly Left[] {
  return messages.map((message) => ({ task: ownMessage(message), part: 'resources' }));
}

function rejection(message: OwnMessage) {
  return { message };
}

function ownMessage(message: OwnMessage): Task {
  return { kind: 'own-message', message };
}

function summarise({ file, error, resources, outcomes }: FileReport): string {
  if (error !== undefined) return `${file}: ${error.message}`;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return `${file}: ${resources} resources${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}
