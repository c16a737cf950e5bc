/**
 * How often each of any number of names occurs, in bounded memory. Up to `max` names the counts are exact, whatever
 * the order. Beyond twice as many, the rarest are put together under `others`; a name that comes back is counted anew, so
 * that its count is by `missing` too low at most. Named and others always sum up to all.
 */

/** Plain data, so that it crosses from thread to thread. */
export interface Counts {
  readonly max: number;
  readonly byName: Map<string, number>;
  others: number;
  /** 0 while all counts are exact. */
  missing: number;
}

export function startCounts(max: number): Counts {
  return { max, byName: new Map(), others: 0, missing: 0 };
}

export function count(counts: Counts, name: string, number = 1): void {
  const { byName, max } = counts;
  byName.set(name, (byName.get(name) ?? 0) + number);
  if (byName.size > 2 * max) keepCommonest(counts);
}

/** Adds those of `more`, which stays as it is. */
export function addCounts(counts: Counts, more: Counts): void {
  for (const [name, number] of more.byName) count(counts, name, number);
  counts.others += more.others;
  counts.missing += more.missing;
}

/** The commonest first; equal ones by name, so that the order is always the same. */
export function commonest({ byName }: Counts): readonly (readonly [name: string, count: number])[] {
  return [...byName].sort(
    ([one, oneCount], [other, otherCount]) => otherCount - oneCount || compare(one, other),
  );
}

export function totalOf({ byName, others }: Counts): number {
  let total = others;
  for (const number of byName.values()) total += number;
  return total;
}

/** By code units: no locale has a say. */
export function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function keepCommonest(counts: Counts): void {
  const rarest = commonest(counts).slice(counts.max);
  counts.missing += rarest[0]?.[1] ?? 0;
  for (const [name, number] of rarest) {
    counts.byName.delete(name);
    counts.others += number;
  }
}
