/**
 * Rules of ownership, each broken in one place: a run of histories must see it. A mutant whose text is not found is an
 * error, so that none is left behind when the code changes.
 */
import { FAMILY_KINDS } from './family-kinds.ts';
import type { Born, History, Line, Step } from './history.ts';

export interface Mutant {
  /** From the root. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
  /** In these the rule has a say. */
  about(history: History, line: Line): boolean;
  /** It is seen with the store. @default false */
  readonly store?: boolean;
  /** It is seen where tags name persons, in families. @default false */
  readonly persons?: boolean;
}

const RULES = 'tag-manager/ownership/rules.ts';
const LIVES = 'tag-manager/ownership/lives.ts';

const CHAIN = 'tag-manager/parents/chain.ts';

const LIST = '[ownerSaysSkip, othersAreKept, correctionsAreKept, byHandWhereFree]';

const does =
  (...wanted: readonly Step['does'][]) =>
  ({ steps }: History) =>
    wanted.every((what) => steps.some((step) => step.does === what));

const isBorn =
  (...wanted: readonly Born[]) =>
  ({ steps }: History) =>
    steps.some((step) => step.does === 'create' && wanted.includes(step.born));

const livesTwice = ({ steps }: History) => steps.filter((step) => step.does === 'create').length > 1;

/** The call that is repeated succeeds. */
const isCorrectedAndRepeated = (history: History) =>
  history.kind.creation === 'idempotent' && does('correct', 'repeat')(history);

const isRepeatedAtOnce = ({ steps }: History) =>
  steps.some((step) => step.does === 'repeat' && step.gapSeconds === 0);

const isIdempotent = ({ kind }: History) => kind.naming === 'reusable' && kind.creation === 'idempotent';

/** The call that made it is in no log, and calls that made nothing are. */
const isUnlogged = (history: History) =>
  isIdempotent(history) && history.steps.some((step) => step.does === 'create' && step.isUnlogged);

const isFamily = (_: History, line: Line) =>
  line.some(({ history }) => history.kind === FAMILY_KINDS.instance);

/** What made it was made for something in turn. */
const isChain = (_: History, line: Line) =>
  line.some(({ history }) => history.kind === FAMILY_KINDS.instance && history.parent?.parent !== undefined);

const isOfReusedName = (_: History, line: Line) =>
  line.some(({ step }) => step.does === 'delete') && isFamily(_, line);

const without = (rule: string): Pick<Mutant, 'file' | 'text' | 'by'> => ({
  file: RULES,
  text: LIST,
  by: LIST.replace(new RegExp(`${rule}(, )?`), ''),
});

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'an owner who keeps us off is heard': { ...without('ownerSaysSkip'), about: isBorn('kept off') },
  'tags of others are kept': { ...without('othersAreKept'), about: isBorn('owned', 'forged in the future') },
  'a user named by hand does not replace the creator': {
    file: RULES,
    text: 'return looksOurs(claim) ? keep(',
    by: 'return claim.now < 0 ? keep(',
    about: does('nameByHand'),
  },
  'ManagedBy of another tool stays': {
    file: RULES,
    text: 'tags.delete(keys.managedBy);',
    by: '',
    about: isBorn('terraform'),
  },
  'tags that were copied are replaced': {
    file: RULES,
    text: 'first === undefined || !first.copiesTags',
    by: 'true',
    about: ({ kind }) => kind.copies,
  },
  'a correction beside the right time stays': {
    file: RULES,
    text: '(winner === told &&',
    by: '(false &&',
    about: isCorrectedAndRepeated,
  },
  'the earliest call made what has an id': {
    file: LIVES,
    text: "if (naming === 'unique') return sorted[0];",
    by: "if (naming === 'unique') return sorted.at(-1);",
    about: (history) => history.kind.naming === 'unique' && does('repeat')(history),
  },
  'the latest strict call began the life': {
    file: LIVES,
    text: 'return sorted.findLast(',
    by: 'return sorted.find(',
    about: (history) => history.kind.creation === 'strict' && livesTwice(history),
  },
  'a repeat of an idempotent call made nothing': {
    file: LIVES,
    text: 'latestStrict(made) ?? made[0]',
    by: 'latestStrict(made) ?? made.at(-1)',
    about: (history) => isIdempotent(history) && does('repeat')(history),
  },
  "the service's own time decides": {
    file: LIVES,
    text: 'serviceTime === undefined ? sorted',
    by: 'true ? sorted',
    about: (history) => history.kind.tellsTime && livesTwice(history),
  },
  'a call at another time than that made nothing': {
    file: LIVES,
    text: 'latestStrict(made) ?? made[0]',
    by: 'latestStrict(made) ?? made[0] ?? latestStrict(sorted) ?? sorted[0]',
    about: isUnlogged,
  },
  'a single call that may be a repeat is asked about': {
    file: RULES,
    text: "decision.action !== 'write'",
    by: 'true',
    about: isUnlogged,
  },
  'a store knows a correction': {
    ...without('correctionsAreKept'),
    about: isCorrectedAndRepeated,
    store: true,
  },
  'a deletion ends a life': {
    file: LIVES,
    text: 'deletion === undefined || compareEvents(event, deletion) > 0',
    by: 'true',
    about: (history) => isIdempotent(history) && livesTwice(history),
    store: true,
  },
  'within one second the ids decide': {
    file: LIVES,
    text: 'return a.eventID < b.eventID ?',
    by: 'return a.eventID > b.eventID ?',
    about: (history) => isIdempotent(history) && isRepeatedAtOnce(history),
    store: true,
  },
  'the chain goes on to the first maker': {
    file: CHAIN,
    text: 'const MAX_STEPS = 5;',
    by: 'const MAX_STEPS = 1;',
    about: isChain,
    store: true,
    persons: true,
  },
  'the maker at the time of what was made counts': {
    file: CHAIN,
    text: 'return winnerOf(until(0), naming) ?? winnerOf(until(CLOCK_TOLERANCE_MS), naming);',
    by: 'return winnerOf(events, naming);',
    about: isOfReusedName,
    store: true,
    persons: true,
  },
  'what was written before all makers were known is ours': {
    file: RULES,
    text: 'if (![...winner.tags].some(([key, wanted]) => isFormer(key, wanted))) return settled;',
    by: 'return settled;',
    about: isFamily,
    store: true,
    persons: true,
  },
  'who was told of another person is judged again': {
    file: 'tag-manager/call-children.ts',
    text: 'if (!isParent ||',
    by: 'if (isParent ||',
    about: isFamily,
    store: true,
    persons: true,
  },
  'a child waits for its parent': {
    file: 'tag-manager/persons.ts',
    text: 'const isAwaited = unknown !== undefined &&',
    by: 'const isAwaited = event === undefined && unknown !== undefined &&',
    about: isFamily,
    persons: true,
  },
  'tags of a parent tell who made it': {
    file: CHAIN,
    text: 'return isLater ? undefined : personInTags(read.value, run);',
    by: 'return undefined;',
    about: isFamily,
    persons: true,
  },
};
