/** Who is behind the events of a batch, before anything is decided by them. */

import { callChildren } from './call-children.ts';
import { readFailure } from './calls/call-failure.ts';
import { keyOf } from './name-work.ts';
import type { EventsOf } from './parents/chain.ts';
import { answersFor, ask, readOnce, requestOf, withPersons } from './persons.ts';
import type { Run } from './run.ts';
import { isOpen, type Open, type State } from './state.ts';

/**
 * Events that were made for a parent get the tags of the person behind that, and what was made for one of these is judged
 * again where it was told otherwise. All ask before any parent's history is read: who is told late is found by the others.
 */
export async function nameWhoIsBehind(open: readonly Open[], run: Run): Promise<readonly State[]> {
  if (!run.settings.asksPerson) return open;
  const asked = await Promise.all(
    open.map((state) =>
      unlessFailed(state, () => ask(state.work.name, state.told.events, run).then(() => state)),
    ),
  );
  const eventsOf = readOnce(run);
  return Promise.all(
    asked.map((state) =>
      isOpen(state) ? unlessFailed(state, () => withWhoIsBehind(state, eventsOf, run)) : state,
    ),
  );
}

async function withWhoIsBehind(state: Open, eventsOf: EventsOf, run: Run): Promise<Open> {
  const { work, told } = state;
  const options = { eventsOf, run, partition: work.partition };
  const events = await withPersons(told.events, options);
  run.family.answers.set(keyOf(work.name), answersFor(work.name, events));
  await callChildren(work, events, options);
  const byId = new Map(events.map((event) => [event.eventID, event]));
  const requests = work.requests.map((request) => {
    const event = byId.get(request.event.eventID);
    return event?.kind === 'creation' ? requestOf(request, event, run) : request;
  });
  return { ...state, work: { ...work, requests }, history: { ...told, events } };
}

async function unlessFailed(state: Open, work: () => Promise<Open>): Promise<State> {
  try {
    return await work();
  } catch (error) {
    const ended = { kind: 'not-recorded', failure: readFailure(error) } as const;
    return { work: state.work, ended, passedOver: state.told.passedOver };
  }
}
