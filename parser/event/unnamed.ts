/** What a call made on its way that no record names: its service must be asked, by whoever may ask. */
import type { CatalogueRow } from '../catalogue/row.ts';
import type { CloudTrailRecord } from '../record.ts';
import { readRequestTags } from './request-tags.ts';
import { alsoRow, type CallFacts, type CreatedResource, isRepeated, namedBefore } from './resources.ts';

export interface Unnamed {
  /** A row of its own for that. */
  readonly row: CatalogueRow;
  /** What it was made on the way to; at least one. */
  readonly madeWith: readonly CreatedResource[];
  /** Tags that the request set on what is of its type. */
  readonly requestTags: Readonly<Record<string, string>>;
  /** Ids that the request names: they were there before. Never called by, only compared. */
  readonly before: readonly string[];
  /** ARNs of those that are asked for; one that ends in `*` stands for all of them. @default all */
  readonly only?: ReadonlySet<string>;
}

/** `found` is what the record says that it created. */
export function readUnnamed(
  record: CloudTrailRecord,
  row: CatalogueRow,
  found: readonly CreatedResource[],
  facts: CallFacts,
): readonly Unnamed[] {
  const unnamed = (row.also ?? []).filter(({ ids }) =>
    Object.values(ids).every(({ length }) => length === 0),
  );
  const madeWith = unnamed.length === 0 ? [] : found.filter((resource) => resource.row === row);
  if (madeWith.every((resource) => isRepeated(resource, facts))) return [];
  return unnamed.map((also) => {
    const own = alsoRow(row, also);
    const before = [...namedBefore(record, also)].map(String);
    return { row: own, madeWith, requestTags: readRequestTags(record, own), before };
  });
}

/** Of what no record names, that of these ARNs. */
export function unnamedOf(all: readonly Unnamed[], only: ReadonlySet<string>): readonly Unnamed[] {
  return all.flatMap((unnamed) => {
    const [type = ''] = resourceIn(unnamed.row.arn).split('{');
    const isAny = [...only].some((arn) => resourceIn(arn).startsWith(type));
    return isAny ? [{ ...unnamed, only }] : [];
  });
}

/** `volume/vol-0a1b2c3d` */
function resourceIn(arn: string): string {
  return arn.split(':').slice(5).join(':');
}
