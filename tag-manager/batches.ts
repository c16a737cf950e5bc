/** Which names are dealt with together, and in which order. */
import { chunks } from './calls/chunks.ts';
import { firstIndex, type NameWork } from './name-work.ts';
import type { TaggerFor } from './taggers/taggers.ts';

/** Names of which there are only deletions mostly need no call. */
const MAX_DELETED_NAMES = 100;

/**
 * Names that one tagger serves in one account and region go together, as many as it takes at once. Batches that come
 * first in the file are done first: when time is up, the file is done up to a record, and can be gone on with from there.
 */
export function batchesOf(
  works: readonly NameWork[],
  taggerFor: TaggerFor,
): readonly (readonly NameWork[])[] {
  const maxOf = ({ requests: [first] }: NameWork) =>
    first === undefined ? MAX_DELETED_NAMES : taggerFor(first.api.name).maxTargets;
  return together(works, placeOf, maxOf)
    .map((batch) => ({ batch, index: Math.min(...batch.map(firstIndex)) }))
    .sort((a, b) => a.index - b.index)
    .map(({ batch }) => batch);
}

/** Where they are tagged: an API, an account, a region. */
export function placeOf({ requests: [first] }: NameWork): string {
  if (first === undefined) return '';
  return taggedIn(first.api.name, { account: first.creation.account, region: first.resource.region });
}

export function taggedIn(
  api: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  return [api, account, region].join(' ');
}

/** Those of one place, as many at once as the first of them may be. */
export function together<Item>(
  items: readonly Item[],
  placeOf: (item: Item) => string,
  maxOf: (first: Item) => number,
): readonly (readonly Item[])[] {
  return [...Map.groupBy(items, placeOf).values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : chunks(group, maxOf(first));
  });
}
