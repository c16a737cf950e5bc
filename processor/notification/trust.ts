/**
 * Who sent the contents of an event, and who is believed about what. Whoever may invoke the function may ask for anything;
 * a message in a queue was written by whoever may send to that queue, and Lambda vouches for the queue's ARN alone.
 */

/** `anywhere`: inside any envelope. `own-queues`, `event-queues`: from the invoker, or straight from such a queue. */
export type BelievedFrom = 'anywhere' | 'invoker' | 'own-queues' | 'event-queues';

export interface TrustedQueues {
  /** ARNs of the queues that only we write to: the retry queue and the failure queue. */
  readonly own: readonly string[];
  /** ARNs of the queues that an EventBridge rule sends CloudTrail's events to (`EVENT_QUEUES`). */
  readonly events: readonly string[];
}

export const NO_QUEUES: TrustedQueues = { own: [], events: [] };

/**
 * Whose word a value is: the invoker's own, ours as it lies where only we write, that of whoever may send to a queue, or
 * of nobody that we know.
 */
export type Sender =
  | { readonly kind: 'invoker' }
  | { readonly kind: 'ourselves' }
  | { readonly kind: 'queue'; readonly arn: string }
  | { readonly kind: 'unknown' };

export const INVOKER: Sender = { kind: 'invoker' };
export const OURSELVES: Sender = { kind: 'ourselves' };
export const UNKNOWN: Sender = { kind: 'unknown' };

export function isBelieved(from: BelievedFrom, sender: Sender, queues: TrustedQueues): boolean {
  if (from === 'anywhere' || sender.kind === 'invoker') return true;
  const queue = sender.kind === 'queue' ? sender.arn : '';
  switch (from) {
    case 'invoker':
      return false;
    case 'own-queues':
      return sender.kind === 'ourselves' || queues.own.includes(queue);
    case 'event-queues':
      return queues.events.includes(queue);
  }
}

/** For people who wonder why something was not done. */
export const WHO_IS_BELIEVED: Readonly<Record<BelievedFrom, string>> = {
  anywhere: 'anybody',
  invoker: 'whoever invokes the function',
  'own-queues': 'whoever invokes the function, and the queues of RETRY_QUEUE_URL and FAILURE_QUEUE_URL',
  'event-queues': 'whoever invokes the function, and the queues of EVENT_QUEUES',
};
