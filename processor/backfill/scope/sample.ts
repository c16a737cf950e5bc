/**
 * Samples of a scope, for its estimate: days of its accounts and regions chosen at random and listed, and some of their files
 * read. So many requests and no more, whatever the bucket; where all days of the scope are fewer, everything is counted.
 */
import pLimit from 'p-limit';
import { readLogKey } from '../../../parser/log-key.ts';
import type { ListedObject, ListObjects } from '../../file/bucket-listing.ts';
import { type ChosenFile, chooseDays, chooseFiles, type ListedDay } from './choose.ts';
import { DAY_MS, dayAt, daysBetween, daysOf, folderOf, nextDay } from './days.ts';
import type { DaySample, FileSample, Samples } from './estimate.ts';
import { type FoundBranch, findBranches } from './find-branches.ts';
import { listBranch } from './list-branch.ts';
import { type ListingListener, SILENT } from './listing-listener.ts';
import type { Scope } from './scope.ts';

export interface SampleOptions {
  readonly scope: Scope;
  readonly list: ListObjects;
  /** What would be written for one log file; `undefined` where it cannot be read. */
  readonly readWrites: (key: string, signal: AbortSignal) => Promise<FileSample['writes'] | undefined>;
  /** Why AWS lets us not into an account. */
  readonly refused: (account: string, signal: AbortSignal) => Promise<string | undefined>;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly listener?: ListingListener;
  /** At least 0, less than 1. @default Math.random */
  readonly random?: () => number;
}

/** An id of an account says nothing of how much happens in it, so the first are as good as any. */
const MAX_ACCOUNTS = 100;

const MAX_DAYS = 500;
const MAX_FILES = 200;
const AT_ONCE = 16;

/** Fewer files tell no speed. */
const MIN_TIMED = 50;

/** Throws what listing throws. */
export async function sampleScope(options: SampleOptions): Promise<Samples> {
  const { random = Math.random, refused, signal } = options;
  const requests = { list: 0, get: 0 };
  const list: ListObjects = (query, each) => {
    requests.list += 1;
    return options.list(query, each);
  };
  const counted = { ...options, list };
  const { branches, plain, accounts, looked } = await find(counted);
  const spans = branches.map((branch) => daysIn(branch, counted));
  const chosen = chooseDays(
    spans.map(({ count }) => count),
    MAX_DAYS,
    random,
  );
  const days = await inPlaces(chosen, async ({ branch, day }) => {
    const { prefix, account } = branches[branch] ?? NO_BRANCH;
    const folder = `${prefix}${folderOf(nextDay(spans[branch]?.first ?? 0, day))}/`;
    return { branch, ...(await listDay(folder, account, counted)) };
  });
  const files = chooseFiles(days, MAX_FILES, random);
  requests.get = files.length;
  const { read, perSecond } = await readFiles(files, options);
  const refusals = await Promise.all(
    [...looked].map(async (account) => [account, await refused(account, signal)] as const),
  );
  const ofBranch = Map.groupBy(days, ({ branch }) => branch);
  return {
    accounts: { found: accounts.size, looked: looked.size },
    branches: branches.map(({ name, account }, index) => ({
      name,
      account,
      days: spans[index]?.count ?? 0,
      sampled: (ofBranch.get(index) ?? []).map(({ sample }) => sample),
    })),
    plain,
    files: read,
    filesPerSecond: perSecond,
    refusals: new Map(refusals.flatMap(([account, why]) => (why === undefined ? [] : [[account, why]]))),
    requests,
  };
}

const NO_BRANCH = { prefix: '', account: '' };

function inPlaces<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const places = pLimit(AT_ONCE);
  return Promise.all(items.map((item) => places(() => work(item))));
}

async function find({ scope, list, signal, listener = SILENT }: SampleOptions) {
  const [accounts, looked] = [new Set<string>(), new Set<string>()];
  const chooses = (account: string) => {
    accounts.add(account);
    if (looked.size < MAX_ACCOUNTS) looked.add(account);
    return looked.has(account);
  };
  const branches: FoundBranch[] = [];
  let plain: DaySample | undefined;
  for await (const branch of findBranches(scope, list, signal, listener, chooses)) {
    if (branch.plain !== undefined) {
      plain = await firstOf(branch, scope, list, signal);
      continue;
    }
    branches.push(branch);
    chooses(branch.account); // the URL may name what is in its folder
  }
  return { branches, plain, accounts, looked };
}

interface DaysOfBranch {
  /** In epoch milliseconds. */
  readonly first: number;
  readonly count: number;
}

/** From the first folder of a year to the last, and no later than today. */
function daysIn({ years }: FoundBranch, { scope, now }: SampleOptions): DaysOfBranch {
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
  { scope, list, signal }: SampleOptions,
): Promise<ListedDay> {
  const { prefix } = scope;
  if (prefix.length > folder.length ? !prefix.startsWith(folder) : !folder.startsWith(prefix)) {
    return { account, objects: [], sample: { files: 0, bytes: 0, isWhole: true } };
  }
  const { objects, next } = await list({ prefix: prefix.length > folder.length ? prefix : folder }, signal);
  return { account, objects, sample: sampleOf(objects, next !== undefined) };
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

async function readFiles(files: readonly ChosenFile[], { readWrites, signal }: SampleOptions) {
  const started = performance.now();
  const read = await inPlaces(files, async ({ key, account, weight }): Promise<FileSample | undefined> => {
    const writes = await readWrites(key, signal);
    return writes && { account, weight, writes };
  });
  const seconds = (performance.now() - started) / 1000;
  return {
    read: read.flatMap((each) => each ?? []),
    perSecond: files.length < MIN_TIMED ? undefined : files.length / seconds,
  };
}

const MAX_PLAIN = 5_000;

/** Nobody knows how long the plain branch is: its beginning is counted. */
async function firstOf(
  branch: FoundBranch,
  scope: Scope,
  list: ListObjects,
  signal: AbortSignal,
): Promise<DaySample> {
  let [files, bytes] = [0, 0];
  for await (const page of listBranch(branch, scope, undefined, list, signal)) {
    files += page.length;
    bytes += page.reduce((sum, { size }) => sum + size, 0);
    if (files >= MAX_PLAIN) return { files, bytes, isWhole: false };
  }
  return { files, bytes, isWhole: true };
}
