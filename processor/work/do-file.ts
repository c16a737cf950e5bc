/** Log files and single records: processed, and what is left of them handed on. */
import type { FileReport } from '../file/file-report.ts';
import { type LogFile, s3LogFile, singleRecord } from '../file/log-file.ts';
import type { LogFileRef, OwnMessage, Task } from '../notification/task.ts';
import { fileMessageOf } from '../queues/queue-message.ts';
import { handOn } from './hand-on.ts';
import { collectLeftOver, type LeftOver, type RestOf } from './left-over.ts';
import { result, type TaskResult } from './result.ts';
import type { WorkParts } from './work.ts';

/** `fromIndex`: records before it have been dealt with. */
export function doFile(ref: LogFileRef, parts: WorkParts, fromIndex = 0): Promise<TaskResult> {
  const file = { ...s3LogFile(parts.logBuckets, ref), fromIndex };
  const restOf = (index: number) => fileMessageOf(ref, { fromIndex: index });
  const task: Task =
    fromIndex === 0 ? { kind: 'file', file: ref } : { kind: 'retry', message: restOf(fromIndex) };
  return parts.fileLimit(async () => {
    if (parts.isTimeUp()) {
      return parts.callerForgets
        ? handOn({ retry: [restOf(fromIndex)], failure: [] }, parts.queues, noTimeFor(file))
        : notBegun(file, task);
    }
    const { report, left } = await processFile(file, parts, restOf);
    const comesBack = isPassing(report) && !parts.callerForgets;
    const handed = comesBack
      ? result('again', summarise(report), { remaining: [task] })
      : await handOn(orWholeFile(left, report, ref, restOf(fromIndex)), parts.queues, summarise(report));
    return { ...handed, reports: [report] };
  });
}

function isPassing({ error }: FileReport): boolean {
  return error !== undefined && error.class !== 'final';
}

/** A file that could not be read is handed on as such, whatever of it had been dealt with. */
function orWholeFile(left: LeftOver, report: FileReport, ref: LogFileRef, whole: OwnMessage): LeftOver {
  const { error } = report;
  if (error === undefined) return left;
  if (isPassing(report)) return { retry: [whole], failure: [] };
  return { retry: [], failure: [fileMessageOf(ref, { failure: error })] };
}

/**
 * A record without a file, or one resource of it. `task` is what to bring again where no time was left to begin.
 */
export async function doRecord(file: LogFile, task: Task, parts: WorkParts): Promise<TaskResult> {
  if (parts.isTimeUp()) return notBegun(file, task);
  const { report, left } = await processFile(file, parts, undefined);
  return { ...(await handOn(left, parts.queues, summarise(report))), reports: [report] };
}

/** An event by itself from EventBridge, which must be of the account that EventBridge names. */
export function doEvent(task: Extract<Task, { kind: 'record' }>, parts: WorkParts): Promise<TaskResult> {
  const name = `event ${String(task.record.eventID)}`;
  const source = { origin: 'event', account: task.envelopeAccount } as const;
  return doRecord(singleRecord(name, task.record, source), task, parts);
}

async function processFile(file: LogFile, parts: WorkParts, restOf: RestOf) {
  const collector = collectLeftOver(file.name, restOf);
  const report = await parts.files.process(file, { onOutcomes: collector.add, isTimeUp: parts.isTimeUp });
  parts.onReport(report);
  return { report, left: collector.leftOver() };
}

function notBegun(file: LogFile, task: Task): TaskResult {
  return result('again', noTimeFor(file), { remaining: [task] });
}

function noTimeFor({ name }: LogFile): string {
  return `${name}: no time was left to begin it`;
}

function summarise({ file, error, resources, outcomes }: FileReport): string {
  if (error !== undefined) return `${file}: ${error.message}`;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return `${file}: ${resources} resources${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}
