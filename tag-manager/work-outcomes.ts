/** What became of the creations of one name, once it is known what became of the name. */
import type { CallFailure } from './calls/call-failure.ts';
import type { NameWork } from './name-work.ts';
import type { Outcome } from './outcome.ts';
import type { Decision, TagEvent } from './ownership/claim.ts';
import { compareEvents, lastDeletionOf } from './ownership/lives.ts';
import type { CreationEvent, DeletionEvent, NameEvent } from './ownership/name-event.ts';
import { DELETED, standingBeside } from './ownership/standing.ts';
import { outcomeOf, outcomeOfFailure } from './request-outcome.ts';
import type { Run } from './run.ts';
import type { TagRequest } from './tag-request.ts';
import type { Adjustment } from './tags/legal-tags.ts';
import type { TagSet } from './tags/tag-set.ts';

export type Ended =
  | Written
  /** The tags stay as they are. */
  | { readonly kind: 'left'; readonly decision: Left; readonly events: readonly NameEvent[] }
  /** All that was created was deleted since. */
  | { readonly kind: 'deleted'; readonly deletion: DeletionEvent | undefined }
  /** It bears no tags of ours, by what it is or by the settings: that it was made is all that is kept. */
  | { readonly kind: 'untagged' }
  /** A call to the service failed; `event` is whose tags were to be written, where that was known by then. */
  | {
      readonly kind: 'failed';
      readonly failure: CallFailure;
      readonly event: CreationEvent | undefined;
      readonly events: readonly NameEvent[];
    }
  /** The ledger failed, or there was no time left: all is done again. */
  | { readonly kind: 'not-recorded'; readonly failure: CallFailure };

export interface Written {
  readonly kind: 'written';
  readonly decision: WriteDecision;
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
  readonly events: readonly NameEvent[];
  /** The events were told after the write. */
  readonly isSeen?: boolean;
}

export type WriteDecision = Extract<Decision, { action: 'write' }>;

type Left = Extract<Decision, { action: 'settled' | 'keep' }>;

/** One for each creation. */
export function outcomesOf(
  { requests }: NameWork,
  ended: Ended,
  { settings, now }: Pick<Run, 'settings' | 'now'>,
): readonly (readonly [TagRequest, Outcome])[] {
  const deletion = 'events' in ended ? lastDeletionOf(ended.events) : undefined;
  switch (ended.kind) {
    case 'deleted':
      return requests.map((request) => [request, outcomeOf(request, 'kept', DELETED)]);
    case 'untagged':
      return [];
    case 'not-recorded':
      return requests.map((request) => [request, deferred(request, ended.failure)]);
    case 'failed':
      return requests.map((request) => [request, failed(request, ended, deletion, now())]);
    case 'left': {
      const { decision } = ended;
      return requests.map((request) => [request, left(request, decision, deletion)]);
    }
    case 'written': {
      const { decision, adjustments: more } = ended;
      const winner =
        requests.find(({ event }) => event.eventID === decision.event.eventID) ??
        requests.find(({ event }) => isAlike(event, decision.event));
      return requests.map((request) => {
        if (request !== winner) return [request, beside(request, decision.event, deletion)];
        const tags = more.length === 0 ? request.tags : ended.tags;
        const made = { ...request, tags, adjustments: [...request.adjustments, ...more] };
        const outcome = outcomeOf(made, settings.dryRun ? 'would-tag' : 'tagged', decision.reason);
        return [request, decision.isReplacement ? { ...outcome, isRemarkable: true } : outcome];
      });
    }
  }
}

function left(request: TagRequest, decision: Left, deletion: DeletionEvent | undefined): Outcome {
  if (decision.action === 'keep') {
    const outcome = outcomeOf(request, 'kept', decision.reason);
    return decision.isRemarkable ? { ...outcome, isRemarkable: true } : outcome;
  }
  return beside(request, decision.event, deletion);
}

function deferred(request: TagRequest, failure: CallFailure): Outcome {
  return outcomeOf(request, 'deferred', failure.class, failure);
}

/**
 * What stands behind a creation that is deferred is deferred with it; what stands before it has lost to it, whatever
 * comes.
 */
function failed(
  request: TagRequest,
  { failure, event }: Extract<Ended, { kind: 'failed' }>,
  deletion: DeletionEvent | undefined,
  now: number,
): Outcome {
  const outcome = outcomeOfFailure(request, failure, now);
  const isWinners = event === undefined || event.eventID === request.event.eventID;
  if (isWinners || outcome.outcome === 'gone') return outcome;
  const isBehind = compareEvents(request.event, event) > 0;
  return isBehind && outcome.outcome === 'deferred' ? outcome : beside(request, event, deletion);
}

/** Why the tags name another creation than that of the request. */
function beside(
  request: TagRequest,
  winner: CreationEvent | TagEvent,
  deletion: DeletionEvent | undefined,
): Outcome {
  const { event } = request;
  const { outcome, reason } = standingBeside(event, winner, deletion, () => isAlike(event, winner));
  return outcomeOf(request, outcome, reason);
}

function isAlike({ tags }: CreationEvent, winner: CreationEvent | TagEvent): boolean {
  return 'tags' in winner && [...tags].every(([key, value]) => winner.tags.get(key) === value);
}
