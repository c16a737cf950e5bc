/** How a creation stands beside the one that the tags name, in words: the same for whoever tags and for whoever only tells. */
import { compareEvents, type LifeCreation, type Naming, timeOf } from './lives.ts';
import type { DeletionEvent } from './name-event.ts';

export interface Standing {
  readonly outcome: 'unchanged' | 'kept';
  readonly reason: string;
}

export const DELETED = 'it was deleted since';
/** Of what a call made on its way, or only seemed to. */
const MADE_BY_ITSELF = 'another call created it';
export const IT_IS_THERE = 'it bears the tags of this event';

/** `isAlike`: the winner wants the same tags, where it is another event of the same second. `deletion` is the last one. */
export function standingBeside(
  event: LifeCreation & { readonly naming: Naming },
  winner: LifeCreation,
  deletion: DeletionEvent | undefined,
  isAlike: () => boolean,
): Standing {
  if (event.eventID === winner.eventID) return { outcome: 'unchanged', reason: IT_IS_THERE };
  if (deletion !== undefined && compareEvents(deletion, event) > 0)
    return { outcome: 'kept', reason: DELETED };
  if (event.isIndirect && !winner.isIndirect) return { outcome: 'kept', reason: MADE_BY_ITSELF };
  const [own, other] = [timeOf(event), timeOf(winner)];
  if (own === other) {
    return isAlike()
      ? { outcome: 'unchanged', reason: IT_IS_THERE }
      : { outcome: 'kept', reason: 'its tags name another call of the same second' };
  }
  if (own < other) return { outcome: 'kept', reason: 'its tags name a later creation of this name' };
  return event.naming === 'reusable' && event.creation === 'strict'
    ? { outcome: 'kept', reason: 'the service made it before this call' }
    : { outcome: 'unchanged', reason: 'an earlier call created it, and this one repeated it' };
}
