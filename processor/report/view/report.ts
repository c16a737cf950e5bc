/** A report as it is shown, whatever it is written as: made of the sums, and of what is known of the run or the logs. */

import type { ResourceRow } from '../../file/resource-row.ts';
import type { WriteRate } from '../run/write-rate.ts';
import type { BranchDays } from '../sums/delivered.ts';
import { branchDays } from '../sums/delivered.ts';
import { newestOf } from '../sums/newest.ts';
import type { ReportSums, Tallies } from '../sums/sums.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { type Creators, creatorsOf } from './creators.ts';
import { type Gaps, gapsOf } from './gaps.ts';
import { type OverTime, overTimeOf } from './over-time.ts';
import { type Places, placesOf } from './places.ts';

/** What a report is about. */
export interface Subject {
  /** In a few words: `Log files`, `Run 2026-11-26T143012Z-ab12cd`. */
  readonly title: string;
  /** Paths of the logs, or the scope of the run. */
  readonly about: readonly string[];
  /** More that is known, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Whether it was read before its end: then figures are of what was done until then. */
  readonly isPartial: boolean;
  /** What the speed is of. */
  readonly speed: Speed;
  /** Account by account. Of a run, which knows them from its checkpoint; else they follow from the names of the files. */
  readonly branches?: readonly BranchDays[];
}

export interface Speed {
  readonly seconds: number;
  /** Of a run: writes of tags. */
  readonly writes?: number;
  /** When they were made, by column, counted from 1970 on. */
  readonly rate?: Pick<WriteRate, 'columns' | 'stepSeconds'>;
  /** Those that AWS throttled, by API, account and region. */
  readonly throttled?: ReadonlyMap<string, number>;
}

export interface Report {
  readonly subject: Subject;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly version: string;
  readonly tallies: Tallies;
  /** Times of the first and the last creating event; empty where there are none. */
  readonly first: string;
  readonly last: string;
  readonly overTime: OverTime;
  readonly creators: Creators;
  readonly places: Places;
  readonly coverage: Coverage;
  readonly gaps: Gaps;
  /** Files whose names do not tell for which day they are. */
  readonly unnamedFiles: number;
  /** The newest first. */
  readonly rows: readonly ResourceRow[];
  /** How many resources there are, listed or not. */
  readonly rowsSeen: number;
}

export function reportOf(
  sums: ReportSums,
  subject: Subject,
  made: { readonly at: string; readonly version: string },
): Report {
  return {
    subject,
    madeAt: made.at,
    version: made.version,
    tallies: sums.tallies,
    first: sums.first,
    last: sums.last,
    overTime: overTimeOf(sums.periods),
    creators: creatorsOf(sums),
    places: placesOf(sums.places),
    coverage: coverageOf(sums),
    gaps: gapsOf(() => subject.branches ?? branchDays(sums.delivered)),
    unnamedFiles: sums.delivered.unnamed,
    rows: newestOf(sums.newest),
    rowsSeen: sums.newest.seen,
  };
}
