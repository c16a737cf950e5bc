/**
 * What a backfill will come to, by samples of it: files and bytes with how sure that is, writes of each account at its rate,
 * time, and what AWS charges. Pure: from samples to numbers.
 *
 *     days sampled of each account and region ─▶ files a day × days ─▶ files ─▶ × creations a file ─▶ writes ─▶ ÷ rate ─▶ time
 */
import { costsOf, type EngineCost } from './engine-costs.ts';

export interface Samples {
  /** Accounts that the scope takes in, and how many of these were looked into. */
  readonly accounts: { readonly found: number; readonly looked: number };
  readonly branches: readonly BranchSample[];
  /** Files in none of CloudTrail's folders, as far as they were counted. */
  readonly plain: DaySample | undefined;
  readonly files: readonly FileSample[];
  /** At which files were read for this, side by side; `undefined` where there were too few. */
  readonly filesPerSecond: number | undefined;
  /** Accounts in which nothing can be tagged, with why. */
  readonly refusals: ReadonlyMap<string, string>;
  /** That the sampling took. */
  readonly requests: { readonly list: number; readonly get: number };
}

export interface BranchSample {
  readonly name: string;
  readonly account: string;
  /** That the scope takes in. */
  readonly days: number;
  /** Days that were chosen at random. */
  readonly sampled: readonly DaySample[];
}

export interface DaySample {
  readonly files: number;
  readonly bytes: number;
  /** False where there was more than a page: then the time of the last file tells how much of the day it was. */
  readonly isWhole: boolean;
}

export interface FileSample {
  readonly account: string;
  /** How many files of its day it stands for. */
  readonly weight: number;
  readonly writes: readonly Write[];
}

/** One resource to be tagged. */
export interface Write {
  readonly account: string;
  /** Writes with the same line wait for one another: the calls that AWS counts together, in a region where each has a rate. */
  readonly line: string;
  /** Such writes that AWS allows, with the reading before each where that counts too. */
  readonly perSecond: number;
}

/** With 95 % certainty as far as samples tell; all three are equal where everything was counted. */
export interface Range {
  readonly likely: number;
  readonly low: number;
  readonly high: number;
}

export interface AccountEstimate {
  readonly account: string;
  readonly files: number;
  readonly writes: number;
  /** That the writes take at the share of the rates that is ours. */
  readonly seconds: number;
  /** The line that takes longest; `undefined` without writes. */
  readonly slowest: string | undefined;
  readonly refusal: string | undefined;
}

export interface Estimate {
  readonly accounts: Samples['accounts'];
  readonly branches: number;
  readonly files: Range;
  readonly bytes: Range;
  readonly plain: DaySample | undefined;
  /** In accounts that let us in. */
  readonly writes: number;
  /** Those that were looked into, most writes first. */
  readonly byAccount: readonly AccountEstimate[];
  readonly seconds: { readonly reading: number; readonly tagging: number };
  readonly costs: readonly EngineCost[];
  readonly sampledDays: number;
  readonly sampledFiles: number;
  readonly requests: Samples['requests'];
}

export interface EstimateOptions {
  /** Of the published rates, that is ours (`RATE_SHARE`). */
  readonly share: number;
}

/** One core, files of 2 KB from S3 in the same region: so many are read where too few were sampled to tell. */
export const TYPICAL_FILES_PER_SECOND = 1_000;

export function estimate(samples: Samples, { share }: EstimateOptions): Estimate {
  const { accounts, branches, plain } = samples;
  const factor = accounts.looked === 0 ? 1 : accounts.found / accounts.looked;
  const files = total(samples, (day) => day.files, plain?.files ?? 0);
  const bytes = total(samples, (day) => day.bytes, plain?.bytes ?? 0);
  const byAccount = accountsOf(samples, share);
  const open = byAccount.filter(({ refusal }) => refusal === undefined);
  const writes = open.reduce((sum, each) => sum + each.writes, 0) * factor;
  const reading = files.likely / (samples.filesPerSecond ?? TYPICAL_FILES_PER_SECOND);
  const found = Math.round(branches.length * factor);
  return {
    accounts,
    branches: found,
    files,
    bytes,
    plain,
    writes: Math.round(writes),
    byAccount,
    seconds: { reading, tagging: Math.max(0, ...open.map(({ seconds }) => seconds)) },
    costs: costsOf({ files: files.likely, bytes: bytes.likely, writes, branches: found }),
    sampledDays: branches.reduce((sum, { sampled }) => sum + sampled.length, 0),
    sampledFiles: samples.files.length,
    requests: samples.requests,
  };
}

