/** What became of one resource, and what a failed call means for it. */
import type { Creation } from '../parser/event/creation.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import type { CallFailure } from './calls/call-failure.ts';
import type { Adjustment } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';

export const OUTCOMES = ['tagged', 'would-tag', 'unchanged', 'kept', 'gone', 'deferred', 'failed'] as const;

/**
 * `tagged`; `would-tag` in a dry run; `unchanged`: ours already; `kept`: somebody else's, or newer; `gone`: it
 * is no more; `deferred`: trying again can help; `failed`: it cannot.
 */
export type OutcomeName = (typeof OUTCOMES)[number];

/** One resource of one creation: every resource of a file ends in exactly one. */
export interface Outcome {
  readonly outcome: OutcomeName;
  readonly creation: Creation;
  readonly resource: CreatedResource;
  /** What this event wants on it, made legal for the service. */
  readonly tags: TagSet;
  /** What had to be changed to make it legal. */
  readonly adjustments: readonly Adjustment[];
  /** In words; empty where the outcome says it all. */
  readonly reason: string;
  /** The call that failed, for `gone`, `deferred` and `failed`. */
  readonly failure: CallFailure | undefined;
}
