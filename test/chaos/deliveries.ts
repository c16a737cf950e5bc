/**
 * Events that bring log files to the function: of several forms, again and again until each is dealt with, as its caller
 * would.
 */
import { s3Event, sqsEvent } from '../helpers/events.ts';
import type { Ended } from './function.ts';
import type { Random } from './random.ts';
import type { Counts } from './report.ts';

/** What is still to be brought. */
export interface Delivery {
  readonly at: number;
  readonly keys: readonly string[];
  /** How often it was brought in vain. */
  readonly tries: number;
  /** Not the files, but an event that the function itself has given back. */
  readonly event?: object;
}

/** Far more than what goes wrong by chance takes. */
const MAX_TRIES = 60;

const FORMS = { s3: 0.25, sqs: 0.62, manual: 0.13 } as const;

/** The event of an invocation, and what its caller has to bring again once it has ended. */
export interface Invocation {
  readonly event: object;
  again(ended: Ended, later: () => number): readonly Delivery[];
}

/** Several deliveries in one event. */
export function invocationOf(
  deliveries: readonly Delivery[],
  bucket: string,
  random: Random,
  counts: Counts,
): Invocation {
  const [{ event } = {}] = deliveries;
  const keys = deliveries.flatMap((each) => each.keys);
  const tries = 1 + Math.max(...deliveries.map((each) => each.tries));
  if (tries > MAX_TRIES)
    throw new Error(`${keys.join(', ')}: brought ${MAX_TRIES} times, and not dealt with`);
  if (event !== undefined) return manual(event, keys, { tries, counts });
  switch (random.weighed(FORMS)) {
    case 's3':
      return asynchronous(keys, bucket, { tries, counts });
    case 'sqs':
      return queued(keys, bucket, { tries, counts });
    case 'manual':
      return manual({ bucket, keys }, keys, { tries, counts });
  }
}

interface Course {
  readonly tries: number;
  readonly counts: Counts;
}

/** What is not answered is brought again, whole. */
function asynchronous(keys: readonly string[], bucket: string, { tries, counts }: Course): Invocation {
  return {
    event: s3Event(keys, bucket),
    again(ended, later) {
      if (ended.kind === 'answered') return [];
      counts.add('takenBack');
      return [{ at: later(), keys, tries }];
    },
  };
}

/** A message a file. */
function queued(keys: readonly string[], bucket: string, { tries, counts }: Course): Invocation {
  const event = sqsEvent(keys.map((key) => s3Event([key], bucket)));
  return {
    event,
    again(ended, later) {
      const ids =
        ended.kind === 'failed'
          ? keys.map((_, at) => `message-${at}`)
          : (ended.answer as SqsAnswer).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      if (ids.length > 0) counts.add('takenBack');
      if (ids.length > 0 && ids.length < keys.length) counts.add('partialBatchFailures');
      return keys
        .filter((_, at) => ids.includes(`message-${at}`))
        .map((key) => ({ at: later(), keys: [key], tries }));
    },
  };
}

export interface SqsAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** A person gets back what is left, as events. */
function manual(event: object, keys: readonly string[], { tries, counts }: Course): Invocation {
  return {
    event,
    again(ended, later) {
      if (ended.kind === 'failed') {
        counts.add('takenBack');
        return [{ at: later(), keys, tries, event }];
      }
      const { remaining = [] } = ended.answer as { readonly remaining?: readonly object[] };
      if (remaining.length > 0) counts.add('takenBack');
      return remaining.map((left) => ({ at: later(), keys, tries, event: left }));
    },
  };
}
