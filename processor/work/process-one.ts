/** One file or record through the pipeline: its report, and what of it could not be done. */
import type { FileReport } from '../file/file-report.ts';
import type { LogFile } from '../file/log-file.ts';
import type { Tally } from '../metrics/tally.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import type { WorkContext } from './context.ts';
import { type Brought, collectOutcomes, tallyFile } from './count-file.ts';
import { collectLeftOver, type LeftOver, type MessageFrom } from './left-over.ts';
import { type Left, type Rejected, result, type TaskResult } from './result.ts';

export interface Processed {
  readonly report: FileReport;
  readonly left: LeftOver;
  readonly tally: Tally;
  readonly summary: string;
}

export async function processOne(
  file: LogFile,
  context: WorkContext,
  brought: Brought,
  messageFrom?: MessageFrom,
): Promise<Processed> {
  const collector = collectLeftOver(file.location, messageFrom);
  const outcomes = collectOutcomes();
  const isOneRecord = brought === 'record' || brought === 'resources';
  const archiving = context.archive?.begin(file, isOneRecord, context.handOnSignal);
  const done = await context.files.process(file, context.signal, {
    async onOutcomes(found) {
      collector.add(found);
      outcomes.add(found);
      await archiving?.add(found);
    },
    onUndone: collector.addUndone,
  });
  const report = archiving === undefined ? done : await archiving.settle(done);
  context.onReport(report);
  const { deferredRecords } = collector;
  const { queues, handOnSignal } = context;
  const canBeFile = messageFrom !== undefined && deferredRecords > 0;
  if (canBeFile && !(await queues.hasRoomFor(deferredRecords, handOnSignal))) collector.leaveAsFile();
  const left = collector.leftOver();
  const tally = tallyFile(report, brought, outcomes.before(left.restIndex), context.caller);
  return { report, left, tally, summary: summarise(report) };
}

/** There was no time for it at all. */
export function notBegun(name: string, task: Task): TaskResult {
  return result(`${name}: no time was left to begin it`, { later: [{ task, part: 'whole' }] });
}

/** Some resources of a record each. */
export function laterOf(messages: readonly OwnMessage[]): readonly Left[] {
  return messages.map((message) => ({ task: { kind: 'own-message', message }, part: 'resources' }));
}

/** Some resources of a record each. */
export function rejectedOf(messages: readonly OwnMessage[]): readonly Rejected[] {
  return messages.map((message) => ({ message, part: 'resources' }));
}

function summarise({ file, error, resources, outcomes }: FileReport): string {
  if (error !== undefined) return `${file}: ${error.message}`;
  const counts = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  return `${file}: ${resources} resources${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}
