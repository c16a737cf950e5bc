/** What became of one resource. */
import type { Creation } from '../parser/event/creation.ts';
import type { Deletion } from '../parser/event/deletion.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import type { CallFailure } from './calls/call-failure.ts';
import type { NameAgain } from './name-work.ts';
import type { Adjustment } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';

interface OutcomeRow {
  /** It is over; trying again can help; or it cannot. */
  readonly end: 'over' | 'later' | 'never';
  /** Of the resource, for people. */
  readonly meaning: string;
}

/** One row each; docs/command-line.md shows them. */
export const OUTCOMES = {
  tagged: { end: 'over', meaning: 'got the tags' },
  'would-tag': { end: 'over', meaning: 'would get them (plan, dry run)' },
  unchanged: { end: 'over', meaning: 'has them already' },
  kept: {
    end: 'over',
    meaning:
      'bears tags of somebody else under our keys, or ours of another creation of its name, or was deleted since',
  },
  gone: { end: 'over', meaning: 'is no more' },
  deferred: {
    end: 'later',
    meaning: 'may be tagged later: throttled, still being created, network trouble, time was up',
  },
  failed: { end: 'never', meaning: 'cannot be tagged: access denied, too many tags, a value refused' },
} as const satisfies Readonly<Record<string, OutcomeRow>>;

export type OutcomeName = keyof typeof OUTCOMES;

/** Nothing is left to do for the resource. */
export function isOver(outcome: OutcomeName): boolean {
  return OUTCOMES[outcome].end === 'over';
}

/** One resource of one creation: every resource of a file ends in exactly one. */
export interface Outcome {
  readonly outcome: OutcomeName;
  readonly creation: Creation;
  readonly resource: CreatedResource;
  /** What this event wants on it, made legal for the service. */
  readonly tags: TagSet;
  /** What had to be changed to make it legal. */
  readonly adjustments: readonly Adjustment[];
  /** Which rule of the user's own gave a tag, by its key. */
  readonly rules: ReadonlyMap<string, string>;
  /** Who is behind it by the makers of what it was made for, where these were asked; else its record tells. */
  readonly person?: string;
  /** In words; empty where the outcome says it all. */
  readonly reason: string;
  /** Somebody should look at it: others set tags like ours, or ours of another resource were replaced. */
  readonly isRemarkable?: true;
  /** The call that failed, for `gone`, `deferred` and `failed`. */
  readonly failure: CallFailure | undefined;
}

/** What could not be done for an event that is no creation of a resource to be tagged. */
export type UndoneEvent = {
  /** Of its names the one that this is about. */
  readonly name: string;
  readonly failure: CallFailure;
  /** Trying again can help, or it cannot. */
  readonly end: 'later' | 'never';
} & (
  | { /** After it a resource was to be tagged anew. */ readonly kind: 'deletion'; readonly event: Deletion }
  | {
      /** Who made what bears no tags of ours was to be kept. */ readonly kind: 'maker';
      readonly event: Creation;
    }
);

/** A name that was to be judged again, and could not be. */
export interface UndoneName {
  readonly kind: 'name';
  readonly name: NameAgain;
  readonly failure: CallFailure;
  /** Trying again can help, or it cannot. */
  readonly end: 'later' | 'never';
}

export type UndoneWork = UndoneEvent | UndoneName;

/** What the ledger keeps of a name and nobody can believe: all was decided without it. */
export interface PassedOverItems {
  readonly name: string;
  /** How many of those that were read. */
  readonly count: number;
  /** In words, what is wrong with the first of them. */
  readonly example: string;
}
