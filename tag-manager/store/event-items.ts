/**
 * Events as items of the table, and back. Somebody else may write to the table: what is not as it is written here is an
 * error, and never guessed at.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Name, NamedResource, NameEvent } from '../ownership/name-event.ts';
import type { TagSet } from '../tags/tag-set.ts';
import {
  BrokenItemError,
  type Item,
  number,
  objectOf,
  parsed,
  tagMap,
  tagsOf,
  text,
  textOf,
} from './items.ts';
import { readMadeFor } from './made-for-items.ts';
import { creationKey, deletionKey } from './table.ts';

export function keyOfEvent({ account, arn }: Name, { kind, eventTime, eventID }: NameEvent): Item {
  const keyOf = kind === 'deletion' ? deletionKey : creationKey;
  return { ResourceId: text(arn), Event: text(keyOf(account, eventTime, eventID)) };
}

/** All but the key, and but the forms of its tags, which are added to. None of these attributes is in an index. */
export function attributesOfEvent(event: NameEvent): Item {
  const { kind, eventTime, eventID, eventName } = event;
  const facts = {
    Kind: text(kind),
    At: text(eventTime),
    Id: text(eventID),
    Name: text(eventName),
  };
  if (event.kind === 'deletion') return facts;
  const { creation, isIndirect, naming, copiesTags, eventSource, user, createdBy } = event;
  const { person, madeFor, resource } = event;
  const { tags, requestTags, createdAt } = event;
  return {
    ...facts,
    Creation: text(creation),
    Naming: text(naming),
    CopiesTags: { BOOL: copiesTags },
    ...(isIndirect && { IsIndirect: { BOOL: true } }),
    Source: text(eventSource),
    Creator: text(user),
    CreatedBy: text(createdBy),
    Person: text(person),
    ...(madeFor !== undefined && { MadeFor: text(JSON.stringify(madeFor)) }),
    Resource: text(JSON.stringify(resource)),
    Tags: tagMap(tags),
    RequestTags: tagMap(new Map(Object.entries(requestTags))),
    ...(createdAt !== undefined && { CreatedAt: number(createdAt) }),
  };
}

/** A set of texts, each a form in which our tags of the event may stand on the resource. */
export function formsAttribute(forms: readonly TagSet[]): AttributeValue {
  return { SS: [...new Set(forms.map((tags) => JSON.stringify([...tags].toSorted())))] };
}

/** Throws BrokenItemError. */
export function readForms(item: Item): readonly TagSet[] {
  return (item.Forms?.SS ?? []).map((form) => {
    const pairs = parsed(item, 'Forms', form);
    const isPair = (pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string');
    if (!Array.isArray(pairs) || !pairs.every(isPair)) throw new BrokenItemError(item, 'Forms');
    return new Map(pairs as [string, string][]);
  });
}

/** Throws BrokenItemError. */
export function readEvent(name: Name, item: Item): NameEvent {
  const event = textOf(item, 'Kind') === 'deletion' ? readDeletion(item) : readCreation(item);
  // Another time than that of its key would have it read for one life and count for another.
  if (Number.isNaN(Date.parse(event.eventTime))) throw new BrokenItemError(item, 'At');
  if (keyOfEvent(name, event).Event?.S !== item.Event?.S) throw new BrokenItemError(item, 'Event');
  return event;
}

function readDeletion(item: Item): NameEvent {
  return { kind: 'deletion', ...factsOf(item) };
}

function factsOf(item: Item) {
  return {
    eventTime: textOf(item, 'At'),
    eventID: textOf(item, 'Id'),
    eventName: textOf(item, 'Name'),
  };
}

function readCreation(item: Item): NameEvent {
  return {
    kind: 'creation',
    ...factsOf(item),
    creation: oneOf(item, 'Creation', ['strict', 'idempotent', 'upsert']),
    naming: oneOf(item, 'Naming', ['unique', 'reusable']),
    copiesTags: item.CopiesTags?.BOOL === true,
    ...(item.IsIndirect?.BOOL === true && { isIndirect: true }),
    eventSource: textOf(item, 'Source'),
    user: textOf(item, 'Creator'),
    createdBy: textOf(item, 'CreatedBy'),
    person: item.Person?.S ?? textOf(item, 'CreatedBy'), // versions before this did not keep it
    ...(item.MadeFor?.S !== undefined && { madeFor: readMadeFor(item, item.MadeFor.S) }),
    resource: resourceOf(item),
    tags: tagsOf(item, 'Tags'),
    requestTags: Object.fromEntries(tagsOf(item, 'RequestTags')),
    createdAt: item.CreatedAt?.N === undefined ? undefined : Number(item.CreatedAt.N),
  };
}

const RESOURCE_TEXTS = ['arn', 'id', 'type', 'region', 'api'] as const;

function resourceOf(item: Item): NamedResource {
  const resource = parsed(item, 'Resource', textOf(item, 'Resource'));
  const { tagId, joined = [], ...texts } = objectOf(resource);
  const isText = (value: unknown) => typeof value === 'string';
  const isWhole =
    RESOURCE_TEXTS.every((each) => isText(texts[each])) &&
    (tagId === undefined || isText(tagId)) &&
    Array.isArray(joined) &&
    joined.every(isText);
  if (!isWhole) throw new BrokenItemError(item, 'Resource');
  return resource as NamedResource;
}

function oneOf<Value extends string>(item: Item, attribute: string, values: readonly Value[]): Value {
  const value = values.find((each) => each === item[attribute]?.S);
  if (value === undefined) throw new BrokenItemError(item, attribute);
  return value;
}
