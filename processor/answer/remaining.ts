/**
 * From tasks back to events that ask for them: what an answer holds as `remaining` can be sent as it is.
 */
import type { LogFileRef } from '../log-file-ref.ts';
import type { Task } from '../notification/task.ts';

/**
 * Events for the tasks that can be done again, in their order but for plain files, which are gathered by bucket so
 * that the answer is never longer than what was asked. What was skipped or unreadable is left out.
 */
export function eventsFor(tasks: readonly Task[]): readonly object[] {
  const events: object[] = [];
  const keysOf = new Map<string, string[]>();
  for (const task of tasks) {
    if (task.kind !== 'file' || needsItsOwn(task.file)) {
      const event = eventFor(task);
      if (event !== undefined) events.push(event);
      continue;
    }
    const { bucket, key } = task.file;
    const keys = keysOf.get(bucket);
    if (keys !== undefined) {
      keys.push(key);
    } else {
      const first = [key];
      keysOf.set(bucket, first);
      events.push({ bucket, keys: first });
    }
  }
  return events;
}

function needsItsOwn(file: LogFileRef): boolean {
  return file.versionId !== undefined || file.otherKey !== undefined;
}

function eventFor(task: Task): object | undefined {
  switch (task.kind) {
    case 'file': {
      const { bucket, key, versionId, otherKey } = task.file;
      return {
        bucket,
        key,
        ...(versionId !== undefined && { versionId }),
        ...(otherKey !== undefined && { otherKey }),
      };
    }
    case 'prefix': {
      const { kind, ...event } = task;
      return event;
    }
    case 'record':
      return {
        source: 'aws.cloudtrail',
        'detail-type': 'AWS API Call via CloudTrail',
        account: task.envelopeAccount,
        detail: task.record,
      };
    case 'resource':
      return { resourceId: task.arn, user: task.user };
    case 'own-message':
      return task.message;
    case 'skipped':
    case 'unreadable':
      return undefined;
  }
}
