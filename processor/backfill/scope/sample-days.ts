/** Days of branches, chosen at random, of each of which a page is listed: so many requests and no more, however long the branches are. */
import pLimit from 'p-limit';
import { readLogKey, whyNotRead } from '../../../parser/log-key.ts';
import type { ListedObject, ListObjects } from '../../file/bucket-listing.ts';
import { chooseDays, type ListedDay, mayBeChosen } from './choose.ts';
import { DAY_MS, dayAt, daysBetween, daysOf, folderOf, nextDay } from './days.ts';
import type { BranchSample, DaySample } from './estimate.ts';
import type { FoundBranch } from './find-branches.ts';
import type { Scope } from './scope.ts';

export interface DaySampling {
  readonly scope: Scope;
  readonly list: ListObjects;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** Days that are listed. */
  readonly most: number;
  readonly atOnce: number;
  /** Of all days together, so many will be chosen by `chooseFiles`: objects that may be among them are kept. @default none */
  readonly files?: number;
}

export interface SampledDay extends ListedDay {
  /** Index of its branch. */
  readonly branch: number;
}

export interface SampledDays {
  /** Of each branch: days that the scope takes in. */
  readonly counts: readonly number[];
  readonly days: readonly SampledDay[];
}

/** Days of all branches alike, one of each after the other; all of them where they are few enough. Throws what listing throws. */
export async function sampleDays(
  branches: readonly FoundBranch[],
  options: DaySampling,
): Promise<SampledDays> {
  const { most, atOnce, random, files = 0 } = options;
  const spans = branches.map((branch) => daysIn(branch, options));
  const counts = spans.map(({ count }) => count);
  const places = pLimit(atOnce);
  let seen = 0;
  const listed = chooseDays(counts, most, random).map(({ branch, day }) =>
    places(async (): Promise<SampledDay> => {
      options.signal.throwIfAborted();
      const { prefix, account } = branches[branch] ?? NO_BRANCH;
      const folder = `${prefix}${folderOf(nextDay(spans[branch]?.first ?? 0, day))}/`;
      const listed = await listDay(folder, account, options);
      seen += listed.sample.files;
      const objects = files === 0 ? [] : mayBeChosen(listed, seen, files, random);
      return { ...listed, branch, objects };
    }),
  );
  try {
    return { counts, days: await Promise.all(listed) };
  } catch (error) {
    places.clearQueue();
    throw error;
  }
}

const NO_BRANCH = { prefix: '', account: '' };

/** In the order of the branches. */
export function branchSamples(
  branches: readonly FoundBranch[],
  counts: SampledDays['counts'],
  days: readonly SampledDay[],
): readonly BranchSample[] {
  const ofBranch = Map.groupBy(days, ({ branch }) => branch);
  return branches.map(({ name, account }, index) => ({
    name,
    account,
    days: counts[index] ?? 0,
    sampled: (ofBranch.get(index) ?? []).map(({ sample }) => sample),
  }));
}

interface DaysOfBranch {
  /** In epoch milliseconds. */
  readonly first: number;
  readonly count: number;
}

/** From the first folder of a year to the last, and no later than today. */
function daysIn({ years }: FoundBranch, { scope, now }: Pick<DaySampling, 'scope' | 'now'>): DaysOfBranch {
  const { first = '0', last = '9' } = daysOf(scope);
  const [begin = ''] = [first, `${years[0]}/01/01`].sort().reverse();
  const [end = ''] = [last, `${years.at(-1)}/12/31`, folderOf(now)].sort();
  const [from, to] = [dayAt(begin) ?? 0, dayAt(end) ?? 0];
  return { first: from, count: Math.max(0, daysBetween(from, to) + 1) };
}

/** A page of a day. The URL may name less than the day. */
async function listDay(
  folder: string,
  account: string,
  { scope, list, signal }: DaySampling,
): Promise<ListedDay> {
  const { prefix } = scope;
  if (prefix.length > folder.length ? !prefix.startsWith(folder) : !folder.startsWith(prefix)) {
    return { account, objects: [], sample: { files: 0, bytes: 0, isWhole: true } };
  }
  const page = await list({ prefix: prefix.length > folder.length ? prefix : folder }, signal);
  const objects = page.objects.filter(({ key }) => whyNotRead(key) === undefined);
  return { account, objects, sample: sampleOf(objects, page.next !== undefined) };
}

const MINUTE_MS = 60_000;

function sampleOf(objects: readonly ListedObject[], goesOn: boolean): DaySample {
  const bytes = objects.reduce((sum, { size }) => sum + size, 0);
  if (!goesOn) return { files: objects.length, bytes, isWhole: true };
  const last = readLogKey(objects.at(-1)?.key ?? '');
  const passed = last.kind === 'log' ? Date.parse(last.deliveredAt) % DAY_MS : 0;
  const scale = DAY_MS / Math.max(passed, MINUTE_MS);
  return { files: objects.length * scale, bytes: bytes * scale, isWhole: false };
}
