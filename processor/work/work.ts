/** The tasks of an invocation: each is done, or handed on so that nothing is lost. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { LimitFunction } from 'p-limit';
import type { FileReport } from '../file/file-report.ts';
import type { FileProcessor } from '../file/process-file.ts';
import type { Task, Unit, Unreadable } from '../notification/task.ts';
import { givenUpMessageOf, unreadableMessageOf } from '../queues/queue-message.ts';
import type { Queues } from '../queues/queues.ts';
import type { SqsMessage } from '../queues/sqs-messages.ts';
import { doEvent, doFile } from './do-file.ts';
import { doOwnMessage } from './do-own-message.ts';
import { doPrefix } from './do-prefix.ts';
import { doResource, type ResourceTagger } from './do-resource.ts';
import { handOn } from './hand-on.ts';
import { result, type TaskResult, together } from './result.ts';

export interface WorkParts {
  readonly files: FileProcessor;
  readonly resources: ResourceTagger;
  readonly logBuckets: S3Client;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  readonly queues: Queues;
  /** The caller brings an event again a few times at most: what was not done goes to the retry queue, if there is one. */
  readonly callerForgets: boolean;
  /** Once it says so, no work is begun. */
  readonly isTimeUp: () => boolean;
  readonly onReport: (report: FileReport) => void;
}

/** What brought a unit. */
export interface Carrier {
  /** The text that the failure queue keeps where it cannot be understood; `undefined` where the caller is told instead. */
  readonly text: () => string | undefined;
  /** Where it came from an SQS queue. */
  readonly message: SqsMessage | undefined;
}

/** After that many receives, over some four hours, a message ends in the failure queue. */
const MAX_RECEIVES = 20;

/** Does not throw for what a task holds. */
export async function doUnit(unit: Unit, parts: WorkParts, carrier: Carrier): Promise<TaskResult> {
  const unreadable = unit.tasks.filter((task) => task.kind === 'unreadable');
  const others = unit.tasks.filter((task) => task.kind !== 'unreadable');
  const done = together(await Promise.all(others.map((task) => doTask(task, parts, carrier))));
  const all =
    unreadable.length === 0 ? done : together([done, await doUnreadable(unreadable, done, parts, carrier)]);
  const isLast = (carrier.message?.receiveCount ?? 0) >= MAX_RECEIVES;
  return all.outcome === 'again' && isLast && parts.queues.failure !== undefined
    ? giveUp(unit, all, parts, carrier)
    : all;
}

function doTask(
  task: Exclude<Task, Unreadable>,
  parts: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> | TaskResult {
  switch (task.kind) {
    case 'file':
      return doFile(task.file, parts);
    case 'prefix':
      return doPrefix(task, parts);
    case 'record':
      return doEvent(task, parts);
    case 'resource':
      return doResource(task, parts);
    case 'retry':
      return doOwnMessage(task.message, parts, carrier);
    case 'skipped':
      return result('done', `${task.what}: skipped, ${task.reason}`);
  }
}

/**
 * They will never be understood: the failure queue keeps what they came in, once, and not before all else in it is
 * done, because until then it comes back whole.
 */
async function doUnreadable(
  unreadable: readonly Unreadable[],
  { outcome }: TaskResult,
  { queues }: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> {
  const problem = together(unreadable.map(({ message }) => result('never', message))).summary;
  const text = outcome === 'again' ? undefined : carrier.text();
  if (text === undefined) return result('never', problem);
  return handOn({ retry: [], failure: [unreadableMessageOf(text, problem)] }, queues, problem);
}

async function giveUp(
  { tasks }: Unit,
  { summary, reports }: TaskResult,
  { queues }: WorkParts,
  carrier: Carrier,
): Promise<TaskResult> {
  const problem = `given up after ${MAX_RECEIVES} receives: ${summary}`;
  const [task] = tasks;
  const message =
    task?.kind === 'retry' && tasks.length === 1
      ? givenUpMessageOf(task.message, problem)
      : unreadableMessageOf(carrier.message?.body ?? '', problem);
  return { ...(await handOn({ retry: [], failure: [message] }, queues, problem)), reports };
}
