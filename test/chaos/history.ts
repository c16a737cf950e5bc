/**
 * A random history: what people do to one resource, or to one name that several resources have one after the other. Plain
 * data; `world.ts` has the sandbox execute it.
 */
import type { Kind, Place, Tags } from './kinds.ts';
import type { Random } from './random.ts';

export interface History {
  /** Of the resource, where people name it; else the client token. */
  readonly name: string;
  readonly number: number;
  readonly kind: Kind;
  readonly place: Place;
  readonly steps: readonly Step[];
  /** What it is made for, or takes in. */
  readonly parent?: History;
}

/** Steps in their order, each so long after the one before: those of one history, or of a family. */
export type Line = readonly { readonly history: History; readonly step: Step }[];

/** `person` is a place in the list of people. A `repeat` is a creating call while the resource is there. */
export type Step = { readonly gapSeconds: number } & (
  | { readonly does: 'create'; readonly person: number; readonly born: Born; readonly isUnlogged: boolean }
  | { readonly does: 'repeat'; readonly person: number }
  | { readonly does: 'delete'; readonly person: number }
  | { readonly does: 'edit'; readonly key: string; readonly value: string | undefined }
  | { readonly does: 'correct'; readonly to: string }
  /** Somebody has us tag it for a user of its own choice. */
  | { readonly does: 'nameByHand'; readonly user: string }
);

/** With which tags of the request: `full`, as many as the service takes. `ours`, as we wrote them a year ago. */
export type Born = keyof typeof BORN | 'ours';

const BORN = {
  plain: 60,
  tagged: 16,
  terraform: 9,
  owned: 6,
  'kept off': 5,
  forged: 7,
  'forged in the future': 2,
  full: 6,
} as const;

export interface Scope {
  /** With the store all is promised; without it, what the law says. */
  readonly store: boolean;
  readonly kinds: readonly Kind[];
  readonly places: readonly Place[];
}

/** Of two creations of a name only the store tells which life they are of, where the service does not say when it made it. */
function canComeAgain({ naming, creation, tellsTime }: Kind, store: boolean): boolean {
  return naming === 'reusable' && (store || creation === 'strict' || tellsTime);
}

export function historyOf(random: Random, number: number, { store, kinds, places }: Scope): History {
  const kind = random.chance(0.6)
    ? random.pick(kinds.filter(({ isModelled, copies }) => isModelled && !copies))
    : pickRow(random, kinds);
  const { regions } = kind;
  const place = random.pick(places.filter(({ region }) => regions?.includes(region) ?? true));
  const lives = canComeAgain(kind, store) ? random.pick([1, 1, 2, 2, 3]) : 1;
  const steps: Step[] = [];
  for (let life = 1; life <= lives; life++) {
    const deletion = { does: 'delete', person: random.below(4), gapSeconds: gap(random) } as const;
    if (life > 1) steps.push(deletion);
    const isUnlogged = lives === 1 && kind.tellsTime && random.chance(0.6);
    steps.push(...lifeOf(random, kind, { store, isUnlogged }));
  }
  if (kind.naming === 'reusable' && random.chance(0.1))
    steps.push({ does: 'delete', person: random.below(4), gapSeconds: gap(random) });
  return { name: `chaos-${number}`, number, kind, place, steps };
}

/** Copies are few among all rows; so are those that succeed without creating. */
function pickRow(random: Random, kinds: readonly Kind[]): Kind {
  const rows = kinds.filter(({ isModelled, copies }) => !isModelled || copies);
  const special = random.weighed({ copies: 0.2, idempotent: 0.15, reusable: 0.35, any: 0.3 });
  const wanted = rows.filter(
    ({ copies, creation, naming }) =>
      special === 'any' ||
      (special === 'copies' && copies) ||
      (special === 'reusable' && naming === 'reusable') ||
      (special === 'idempotent' && naming === 'reusable' && creation === 'idempotent'),
  );
  return random.pick(wanted.length > 0 ? wanted : rows);
}

/** No service takes a call for the one that made a resource so long before. */
const LONG_SECONDS = 200;

function lifeOf(
  random: Random,
  kind: Kind,
  { store, isUnlogged }: { readonly store: boolean; readonly isUnlogged: boolean },
): readonly Step[] {
  const born = bornOf(random, kind);
  const person = random.below(4);
  const { reusableAfterSeconds = 0 } = kind;
  const gapSeconds = reusableAfterSeconds + gap(random);
  const steps: Step[] = [{ does: 'create', person, born, isUnlogged, gapSeconds }];
  if (isUnlogged) steps.push({ does: 'repeat', person: random.below(4), gapSeconds: LONG_SECONDS });
  const more = random.pick([0, 0, 1, 1, 2, 3]);
  for (let count = 0; count < more; count++) steps.push(laterStep(random, store));
  return steps;
}

/** How many tags a service takes is known of those that the sandbox models. */
export function bornOf(random: Random, { takesTags, copies, isModelled }: Kind): Born {
  if (!takesTags || copies) return 'plain';
  return random.weighed(isModelled ? BORN : { ...BORN, full: 0 });
}

export function laterStep(random: Random, store: boolean): Step {
  // Without the store, two callers within one second cannot be told apart.
  const isAtOnce = store && random.chance(0.3);
  const gapSeconds = isAtOnce ? 0 : gap(random);
  switch (random.weighed({ repeat: 0.45, edit: 0.2, correct: 0.17, nameByHand: 0.18 })) {
    case 'repeat':
      return { does: 'repeat', person: random.below(4), gapSeconds };
    case 'edit': {
      const key = random.pick(['Team', 'CostCentre', 'Owner']);
      const value = random.chance(0.85) ? random.pick(['blue', 'red', '4711']) : undefined;
      return { does: 'edit', key, value, gapSeconds: gap(random) };
    }
    case 'correct':
      return { does: 'correct', to: 'carol', gapSeconds: gap(random) };
    case 'nameByHand':
      return { does: 'nameByHand', user: 'gina', gapSeconds: gap(random) };
  }
}

function gap(random: Random): number {
  return random.pick([2, 3, 5, 20, 60, 400, 2000, 6000]);
}

/** The tag by which owners keep us off. */
export const KEEP_OFF_KEY = 'NoTags';

/** Tags of a creating request. */
export function bornTags(born: Born, maxTags: number): Tags {
  switch (born) {
    case 'plain':
      return {};
    case 'tagged':
      return { Team: 'green', Stage: 'test' };
    case 'terraform':
      return { ManagedBy: 'terraform', Team: 'green' };
    case 'owned':
      return { CreatedBy: 'finance', Team: 'green' };
    case 'kept off':
      return { [KEEP_OFF_KEY]: 'yes', Team: 'green' };
    case 'forged':
      return forgedTags('2024-02-29T12:00:00Z');
    case 'ours':
      return OURS_OF_LAST_YEAR;
    case 'forged in the future':
      return forgedTags('2099-01-01T00:00:00Z');
    case 'full':
      return Object.fromEntries(Array.from({ length: maxTags }, (_, at) => [`key-${at}`, 'value']));
  }
}

/** Of a user called frank. */
export const OURS_OF_LAST_YEAR: Tags = {
  CreatedBy: 'frank',
  CreatedDate: '2025-01-05T09:00:00Z',
  ManagedBy: 'auto-tagger',
};

/** Whoever wants to hide sets what we would set. */
function forgedTags(CreatedDate: string): Tags {
  return { CreatedBy: 'arn:aws:iam::111122223333:user/nobody', CreatedDate, ManagedBy: 'auto-tagger' };
}
