/**
 * The lives of a name, and whose the present one is. A life goes from a creation to the deletion behind it. In whatever
 * order the events were heard of, and how often, the same events have the same winner.
 */
import type { CreationEvent, DeletionEvent } from './name-event.ts';

export type Naming = CreationEvent['naming'];

/** When the service says that it made the resource. */
export interface ServiceTime {
  /** Epoch milliseconds. */
  readonly at: number;
  /** How much later than the event the service's time may lie. */
  readonly toleranceMs: number;
}

/** A creation as far as its place among the others goes. */
export type LifeCreation = Pick<CreationEvent, 'kind' | 'eventID' | 'eventTime' | 'creation' | 'isIndirect'>;
export type LifeEvent = LifeCreation | DeletionEvent;

/**
 * The creation that the tags must name; `undefined` where all that was created has been deleted, or where the service made
 * the resource at another time than that of any creation.
 */
export function winnerOf<Creation extends LifeCreation>(
  events: readonly (Creation | DeletionEvent)[],
  naming: Naming,
  serviceTime?: ServiceTime,
): Creation | undefined {
  const sorted = directOf(presentLife(events));
  if (naming === 'unique') return sorted[0];
  const made = serviceTime === undefined ? sorted : sorted.filter((event) => isNear(event, serviceTime));
  return latestStrict(made) ?? made[0];
}

/** Beside a call that was made to create it, those do not count that made it on their way, whichever were first. */
function directOf<Creation extends LifeCreation>(life: readonly Creation[]): readonly Creation[] {
  const direct = life.filter(({ isIndirect }) => !isIndirect);
  return direct.length > 0 ? direct : life;
}

/** The latest of all; creations of its second stand behind it. */
export function lastDeletionOf(events: readonly LifeEvent[]): DeletionEvent | undefined {
  const deletions = events.filter((event) => event.kind === 'deletion');
  return deletions.toSorted(compareEvents).at(-1);
}

/** The creations behind the last deletion, in their order. */
export function presentLife<Creation extends LifeCreation>(
  events: readonly (Creation | DeletionEvent)[],
): readonly Creation[] {
  const deletion = lastDeletionOf(events);
  const isPresent = (event: Creation | DeletionEvent): event is Creation =>
    event.kind === 'creation' && (deletion === undefined || compareEvents(event, deletion) > 0);
  return events.filter(isPresent).toSorted(compareEvents);
}

/**
 * By time and id. A deletion stands before the creations of its second: where there is something to tag, the last of
 * them was no deletion.
 */
export function compareEvents(a: LifeEvent, b: LifeEvent): number {
  const byTime = timeOf(a) - timeOf(b);
  if (byTime !== 0) return byTime;
  if (a.kind !== b.kind) return a.kind === 'deletion' ? -1 : 1;
  return a.eventID < b.eventID ? -1 : Number(a.eventID > b.eventID);
}

/** Epoch milliseconds. */
export function timeOf({ eventTime }: Pick<LifeEvent, 'eventTime'>): number {
  return Date.parse(eventTime);
}

/** A second call of its kind fails, so the latest that succeeded began the life. Repeats of other kinds begin none. */
function latestStrict<Creation extends LifeCreation>(sorted: readonly Creation[]): Creation | undefined {
  return sorted.findLast(({ creation }) => creation === 'strict');
}

/** CloudTrail's time is that of the call's end, cut to a second, on another clock (CloudTrail user guide, "record contents"). */
const CLOCK_TOLERANCE_MS = 60_000;

function isNear(event: LifeCreation, serviceTime: ServiceTime): boolean {
  return timeOf(event) - serviceTime.at >= -serviceTime.toleranceMs && !isAfter(event, serviceTime);
}

/** The resource was there before the call, whatever the clocks say. */
export function isAfter(event: Pick<LifeEvent, 'eventTime'>, { at, toleranceMs }: ServiceTime): boolean {
  return timeOf(event) - at > Math.min(toleranceMs, CLOCK_TOLERANCE_MS);
}
