/**
 * Our own messages, come back from the retry queue or replayed from the failure queue: resources of one record, files,
 * a prefix, or names to be judged again. Everything is computed and checked again; a message is believed no more than a log record.
 */
import type { Task } from '../notification/task.ts';
import { readOwnMessage } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { doFile, doFiles } from './do-file.ts';
import { doNames } from './do-names.ts';
import { doPrefix } from './do-prefix.ts';
import { doCreation, notUnderstood } from './do-record.ts';
import type { TaskResult } from './result.ts';

type OwnMessageTask = Extract<Task, { kind: 'own-message' }>;

export async function doOwnMessage(task: OwnMessageTask, context: WorkContext): Promise<TaskResult> {
  const wanted = readOwnMessage(task.message);
  if ('problem' in wanted) return notUnderstood(wanted.problem, task.message);
  switch (wanted.kind) {
    case 'creation':
      return doCreation(wanted, task, context);
    case 'file': {
      const { kind, fromIndex, ...ref } = wanted;
      return doFile(ref, task, context, fromIndex);
    }
    case 'files':
      return doFiles(wanted.files, task, context);
    case 'prefix':
      return doPrefix(wanted, task, context);
    case 'names':
      return doNames(wanted, task, context);
  }
}
