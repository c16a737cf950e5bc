/** What a run has done and found: counts, and a few examples of what is wrong. */

export interface Counts {
  add(what: string, count?: number): void;
  of(what: string): number;
}

export function createCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    add(what, count = 1) {
      counts.set(what, (counts.get(what) ?? 0) + count);
    },
    of: (what) => counts.get(what) ?? 0,
  };
}

/** What every run must have had, as it is counted. */
const COVERED = [
  'recreations',
  'repeats',
  'repeatedTokens',
  'failedRepeats',
  'unlogged',
  'copies',
  'edits',
  'corrections',
  'namedByHand',
  'deletions',
  'born terraform',
  'born owned',
  'born forged',
  'born full',
  'born kept off',
  'rowsBeyondFirstEight',
  'otherAccounts',
  'lateFiles',
  'repeatedDeliveries',
  'outOfOrder',
  'splitOverInvocations',
  'partialBatchFailures',
  'takenBack',
] as const;

/** Where some of the histories are of families. */
const COVERED_OF_FAMILIES = [
  'children',
  'childrenFirst',
  'madeMakers',
  'chains',
  'parentsKnownByTags',
  'correctionsOfChildren',
] as const;

/** What only the store makes safe. */
const COVERED_WITH_STORE = [
  'overlappingOnOneArn',
  'creatorsWithinOneSecond',
  'childrenOfReusedNames',
  'members',
] as const;

export const FAULT_KINDS = [
  'throttled',
  'serverError',
  'reset',
  'resetAfterEffect',
  'slowAnswer',
  'stillCreating',
  'crash',
  'fullRetryQueue',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Report {
  readonly histories: number;
  readonly deliveries: number;
  readonly faults: number;
  readonly resources: number;
  readonly coverage: Readonly<Record<string, number>>;
  readonly wrong: number;
  readonly lost: number;
  readonly foreignTagsLost: number;
  readonly deadLettersUnexplained: number;
}

export function reportOf(counts: Counts, histories: number, store: boolean): Report {
  const covered = [...COVERED, ...COVERED_OF_FAMILIES, ...(store ? COVERED_WITH_STORE : []), ...FAULT_KINDS];
  return {
    histories,
    deliveries: counts.of('deliveries'),
    faults: FAULT_KINDS.reduce((sum, kind) => sum + counts.of(kind), 0),
    resources: counts.of('resources'),
    coverage: Object.fromEntries(covered.map((what) => [camelCase(what), counts.of(what)])),
    wrong: counts.of('wrong'),
    lost: counts.of('lost'),
    foreignTagsLost: counts.of('foreignTagsLost'),
    deadLettersUnexplained: counts.of('deadLettersUnexplained'),
  };
}

/** What is wrong with a run, in words; empty where all is well. */
export function failuresOf({ coverage, ...report }: Report): readonly string[] {
  const { wrong, lost, foreignTagsLost, deadLettersUnexplained } = report;
  const found = Object.entries({ wrong, lost, foreignTagsLost, deadLettersUnexplained });
  return [
    ...found.filter(([, count]) => count > 0).map(([what, count]) => `${what}: ${count}`),
    ...Object.entries(coverage)
      .filter(([, count]) => count === 0)
      .map(([what]) => `no history had any: ${what}`),
  ];
}

const camelCase = (words: string) => words.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
