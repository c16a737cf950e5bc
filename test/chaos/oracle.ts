/**
 * Which tags must be there at the end. It knows the history, and nothing of how the tool decides: what made a resource
 * is known here because it was seen, not found out from records.
 */
import type { Tags } from './kinds.ts';
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

/** `undefined` where nothing is left that could bear tags. */
export function expectedOf(story: Story, store: boolean): Expected | undefined {
  const life = story.lives.at(-1);
  if (life === undefined || life.isOver) return undefined;
  const isRefused = life.isFull && !story.isOutOfReach;
  return { ours: oursOf(story, life, store), isRefused, foreign: Object.fromEntries(life.foreign) };
}

function oursOf(story: Story, life: Life, store: boolean): readonly Tags[] {
  const { corrected, isFull } = life;
  const born = underOurKeys(life.born);
  const asLeft = corrected ?? born;
  if (story.isOutOfReach || isFull || life.isKeptOff || life.isUnlogged) return [asLeft];
  if (story.copies) return ofCopy(life, store);
  if (isOfOthers(born)) return [asLeft];
  const winner = creatorOf(life);
  const right = tagsOf(winner, born);
  if (isLikeOurs(born)) return store ? [asLeft] : ofForged(story, asLeft);
  if (corrected === undefined) return [right];
  // Without the store a correction holds where it stands beside the time of the creation.
  const holds = store || corrected.CreatedDate === undefined || corrected.CreatedDate === winner.time;
  return holds ? [corrected] : [corrected, right];
}

/**
 * Tags that came with the copy say nothing of it; whether a person corrected those or ours, nobody can tell. Nor, without
 * the store, whether those of an earlier call came with it or were made by a call that this one repeated.
 */
function ofCopy(life: Life, store: boolean): readonly Tags[] {
  const right = store ? [creatorOf(life)] : life.creations;
  const made = right.map((creation) => tagsOf(creation, {}));
  return life.corrected === undefined ? made : [life.corrected, ...made];
}

/** Without the store, tags like ours that a request set are an earlier creation to whoever has not read its record. */
function ofForged({ lives }: Story, asLeft: Tags): readonly Tags[] {
  return [asLeft, ...lives.flatMap(({ creations }) => creations).map((creation) => tagsOf(creation, {}))];
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

function tagsOf({ by, time }: CreationCall, born: Tags): Tags {
  const marker: Tags =
    born.ManagedBy === undefined ? { ManagedBy: MARKER } : { ManagedBy: born.ManagedBy, TaggedBy: MARKER };
  return { CreatedBy: by, CreatedDate: time, ...marker };
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
