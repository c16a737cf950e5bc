/**
 * Gives creations that were made for a parent the tags of the person behind it. What they may have been given before all
 * makers were known stays known as ours; what must wait for one says so.
 */
import { apiOf } from './apis/apis.ts';
import type { Answer } from './family.ts';
import { presentLife, timeOf, winnerOf } from './ownership/lives.ts';
import type { CreationEvent, MadeFor, Name, NameEvent } from './ownership/name-event.ts';
import { type Chain, type ChainOptions, chainOf, type EventsOf } from './parents/chain.ts';
import { isWithinGrace } from './request-outcome.ts';
import type { Run } from './run.ts';
import type { Child } from './store/kin.ts';
import { legalTagsFor, type RuledTags, type TagRequest } from './tag-request.ts';

/** Histories are read once, however many ask for one. Make one after all who ask are kept. */
export function readOnce({ ledger, signal }: Pick<Run, 'ledger' | 'signal'>): EventsOf {
  const known = new Map<string, Promise<readonly NameEvent[]>>();
  return ({ account, arn }) => {
    const key = `${account} ${arn}`;
    const read = known.get(key) ?? ledger.record({ account, arn }, [], signal).then(({ events }) => events);
    known.set(key, read);
    return read;
  };
}

/** Applications repeat calls that succeed though the resource is there: the first of them and the latest may be named. */
const MOST_OF_A_NAME = 10;

/** Those of a name that ask: what was created later than the first of an id is never named. */
export function askersOf(
  events: readonly NameEvent[],
): readonly (CreationEvent & { readonly madeFor: MadeFor })[] {
  const life = presentLife(events);
  const isUnique = life.some(({ naming }) => naming === 'unique');
  const winner = isUnique ? winnerOf(events, 'unique') : undefined;
  const named = life.filter((event, at) =>
    isUnique ? event === winner : at < MOST_OF_A_NAME / 2 || at >= life.length - MOST_OF_A_NAME / 2,
  );
  return named.filter(isMadeFor);
}

export function isMadeFor(event: NameEvent): event is CreationEvent & { readonly madeFor: MadeFor } {
  return event.kind === 'creation' && event.madeFor !== undefined;
}

/** Keeps that they ask, so that they are found by whoever comes to know more of the parent. Throws CallError. */
export async function ask(name: Name, events: readonly NameEvent[], { ledger, signal }: Run): Promise<void> {
  await Promise.all(
    askersOf(events).map((event) => ledger.kin.ask(event.madeFor.parent, childOf(name, event), signal)),
  );
}

function childOf({ account, arn }: Name, { eventID, eventTime }: CreationEvent): Child {
  return { account, arn, eventID, eventTime };
}

/** What the creations of a name are to be told, once its tags are as they shall be. */
export function answersFor(name: Name, events: readonly NameEvent[]): readonly Answer[] {
  return events.filter(isMadeFor).flatMap((event) => {
    if (event.behind === undefined) return [];
    return [{ parent: event.madeFor.parent, child: childOf(name, event), person: event.behind.told }];
  });
}

export interface Asking extends ChainOptions {
  readonly run: Run;
}

/** The events with the tags of the persons behind them. Throws CallError. */
export async function withPersons(
  events: readonly NameEvent[],
  asking: Asking,
): Promise<readonly NameEvent[]> {
  const named = await Promise.all(askersOf(events).map((event) => withPerson(event, asking)));
  const byId = new Map(named.map((event) => [event.eventID, event]));
  return events.map((event) => byId.get(event.eventID) ?? event);
}

async function withPerson(
  event: CreationEvent & { readonly madeFor: MadeFor },
  asking: Asking,
): Promise<CreationEvent> {
  const { run } = asking;
  const { parent } = event.madeFor;
  const chain = await chainOf(parent, timeOf(event), asking);
  const told = answerOf(chain);
  const person = told || event.person;
  const { tags } = formFor(event, person, run);
  const earlier = new Set([event.person, ...chain.persons, ...chain.others]);
  earlier.delete(person);
  const former = [...earlier].map((each) => formFor(event, each, run).tags);
  const createdBy = tags.get(run.settings.keys.createdBy) ?? event.createdBy;
  return {
    ...event,
    tags,
    createdBy,
    behind: { person, told, former, awaits: awaitedBy(chain, event, run) },
  };
}

/** What a child is told: the last maker that is known, empty where none is. */
export function answerOf({ persons }: Pick<Chain, 'persons'>): string {
  return persons.at(-1) ?? '';
}

function formFor(
  { madeFor, resource }: CreationEvent & { readonly madeFor: MadeFor },
  person: string,
  { settings }: Pick<Run, 'settings'>,
): RuledTags {
  const { creation } = madeFor;
  const facts = { ...madeFor, creation: { ...creation, creator: { ...creation.creator, person } } };
  return legalTagsFor(facts, apiOf(resource), settings);
}

/** Parents are made before their children, and their records may come after. */
function awaitedBy({ unknown }: Chain, event: CreationEvent, { now }: Pick<Run, 'now'>): string | undefined {
  const isAwaited = unknown !== undefined && isWithinGrace(event, unknown.graceSeconds, now());
  return isAwaited ? unknown.arn : undefined;
}

/** The request as it is when its event has been given its person. */
export function requestOf(request: TagRequest, event: CreationEvent, run: Run): TagRequest {
  if (!isMadeFor(event) || event.behind === undefined) return request;
  const wanted = formFor(event, event.behind.person, run);
  return { ...request, ...wanted, event, asked: request.asked ?? request };
}
