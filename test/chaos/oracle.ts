/**
 * Which tags must be there at the end. It knows the history, and nothing of how the tool decides: what made a resource
 * is known here because it was seen, not found out from records.
 */
import type { Tags } from './kinds.ts';
import { personIn } from './people.ts';
import type { CreationCall, Life, Story } from './story.ts';

const MARKER = 'auto-tagger';

/** The keys of ours; the last stands in where others use the third. */
export const OUR_KEYS: readonly string[] = ['CreatedBy', 'CreatedDate', 'ManagedBy', 'TaggedBy'];

export interface Expected {
  /** What may stand under our keys: where no one can know more, any of several. */
  readonly ours: readonly Tags[];
  /** It cannot be tagged, and the failure queue may say so. */
  readonly isRefused: boolean;
  readonly foreign: Tags;
}

export interface Law {
  /** With the store all is promised; without it, what can be known. */
  readonly store: boolean;
  /** `CreatedBy` names persons, and not ARNs. */
  readonly persons: boolean;
}

/** `undefined` where nothing is left that could bear tags. */
export function expectedOf(story: Story, law: Law): Expected | undefined {
  const life = story.lives.at(-1);
  if (life === undefined || life.isOver || story.bearsNoTags) return undefined;
  const isRefused = life.isFull && !story.isOutOfReach;
  return { ours: oursOf(story, life, law), isRefused, foreign: Object.fromEntries(life.foreign) };
}

function oursOf(story: Story, life: Life, law: Law): readonly Tags[] {
  const { store } = law;
  const { corrected, isFull } = life;
  const born = underOurKeys(life.born);
  const asLeft = corrected ?? born;
  if (story.isOutOfReach || isFull || life.isKeptOff || life.isUnlogged) return [asLeft];
  if (story.copies) return ofCopy(life, law);
  if (isOfOthers(born)) return [asLeft];
  const winner = creatorOf(life);
  const right = tagsOf(winner, born, law);
  if (isLikeOurs(born)) return store ? [asLeft] : ofForged(story, asLeft, law);
  if (corrected === undefined) return right;
  // Without the store a correction holds where it stands beside the time of the creation.
  const holds = store || corrected.CreatedDate === undefined || corrected.CreatedDate === winner.time;
  return holds ? [corrected] : [corrected, ...right];
}

/**
 * Tags that came with the copy say nothing of it; whether a person corrected those or ours, nobody can tell. Nor, without
 * the store, whether those of an earlier call came with it or were made by a call that this one repeated.
 */
function ofCopy(life: Life, law: Law): readonly Tags[] {
  const right = law.store ? [creatorOf(life)] : life.creations;
  const made = right.flatMap((creation) => tagsOf(creation, {}, law));
  return life.corrected === undefined ? made : [life.corrected, ...made];
}

/** Without the store, tags like ours that a request set are an earlier creation to whoever has not read its record. */
function ofForged({ lives }: Story, asLeft: Tags, law: Law): readonly Tags[] {
  return [
    asLeft,
    ...lives.flatMap(({ creations }) => creations).flatMap((creation) => tagsOf(creation, {}, law)),
  ];
}

/**
 * The first call made it, and the others repeated it. Records tell the second only: within one, the order of their ids
 * is as good as any.
 */
function creatorOf({ creations }: Life): CreationCall {
  const [first] = creations;
  if (first === undefined) throw new Error('a life begins with a creation');
  const atOnce = creations.filter(({ time }) => time === first.time);
  return atOnce.reduce((earliest, each) => (each.id < earliest.id ? each : earliest));
}

function tagsOf(creation: CreationCall, born: Tags, law: Law): readonly Tags[] {
  const marker: Tags =
    born.ManagedBy === undefined ? { ManagedBy: MARKER } : { ManagedBy: born.ManagedBy, TaggedBy: MARKER };
  const named = law.persons ? personsOf(creation, law) : [creation.by];
  return named.map((CreatedBy) => ({ CreatedBy, CreatedDate: creation.time, ...marker }));
}

/**
 * Whoever made what it was made for, and what that was made for in turn. Without the store a parent is known by its tags alone:
 * where they did not tell in time, or are there no more, the nearest caller that is known stands for the person, or whom
 * somebody has written there instead.
 */
function personsOf(creation: CreationCall, { store }: Law): readonly string[] {
  const persons = makersOf(creation);
  const right = persons.at(-1) ?? '';
  const parents = parentsOf(creation);
  const isTold = parents.every((life) => isKnownBy(life, Date.parse(creation.time)));
  if (parents.length === 0 || (isTold && parents.every(({ corrected }) => corrected === undefined)))
    return [right];
  if (store && parents.every(({ isUnlogged }) => !isUnlogged)) return [right];
  const corrected = parents.flatMap((life) => life.corrected?.CreatedBy ?? []);
  return [...persons, ...corrected];
}

/** How long after its own event a child waits for its parent, less some time for the last try. */
const WAITED_MS = 18 * 60_000;

function isKnownBy({ namedAt, isUnlogged, isOver, born }: Life, at: number): boolean {
  if (isUnlogged) return born.CreatedBy !== undefined && !isOver;
  return namedAt !== undefined && !isOver && namedAt < at + WAITED_MS;
}

function parentsOf({ madeFor }: CreationCall): readonly Life[] {
  return madeFor === undefined ? [] : [madeFor, ...(madeFor.isUnlogged ? [] : parentsOf(creatorOf(madeFor)))];
}

/** Callers, from the nearest to the first; of a parent whose call is in no log, whom its tags name. */
function makersOf({ by, madeFor }: CreationCall): readonly string[] {
  const own = personIn(by);
  if (madeFor === undefined) return [own];
  if (madeFor.isUnlogged) return [own, ...(madeFor.born.CreatedBy ? [madeFor.born.CreatedBy] : [])];
  return [own, ...makersOf(creatorOf(madeFor))];
}

/** Who must be named where all is known. */
export function personBehind(life: Life): string {
  return makersOf(creatorOf(life)).at(-1) ?? '';
}

function isOfOthers(born: Tags): boolean {
  const { CreatedBy, CreatedDate } = born;
  return (CreatedBy !== undefined || CreatedDate !== undefined) && !isLikeOurs(born);
}

/** It cannot be told from ours by what stands in it. */
function isLikeOurs({ CreatedDate = '', ManagedBy, TaggedBy }: Tags): boolean {
  return (ManagedBy === MARKER || TaggedBy === MARKER) && Date.parse(CreatedDate) <= Date.now();
}

export function underOurKeys(tags: Tags): Tags {
  return Object.fromEntries(OUR_KEYS.flatMap((key) => (tags[key] === undefined ? [] : [[key, tags[key]]])));
}
