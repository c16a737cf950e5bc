/** The tags that one creation wants on one of its resources. Made without any call, so a plan shows them too. */
import type { Creation } from '../parser/event/creation.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import type { Api } from './apis/api.ts';
import { apiNamed } from './apis/apis.ts';
import type { CallFailure } from './calls/call-failure.ts';
import { BY_HAND, type CreationEvent, type Name } from './ownership/name-event.ts';
import { type Adjustment, keyProblem, type LegalTags, makeLegal } from './tags/legal-tags.ts';
import { factsOf, type TagFacts } from './tags/tag-facts.ts';
import type { TagSet } from './tags/tag-set.ts';
import { type TagSettings, tagsFor } from './tags/tag-settings.ts';

export interface TagRequest {
  readonly creation: Creation;
  readonly resource: CreatedResource;
  readonly api: Api;
  readonly name: Name;
  /** The same as an event of the name, for the ledger. */
  readonly event: CreationEvent;
  /** Why the API cannot have our tags at all. */
  readonly refusal: CallFailure | undefined;
  /** Legal for the service. */
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
  /** Which rule of the user's own gave a tag, by its key. */
  readonly rules: ReadonlyMap<string, string>;
  /** As it was before the person behind it was asked for, where that was done. */
  readonly asked?: TagRequest;
}

/** One for each resource, in their order. */
export function requestsOf(
  creation: Creation,
  settings: TagSettings,
  resources = creation.resources,
): TagRequest[] {
  return resources.map((resource) => {
    const api = apiNamed(resource.row.api);
    const { rules, ...legal } = legalTagsFor({ creation, resource }, api, settings);
    return {
      creation,
      resource,
      api,
      name: nameOf(creation, resource),
      event: eventOf(creation, resource, legal.tags, settings),
      refusal: refusalOf(api, settings),
      rules,
      ...legal,
    };
  });
}

export interface RuledTags extends LegalTags {
  readonly rules: TagRequest['rules'];
}

/** What the settings want on a resource, legal for its service; as they are without an API, for they are written nowhere. */
export function legalTagsFor(
  { creation, resource }: TagFacts,
  api: Api | undefined,
  settings: TagSettings,
): RuledTags {
  const wanted = tagsFor(creation, resource, settings);
  const legal = api === undefined ? { tags: wanted.tags, adjustments: [] } : makeLegal(wanted.tags, api);
  return { ...legal, rules: new Map([...wanted.rules].filter(([key]) => legal.tags.has(key))) };
}

/** What a call made that bears no tags of ours: it is kept, so that it is known who is behind what is made for it. */
export interface Maker {
  readonly creation: Creation;
  readonly name: Name;
  readonly event: CreationEvent;
}

/** One for each thing that it made, as `requestsOf`. Their tags are written nowhere: they say who is meant. */
export function makersOf(creation: Creation, settings: TagSettings): Maker[] {
  return creation.resources.map((resource) => ({
    creation,
    name: nameOf(creation, resource),
    event: eventOf(
      creation,
      resource,
      legalTagsFor({ creation, resource }, undefined, settings).tags,
      settings,
    ),
  }));
}

function nameOf({ account }: Creation, { arn, name = arn }: CreatedResource): Name {
  return { account, arn: name };
}

function eventOf(
  creation: Creation,
  resource: CreatedResource,
  tags: TagSet,
  settings: TagSettings,
): CreationEvent {
  const { eventTime, eventSource, eventName, creator, origin, parent, isMadeForParent } = creation;
  const { arn, id, tagId, region, row, createdAt, joined, isIndirect } = resource;
  return {
    kind: 'creation',
    eventID: origin === 'by-hand' ? BY_HAND : creation.eventID,
    eventTime,
    eventSource,
    eventName,
    user: creator.arn ?? creator.name,
    createdBy: tags.get(settings.keys.createdBy) ?? creator.name,
    person: creator.person,
    ...(settings.asksPerson &&
      isMadeForParent &&
      parent && { madeFor: { parent, ...factsOf(creation, resource) } }),
    creation: resource.creation,
    naming: row.naming,
    copiesTags: row.copiesTags ?? false,
    ...(isIndirect && { isIndirect }),
    resource: {
      arn,
      id,
      tagId,
      type: row.resourceType,
      region,
      api: row.api,
      ...(joined !== undefined && { joined }),
    },
    tags,
    requestTags: requestTagsOf(creation, resource, [...tags.keys(), ...keysLookedAt(settings)]),
    createdAt,
  };
}

/** Under these keys, in our spelling of them. */
function requestTagsOf(
  creation: Creation,
  { requestTags = creation.requestTags }: CreatedResource,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = Object.hasOwn(requestTags, key) ? requestTags[key] : undefined;
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** Keys whose tags decide whether ours are written. */
export function keysLookedAt({ keys, skipKey }: TagSettings): readonly string[] {
  return [...Object.values(keys), ...(skipKey === undefined ? [] : [skipKey])];
}

/** Tags without one of ours say nothing that holds: they are our ledger. */
function refusalOf({ name, keys }: Api, settings: TagSettings): CallFailure | undefined {
  const { createdBy, createdDate, managedBy } = settings.keys;
  for (const key of [createdBy, createdDate, managedBy]) {
    const problem = keyProblem(key, keys);
    if (problem === undefined) continue;
    const message = `${name} takes no tag key ${JSON.stringify(key)}: ${problem}`;
    return { class: 'invalid-tags', error: 'TagKeyRefused', message };
  }
  return undefined;
}

/** The same tags without the characters that the service may not take after all; `undefined` where they have none. */
export function withoutDoubt(writing: TagSet, api: Api): LegalTags | undefined {
  const legal = makeLegal(writing, api, true);
  return legal.adjustments.length === 0 ? undefined : legal;
}
