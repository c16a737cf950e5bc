/**
 * Events, states and files as items of the table, and back. Somebody else may write to the table: what is not as it is
 * written here is an error, and never guessed at.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CreationEvent, Name, NamedResource, NameEvent } from '../ownership/name-event.ts';
import type { TagSet } from '../tags/tag-set.ts';
import type { FileSeen } from './files.ts';
import { creationKey, deletionKey, EXPIRES_AT, FILE, fileId, stateKey } from './table.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** What stands on a resource by what we know; the indexes find it by `user` and by `id`. */
export interface State {
  /** What we wrote there last, whatever became of it since; empty where we never did. */
  readonly tags: TagSet;
  /** Id of the event that wanted these. */
  readonly writtenFor: string | undefined;
  /** What the tags name; absent where they are somebody else's. */
  readonly event: StateEvent | undefined;
  readonly resource: Pick<NamedResource, 'id' | 'region'> | undefined;
  readonly outcome: string;
}

export type StateEvent = Pick<CreationEvent, 'eventID' | 'eventTime' | 'eventName' | 'user'>;

export function keyOfEvent({ arn }: Name, { kind, eventTime, eventID }: NameEvent): Item {
  const key = kind === 'deletion' ? deletionKey(eventTime, eventID) : creationKey(eventTime, eventID);
  return { ResourceId: text(arn), Event: text(key) };
}

/** All but the key, and but the forms of its tags, which are added to. None of these attributes is in an index. */
export function attributesOfEvent({ account }: Name, event: NameEvent): Item {
  const { kind, eventTime, eventID } = event;
  const facts = { Kind: text(kind), At: text(eventTime), Id: text(eventID), Account: text(account) };
  if (event.kind === 'deletion') return facts;
  const { creation, naming, copiesTags, eventName, user, resource, tags, requestTags, createdAt } = event;
  return {
    ...facts,
    Creation: text(creation),
    Naming: text(naming),
    CopiesTags: { BOOL: copiesTags },
    Name: text(eventName),
    Creator: text(user),
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

export function readForms(item: Item): readonly TagSet[] {
  return (item.Forms?.SS ?? []).map((form) => new Map(JSON.parse(form) as [string, string][]));
}

export function readEvent(item: Item): NameEvent {
  const facts = { eventTime: textOf(item, 'At'), eventID: textOf(item, 'Id') };
  if (textOf(item, 'Kind') === 'deletion') return { kind: 'deletion', ...facts };
  return {
    kind: 'creation',
    ...facts,
    creation: textOf(item, 'Creation') as CreationEvent['creation'],
    naming: textOf(item, 'Naming') as CreationEvent['naming'],
    copiesTags: item.CopiesTags?.BOOL === true,
    eventName: textOf(item, 'Name'),
    user: textOf(item, 'Creator'),
    resource: JSON.parse(textOf(item, 'Resource')) as NamedResource,
    tags: tagsOf(item, 'Tags'),
    requestTags: Object.fromEntries(tagsOf(item, 'RequestTags')),
    createdAt: item.CreatedAt?.N === undefined ? undefined : Number(item.CreatedAt.N),
  };
}

/** Whose resource of that ARN it is about: the ARN of a bucket does not tell. */
export function isOf({ account }: Name, item: Item): boolean {
  return item.Account?.S === account;
}

export function itemOfState({ arn, account }: Name, state: State, version: number): Item {
  const { event, resource } = state;
  return {
    ResourceId: text(arn),
    Event: text(stateKey(account)),
    Account: text(account),
    Tags: tagMap(state.tags),
    ...(state.writtenFor !== undefined && { WrittenFor: text(state.writtenFor) }),
    Outcome: text(state.outcome),
    Version: number(version),
    ...(event && {
      User: text(event.user),
      Action: text(event.eventName),
      EventId: text(event.eventID),
      EventTime: text(event.eventTime),
    }),
    ...(resource && { ShortId: text(resource.id), Region: text(resource.region) }),
  };
}

export interface KnownState extends Pick<State, 'tags' | 'writtenFor' | 'outcome'> {
  readonly eventID: string | undefined;
  readonly version: number;
}

export function readState(item: Item): KnownState {
  return {
    tags: tagsOf(item, 'Tags'),
    writtenFor: item.WrittenFor?.S,
    outcome: textOf(item, 'Outcome'),
    eventID: item.EventId?.S,
    version: Number(item.Version?.N),
  };
}

export function itemOfFile({ bucket, key, at, counts }: FileSeen, expiresAt: number): Item {
  const counted = Object.entries(counts).map(([name, count]) => [name, number(count)] as const);
  return {
    ResourceId: text(fileId(bucket, key)),
    Event: text(FILE),
    Bucket: text(bucket),
    Key: text(key),
    At: text(at),
    Counts: { M: Object.fromEntries(counted) },
    [EXPIRES_AT]: number(expiresAt),
  };
}

export function readFile(item: Item): FileSeen {
  const counts = Object.entries(item.Counts?.M ?? {}).map(([name, { N }]) => [name, Number(N)] as const);
  return {
    bucket: textOf(item, 'Bucket'),
    key: textOf(item, 'Key'),
    at: textOf(item, 'At'),
    counts: Object.fromEntries(counts),
  };
}

/** An item of the table that auto-tagger did not write. */
export class BrokenItemError extends Error {
  override readonly name = 'BrokenItemError';

  constructor({ ResourceId, Event }: Item, attribute: string) {
    super(
      `the item ${ResourceId?.S} ${Event?.S} of the table has no text ${attribute}, which auto-tagger writes`,
    );
  }
}

function textOf(item: Item, attribute: string): string {
  const value = item[attribute]?.S;
  if (value === undefined) throw new BrokenItemError(item, attribute);
  return value;
}

export function text(S: string): AttributeValue {
  return { S };
}

export function number(value: number): AttributeValue {
  return { N: String(value) };
}

function tagMap(tags: TagSet): AttributeValue {
  return { M: Object.fromEntries([...tags].map(([key, value]) => [key, text(value)])) };
}

function tagsOf(item: Item, attribute: string): TagSet {
  return new Map(Object.entries(item[attribute]?.M ?? {}).map(([key, { S = '' }]) => [key, S]));
}
