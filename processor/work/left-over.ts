/**
 * Collects what of a file could not be done: one message for each record, so that each comes back or waits by itself.
 * Where there are very many, or the queue is full of them, or a record is too large for a message, the file is gone on with from there instead: what
 * is done of it already is `unchanged` the next time.
 */
import type { Creation } from '../../parser/event/creation.ts';
import type { CallFailure } from '../../tag-manager/calls/call-failure.ts';
import type { NameAgain } from '../../tag-manager/name-work.ts';
import { OUTCOMES, type Outcome, type UndoneName, type UndoneWork } from '../../tag-manager/outcome.ts';
import type { LogLocation } from '../file/log-file.ts';
import type { OwnMessage } from '../notification/task.ts';
import { creationMessageOf, namesMessagesOf, withProblem } from '../queues/own-message.ts';

/** A message takes about 3 KB, and ten of them one call. */
const MAX_SINGLE_MESSAGES = 1_000;

/** Amazon SQS Developer Guide, "Amazon SQS message quotas": 1 MiB. A large record with a thousand ARNs is more. */
const MAX_MESSAGE_BYTES = 1_000_000;

export interface LeftOver {
  /** Records before `restIndex` whose resources may be tagged later, and names that may be judged again later. */
  readonly deferred: readonly OwnMessage[];
  /** Records before `restIndex` whose resources never can be: those behind are dealt with again. */
  readonly failed: readonly OwnMessage[];
  /** Where the file is to be gone on with; infinite where it was read to its end. */
  readonly restIndex: number;
}

/** The file from a record on; absent where there is no file to come back to. */
export type MessageFrom = (index: number) => OwnMessage;

export function collectLeftOver(location: LogLocation, messageFrom: MessageFrom | undefined) {
  const deferred = collectRecords(location, messageFrom !== undefined);
  const failed = collectRecords(location, messageFrom !== undefined);
  const names: UndoneName[] = [];
  const namesThat = (end: UndoneName['end']) => {
    const found = names.filter((each) => each.end === end);
    return namesMessagesOf(
      found.map(({ name }): NameAgain => name),
      found[0]?.failure,
    );
  };
  function put(resource: LeftResource, end: UndoneWork['end']): void {
    if (end === 'never') failed.add(resource);
    else if (resource.failure?.class === 'stopped' && messageFrom !== undefined) deferred.endAt(resource);
    else deferred.add(resource);
  }

  return {
    add(outcomes: readonly Outcome[]): void {
      for (const outcome of outcomes) {
        const { end } = OUTCOMES[outcome.outcome];
        if (end !== 'over') put(outcome, end);
      }
    },
    addUndone(undone: readonly UndoneWork[]): void {
      for (const each of undone) {
        if (each.kind === 'name') names.push(each);
        else put({ creation: each.event, resource: { arn: each.name }, failure: each.failure }, each.end);
      }
    },
    /** How many messages those that may be tagged later would be. */
    get deferredRecords(): number {
      return deferred.records;
    },
    /** No message for each of them: the file is gone on with from the first of them. */
    leaveAsFile(): void {
      deferred.endAtFirst();
    },
    leftOver(): LeftOver {
      const { messages, end } = deferred.before(Number.POSITIVE_INFINITY);
      const broken = failed.before(end.index);
      const rest =
        messageFrom !== undefined && broken.end.index < end.index
          ? [withProblem(messageFrom(broken.end.index), describe(broken.end.failure))]
          : [];
      return {
        deferred: [...messages, ...namesThat('later')],
        failed: [...broken.messages, ...rest, ...namesThat('never')],
        restIndex: end.index,
      };
    },
  };
}

/** The record from which on all are left with their file. */
interface End {
  readonly index: number;
  readonly failure: CallFailure | undefined;
}

/** Of a creation or a deletion. */
type LeftRecord = Pick<Creation, 'index' | 'record'>;

interface LeftResource extends Pick<Outcome, 'failure'> {
  readonly creation: LeftRecord;
  readonly resource: { readonly arn: string };
}

interface Entry {
  readonly creation: LeftRecord;
  readonly arns: string[];
  /** Of the first of its resources. */
  readonly failure: CallFailure | undefined;
}

function collectRecords(location: LogLocation, hasFile: boolean) {
  const entries = new Map<number, Entry>(); // by index of the record
  let end: End = { index: Number.POSITIVE_INFINITY, failure: undefined };

  function endAt({ creation: { index }, failure }: Pick<LeftResource, 'creation' | 'failure'>): void {
    if (index < end.index) end = { index, failure };
  }

  function add({ creation, resource, failure }: LeftResource): void {
    if (creation.index >= end.index) return;
    const entry = entries.get(creation.index) ?? { creation, arns: [], failure };
    entry.arns.push(resource.arn);
    entries.set(creation.index, entry);
    if (hasFile && entries.size > MAX_SINGLE_MESSAGES) endAtFirst();
  }

  function endAtFirst(): void {
    for (const each of entries.values()) endAt(each);
    entries.clear();
  }

  /** A message for each record before `last`, and before the end of its own that it comes to. */
  function before(last: number) {
    const messages: OwnMessage[] = [];
    for (const entry of [...entries.values()].sort((a, b) => a.creation.index - b.creation.index)) {
      if (entry.creation.index >= Math.min(end.index, last)) break;
      const message = creationMessageOf(entry.creation.record, entry.arns, location, entry.failure);
      if (hasFile && Buffer.byteLength(JSON.stringify(message)) > MAX_MESSAGE_BYTES) endAt(entry);
      else messages.push(message);
    }
    return { messages, end };
  }

  return {
    add,
    endAt,
    endAtFirst,
    before,
    get records() {
      return entries.size;
    },
  };
}

function describe(failure: CallFailure | undefined): string {
  const why = failure === undefined ? '' : `: ${failure.error}: ${failure.message}`;
  return `too much to be kept record by record, from the first that failed${why}`;
}
