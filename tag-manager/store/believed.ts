/**
 * What is believed of an event in the table. Whoever can write there can say who created what, and when, as whoever writes
 * log files can, and no more: the resource must follow from the name by the catalogue, tag keys are those of the settings,
 * and values are made legal.
 */
import { apiOf } from '../apis/apis.ts';
import type { CreationEvent, Name, NamedResource, NameEvent } from '../ownership/name-event.ts';
import { makeLegal } from '../tags/legal-tags.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { isWritten, MANAGED_BY, type TagSettings } from '../tags/tag-settings.ts';

export interface BelievedBy {
  readonly settings: TagSettings;
  /** Whether the catalogue can have found that resource, under that name, in a record of the call. */
  readonly canHaveCreated: (
    call: Pick<CreationEvent, 'eventSource' | 'eventName'>,
    name: Name,
    resource: NamedResource,
  ) => boolean;
}

/** A creation of the table that auto-tagger of this version cannot have written. */
export class UnbelievableEventError extends Error {
  override readonly name = 'UnbelievableEventError';

  constructor({ account, arn }: Name, { eventID, eventSource, eventName, resource }: CreationEvent) {
    super(
      `the table says of ${arn} in account ${account} that event ${eventID}, ${eventName} of ${eventSource}, created ${JSON.stringify(resource)}, which no such call of that name creates`,
    );
  }
}

/** The event with the tags that it may write by the present settings. Throws UnbelievableEventError. */
export function believed(name: Name, event: NameEvent, { settings, canHaveCreated }: BelievedBy): NameEvent {
  if (event.kind === 'deletion') return event;
  const { resource } = event;
  if (!canHaveCreated(event, name, resource)) throw new UnbelievableEventError(name, event);
  return { ...event, tags: legalTags(wantedTags(event, settings), resource) };
}

/** Those of what bears none of ours are written nowhere. */
function legalTags(tags: TagSet, resource: NamedResource, isStrict = false): TagSet {
  const api = apiOf(resource);
  return api === undefined ? tags : makeLegal(tags, api, isStrict).tags;
}

/** Keys may have got other names since it was recorded. */
function wantedTags({ tags, createdBy, eventTime }: CreationEvent, settings: TagSettings): TagSet {
  const { keys } = settings;
  const own = new Map([
    [keys.createdBy, createdBy],
    [keys.createdDate, eventTime],
    [keys.managedBy, MANAGED_BY],
  ]);
  const extra = [...tags].filter(([key]) => isWritten(key, settings) && !own.has(key));
  return new Map([...own, ...extra]);
}

/**
 * The forms in which our tags of an event may stand on its resource: as wanted, and without the characters that a service
 * may not take after all.
 */
export function formsOf(
  { tags, resource }: Pick<CreationEvent, 'tags' | 'resource'>,
  { keys }: TagSettings,
): readonly TagSet[] {
  const ours = new Set(Object.values(keys));
  const strict = legalTags(tags, resource, true);
  return [tags, strict].map((form) => new Map([...form].filter(([key]) => ours.has(key))));
}
