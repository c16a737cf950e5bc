/** Which resources of the inventory are wanted: by account, region, service, creator and time. */
import { patternProblem, servicesMatching } from '../file/filters.ts';
import { compileWildcard, type Matches } from '../file/wildcard.ts';
import { compileCreator } from '../who/creator-match.ts';
import { creatorOf } from '../who/kept-creator.ts';
import type { InventoryRow } from './inventory-row.ts';

export const FILTERED_BY = ['account', 'region', 'service', 'creator'] as const;

export interface Wanted {
  /** Patterns; of a list that is absent nothing is asked. */
  readonly patterns: Readonly<Partial<Record<(typeof FILTERED_BY)[number], readonly string[]>>>;
  /** ISO 8601, UTC. The first is inside, the last is not. */
  readonly from?: string;
  readonly to?: string;
  readonly isDeletedToo: boolean;
}

/** Options that cannot be followed; the message is for the user. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Of an option: patterns between commas. Throws ExportError for those that match nothing. */
export function patternsIn(name: (typeof FILTERED_BY)[number], text: string): readonly string[] {
  const patterns = text.split(',').flatMap((pattern) => pattern.trim() || []);
  if (patterns.length === 0) throw new ExportError(`--${name} is empty`);
  for (const pattern of patterns) {
    const problem = patternProblem(name, pattern);
    if (problem !== undefined) throw new ExportError(`--${name}: ${problem}`);
  }
  return patterns;
}

/** What of a row is not known matches no pattern and lies in no time. */
export function compileWanted({ patterns, from, to, isDeletedToo }: Wanted): (row: InventoryRow) => boolean {
  const { account, region, service, creator } = patterns;
  const tests: ((row: InventoryRow) => boolean)[] = [];
  if (!isDeletedToo) tests.push(({ outcome }) => outcome !== 'deleted');
  if (account !== undefined) tests.push(matching(account, (row) => row.account));
  if (region !== undefined) tests.push(matching(region, (row) => row.region));
  if (service !== undefined) {
    const services = new Set(service.flatMap(servicesMatching));
    tests.push((row) => services.has(row.service));
  }
  if (creator !== undefined) {
    const isAsked = compileCreator({ kind: 'creator', patterns: creator });
    tests.push(
      (row) => row.creator !== '' && isAsked({ creator: creatorOf(row.creator), eventTime: ANY_TIME }),
    );
  }
  const [first, last] = [timeOf(from, Number.NEGATIVE_INFINITY), timeOf(to, Number.POSITIVE_INFINITY)];
  if (from !== undefined || to !== undefined) {
    tests.push(({ eventTime }) => {
      const time = Date.parse(eventTime);
      return time >= first && time < last;
    });
  }
  return (row) => tests.every((isSo) => isSo(row));
}

/** Times are looked at apart. */
const ANY_TIME = new Date(0).toISOString();

function matching(
  patterns: readonly string[],
  textOf: (row: InventoryRow) => string,
): (row: InventoryRow) => boolean {
  const matches: readonly Matches[] = patterns.map(compileWildcard);
  return (row) => matches.some((isMatch) => isMatch(textOf(row)));
}

function timeOf(text: string | undefined, open: number): number {
  return text === undefined ? open : Date.parse(text);
}
