/**
 * Rules of ownership, each broken in one place: a run of histories must see it. A mutant whose text is not found is an
 * error, so that none is left behind when the code changes.
 */

export interface Mutant {
  /** From the root. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
  /** It is seen with the store. @default false */
  readonly store?: boolean;
}

const RULES = 'tag-manager/ownership/rules.ts';
const LIVES = 'tag-manager/ownership/lives.ts';

const LIST = '[ownerSaysSkip, othersAreKept, correctionsAreKept, byHandWhereFree]';

const without = (rule: string): Pick<Mutant, 'file' | 'text' | 'by'> => ({
  file: RULES,
  text: LIST,
  by: LIST.replace(new RegExp(`${rule}(, )?`), ''),
});

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'an owner who keeps us off is heard': without('ownerSaysSkip'),
  'tags of others are kept': without('othersAreKept'),
  'a user named by hand does not replace the creator': {
    file: RULES,
    text: 'return looksOurs(claim) ? keep(',
    by: 'return claim.now < 0 ? keep(',
  },
  'ManagedBy of another tool stays': { file: RULES, text: 'tags.delete(keys.managedBy);', by: '' },
  'tags that were copied are replaced': {
    file: RULES,
    text: 'first === undefined || !first.copiesTags',
    by: 'true',
  },
  'a correction beside the right time stays': {
    file: RULES,
    text: 'if (winner !== told ||',
    by: 'if (true ||',
  },
  'the earliest call made what has an id': {
    file: LIVES,
    text: "if (naming === 'unique') return sorted[0];",
    by: "if (naming === 'unique') return sorted.at(-1);",
  },
  'the latest strict call began the life': {
    file: LIVES,
    text: 'return sorted.findLast(',
    by: 'return sorted.find(',
  },
  'a repeat of an idempotent call made nothing': {
    file: LIVES,
    text: '?? latestStrict(sorted) ?? sorted[0]',
    by: '?? latestStrict(sorted) ?? sorted.at(-1)',
  },
  "the service's own time decides": {
    file: LIVES,
    text: 'serviceTime === undefined ? []',
    by: 'true ? []',
  },
  'a store knows a correction': { ...without('correctionsAreKept'), store: true },
  'a deletion ends a life': {
    file: LIVES,
    text: 'sorted.slice(lastDeletion + 1)',
    by: 'sorted',
    store: true,
  },
  'within one second the ids decide': {
    file: LIVES,
    text: 'return a.eventID < b.eventID ?',
    by: 'return a.eventID > b.eventID ?',
    store: true,
  },
};
