/** States and files as items of the table, and back, and what all items are made of. Somebody else may write to the table. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { CreationEvent, Name, NamedResource } from '../ownership/name-event.ts';
import type { TagSet } from '../tags/tag-set.ts';
import type { FileSeen } from './files.ts';
import { EXPIRES_AT, FILE, fileId, stateKey } from './table.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** What stands on a resource by what we know; the indexes find it by `user` and by `id`. */
export interface State {
  /** What we wrote there last, whatever became of it since; empty where we never did. */
  readonly tags: TagSet;
  /** Id of the event that wanted these. */
  readonly writtenFor: string | undefined;
  /** What the tags name, or the deletion that was the last; absent where they are somebody else's. */
  readonly event: StateEvent | undefined;
  readonly resource: Pick<NamedResource, 'id' | 'region'> | undefined;
  readonly outcome: string;
}

/** Without a user it is a deletion. */
export type StateEvent = Pick<CreationEvent, 'eventID' | 'eventTime' | 'eventName'> &
  Partial<Pick<CreationEvent, 'user'>>;

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
      ...(event.user !== undefined && { User: text(event.user) }),
      Action: text(event.eventName),
      EventId: text(event.eventID),
      EventTime: text(event.eventTime),
    }),
    ...(resource && { ShortId: text(resource.id), Region: text(resource.region) }),
  };
}

export interface KnownState extends Pick<State, 'tags' | 'writtenFor' | 'resource'> {
  /** Absent where nobody can tell: then whoever settles begins anew. */
  readonly outcome: string | undefined;
  readonly eventID: string | undefined;
  readonly eventTime: string | undefined;
  readonly version: number;
  /** As it stands there, whatever it is: on condition of it the state is written anew. */
  readonly versionAttribute: AttributeValue | undefined;
}

/** What of it cannot be read is as if it were not there: nobody is to be kept from writing it anew. */
export function readState(item: Item): KnownState {
  const { Version, Outcome, EventId, EventTime, WrittenFor, ShortId, Region } = item;
  const version = Number(Version?.N);
  return {
    tags: tagsOf(item, 'Tags'),
    writtenFor: WrittenFor?.S,
    resource: ShortId?.S && Region?.S ? { id: ShortId.S, region: Region.S } : undefined,
    outcome: Outcome?.S,
    eventID: EventId?.S,
    eventTime: EventTime?.S,
    version: Number.isSafeInteger(version) && version > 0 ? version : 0,
    versionAttribute: Version,
  };
}

export function itemOfFile({ bucket, key, at, counts }: FileSeen, expiresAt: AttributeValue): Item {
  const counted = Object.entries(counts).map(([name, count]) => [name, number(count)] as const);
  return {
    ResourceId: text(fileId(bucket, key)),
    Event: text(FILE),
    Bucket: text(bucket),
    Key: text(key),
    At: text(at),
    Counts: { M: Object.fromEntries(counted) },
    [EXPIRES_AT]: expiresAt,
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
    super(`the item ${ResourceId?.S} ${Event?.S} of the table has no ${attribute} as auto-tagger writes it`);
  }
}

export function textOf(item: Item, attribute: string): string {
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

export function tagMap(tags: TagSet): AttributeValue {
  return { M: Object.fromEntries([...tags].map(([key, value]) => [key, text(value)])) };
}

export function tagsOf(item: Item, attribute: string): TagSet {
  return new Map(Object.entries(item[attribute]?.M ?? {}).map(([key, { S = '' }]) => [key, S]));
}

/** Throws BrokenItemError. */
export function parsed(item: Item, attribute: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new BrokenItemError(item, attribute);
  }
}

/** Without anything in it, where it is no object. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
