/** Why something was not tagged, by what the metadata store keeps of its name: what became of it, and how each of its events stands beside the one that counts. */
import { IGNORED_REASONS } from '../../parser/event/ignored-reason.ts';
import { OUTCOMES, type OutcomeName } from '../../tag-manager/outcome.ts';
import { UNDONE } from '../../tag-manager/ownership/rules.ts';
import { DELETED } from '../../tag-manager/ownership/standing.ts';
import type { KeptState } from '../../tag-manager/store/look-up.ts';
import { answerOf } from './answer.ts';
import type { Home } from './places.ts';
import type { Made, Sighting } from './sighting.ts';
import { TOLD_BY_STORE } from './stored.ts';
import { madeByState } from './stored-states.ts';
import type { Subject } from './subjects.ts';
import { OF_REASON, whatToDo } from './what-to-do.ts';
import type { Finding } from './why.ts';

/** A finding for each event, in the order of their time. `state` is absent where nothing has become of the name yet. */
export function findingsInStore(
  subject: Subject,
  state: KeptState | undefined,
  home: Home,
): readonly Finding[] {
  const sightings = withEventOf(state, subject.sightings, home);
  const { made, deleted, history } = answerOf({ ...subject, sightings });
  // A service's own creation time may have decided otherwise than what is kept does: what stands on the resource says so.
  const named = creationsIn(sightings).find(({ eventID }) => eventID === state?.eventID);
  const counts = deleted === undefined ? (named ?? made) : undefined;
  return history.map(({ sighting, standing }) => {
    if (sighting.kind === 'deletion') return ofDeletion(sighting);
    if (deleted !== undefined || state?.outcome === 'deleted') return ofCreation(sighting, 'kept', DELETED);
    if (sighting !== counts) return ofCreation(sighting, 'kept', standing || BESIDE);
    return whatBecame(sighting, state);
  });
}

const BESIDE = 'its tags name another call';
const UNSETTLED = 'its event is known, and nothing has become of it yet';
const FOREIGN = "its tags are somebody else's";

/** The event that the tags name, where it is kept no longer, or never was: whoever undoes a run brings none. */
function withEventOf(
  state: KeptState | undefined,
  sightings: readonly Sighting[],
  home: Home,
): readonly Sighting[] {
  if (state === undefined || state.user === '' || state.eventID === '') return sightings;
  const isKnown = sightings.some(({ eventID }) => eventID === state.eventID);
  return isKnown ? sightings : [...sightings, madeByState(state, home)];
}

function creationsIn(sightings: readonly Sighting[]): readonly Made[] {
  return sightings.filter((each) => each.kind === 'creation');
}

function whatBecame(made: Made, state: KeptState | undefined): Finding {
  if (state === undefined) return ofCreation(made, 'deferred', UNSETTLED);
  const { outcome, eventID } = state;
  if (outcome === 'undone') return { ...ofCreation(made, 'kept', UNDONE), todo: OF_UNDONE };
  if (eventID === '') return ofCreation(made, 'kept', FOREIGN);
  if (eventID !== made.eventID) return ofCreation(made, 'deferred', UNSETTLED);
  const known = SETTLED.find((each) => each === outcome);
  return known === undefined ? ofCreation(made, 'deferred', UNSETTLED) : ofCreation(made, known, '');
}

const SETTLED = ['tagged', 'unchanged', 'kept'] as const satisfies readonly OutcomeName[];

const OF_UNDONE = 'nothing, where it was meant so: a backfill over its log files tags it anew';

function ofCreation(made: Made, outcome: OutcomeName, detail: string): Finding {
  const { meaning } = OUTCOMES[outcome];
  return {
    ...factsOf(made),
    arn: made.arn,
    outcome,
    meaning: `the resource ${meaning}`,
    detail,
    todo: whatToDo(outcome, undefined),
  };
}

function ofDeletion(deleted: Sighting): Finding {
  const { meaning } = IGNORED_REASONS.deletion;
  return {
    ...factsOf(deleted),
    outcome: 'deletion',
    meaning: `the record ${meaning}`,
    detail: '',
    todo: OF_REASON.deletion,
  };
}

function factsOf({ eventID, eventTime, eventSource, eventName }: Sighting) {
  return { eventID, eventTime, eventSource, eventName, toldBy: TOLD_BY_STORE };
}
