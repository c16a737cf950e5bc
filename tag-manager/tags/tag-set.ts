/** Tags by key, in the order in which they are shown. A map, because a key may be `__proto__`. */
export type TagSet = ReadonlyMap<string, string>;

/** A tag as most services list it. */
export interface ListedTag {
  readonly Key: string;
  readonly Value: string;
}

/** A tag as an answer lists it: the members are optional in the SDK's types. */
export interface DescribedTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function toList(tags: TagSet): ListedTag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** A tag without a value has the empty one. */
export function fromList(list: readonly DescribedTag[] = []): TagSet {
  return new Map(list.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ''] as const])));
}

export function toObject(tags: TagSet): Record<string, string> {
  return Object.fromEntries(tags);
}
