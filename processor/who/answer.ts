/**
 * Who made a resource, by all that was seen of it: the rules of ownership decide, as they do for whoever tags. Of what has been
 * deleted it says who made it last.
 */
import { compareEvents, lastDeletionOf, presentLife, winnerOf } from '../../tag-manager/ownership/lives.ts';
import { DELETED, standingBeside } from '../../tag-manager/ownership/standing.ts';
import type { Deleted, Made, Sighting } from './sighting.ts';
import type { Subject } from './subjects.ts';

export interface Answer extends Pick<Subject, 'name' | 'leftOut'> {
  readonly arn: string;
  /** `undefined` where only deletions were seen. */
  readonly type: string | undefined;
  /** Whom its tags should name; of what was deleted, who made it last. `undefined` where no creation was seen. */
  readonly made: Made | undefined;
  /** The last deletion, where nothing was created since. */
  readonly deleted: Deleted | undefined;
  /** Why it was this one, in words. */
  readonly why: string;
  readonly history: readonly Chapter[];
}

/** One event of the resource, and how it stands beside the one that made it. */
export interface Chapter {
  readonly sighting: Sighting;
  /** In words; empty of the one that made it, and of deletions. */
  readonly standing: string;
}

export function answerOf({ name, sightings, leftOut }: Subject): Answer {
  const sorted = sightings.toSorted(compareEvents);
  const deletion = lastDeletionOf(sorted) as Deleted | undefined; // it is one of them
  const present = madeBy(sorted);
  const isDeleted = present === undefined && deletion !== undefined;
  // Before the last deletion, too, the rules tell whose it was.
  const before = isDeleted ? sorted.filter((each) => each !== deletion) : sorted;
  const made = present ?? lastMade(before);
  const [any] = creationsIn(sorted);
  return {
    name,
    leftOut,
    arn: (made ?? any)?.arn ?? name.arn,
    type: (made ?? any)?.type,
    made,
    deleted: isDeleted ? deletion : undefined,
    why: whyThis(made, before),
    history: sorted.map((sighting) => ({
      sighting,
      standing: standingOf(sighting, made, sorted, isDeleted),
    })),
  };
}

/** By calls that certainly made something; where there are none, by those that may have. */
function madeBy(sightings: readonly Sighting[]): Made | undefined {
  const certain = sightings.filter((each) => each.kind === 'deletion' || !each.mayBeUpdate);
  return winner(certain) ?? winner(sightings);
}

function winner(sightings: readonly Sighting[]): Made | undefined {
  const [first] = creationsIn(sightings);
  return first && winnerOf<Made>(sightings, first.naming);
}

/** Deletions may have been repeated. */
function lastMade(sightings: readonly Sighting[]): Made | undefined {
  let left = sightings;
  for (;;) {
    const made = madeBy(left);
    const deletion = lastDeletionOf(left);
    if (made !== undefined || deletion === undefined) return made;
    left = left.filter((each) => each !== deletion);
  }
}

function creationsIn(sightings: readonly Sighting[]): readonly Made[] {
  return sightings.filter((each) => each.kind === 'creation');
}

function whyThis(made: Made | undefined, sightings: readonly Sighting[]): string {
  if (made === undefined) return 'only its deletion was seen, and no call that created it';
  if (made.mayBeUpdate) {
    return 'the call also updates what is there, and the record does not tell which it did: the earliest is the likeliest';
  }
  const deletions = sightings.filter((each) => each.kind === 'deletion' && compareEvents(each, made) < 0);
  const life = presentLife<Made>(sightings).filter(
    ({ mayBeUpdate, isIndirect }) => !mayBeUpdate && (!isIndirect || made.isIndirect),
  );
  const since = deletions.length > 0 ? ` since it was deleted at ${deletions.at(-1)?.eventTime}` : '';
  if (life.length <= 1) return `it is the only call that created it${since}, as far as was seen`;
  if (made.naming === 'unique') return 'it is the earliest of several calls that tell of this id';
  return made.creation === 'strict'
    ? `it is the latest call that created it${since}: such a call fails while there is one of that name`
    : `it is the earliest call${since}: later ones found it there and repeated it`;
}

function standingOf(
  sighting: Sighting,
  made: Made | undefined,
  sightings: readonly Sighting[],
  isDeleted: boolean,
): string {
  if (sighting.kind === 'deletion' || sighting === made || made === undefined) return '';
  if (sighting.mayBeUpdate && !made.mayBeUpdate && compareEvents(sighting, made) > 0)
    return 'it may have updated it';
  const until = isDeleted ? sightings.filter((each) => compareEvents(each, made) <= 0) : sightings;
  const { reason } = standingBeside(sighting, made, lastDeletionOf(until), () => false);
  return isDeleted && reason === DELETED ? `${DELETED}, and made anew` : reason;
}
