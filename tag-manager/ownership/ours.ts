/**
 * Which tags count as ours: they bear one of our markers, and a time that has come. What the creating request itself set
 * so, or what a store knows to be otherwise, only looks like it.
 */

import type { TagSet } from '../tags/tag-set.ts';
import { MANAGED_BY } from '../tags/tag-settings.ts';
import type { Claim } from './claim.ts';
import type { CreationEvent, NameEvent } from './name-event.ts';

/** Ours to all appearance. */
export function looksOurs({ existing, keys, now }: Pick<Claim, 'existing' | 'keys' | 'now'>): boolean {
  const isMarked = [keys.managedBy, keys.secondMarker].some((key) => existing.get(key) === MANAGED_BY);
  return isMarked && existingTime({ existing, keys }) <= now;
}

/** NaN where the tag is absent or is no time, which compares as false with everything. */
export function existingTime({ existing, keys }: Pick<Claim, 'existing' | 'keys'>): number {
  return Date.parse(existing.get(keys.createdDate) ?? '');
}

/** With a store, one of the events of this name has written them, or would have. Without one they are what they look. */
export function isKnown({ known, events, existing, keys }: Claim): boolean {
  if (known === undefined) return true;
  const own = [keys.createdBy, keys.createdDate];
  const forms = [...known, ...events.flatMap(formsOf)];
  return forms.some((tags) => own.every((key) => tags.get(key) === existing.get(key)));
}

/** As it names the person behind it, and as it named others before all of its parents' makers were known. */
function formsOf(event: NameEvent): readonly TagSet[] {
  return event.kind === 'creation' && event.behind !== undefined ? [event.tags, ...event.behind.former] : [];
}

/** A request that set both of these wrote them itself, where they are not what we should write for it. */
export function isForged({ existing, keys }: Claim, creations: readonly CreationEvent[]): boolean {
  const own = [keys.createdBy, keys.createdDate];
  return creations.some(
    (event) =>
      own.every((key) => isSetByRequest(key, existing, event)) &&
      own.some((key) => existing.get(key) !== event.tags.get(key)),
  );
}

export function isSetByRequest(
  key: string,
  existing: Claim['existing'],
  { requestTags }: Pick<CreationEvent, 'requestTags'>,
): boolean {
  return existing.has(key) && Object.hasOwn(requestTags, key) && existing.get(key) === requestTags[key];
}
