/**
 * How far each branch of a bulk run is: files and bytes, the days that there were files of, the gaps between them. Files come in any
 * order; of each branch a bit is held for each day.
 */
import { dayOf, gapsOf } from '../run/branch-progress.ts';
import type { BranchProgress } from '../run/checkpoint.ts';
import { folderAbove } from '../scope/folders.ts';
import { placeOf } from '../scope/place.ts';

export interface BranchSums {
  /** A log file that is done. */
  add(key: string, bytes: number): void;
  /** One that is not: its branch is not done either. */
  leave(key: string): void;
  /** By name, those that were named beforehand too; `isWhole`: those of which nothing is left are done. */
  progress(isWhole: boolean): Readonly<Record<string, BranchProgress>>;
}

interface Sums {
  files: number;
  bytes: number;
  isLeft: boolean;
  readonly days: Uint8Array;
}

const DAY_MS = 86_400_000;

/** CloudTrail began in 2013; forty years of it. */
const FIRST_DAY = Date.UTC(2010, 0, 1) / DAY_MS;
const DAYS = 40 * 366;

export function createBranchSums(names: readonly string[]): BranchSums {
  const branches = new Map(names.map((name) => [name, start()]));

  function branchOf(key: string): Sums {
    const place = placeOf(folderAbove(key));
    const isOfDays = place.kind === 'branch' && /^\d{4}\//.test(key.slice(place.branch.prefix.length));
    const name = place.kind === 'branch' && isOfDays ? place.branch.name : ''; // else of the plain branch
    const found = branches.get(name) ?? start();
    branches.set(name, found);
    return found;
  }

  return {
    add(key, bytes) {
      const branch = branchOf(key);
      branch.files += 1;
      branch.bytes += bytes;
      const day = dayOf(key);
      const at = day === undefined ? -1 : Date.parse(day) / DAY_MS - FIRST_DAY;
      if (at >= 0 && at < DAYS) branch.days[at >> 3] = (branch.days[at >> 3] ?? 0) | (1 << (at & 7));
    },
    leave(key) {
      branchOf(key).isLeft = true;
    },
    progress: (isWhole) =>
      Object.fromEntries([...branches].map(([name, sums]) => [name, progressOf(sums, isWhole)])),
  };
}

function start(): Sums {
  return { files: 0, bytes: 0, isLeft: false, days: new Uint8Array(Math.ceil(DAYS / 8)) };
}

function progressOf({ files, bytes, isLeft, days }: Sums, isWhole: boolean): BranchProgress {
  const found: string[] = [];
  for (let at = 0; at < DAYS; at++) {
    if (((days[at >> 3] ?? 0) & (1 << (at & 7))) !== 0)
      found.push(new Date((FIRST_DAY + at) * DAY_MS).toISOString().slice(0, 10));
  }
  const [firstDay, lastDay] = [found[0], found.at(-1)];
  return {
    files,
    bytes,
    ...gapsOf(found),
    ...(firstDay !== undefined && { firstDay }),
    ...(lastDay !== undefined && { lastDay }),
    ...(isWhole && !isLeft && { done: true as const }),
  };
}
