/**
 * What is believed of an event in the table. Whoever can write there can say who created what, and when, as whoever writes
 * log files can, and no more: the resource must follow from the name by the catalogue, tag keys are those of the settings,
 * and values are made legal.
 */
import type { Parent } from '../../parser/parents/parent.ts';
import { apiOf } from '../apis/apis.ts';
import type { CreationEvent, MadeFor, Name, NamedResource, NameEvent } from '../ownership/name-event.ts';
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
  /** Whether a record can have named it. */
  readonly canBeParent: (parent: Parent) => boolean;
}

/** A creation of the table that auto-tagger of this version cannot have written. */
export class UnbelievableEventError extends Error {
  override readonly name = 'UnbelievableEventError';

  constructor({ account, arn }: Name, { eventID, eventSource, eventName }: CreationEvent, what: string) {
    super(
      `the table says of ${arn} in account ${account} that event ${eventID}, ${eventName} of ${eventSource}, ${what}`,
    );
  }
}

/** The event with the tags that it may write by the present settings. Throws UnbelievableEventError. */
export function believed(
  name: Name,
  event: NameEvent,
  { settings, canHaveCreated, canBeParent }: BelievedBy,
): NameEvent {
  if (event.kind === 'deletion') return event;
  const { resource } = event;
  if (!canHaveCreated(event, name, resource)) {
    const what = `created ${JSON.stringify(resource)}, which no such call of that name creates`;
    throw new UnbelievableEventError(name, event, what);
  }
  if (event.madeFor !== undefined && !isOfEvent(event, event.madeFor, name, canBeParent)) {
    const what = `was made for ${JSON.stringify(event.madeFor)}, which no record of that call tells`;
    throw new UnbelievableEventError(name, event, what);
  }
  return { ...event, tags: legalTags(wantedTags(event, settings), resource) };
}

/** Those of what bears none of ours are written nowhere. */
function legalTags(tags: TagSet, resource: NamedResource, isStrict = false): TagSet {
  const api = apiOf(resource);
  return api === undefined ? tags : makeLegal(tags, api, isStrict).tags;
}

/** What is kept of the call for its tags is what is kept of it as an event. */
function isOfEvent(
  { eventID, eventTime, eventSource, resource }: CreationEvent,
  { parent, creation, resource: made }: MadeFor,
  { account }: Name,
  canBeParent: BelievedBy['canBeParent'],
): boolean {
  const pairs = [
    [parent.account, account],
    [creation.account, account],
    [creation.eventID, eventID],
    [creation.eventTime, eventTime],
    [creation.eventSource, eventSource],
    [made.arn, resource.arn],
    [made.id, resource.id],
    [made.region, resource.region],
    [made.row.resourceType, resource.type],
  ];
  return pairs.every(([one, other]) => one === other) && canBeParent(parent);
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
  { tags, resource, madeFor }: Pick<CreationEvent, 'tags' | 'resource' | 'madeFor'>,
  { keys }: TagSettings,
): readonly TagSet[] {
  const ours = new Set(Object.values(keys));
  const strict = legalTags(tags, resource, true);
  return [tags, strict].map(
    (form) => new Map([...form].filter(([key]) => madeFor !== undefined || ours.has(key))),
  );
}
