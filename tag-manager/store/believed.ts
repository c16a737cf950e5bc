/**
 * What is believed of an event in the table. Whoever can write there can say who created what, as whoever writes log files
 * can; tag keys, hosts and other accounts stay out of reach: keys are those of the settings, values are made legal, and the
 * ARN is the one that the name names, in a region that exists. Where a call takes an id, that is believed if it stands
 * anywhere in the ARN.
 */
import type { Api } from '../apis/api.ts';
import { apiNamed } from '../apis/apis.ts';
import type { CreationEvent, Name, NameEvent } from '../ownership/name-event.ts';
import { makeLegal } from '../tags/legal-tags.ts';
import type { TagSet } from '../tags/tag-set.ts';
import { MANAGED_BY, type TagSettings } from '../tags/tag-settings.ts';

export interface BelievedBy {
  readonly settings: TagSettings;
  /** Whether it is a region of the partition: it chooses the host. */
  readonly isRegion: (region: string, partition: string) => boolean;
}

/** A creation of the table that auto-tagger cannot have written. */
export class UnbelievableEventError extends Error {
  override readonly name = 'UnbelievableEventError';

  constructor({ arn }: Name, { eventID, resource }: CreationEvent, what: string) {
    super(`the table says of ${arn} that event ${eventID} created ${JSON.stringify(resource)}: ${what}`);
  }
}

/** The event with the tags that it may write by the present settings. Throws UnbelievableEventError. */
export function believed(name: Name, event: NameEvent, { settings, isRegion }: BelievedBy): NameEvent {
  if (event.kind === 'deletion') return event;
  const { resource } = event;
  const refuse = (what: string) => new UnbelievableEventError(name, event, what);
  const api = knownApi(resource.api);
  if (api === undefined) throw refuse('there is no such tagging API');
  if (!isNamed(resource, name)) throw refuse('that is another resource');
  if (!isRegion(resource.region, name.arn.split(':')[1] ?? ''))
    throw refuse('that is no region of its partition');
  return { ...event, tags: makeLegal(wantedTags(event, settings), api).tags };
}

function knownApi(name: string): Api | undefined {
  try {
    return apiNamed(name);
  } catch {
    return undefined;
  }
}

/** Keys may have got other names since it was recorded. */
function wantedTags({ tags, user, eventTime }: CreationEvent, { keys, templates }: TagSettings): TagSet {
  const own = [
    [keys.createdBy, user],
    [keys.createdDate, eventTime],
  ] as const;
  const wanted = [...tags].filter(([key]) => templates.has(key));
  return new Map([...own, ...wanted, [keys.managedBy, MANAGED_BY]]);
}

/** The ARN is the name, but for the path that the names of IAM are kept without; id and region stand in it. */
function isNamed({ arn, id, region }: CreationEvent['resource'], name: Name): boolean {
  const own = arn.split(':')[3];
  if (id === '' || !arn.includes(id) || (own !== '' && own !== region)) return false;
  return arn === name.arn || withoutPath(arn) === name.arn;
}

function withoutPath(arn: string): string {
  return /^arn:[^:]*:iam:/.test(arn) ? arn.replace(/\/.*\//, '/') : arn;
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
  const strict = makeLegal(tags, apiNamed(resource.api), true).tags;
  return [tags, strict].map((form) => new Map([...form].filter(([key]) => ours.has(key))));
}
