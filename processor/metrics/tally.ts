/**
 * What is counted of some work, for the metrics: sums, whatever number of files they are of. Work that comes again is
 * not counted now, but for what is counted at each attempt.
 */
import { METRICS, type MetricName } from './metrics.ts';

export interface Tally {
  readonly counts: Counts;
  /** Resources by service and outcome. */
  readonly outcomes: readonly OutcomeCount[];
  /** Seconds, of each file that says how far behind we are. */
  readonly ages: readonly number[];
}

/** Those that are not listed, each by itself. */
export type CountName = Exclude<MetricName, 'ResourceOutcomes' | 'FileAge'>;
export type Counts = Readonly<Partial<Record<CountName, number>>>;

export interface OutcomeCount {
  /** Its IAM prefix. */
  readonly service: string;
  readonly outcome: string;
  readonly count: number;
}

export const NO_TALLY: Tally = { counts: {}, outcomes: [], ages: [] };

/** The outcome that is none yet. */
const DEFERRED = 'deferred';

export function tallyOf(counts: Counts): Tally {
  return { ...NO_TALLY, counts };
}

export function sumOfTallies(tallies: readonly Tally[]): Tally {
  const some = tallies.filter((tally) => tally !== NO_TALLY);
  if (some.length <= 1) return some[0] ?? NO_TALLY;
  const counts: Partial<Record<CountName, number>> = {};
  for (const tally of some) {
    for (const [name, count] of Object.entries(tally.counts) as [CountName, number][]) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  const outcomes = joined(some.flatMap((tally) => tally.outcomes));
  return { counts, outcomes, ages: some.flatMap(({ ages }) => ages) };
}

/** The resources of all services and outcomes, each combination once. */
export function joined(outcomes: readonly OutcomeCount[]): readonly OutcomeCount[] {
  const sums = new Map<string, OutcomeCount>();
  for (const { service, outcome, count } of outcomes) {
    const key = `${service} ${outcome}`;
    sums.set(key, { service, outcome, count: count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()];
}

/** Of work that comes again as a whole. */
export function unsettled({ counts, outcomes }: Tally): Tally {
  const names = (Object.keys(counts) as CountName[]).filter((name) => METRICS[name].when === 'attempt');
  return {
    counts: Object.fromEntries(names.map((name) => [name, counts[name]])),
    outcomes: outcomes.filter(isDeferred),
    ages: [],
  };
}

/** Of work that would come again and shall not: what was left for another time has failed. */
export function givenUp(tally: Tally): Tally {
  const { counts, outcomes, ages } = tally;
  const failed = outcomes.map((each) => (isDeferred(each) ? { ...each, outcome: 'failed' } : each));
  const { FilesDeferred, ...rest } = counts;
  const files = FilesDeferred === undefined ? {} : { FilesFailed: FilesDeferred };
  return sumOfTallies([{ counts: rest, outcomes: joined(failed), ages }, tallyOf(files)]);
}

/** How many resources there are of an outcome, and how many in all but those that were left. */
export function resourceCounts(outcomes: readonly OutcomeCount[]): Counts {
  const countOf = (which: (each: OutcomeCount) => boolean) =>
    outcomes.filter(which).reduce((sum, { count }) => sum + count, 0);
  return {
    Resources: countOf((each) => !isDeferred(each)),
    ResourcesFailed: countOf(({ outcome }) => outcome === 'failed'),
    ResourcesDeferred: countOf(isDeferred),
  };
}

function isDeferred({ outcome }: OutcomeCount): boolean {
  return outcome === DEFERRED;
}
