/** The queues of a dry run: what would have gone to them is counted by whoever sends it, and goes nowhere. */
import type { Queue, Queues } from '../queues/queues.ts';

const NOWHERE: Queue = { send: async () => {} };

/** A message that stays in its queue still comes again later: nothing of it is changed by that. */
export function dryQueues({ handBack }: Queues): Queues {
  return { retry: NOWHERE, failure: NOWHERE, hasRoomFor: async () => true, handBack };
}
