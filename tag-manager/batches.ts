/** In which order requests are dealt with, and which of them together. */
import type { TagRequest } from './tag-request.ts';
import type { Tagger } from './taggers/tagger.ts';
import type { TaggerFor } from './taggers/taggers.ts';

/** Requests that one tagger takes at once. */
export interface Batch {
  readonly tagger: Tagger;
  readonly requests: readonly TagRequest[];
}

/**
 * Several events of one resource are dealt with one after the other, the earliest first, each seeing what the one
 * before it wrote: round n holds the n-th event of every resource.
 */
export function roundsOf(requests: readonly TagRequest[]): TagRequest[][] {
  const rounds: TagRequest[][] = [];
  for (const events of Map.groupBy(requests, ({ target }) => target.arn).values()) {
    events.sort((a, b) => Date.parse(a.creation.eventTime) - Date.parse(b.creation.eventTime));
    for (const [at, request] of events.entries()) {
      rounds[at] ??= [];
      rounds[at].push(request);
    }
  }
  return rounds;
}

/**
 * Requests to one tagger in one account and region go together. Batches that come first in the file are done first: when
 * time is up, the file is done up to a record, and can be gone on with from there.
 */
export function batchesOf(requests: readonly TagRequest[], taggerFor: TaggerFor): readonly Batch[] {
  const groups = Map.groupBy(requests, ({ api, target }) =>
    [api.name, target.account, target.region].join(' '),
  );
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const tagger = taggerFor(first.api.name);
      return chunks(group, tagger.maxTargets).map((chunk) => ({ tagger, requests: chunk }));
    })
    .map((batch) => ({ batch, index: firstIndex(batch) }))
    .sort((a, b) => a.index - b.index)
    .map(({ batch }) => batch);
}

function firstIndex({ requests }: Batch): number {
  return Math.min(...requests.map(({ creation }) => creation.index));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
}
