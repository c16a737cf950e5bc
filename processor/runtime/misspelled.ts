/**
 * Finds variables that were meant for us and are not ours: a filter that does not exist, or a name that is nearly
 * one of ours. Ignored, they would let through what the user wanted left out.
 */

const PREFIXES = ['INCLUDE_', 'EXCLUDE_'] as const;

/** Near ours, and common in functions. */
const OF_OTHERS: ReadonlySet<string> = new Set(['SERVICE']);

/** One line for each, naming the variable that was meant. `names` are the given ones, `ours` those that exist. */
export function misspelledVariables(names: readonly string[], ours: readonly string[]): readonly string[] {
  const known = new Set(ours);
  return names.flatMap((name) => {
    if (known.has(name) || OF_OTHERS.has(name)) return [];
    const meant = nearest(name, ours);
    if (meant !== undefined) return [`${name}: is no variable of auto-tagger; did you mean ${meant}?`];
    const prefix = PREFIXES.find((each) => name.startsWith(each));
    if (prefix === undefined) return [];
    const filters = ours.filter((each) => each.startsWith(prefix)).join(', ');
    return [`${name}: is no variable of auto-tagger; the filters are ${filters}`];
  });
}

/** Which of `ours` was meant, if any; they are in capitals, and the name in either case. */
export function nearest(name: string, ours: readonly string[]): string | undefined {
  const upper = name.toUpperCase();
  // Hardly anybody mistypes the first letter; every variable of the user's is compared with every one of ours.
  const candidates = ours.filter((meant) => meant[0] === upper[0]);
  const near = candidates.flatMap((meant) => {
    const distance = distanceBetween(upper, meant);
    return isNear(upper, meant, distance) ? [{ meant, distance }] : [];
  });
  near.sort((one, other) => one.distance - other.distance);
  return near[0]?.meant;
}

/** Short names have many neighbours that are somebody else's (`TAG`, `CREATED_AT`). */
function isNear(upper: string, meant: string, distance: number): boolean {
  const isOtherwiseEqual = upper.replaceAll(/[_-]/g, '') === meant.replaceAll('_', '');
  // With them everything left over would stay coarse without a word.
  const isShort =
    meant.endsWith('_QUEUE_URL') && [meant.replace('_URL', ''), meant.replace('_QUEUE', '')].includes(upper);
  return isOtherwiseEqual || isShort || distance <= allowedDistance(meant.length);
}

function allowedDistance(length: number): number {
  if (length < 7) return 0;
  return length < 12 ? 1 : 2;
}

/** Letters to put in, leave out, replace or swap with their neighbour (Damerau-Levenshtein, optimal string alignment). */
export function distanceBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1];
      let least = Math.min(
        (last[at] ?? 0) + 1,
        (current[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
      );
      const isSwapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      if (isSwapped) least = Math.min(least, (beforeLast[at - 2] ?? 0) + 1);
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
