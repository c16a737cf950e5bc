/** What became of what was created: service by service, and what lies outside of what is tagged. */
import type { OutcomeName } from '../../../tag-manager/outcome.ts';
import { type Counts, commonest, compare, totalOf } from '../sums/counts.ts';
import type { ReportSums } from '../sums/sums.ts';
import type { NamedCount } from './creators.ts';

/** Outcomes that mean the same to whoever looks at a report, in the order in which they are shown. */
export const STATES = {
  tagged: { label: 'tagged', outcomes: ['tagged', 'unchanged'] },
  planned: { label: 'would be tagged', outcomes: ['would-tag'] },
  kept: { label: 'kept as it was', outcomes: ['kept'] },
  gone: { label: 'gone', outcomes: ['gone'] },
  deferred: { label: 'still to do', outcomes: ['deferred'] },
  failed: { label: 'failed', outcomes: ['failed'] },
} as const satisfies Readonly<Record<string, { label: string; outcomes: readonly OutcomeName[] }>>;

export type State = keyof typeof STATES;

export const STATE_NAMES = Object.keys(STATES) as State[];

export interface Coverage {
  /** States that occur, in their order. */
  readonly states: readonly State[];
  readonly total: StateCounts;
  /** The largest first. */
  readonly services: readonly ServiceCoverage[];
  /** How many there are beyond those. */
  readonly otherServices: number;
  /** Calls that created something outside the catalogue, the commonest first. */
  readonly outside: readonly NamedCount[];
  readonly outsideTotal: number;
  /** Records of services that `SERVICES` leaves out. */
  readonly leftOut: readonly NamedCount[];
  readonly leftOutTotal: number;
  readonly reasons: readonly ReasonCount[];
}

export type StateCounts = Readonly<Record<State, number>>;

export interface ServiceCoverage {
  readonly service: string;
  readonly total: number;
  readonly counts: StateCounts;
}

export interface ReasonCount {
  readonly outcome: string;
  readonly service: string;
  readonly reason: string;
  readonly count: number;
}

const MAX_SERVICES = 15;
const MAX_CALLS = 25;
const MAX_REASONS = 12;

/** `tallies` know outcomes of resources that are not listed one by one. */
export function coverageOf({ services, tallies, outside, servicesLeftOut, reasons }: ReportSums): Coverage {
  const byService = new Map<string, Partial<Record<string, number>>>();
  for (const [key, number] of services.byName) {
    const [service = '', outcome = ''] = key.split('\t');
    const counts = byService.get(service) ?? {};
    counts[outcome] = (counts[outcome] ?? 0) + number;
    byService.set(service, counts);
  }
  const all = [...byService]
    .map(([service, counts]) => withTotal(service, inStates(counts)))
    .sort((one, other) => other.total - one.total || compare(one.service, other.service));
  const total = inStates(tallies.outcomes);
  return {
    states: STATE_NAMES.filter((state) => total[state] > 0),
    total,
    services: all.slice(0, MAX_SERVICES),
    otherServices: Math.max(0, all.length - MAX_SERVICES),
    outside: namedCounts(outside),
    outsideTotal: totalOf(outside),
    leftOut: namedCounts(servicesLeftOut),
    leftOutTotal: totalOf(servicesLeftOut),
    reasons: commonest(reasons)
      .slice(0, MAX_REASONS)
      .map(([key, count]) => {
        const [outcome = '', service = '', ...reason] = key.split('\t');
        return { outcome, service, reason: reason.join(' '), count };
      }),
  };
}

function withTotal(service: string, counts: StateCounts): ServiceCoverage {
  return { service, counts, total: STATE_NAMES.reduce((sum, state) => sum + counts[state], 0) };
}

const NONE: StateCounts = { tagged: 0, planned: 0, kept: 0, gone: 0, deferred: 0, failed: 0 };

function inStates(outcomes: Partial<Record<string, number>>): StateCounts {
  const sumOf = (names: readonly OutcomeName[]) =>
    names.reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
  const counts = { ...NONE };
  for (const state of STATE_NAMES) counts[state] = sumOf(STATES[state].outcomes);
  return counts;
}

function namedCounts(counts: Counts): readonly NamedCount[] {
  return commonest(counts)
    .slice(0, MAX_CALLS)
    .map(([name, count]) => ({ name, count }));
}
