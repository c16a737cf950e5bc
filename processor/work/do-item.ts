/** The tasks of one item of an invocation, done beside one another, and settled together. */
import type { Item, Task } from '../notification/task.ts';
import { unreadableMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { doEvent, doFile } from './do-file.ts';
import { doOwnMessage } from './do-own-message.ts';
import { doPrefix } from './do-prefix.ts';
import { doResource } from './do-resource.ts';
import { combine, result, type TaskResult } from './result.ts';
import { type ItemResult, settle } from './settle.ts';

/** Does not throw for what a task holds. */
export async function doItem(item: Item, context: WorkContext): Promise<ItemResult> {
  const unreadable = item.tasks.filter((task) => task.kind === 'unreadable');
  const results = await Promise.all(item.tasks.map((task) => doTask(task, context)));
  const done = combine(results);
  const [first] = unreadable;
  if (first === undefined) return settle(done, item, context);
  // The failure queue keeps what they came in once, however many parts of it nobody understands.
  const reason =
    unreadable.length > 1 ? `${first.message}; and ${unreadable.length - 1} more` : first.message;
  const text = item.message?.body ?? context.eventText();
  const message = text === undefined ? undefined : unreadableMessageOf(text, reason);
  const summary = done.later.length > 0 ? done.summary : reason;
  return settle({ ...done, summary, rejected: [...done.rejected, { message }] }, item, context);
}

function doTask(task: Task, context: WorkContext): Promise<TaskResult> | TaskResult {
  switch (task.kind) {
    case 'file':
      return doFile(task.file, task, context);
    case 'prefix':
      return doPrefix(task, task, context);
    case 'record':
      return doEvent(task, context);
    case 'resource':
      return doResource(task, context);
    case 'own-message':
      return doOwnMessage(task, context);
    case 'skipped':
      return result(`${task.what}: skipped, ${task.reason}`);
    case 'unreadable':
      return result(task.message);
  }
}
