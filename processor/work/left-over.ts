/**
 * Collects what of a file could not be done: one message for each record, so that each comes back or waits by itself.
 * When there are very many, the file is gone on with from the first of them instead: what is done of it already is
 * `unchanged` the next time.
 */
import type { Creation } from '../../parser/event/creation.ts';
import type { CallFailure } from '../../tag-manager/calls/call-failure.ts';
import { OUTCOMES, type Outcome } from '../../tag-manager/outcome.ts';
import type { LogLocation } from '../file/log-file.ts';
import type { OwnMessage } from '../notification/task.ts';
import { creationMessageOf } from '../queues/own-message.ts';

/** A message takes about 3 KB, and ten of them one call. */
const MAX_SINGLE_MESSAGES = 1_000;

/** Amazon SQS Developer Guide, "Amazon SQS message quotas": 1 MiB. A large record with a thousand ARNs is more. */
const MAX_MESSAGE_BYTES = 1_000_000;

export interface LeftOver {
  /** Records whose resources may be tagged later. */
  readonly deferred: readonly OwnMessage[];
  /** Records whose resources never can be. */
  readonly failed: readonly OwnMessage[];
  /** Where the file is to be gone on with; infinite where it was read to its end. */
  readonly restIndex: number;
}

/** The file from a record on; absent where there is no file to come back to. */
export type MessageFrom = (index: number) => OwnMessage;

export function collectLeftOver(location: LogLocation, messageFrom: MessageFrom | undefined) {
  const deferred = collectRecords(location, messageFrom);
  const failed = collectRecords(location, messageFrom);
  return {
    add(outcomes: readonly Outcome[]): void {
      for (const outcome of outcomes) {
        const { end } = OUTCOMES[outcome.outcome];
        if (end === 'never') failed.add(outcome);
        else if (end === 'over') continue;
        else if (outcome.failure?.class === 'stopped') deferred.stopAt(outcome);
        else deferred.add(outcome);
      }
    },
    /** What lies behind the record from which the file is gone on with is dealt with again, also what failed. */
    leftOver(): LeftOver {
      const { restIndex } = deferred;
      return { deferred: deferred.before(restIndex), failed: failed.before(restIndex), restIndex };
    },
  };
}

interface Entry {
  readonly creation: Creation;
  readonly arns: string[];
  /** Of the first of its resources. */
  readonly failure: CallFailure | undefined;
}

function collectRecords(location: LogLocation, messageFrom: MessageFrom | undefined) {
  const entries = new Map<number, Entry>(); // by index of the record
  let restIndex = Number.POSITIVE_INFINITY;

  function add({ creation, resource, failure }: Outcome): void {
    if (creation.index >= restIndex) return;
    const entry = entries.get(creation.index) ?? { creation, arns: [], failure };
    entry.arns.push(resource.arn);
    entries.set(creation.index, entry);
    if (messageFrom === undefined || entries.size <= MAX_SINGLE_MESSAGES) return;
    restIndex = Math.min(...entries.keys());
    entries.clear();
  }

  function messageOf({ creation, arns, failure }: Entry): OwnMessage {
    const message = creationMessageOf(creation.record, arns, location, failure);
    const isTooLarge = Buffer.byteLength(JSON.stringify(message)) > MAX_MESSAGE_BYTES;
    return isTooLarge && messageFrom !== undefined ? messageFrom(creation.index) : message;
  }

  return {
    add,
    /** It was not begun: it and all behind it are the rest of the file. */
    stopAt(outcome: Outcome): void {
      if (messageFrom === undefined) add(outcome);
      else restIndex = Math.min(restIndex, outcome.creation.index);
    },
    get restIndex() {
      return restIndex;
    },
    /** A message for each record before `end`, and one for the rest where there is one before it. */
    before(end: number): readonly OwnMessage[] {
      const alone = [...entries].filter(([index]) => index < Math.min(restIndex, end));
      const rest = messageFrom !== undefined && restIndex < end ? [messageFrom(restIndex)] : [];
      return [...alone.map(([, entry]) => messageOf(entry)), ...rest];
    },
  };
}
