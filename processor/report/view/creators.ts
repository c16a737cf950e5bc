/** Who created most, by kind: as it is shown. */
import { CREATOR_KINDS, type CreatorKind } from '../../../parser/event/creator-kind.ts';
import { commonest } from '../sums/counts.ts';
import type { ReportSums } from '../sums/sums.ts';

export interface CreatorsOfKind {
  readonly kind: CreatorKind;
  /** Resources of all of them. */
  readonly total: number;
  /** Names that are known; where not all counts are exact there were more. */
  readonly names: number;
  /** The commonest first. */
  readonly top: readonly NamedCount[];
  /** Resources of all that are not among the top. */
  readonly others: number;
}

export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

export interface Creators {
  readonly kinds: readonly CreatorsOfKind[];
  readonly names: number;
  /** So much may be missing from each count; 0 where all are exact. */
  readonly missing: number;
}

const MAX_SHOWN = 10;

/** Kinds of which there are any. */
export function creatorsOf({ creators, kinds }: ReportSums): Creators {
  const named = Map.groupBy(
    commonest(creators).map(([key, count]) => ({ kind: before(key), name: after(key), count })),
    ({ kind }) => kind,
  );
  const shown = CREATOR_KINDS.flatMap((kind): readonly CreatorsOfKind[] => {
    const total = kinds.byName.get(kind) ?? 0;
    if (total === 0) return [];
    const all = named.get(kind) ?? [];
    const top = all.slice(0, MAX_SHOWN);
    const others = total - top.reduce((sum, { count }) => sum + count, 0);
    return [{ kind, total, names: all.length, top, others }];
  });
  return { kinds: shown, names: creators.byName.size, missing: creators.missing };
}

const before = (key: string) => key.slice(0, key.indexOf('\t'));
const after = (key: string) => key.slice(key.indexOf('\t') + 1);
