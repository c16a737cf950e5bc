/**
 * Which creations the user wants tagged: patterns for account, region, service, event and creator, to include
 * and to exclude. A filter is a row: what it looks at, and which patterns make sense for it.
 */
import { catalogue, creatingEvents } from '../../parser/catalogue/catalogue.ts';
import { type CatalogueRow, servicePrefix } from '../../parser/catalogue/row.ts';
import type { Creation } from '../../parser/event/creation.ts';
import { partitionOf } from '../../parser/partition.ts';
import type { CreationFacts, ResourceFacts } from '../../tag-manager/tags/tag-facts.ts';
import { withoutHost } from './services.ts';
import { compileWildcard } from './wildcard.ts';

/** What patterns look at. */
export interface Matchable extends Pick<CreationFacts, 'account' | 'eventSource' | 'eventName'> {
  readonly creator: Pick<CreationFacts['creator'], 'name' | 'person' | 'arn'>;
  readonly resources: readonly Pick<ResourceFacts, 'region' | 'row'>[];
}

interface FilterRow {
  /** The filter matches when a pattern matches any of them. */
  readonly textsOf: (creation: Matchable) => readonly string[];
  /** Other spellings that users know. */
  readonly spelling?: (pattern: string) => string;
  /** False for a pattern that no creation of this catalogue can ever match: a mistyped one. */
  readonly canMatch: (pattern: string) => boolean;
  /** What a pattern should have been. */
  readonly expected: string;
}

const ROWS = {
  account: {
    textsOf: ({ account }) => [account],
    canMatch: canBeAccount,
    expected: 'an account of 12 digits, or digits and *',
  },
  region: {
    textsOf: ({ resources }) => resources.map(({ region }) => region),
    canMatch: canBeRegion,
    expected: 'a region such as eu-west-1, or a pattern such as eu-*',
  },
  service: {
    textsOf: ({ eventSource, resources }) => [
      withoutHost(eventSource),
      ...resources.map(({ row }) => servicePrefix(row)),
    ],
    spelling: withoutHost,
    canMatch: (pattern) => servicesMatching(pattern).length > 0,
    expected: 'a service of which something is tagged, such as ec2',
  },
  event: {
    textsOf: ({ eventName, resources }) => [eventName, ...resources.map(({ row }) => row.eventName)],
    canMatch: canBeEvent,
    expected: 'an event that creates something we tag, such as RunInstances, or a pattern such as Create*',
  },
  creator: {
    textsOf: ({ creator }) => [creator.name, creator.person, creator.arn ?? ''],
    canMatch: () => true,
    expected: 'an ARN, a name or a person',
  },
} as const satisfies Readonly<Record<string, FilterRow>>;

export type FilterName = keyof typeof ROWS;

export const FILTER_NAMES = Object.keys(ROWS) as readonly FilterName[];

/** What rules of the organization tell apart too. */
const RULE_ROWS = {
  ...ROWS,
  type: {
    textsOf: ({ resources }) => resources.map(({ row }) => row.resourceType),
    canMatch: canBeType,
    expected: 'a resource type that is tagged, such as ec2:instance, or a pattern such as ec2:*',
  },
} as const satisfies Readonly<Record<string, FilterRow>>;

export type PatternName = keyof typeof RULE_ROWS;

export const PATTERN_NAMES = Object.keys(RULE_ROWS) as readonly PatternName[];

/** Lists of patterns; an absent or empty list filters nothing. */
export type Patterns = Readonly<Partial<Record<FilterName, readonly string[]>>>;

export interface FilterOptions {
  readonly include: Patterns;
  readonly exclude: Patterns;
}

/** Which filter leaves a creation out, in words; `undefined` where none does. */
export type Filter = (creation: Creation) => string | undefined;

/** One by patterns alone, which look at less than all of it. */
export type PatternFilter = (creation: Matchable) => string | undefined;

export function compileFilter({ include, exclude }: FilterOptions): PatternFilter {
  const included = compile(include);
  const excluded = compile(exclude);
  return (creation) => {
    const missed = included.find(({ matches }) => !matches(creation));
    if (missed !== undefined) return `its ${missed.name} is not included`;
    const hit = excluded.find(({ matches }) => matches(creation));
    return hit === undefined ? undefined : `its ${hit.name} is excluded`;
  };
}

