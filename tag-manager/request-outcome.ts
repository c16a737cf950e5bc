/** What became of a request: its outcome, and what a failed call means for it. */
import { type CallFailure, isTransient } from './calls/call-failure.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import type { TagRequest } from './tag-request.ts';

export function outcomeOf(
  request: TagRequest,
  outcome: OutcomeName,
  reason = '',
  failure?: CallFailure,
): Outcome {
  const { creation, resource, tags, adjustments, rules, event } = request;
  const person = event.behind && { person: event.behind.person };
  return { outcome, creation, resource, tags, adjustments, rules, ...person, reason, failure };
}

/** The API cannot have the tags of this request, so it is not called. */
function refused(request: TagRequest, refusal: CallFailure): Outcome {
  return outcomeOf(request, 'failed', refusal.class, refusal);
}

/** One for each request, in their order: its refusal, or what became of it. */
export function inOrder(
  requests: readonly TagRequest[],
  outcomes: ReadonlyMap<TagRequest, Outcome>,
): readonly Outcome[] {
  return requests.map((request) =>
    request.refusal === undefined ? found(outcomes.get(request)) : refused(request, request.refusal),
  );
}

function found(outcome: Outcome | undefined): Outcome {
  if (outcome === undefined) throw new Error('a request was lost on its way to the tagger');
  return outcome;
}

/** "Not found" means gone only when the event is old enough for the resource to have come into being. */
export function outcomeOfFailure(request: TagRequest, failure: CallFailure, now: number): Outcome {
  if (failure.class !== 'not-found') {
    return outcomeOf(request, isTransient(failure) ? 'deferred' : 'failed', failure.class, failure);
  }
  return isWithinGrace(request.creation, request.resource.row.graceSeconds, now)
    ? outcomeOf(request, 'deferred', 'not found: it may still be being created', failure)
    : outcomeOf(request, 'gone', 'not found: it was deleted', failure);
}

/** Whether the event is so young that what it made may not show yet. */
export function isWithinGrace(
  { eventTime }: Pick<TagRequest['creation'], 'eventTime'>,
  graceSeconds: number,
  now: number,
): boolean {
  return now - Date.parse(eventTime) < graceSeconds * 1000;
}
