/**
 * What calls made on their way and no record names: the volumes of a launch, the snapshots of an image. Their service is asked,
 * once for many, before anything is decided. What it cannot tell, or does not show yet, ends in an outcome of its own: the rest of
 * the call is tagged all the same.
 */
import type { Creation } from '../parser/event/creation.ts';
import type { CreatedResource } from '../parser/event/resources.ts';
import type { Unnamed } from '../parser/event/unnamed.ts';
import { taggedIn } from './batches.ts';
import { type CallFailure, isTransient, readFailure } from './calls/call-failure.ts';
import { chunks } from './calls/chunks.ts';
import type { Denials } from './denials.ts';
import { askWhatShows, MAX_IDS, type Place } from './launch/ask.ts';
import { isBornWith, LAUNCH_ROWS, type LaunchRow } from './launch/rows.ts';
import type { Shown } from './launch/shown.ts';
import type { Outcome } from './outcome.ts';
import { isWithinGrace } from './request-outcome.ts';
import type { Run } from './run.ts';

export interface MadeBeside {
  readonly resources: readonly CreatedResource[];
  /** Of what is not known, or not yet: one for each type and error, however much was launched. */
  readonly outcomes: readonly Outcome[];
}

export const NOTHING_BESIDE: MadeBeside = { resources: [], outcomes: [] };

type Asking = Pick<Run, 'calls' | 'signal' | 'now'> & { readonly denials: Denials | undefined };

/** By creation, and only of those that made anything of the kind. */
export async function findMadeBeside(
  creations: readonly Creation[],
  asking: Asking,
): Promise<ReadonlyMap<Creation, MadeBeside>> {
  const groups = Map.groupBy(creations.flatMap(questionsOf), ({ place }) => place.name);
  const answered = await Promise.all([...groups.values()].map((group) => askGroup(group, asking)));
  const made = new Map<Creation, MadeBeside>();
  for (const [creation, { resources, outcomes }] of answered.flat()) {
    const { resources: before, outcomes: outcomesBefore } = made.get(creation) ?? NOTHING_BESIDE;
    made.set(creation, {
      resources: [...before, ...resources],
      outcomes: [...outcomesBefore, ...outcomes],
    });
  }
  return made;
}

/** What one creation made of one type, and with what. */
interface Question {
  readonly creation: Creation;
  readonly unnamed: Unnamed;
  readonly row: LaunchRow;
  /** Where it is asked: its name is that of a call, an account, a region. */
  readonly place: Place & { readonly name: string };
}

function questionsOf(creation: Creation): readonly Question[] {
  const { account, unnamed: all = [] } = creation;
  return all.flatMap((unnamed) => {
    const row = LAUNCH_ROWS.find(({ resourceType }) => resourceType === unnamed.row.resourceType);
    const region = unnamed.madeWith[0]?.region;
    if (row === undefined || region === undefined) return [];
    const place = { account, region, name: [row.call, account, region].join(' ') };
    return [{ creation, unnamed, row, place }];
  });
}

type Answer = { readonly shown: readonly Shown[] } | { readonly failure: CallFailure };

/** All are of one place. */
async function askGroup(
  questions: readonly Question[],
  asking: Asking,
): Promise<readonly (readonly [Creation, MadeBeside])[]> {
  const [first] = questions;
  if (first === undefined) return [];
  const { row, place } = first;
  const { denials, now } = asking;
  const tagging = { ...place, name: taggedIn(row.api, place) };
  const stopped = denials?.whyStopped(tagging) ?? denials?.whyStopped(place);
  const ids = new Set(questions.flatMap(({ unnamed }) => unnamed.madeWith.map(({ id }) => id)));
  const answers = new Map<string, Answer>();
  await Promise.all(
    chunks([...ids], MAX_IDS).map(async (some) => {
      const answerOf = stopped ? () => ({ failure: stopped }) : await ask(row, some, place, asking);
      for (const id of some) answers.set(id, answerOf(id));
    }),
  );
  return questions.map((question) => {
    const made = madeBy(question, answers, now());
    if (stopped === undefined) denials?.add(place, made.outcomes);
    return [question.creation, made] as const;
  });
}

async function ask(
  row: LaunchRow,
  ids: readonly string[],
  place: Place,
  asking: Asking,
): Promise<(id: string) => Answer> {
  try {
    const shown = await askWhatShows(row, ids, place, asking);
    return (id) => ({ shown: shown.get(id) ?? [] });
  } catch (error) {
    const failure = readFailure(error);
    return () => ({ failure });
  }
}

const NOT_SHOWN: CallFailure = { class: 'busy', error: 'NotShown', message: 'the service shows none yet' };

function madeBy(question: Question, answers: ReadonlyMap<string, Answer>, now: number): MadeBeside {
  const { creation, unnamed, row } = question;
  const all = resourceOf(question, ANY);
  const { before, only = new Set([all.arn]) } = unnamed;
  // What is older and shows nothing has nothing, or is gone.
  const isYoung = isWithinGrace(creation, unnamed.row.graceSeconds, now);
  const resources: CreatedResource[] = [];
  const untold = new Map<string, { readonly failure: CallFailure; readonly of: CreatedResource[] }>();
  for (const whole of unnamed.madeWith) {
    const answer = answers.get(whole.id) ?? { shown: [] };
    const failure = 'failure' in answer ? answer.failure : isYoung ? NOT_SHOWN : undefined;
    const shown = 'shown' in answer ? answer.shown : [];
    const launchedAt = whole.createdAt ?? Date.parse(creation.eventTime);
    const born = shown.filter((each) => !before.includes(each.id) && isBornWith(row, each, launchedAt));
    const made = born.map(({ id }) => resourceOf(question, id));
    resources.push(...made.filter(({ arn }) => only.has(arn) || only.has(all.arn)));
    if (shown.length > 0 || failure === undefined) continue;
    const alike = untold.get(failure.error) ?? { failure, of: [] };
    alike.of.push(whole);
    untold.set(failure.error, alike);
  }
  const outcomes = [...untold.values()].map(({ failure, of }) => outcomeOf(question, all, of, failure));
  return { resources, outcomes };
}

/** Stands for the ids that are not known. */
const ANY = '*';

function resourceOf(
  { creation, unnamed: { row, requestTags }, place }: Question,
  id: string,
): CreatedResource {
  const { partition, account } = creation;
  const { region } = place;
  const parts: Readonly<Record<string, string>> = {
    Partition: partition.name,
    Region: region,
    Account: account,
  };
  return {
    row,
    arn: row.arn.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? id),
    id,
    region,
    createdAt: undefined,
    creation: row.creation,
    requestTags,
    isIndirect: true,
  };
}

function outcomeOf(
  { creation, row }: Question,
  resource: CreatedResource,
  madeWith: readonly CreatedResource[],
  { class: what, error, message }: CallFailure,
): Outcome {
  const [first, ...more] = madeWith;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const failure = {
    class: what,
    error,
    message: `${row.noun} made with ${first?.id}${others}: ${message}`,
  };
  return {
    outcome: isTransient(failure) ? 'deferred' : 'failed',
    creation,
    resource,
    tags: new Map(),
    adjustments: [],
    rules: new Map(),
    reason: what,
    failure,
  };
}