/** Whether a creation matches each list of patterns that is there. */
export function compilePatterns(
  patterns: Readonly<Partial<Record<PatternName, readonly string[]>>>,
): (creation: Matchable) => boolean {
  const rows = compile(patterns);
  return (creation) => rows.every(({ matches }) => matches(creation));
}

function compile(patterns: Readonly<Partial<Record<PatternName, readonly string[]>>>) {
  return PATTERN_NAMES.flatMap((name) => {
    const { textsOf, spelling = (pattern) => pattern }: FilterRow = RULE_ROWS[name];
    const texts = patterns[name] ?? [];
    if (texts.length === 0) return [];
    const wildcards = texts.map((pattern) => compileWildcard(spelling(pattern)));
    const matches = (creation: Matchable) =>
      textsOf(creation).some((text) => wildcards.some((isMatch) => isMatch(text)));
    return [{ name, matches }];
  });
}

/** Why a pattern can never match, in words; `undefined` where it can. */
export function patternProblem(name: PatternName, pattern: string): string | undefined {
  const { spelling = (text) => text, canMatch, expected }: FilterRow = RULE_ROWS[name];
  if (canMatch(spelling(pattern))) return undefined;
  return `${JSON.stringify(pattern)} can match nothing: expected ${expected}`;
}

const ACCOUNT_DIGITS = 12;

function canBeAccount(pattern: string): boolean {
  const digits = pattern.replaceAll('*', '');
  if (!/^\d*$/.test(digits)) return false;
  return pattern.includes('*') ? digits.length <= ACCOUNT_DIGITS : digits.length === ACCOUNT_DIGITS;
}

const AREAS = ['us', 'eu', 'ap', 'sa', 'ca', 'me', 'af', 'il', 'mx', 'cn', 'us-gov'];
const DIRECTIONS = ['central', 'north', 'south', 'east', 'west'];
const BETWEEN = ['northeast', 'northwest', 'southeast', 'southwest'];
const MAX_NUMBER = 99;

/** Of the forms that a region may have: the regions of tomorrow too. */
function canBeRegion(pattern: string): boolean {
  if (!pattern.includes('*')) return partitionOf(pattern.toLowerCase()) !== undefined;
  const isMatch = compileWildcard(pattern);
  return AREAS.some((area) =>
    [...DIRECTIONS, ...BETWEEN].some((direction) => {
      for (let number = 1; number <= MAX_NUMBER; number++) {
        if (isMatch(`${area}-${direction}-${number}`)) return true;
      }
      return false;
    }),
  );
}

function canBeEvent(pattern: string): boolean {
  const isMatch = matcherOfEvents(pattern);
  return creatingEvents().some(({ eventName }) => isMatch(eventName));
}

function canBeType(pattern: string): boolean {
  const isMatch = compileWildcard(pattern);
  return catalogue().some(({ resourceType }) => isMatch(resourceType));
}

/** The rows of the events that a pattern matches. */
export function rowsOfEvents(pattern: string): readonly CatalogueRow[] {
  const isMatch = matcherOfEvents(pattern);
  return catalogue().filter(({ eventName, otherNames = [] }) => [eventName, ...otherNames].some(isMatch));
}

/** A record may have a date behind the name, of which the catalogue knows nothing. */
function matcherOfEvents(pattern: string): (eventName: string) => boolean {
  const matchers = [pattern, pattern.replace(/\d{4}.*$/, '*')].map((text) => compileWildcard(text));
  return (eventName) => matchers.some((isMatch) => isMatch(eventName));
}

/** The services that a pattern of theirs matches, by IAM prefix. Their event sources may be called otherwise. */
export function servicesMatching(pattern: string): readonly string[] {
  const isMatch = compileWildcard(withoutHost(pattern));
  const rows = catalogue().filter((row) =>
    [row.eventSource, ...(row.otherSources ?? []), servicePrefix(row)].some((name) =>
      isMatch(withoutHost(name)),
    ),
  );
  return [...new Set(rows.map(servicePrefix))];
}
