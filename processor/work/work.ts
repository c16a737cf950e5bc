/** The tasks of an invocation: each is done, or handed on so that nothing is lost. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { LimitFunction } from 'p-limit';
import type { FileReport } from '../file-report.ts';
import type { Task, Unit } from '../notification/task.ts';
import type { FileProcessor } from '../process-file.ts';
import type { Queues } from '../queues.ts';
import type { SqsMessage } from '../sqs-messages.ts';
import { doEvent, doFile } from './do-file.ts';
import { doOwnMessage, doUnreadable } from './do-own-message.ts';
import { doPrefix } from './do-prefix.ts';
import { doResource, type ResourceTagger } from './do-resource.ts';
import { result, type TaskResult, together } from './result.ts';

export interface WorkParts {
  readonly files: FileProcessor;
  readonly resources: ResourceTagger;
  readonly logBuckets: S3Client;
  /** Bounds the files that are open at once. */
  readonly fileLimit: LimitFunction;
  readonly queues: Queues;
  /** Once it says so, no work is begun. */
  readonly isTimeUp: () => boolean;
  readonly onReport: (report: FileReport) => void;
}

/** `carrier` is the SQS message that the unit came in, if it did. Does not throw for what a task holds. */
export async function doUnit(unit: Unit, parts: WorkParts, carrier?: SqsMessage): Promise<TaskResult> {
  return together(await Promise.all(unit.tasks.map((task) => doTask(task, parts, carrier))));
}

function doTask(task: Task, parts: WorkParts, carrier?: SqsMessage): Promise<TaskResult> | TaskResult {
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
    case 'unreadable':
      return doUnreadable(task.message, parts, carrier);
  }
}
