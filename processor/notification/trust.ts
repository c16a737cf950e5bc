/**
 * Who sent what stands in an event, and what is believed of whom. Whoever may invoke the function may ask for anything;
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

/** Whose word a value is: the invoker's own, that of whoever may send to a queue, or of nobody that we know. */
export type Sender =
  | { readonly kind: 'invoker' }
  | { readonly kind: 'queue'; readonly arn: string | undefined }
  | { readonly kind: 'unknown' };

export const INVOKER: Sender = { kind: 'invoker' };
export const UNKNOWN: Sender = { kind: 'unknown' };

export function isBelieved(from: BelievedFrom, sender: Sender, queues: TrustedQueues): boolean {
  if (from === 'anywhere' || sender.kind === 'invoker') return true;
  if (sender.kind !== 'queue' || sender.arn === undefined) return false;
  return from === 'own-queues'
    ? queues.own.includes(sender.arn)
    : from === 'event-queues' && queues.events.includes(sender.arn);
}

/** For people who wonder why something was not done. */
export const WHO_IS_BELIEVED: Readonly<Record<BelievedFrom, string>> = {
  anywhere: 'anybody',
  invoker: 'whoever invokes the function',
  'own-queues': 'whoever invokes the function, and the retry and failure queues',
  'event-queues': 'whoever invokes the function, and the queues of EVENT_QUEUES',
};
