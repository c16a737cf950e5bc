/** Choosing at random: days of branches, and files of days. `random` gives at least 0 and less than 1. */
import type { ListedObject } from '../../file/bucket-listing.ts';
import type { DaySample } from './estimate.ts';

/** Numbers below a bound in any order, each once; only what is asked for is made. */
export function* shuffled(below: number, random: () => number): Generator<number> {
  const moved = new Map<number, number>();
  for (let index = 0; index < below; index++) {
    const other = index + Math.floor(random() * (below - index));
    yield moved.get(other) ?? other;
    moved.set(other, moved.get(index) ?? index);
  }
}

export interface ChosenDay {
  /** Index of its branch. */
  readonly branch: number;
  /** Index in the days of the branch. */
  readonly day: number;
}

/** At most so many, one of each branch after the other, each day once: all of them where they are fewer. */
export function chooseDays(
  counts: readonly number[],
  most: number,
  random: () => number,
): readonly ChosenDay[] {
  let turns = [...shuffled(counts.length, random)].map((branch) => ({
    branch,
    days: shuffled(counts[branch] ?? 0, random),
  }));
  const chosen: ChosenDay[] = [];
  while (turns.length > 0) {
    turns = turns.filter(({ branch, days }) => {
      if (chosen.length === most) return false;
      const { done, value } = days.next();
      if (!done) chosen.push({ branch, day: value });
      return !done;
    });
  }
  return chosen;
}

export interface ListedDay {
  readonly account: string;
  readonly objects: readonly ListedObject[];
  readonly sample: DaySample;
}

export interface ChosenFile {
  readonly account: string;
  readonly key: string;
  /** How many files it stands for. */
  readonly weight: number;
}

/**
 * Of a day's objects, at random, as many as `chooseFiles` can take of them, where that many files are `seen` by then, those of the day
 * among them. With those to come each stands for more, so fewer are taken; of years of full pages a few thousand are held in all.
 */
export function mayBeChosen(
  { objects, sample }: ListedDay,
  seen: number,
  most: number,
  random: () => number,
): readonly ListedObject[] {
  const taken = Math.floor(sample.files / weightOf(seen, most)) + 1;
  if (taken >= objects.length) return objects;
  return [...shuffled(objects.length, random).take(taken)].flatMap((each) => objects[each] ?? []);
}

/** How many files each that is chosen stands for. */
function weightOf(files: number, most: number): number {
  return Math.max(1, files / most);
}

/** About so many: of each day as many as are its part of all, so that each stands for as many others. */
export function chooseFiles(
  days: readonly ListedDay[],
  most: number,
  random: () => number,
): readonly ChosenFile[] {
  const all = days.reduce((sum, { sample }) => sum + sample.files, 0);
  const weight = weightOf(all, most);
  let due = random() * weight;
  return days.flatMap(({ account, objects, sample }) => {
    due += sample.files;
    const count = Math.min(objects.length, Math.floor(due / weight));
    due -= count * weight;
    return [...shuffled(objects.length, random).take(count)].map((each) => ({
      account,
      weight,
      key: objects[each]?.key ?? '',
    }));
  });
}