/** 95 % of a normal distribution lie within so many standard deviations of its mean. */
const DEVIATIONS = 1.96;

/**
 * Each branch is a stratum of its days; what was not sampled at all is like the rest. (Cochran, "Sampling Techniques",
 * chapters 2 and 5: the variance of a mean is that of the sample by its size, less what was counted of the whole.)
 */
function total({ accounts, branches }: Samples, measure: (day: DaySample) => number, plain: number): Range {
  const seen = branches.filter(({ sampled }) => sampled.length > 0);
  const pooled = varianceOf(seen.flatMap(({ sampled }) => sampled.map(measure)));
  const sums = seen.map(({ days, sampled }) => days * meanOf(sampled.map(measure)));
  const variances = seen.map(({ days, sampled }) => {
    const variance = sampled.length > 1 ? varianceOf(sampled.map(measure)) : pooled;
    const isGuess = sampled.some(({ isWhole }) => !isWhole);
    const left = 1 - sampled.length / days;
    return days ** 2 * (variance / sampled.length) * (isGuess ? Math.max(left, GUESSED) : left);
  });
  const ofSeen = sums.reduce((sum, each) => sum + each, 0);
  const scale =
    branches.length === 0
      ? 1
      : (branches.length / Math.max(1, seen.length)) * (accounts.found / Math.max(1, accounts.looked));
  const unseen = seen.length * (scale - 1);
  const variance =
    variances.reduce((sum, each) => sum + each, 0) +
    (unseen ** 2 * varianceOf(sums)) / Math.max(1, seen.length);
  const counted = seen.reduce(
    (sum, { sampled }) => sum + sampled.reduce((all, day) => all + measure(day), 0),
    0,
  );
  const likely = ofSeen * scale;
  const spread = DEVIATIONS * Math.sqrt(variance);
  return {
    likely: Math.round(likely + plain),
    low: Math.round(Math.max(counted, likely - spread) + plain),
    high: Math.round(likely + spread + plain),
  };
}

/** Of a day that is told by the time of its thousandth file. */
const GUESSED = 0.1;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length);
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, values.length - 1);
}

/** Below that, what other accounts create says more than the few files. */
const MIN_FILES_OF_ACCOUNT = 10;

function accountsOf(samples: Samples, share: number): readonly AccountEstimate[] {
  const byAccount = Map.groupBy(samples.branches, ({ account }) => account);
  const filesOf = Map.groupBy(samples.files, ({ account }) => account);
  return [...byAccount]
    .map(([account, branches]): AccountEstimate => {
      const files = branches.reduce(
        (sum, { days, sampled }) => sum + days * meanOf(sampled.map((day) => day.files)),
        0,
      );
      const own = filesOf.get(account) ?? [];
      const read = own.length >= MIN_FILES_OF_ACCOUNT ? own : samples.files;
      const { writes, seconds, slowest } = writesOf(read, files, share);
      return {
        account,
        files: Math.round(files),
        writes: Math.round(writes),
        seconds,
        slowest,
        refusal: samples.refusals.get(account),
      };
    })
    .sort((one, other) => other.writes - one.writes || (one.account < other.account ? -1 : 1));
}

/** Lines go side by side, so the longest of them tells how long all take. */
function writesOf(read: readonly FileSample[], files: number, share: number) {
  const weight = read.reduce((sum, each) => sum + each.weight, 0);
  const lines = new Map<string, { count: number; readonly perSecond: number }>();
  for (const { writes, weight: each } of read) {
    for (const { line, perSecond } of writes) {
      const known = lines.get(line) ?? { count: 0, perSecond };
      known.count += (each / weight) * files;
      lines.set(line, known);
    }
  }
  const all = [...lines].map(([line, { count, perSecond }]) => ({
    line,
    count,
    seconds: count / (perSecond * share),
  }));
  const slowest = all.reduce<(typeof all)[number] | undefined>(
    (most, each) => (most === undefined || each.seconds > most.seconds ? each : most),
    undefined,
  );
  return {
    writes: all.reduce((sum, { count }) => sum + count, 0),
    seconds: slowest?.seconds ?? 0,
    slowest: slowest?.line,
  };
}
