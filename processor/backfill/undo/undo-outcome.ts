/** What becomes of one resource of a run that is undone: a row each; docs/runs.md shows them. */
import type { CallFailure } from '../../../tag-manager/calls/call-failure.ts';

interface UndoOutcomeRow {
  /** It is over; it is looked at again when the run is undone once more, and trying again later can help; or somebody must mend it. */
  readonly end: 'over' | 'again' | 'later' | 'never';
  readonly meaning: string;
}

export const UNDO_OUTCOMES = {
  undone: { end: 'over', meaning: 'bears what it bore before the run' },
  'partly-undone': {
    end: 'over',
    meaning: 'bears what it bore before, but for keys that others have changed since: these stay as they are',
  },
  'would-undo': { end: 'again', meaning: 'would be undone, or partly (dry run)' },
  kept: { end: 'again', meaning: 'bears nothing of the run any more: others have changed every key since' },
  unchanged: { end: 'over', meaning: 'bears already what it bore before the run' },
  gone: { end: 'over', meaning: 'is no more' },
  deferred: {
    end: 'later',
    meaning: 'may be undone later: throttled, network trouble, the metadata store did not answer',
  },
  failed: { end: 'never', meaning: 'cannot be undone: access denied, a value refused' },
} as const satisfies Readonly<Record<string, UndoOutcomeRow>>;

export type UndoOutcomeName = keyof typeof UNDO_OUTCOMES;

/** A key that stays as others have made it. */
export interface KeptKey {
  readonly key: string;
  readonly why: 'changed' | 'removed';
}

export interface UndoOutcome {
  readonly account: string;
  readonly arn: string;
  readonly type: string;
  readonly region: string;
  /** The tagging API. */
  readonly api: string;
  readonly outcome: UndoOutcomeName;
  /** Keys under which the value from before the run stands again. */
  readonly restored: readonly string[];
  /** Keys that were not there before the run, and are not now. */
  readonly removed: readonly string[];
  readonly kept: readonly KeptKey[];
  readonly failure?: CallFailure;
}

/** Sums over a run. */
export interface UndoTotals {
  resources: number;
  outcomes: Partial<Record<UndoOutcomeName, number>>;
  restoredTags: number;
  removedTags: number;
  /** Keys that stay, by what others did to them. */
  keptTags: Partial<Record<KeptKey['why'], number>>;
  /** Failures by the name of their error. */
  failures: Record<string, number>;
}

export function startUndoTotals(): UndoTotals {
  return { resources: 0, outcomes: {}, restoredTags: 0, removedTags: 0, keptTags: {}, failures: {} };
}

export function addUndone(
  totals: UndoTotals,
  { outcome, restored, removed, kept, failure }: UndoOutcome,
): void {
  totals.resources++;
  totals.outcomes[outcome] = (totals.outcomes[outcome] ?? 0) + 1;
  totals.restoredTags += restored.length;
  totals.removedTags += removed.length;
  for (const { why } of kept) totals.keptTags[why] = (totals.keptTags[why] ?? 0) + 1;
  if (failure !== undefined) totals.failures[failure.error] = (totals.failures[failure.error] ?? 0) + 1;
}
