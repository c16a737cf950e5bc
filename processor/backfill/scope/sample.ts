/**
 * Samples of a scope, for its estimate: days of its accounts and regions chosen at random and listed, and some of their files
 * read. So many requests and no more, whatever the bucket; where all days of the scope are fewer, everything is counted.
 */
import pLimit from 'p-limit';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { type ChosenFile, chooseFiles } from './choose.ts';
import type { DaySample, FileSample, Samples } from './estimate.ts';
import { type FoundBranch, findBranches } from './find-branches.ts';
import { listBranch } from './list-branch.ts';
import { type ListingListener, SILENT } from './listing-listener.ts';
import { branchSamples, sampleDays } from './sample-days.ts';
import type { Scope } from './scope.ts';

export interface SampleOptions {
  readonly scope: Scope;
  readonly list: ListObjects;
  /** What would be written for one log file; `undefined` where it cannot be read. */
  readonly readWrites: (key: string, signal: AbortSignal) => Promise<FileSample['writes'] | undefined>;
  /** Why nothing can be tagged in the account of a branch. */
  readonly refused: (branch: FoundBranch, signal: AbortSignal) => Promise<string | undefined>;
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
  const { counts, days } = await sampleDays(branches, {
    ...counted,
    most: MAX_DAYS,
    files: MAX_FILES,
    atOnce: AT_ONCE,
    random,
  });
  const files = chooseFiles(days, MAX_FILES, random);
  requests.get = files.length;
  const { read, perSecond } = await readFiles(files, options);
  const ofAccounts = new Map(branches.map((branch) => [branch.account, branch]));
  const refusals = await Promise.all(
    Array.from(ofAccounts, async ([account, branch]) => [account, await refused(branch, signal)] as const),
  );
  return {
    accounts: { found: accounts.size, looked: looked.size },
    branches: branchSamples(branches, counts, days),
    plain,
    files: read,
    filesPerSecond: perSecond,
    refusals: new Map(refusals.flatMap(([account, why]) => (why === undefined ? [] : [[account, why]]))),
    requests,
  };
}

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
