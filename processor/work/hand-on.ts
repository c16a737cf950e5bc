/**
 * What goes on to the queues of what is left: what the caller would not bring again by itself to the retry queue, what
 * can never be done to the failure queue.
 */
import type { LogFileRef } from '../log-file-ref.ts';
import type { OwnMessage, Task } from '../notification/task.ts';
import { creationMessageOf, fileMessageOf, filesMessageOf, prefixMessageOf } from '../queues/own-message.ts';
import type { WorkContext } from './context.ts';
import type { Left, Rejected, TaskResult } from './result.ts';

export interface Remains extends TaskResult {
  /** Why a queue did not take what was to go on: then all of it is in `later`. */
  readonly problem?: string;
}

/** What is not taken by a queue, and so remains with the caller. Does not throw. */
export async function handOn(done: TaskResult, context: WorkContext): Promise<Remains> {
  const { queues, handOnSignal } = context;
  const { back = [], on = [] } = Object.groupBy(done.later, (left) =>
    goesBack(left, context) ? 'back' : 'on',
  );
  const { kept = [], told = [] } = Object.groupBy(done.rejected, ({ message }) =>
    queues.failure !== undefined && message !== undefined ? 'kept' : 'told',
  );
  // What comes again comes whole: whatever went on now would go on each time.
  if (comesWhole(back, told, context)) return { ...done, rejected: told };

  const retry = packed(on);
  const failure = kept.flatMap(({ message }) => message ?? []);
  try {
    await queues.retry?.send(retry, handOnSignal);
    await queues.failure?.send(failure, handOnSignal);
  } catch (error) {
    // Some may have been taken: those come twice, which changes nothing.
    const { name, message } = error as Error;
    const later = [...back, ...[...retry, ...failure].map(asLeft)];
    return { ...done, later, rejected: told, problem: `the queue did not take it: ${name}: ${message}` };
  }
  const isToldAll = context.caller.takesRejection ? kept.filter(isOfCaller) : [];
  return {
    ...done,
    later: back,
    rejected: [...told, ...isToldAll.map(({ part }) => ({ part }))],
    handedOn: {
      retry: done.handedOn.retry + on.length,
      failure: done.handedOn.failure + kept.length,
    },
  };
}

/** What the caller itself can bring again needs no queue, and without a queue everything is the caller's. */
function goesBack({ task, part }: Left, { caller, queues, dryRun }: WorkContext): boolean {
  if (queues.retry === undefined || messageOf(task) === undefined) return true;
  switch (part) {
    case 'whole':
      return dryRun ? caller.takesRejection : !caller.forgets;
    case 'rest':
      return caller.answer === 'remaining';
    case 'resources':
      return false;
  }
}

/** Whoever finds what is left in `remaining` need not bring the rest again. */
function comesWhole(back: readonly Left[], told: readonly Rejected[], { caller }: WorkContext): boolean {
  if (caller.answer === 'remaining') return false;
  return back.length > 0 || (told.length > 0 && !caller.takesRejection);
}

/** Whoever asked for a file wants to know that it can never be read, also where a queue keeps it. */
function isOfCaller({ part }: Rejected): boolean {
  return part !== 'resources';
}

/** Files that have not been begun share messages: so many are a second's work. */
const MAX_FILES_A_MESSAGE = 500;
const MAX_BYTES_OF_FILES = 500_000;

function packed(left: readonly Left[]): readonly OwnMessage[] {
  const messages: OwnMessage[] = [];
  let files: LogFileRef[] = [];
  let bytes = 0;
  const closeMessage = () => {
    const [only] = files;
    if (only !== undefined)
      messages.push(files.length === 1 ? fileMessageOf(only, {}) : filesMessageOf(files));
    files = [];
    bytes = 0;
  };
  for (const { task } of left) {
    const message = messageOf(task);
    if (task.kind === 'file') {
      const more = Buffer.byteLength(JSON.stringify(task.file));
      if (files.length === MAX_FILES_A_MESSAGE || bytes + more > MAX_BYTES_OF_FILES) closeMessage();
      files.push(task.file);
      bytes += more;
    } else if (message !== undefined) {
      messages.push(message);
    }
  }
  closeMessage();
  return messages;
}

function asLeft(message: OwnMessage): Left {
  return { task: { kind: 'own-message', message }, part: 'rest' };
}

/** A task as a message to the retry queue; `undefined` for what only a person can ask for again. */
function messageOf(task: Task): OwnMessage | undefined {
  switch (task.kind) {
    case 'own-message':
      return task.message;
    case 'file':
      return fileMessageOf(task.file, {});
    case 'prefix': {
      const { kind, ...prefix } = task;
      return prefixMessageOf(prefix);
    }
    case 'record': {
      const location = { kind: 'event', account: task.envelopeAccount } as const;
      return creationMessageOf(task.record, undefined, location, undefined);
    }
    case 'resource':
    case 'skipped':
    case 'unreadable':
      return undefined;
  }
}
