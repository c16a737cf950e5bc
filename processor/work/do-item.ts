/** The tasks of one item of an invocation, done beside one another, and settled together. */
import type { Item, Task } from '../notification/task.ts';
import { keptTextOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import { doFile } from './do-file.ts';
import { doOwnMessage } from './do-own-message.ts';
import { doPrefix } from './do-prefix.ts';
import { doEvent } from './do-record.ts';
import { doResource } from './do-resource.ts';
import { combine, result, type TaskResult } from './result.ts';
import { type ItemResult, settle } from './settle.ts';

/** Does not throw for what a task holds. */
export async function doItem(item: Item, context: WorkContext): Promise<ItemResult> {
  const results = await Promise.all(item.tasks.flatMap((task) => doTask(task, context) ?? []));
  return settle(combine([...results, ...unreadable(item, context)]), item, context);
}

/** `undefined` for what nobody could read. */
function doTask(task: Task, context: WorkContext): Promise<TaskResult> | TaskResult | undefined {
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
      return undefined;
  }
}

/** The failure queue keeps what they came in once, however many parts of it nobody understands. */
function unreadable({ tasks, message, isOwn = false }: Item, context: WorkContext): readonly TaskResult[] {
  const problems = tasks.flatMap((task) => (task.kind === 'unreadable' ? task.message : []));
  const [first] = problems;
  if (first === undefined) return [];
  const problem = problems.length > 1 ? `${first}; and ${problems.length - 1} more` : first;
  const text = message?.body ?? context.eventText();
  const kept =
    text === undefined ? undefined : keptTextOf({ text, queue: message?.queueArn, isOwn }, problem);
  return [result(problem, { rejected: [{ message: kept, part: 'whole' }] })];
}
