/**
 * Which events of a name must be kept for ever. Applications repeat calls that succeed though the resource is there, every
 * minute of the year, and others delete and create anew all day: what cannot win by all that is known is kept as long as
 * something may still arrive that lets it win.
 */
import { lastDeletionOf, presentLife, winnerOf } from '../ownership/lives.ts';
import type { CreationEvent, NameEvent } from '../ownership/name-event.ts';

/**
 * What a late deletion, an outage or a backfill in pieces may take: queues keep what waits for 14 days at most (SQS
 * developer guide, "Message retention"), log files that are read again bring all of their events again.
 */
export const KEPT_DAYS = 90;

/**
 * The last deletion, behind it the first call that may have been a repeat and the latest that was none. What stands before
 * the last deletion is over, whatever comes; what another of these has beaten could only win by a deletion between the two.
 * Of an id that is never used again there is none, and the first event has won for good, but for an earlier one.
 */
export function lastingOf(events: readonly NameEvent[]): ReadonlySet<NameEvent> {
  const isUnique = events.some((event) => event.kind === 'creation' && event.naming === 'unique');
  if (isUnique) return new Set([winnerOf(events, 'unique')].filter((event) => event !== undefined));
  const life = presentLife(events);
  const isStrict = ({ creation }: CreationEvent) => creation === 'strict';
  const lasting = [lastDeletionOf(events), life.find((event) => !isStrict(event)), life.findLast(isStrict)];
  return new Set(lasting.filter((event) => event !== undefined));
}

/** Until more is known: a call that made something for certain lasts, and so does a deletion. */
export function lastsAtFirst(event: NameEvent): boolean {
  return event.kind === 'deletion' || event.creation === 'strict';
}
