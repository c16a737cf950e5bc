/**
 * Collects what of a file could not be done, as messages of our own: one for each resource, so that each comes
 * back or waits by itself. When there are very many, the file is handed on from the first of them instead: what
 * is done of it already is `unchanged` the next time.
 */
import type { Outcome } from '../../tag-manager/outcome.ts';
import type { OwnMessage } from '../notification/task.ts';
import { creationMessageOf } from '../queues/queue-message.ts';

/** A message takes about 3 KB, and ten of them one call. */
const MAX_SINGLE_MESSAGES = 1_000;

export interface LeftOver {
  /** Trying again can help. */
  readonly retry: readonly OwnMessage[];
  /** It cannot. */
  readonly failure: readonly OwnMessage[];
}

/** The message for the file from a record on; `undefined` where there is no file to come back to. */
export type RestOf = ((fromIndex: number) => OwnMessage) | undefined;

export function collectLeftOver(fileName: string, restOf: RestOf) {
  const retry = collect(fileName, restOf);
  const failure = collect(fileName, restOf);
  return {
    add(outcomes: readonly Outcome[]): void {
      for (const outcome of outcomes) {
        if (outcome.outcome === 'deferred') retry.add(outcome, outcome.failure?.class === 'stopped');
        else if (outcome.outcome === 'failed') failure.add(outcome, false);
      }
    },
    /** What lies behind the record from which the file is handed on is dealt with again, also what failed. */
    leftOver: (): LeftOver => {
      const end = retry.handedOnFrom();
      return { retry: retry.messages(), failure: failure.messages(end) };
    },
  };
}

function collect(fileName: string, restOf: RestOf) {
  const single: { readonly index: number; readonly message: OwnMessage }[] = [];
  let firstIndex = Number.POSITIVE_INFINITY; // of the records that are handed on with the file
  let lowest = Number.POSITIVE_INFINITY;
  return {
    /** `wasNotBegun`: it and all behind it are the rest of the file. */
    add(outcome: Outcome, wasNotBegun: boolean): void {
      const { index } = outcome.creation;
      lowest = Math.min(lowest, index);
      if (restOf !== undefined && wasNotBegun) {
        firstIndex = Math.min(firstIndex, index);
      } else if (restOf !== undefined && single.length >= MAX_SINGLE_MESSAGES) {
        single.length = 0;
        firstIndex = lowest;
      } else if (index < firstIndex) {
        single.push({ index, message: creationMessageOf(outcome, fileName) });
      }
    },
    handedOnFrom: () => firstIndex,
    /** Of the records before `end`. */
    messages(end = Number.POSITIVE_INFINITY): readonly OwnMessage[] {
      const alone = single.filter(({ index }) => index < Math.min(firstIndex, end));
      const rest = restOf !== undefined && firstIndex < end ? [restOf(firstIndex)] : [];
      return [...alone.map(({ message }) => message), ...rest];
    },
  };
}
