/**
 * About how many files a run has, found out beside it: some days of its accounts and regions are listed, in so many requests and so
 * much time. A run that ends soon is asked nothing for.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { ListObjects } from '../../file/bucket-listing.ts';
import { estimate, type Samples } from './estimate.ts';
import type { FoundBranch } from './find-branches.ts';
import { branchSamples, sampleDays } from './sample-days.ts';
import type { Scope } from './scope.ts';

export interface ExpectedFiles {
  readonly files: number;
  readonly bytes: number;
}

export interface ExpectedOptions {
  readonly scope: Scope;
  readonly list: ListObjects;
  /** Aborted when the run ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Before anything is asked for. @default 3 seconds */
  readonly afterMs?: number;
  /** What is not listed by then is not waited for. @default a minute */
  readonly withinMs?: number;
  /** How long the next day waits once a few are listed. @default a quarter of a second */
  readonly betweenMs?: number;
  /** @default Math.random */
  readonly random?: () => number;
}

const AFTER_MS = 3_000;
const WITHIN_MS = 60_000;

/** Days that are listed: $0.001. So few at once, and with so long between them, that the run does not notice. */
const MOST_DAYS = 200;
const AT_ONCE = 2;
const BETWEEN_MS = 250;

/** Where there are no more, they are listed at once. */
const FEW_DAYS = 20;

/**
 * Of branches, those that a run is not done with. `undefined` where nobody can tell: the run has ended before, days cannot be listed, differ
 * too much, or files lie in none of CloudTrail's folders. Throws nothing.
 */
export async function findExpected(
  branches: readonly FoundBranch[],
  {
    afterMs = AFTER_MS,
    withinMs = WITHIN_MS,
    betweenMs = BETWEEN_MS,
    random = Math.random,
    signal,
    ...options
  }: ExpectedOptions,
): Promise<ExpectedFiles | undefined> {
  if (branches.some(({ plain }) => plain !== undefined)) return undefined;
  try {
    await wait(afterMs, undefined, { signal, ref: false });
    const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
    let listed = 0;
    const list: ListObjects = async (query, each) => {
      const page = await options.list(query, each);
      listed += 1;
      if (listed > FEW_DAYS) await wait(betweenMs, undefined, { signal: each, ref: false });
      return page;
    };
    const sampling = { ...options, list, random, most: MOST_DAYS, atOnce: AT_ONCE };
    const { counts, days } = await sampleDays(branches, { ...sampling, signal: within });
    return expectedOf(branchSamples(branches, counts, days));
  } catch {
    return undefined; // the run itself meets what keeps days from being listed, and says so
  }
}

const ONE_ACCOUNT = { found: 1, looked: 1 }; // nothing is left out

function expectedOf(branches: Samples['branches']): ExpectedFiles | undefined {
  const { files, bytes } = estimate({ ...NO_SAMPLES, accounts: ONE_ACCOUNT, branches }, { share: 1 });
  const isVague = files.high - files.low > files.likely;
  return isVague ? undefined : { files: files.likely, bytes: bytes.likely };
}

const NO_SAMPLES = {
  plain: undefined,
  files: [],
  filesPerSecond: undefined,
  refusals: new Map<string, string>(),
  requests: { list: 0, get: 0 },
};
