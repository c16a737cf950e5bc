/**
 * What was seen of each resource that is asked for, however often it was told: bounded, whatever the logs hold. Of a name with very
 * many events those are kept that can decide, and the first and the last.
 */
import { keyOf } from '../../tag-manager/name-work.ts';
import { compareEvents, lastDeletionOf, presentLife } from '../../tag-manager/ownership/lives.ts';
import type { Name } from '../../tag-manager/ownership/name-event.ts';
import type { Deleted, Made, Sighting } from './sighting.ts';

export interface Subject {
  readonly name: Name;
  /** In no order; none twice. */
  readonly sightings: readonly Sighting[];
  /** How many more there were, which are not kept. */
  readonly leftOut: number;
}

export interface Subjects {
  add(sighting: Sighting): void;
  addAll(subjects: readonly Subject[]): void;
  /** In the order in which they came up. */
  list(): readonly Subject[];
  /** Sightings of resources that there was no room for. */
  readonly leftOut: number;
}

/** Many accounts may have something of one name. */
export const MAX_SUBJECTS = 1_000;

/** One takes about 1 KB. Applications repeat calls that succeed though the resource is there, every minute of the year. */
export const MAX_SIGHTINGS = 1_000;

/** Of all resources together. */
const MAX_OF_ALL = 50_000;

interface Seen {
  readonly name: Name;
  sightings: Map<string, Sighting>;
  leftOut: number;
}

export function collectSubjects(): Subjects {
  const subjects = new Map<string, Seen>();
  let held = 0;
  let leftOut = 0;

  function seenOf(name: Name): Seen | undefined {
    const key = keyOf(name);
    const known = subjects.get(key);
    if (known !== undefined) return known;
    if (subjects.size >= MAX_SUBJECTS || held >= MAX_OF_ALL) return undefined;
    const made: Seen = { name, sightings: new Map(), leftOut: 0 };
    subjects.set(key, made);
    return made;
  }

  function add(sighting: Sighting): void {
    const seen = seenOf(sighting.name);
    if (seen === undefined) {
      leftOut++;
      return;
    }
    const before = seen.sightings.size;
    const key = `${sighting.kind} ${sighting.eventID}`;
    const known = seen.sightings.get(key);
    // Two trails may tell of the same event: which of the two is shown must not depend on who came first.
    if (known === undefined || isBefore(sighting, known)) seen.sightings.set(key, sighting);
    const most = Math.min(MAX_SIGHTINGS, Math.max(2, before + MAX_OF_ALL - held));
    if (seen.sightings.size > most) thinOut(seen);
    held += seen.sightings.size - before;
  }

  return {
    add,
    addAll(more) {
      for (const { name, sightings, leftOut: lost } of more) {
        for (const each of sightings) add(each);
        const seen = subjects.get(keyOf(name));
        if (seen !== undefined) seen.leftOut += lost;
      }
    },
    list: () =>
      [...subjects.values()].map(({ name, sightings, leftOut: lost }) => ({
        name,
        sightings: [...sightings.values()],
        leftOut: lost,
      })),
    get leftOut() {
      return leftOut;
    },
  };
}

function isBefore(one: Sighting, other: Sighting): boolean {
  return one.toldBy < other.toldBy || (one.toldBy === other.toldBy && (one.index ?? 0) < (other.index ?? 0));
}

/** A deletion that comes late and lies between those that are forgotten could have made another the winner; logs come by their days. */
function thinOut(seen: Seen): void {
  const all = [...seen.sightings].toSorted(([, one], [, other]) => compareEvents(one, other));
  const sightings = all.map(([, sighting]) => sighting);
  const part = Math.floor(all.length / 3);
  const kept = new Set<Sighting>([
    ...sightings.slice(0, part),
    ...sightings.slice(-part),
    ...deciding(sightings),
  ]);
  const left = all.filter(([, sighting]) => kept.has(sighting));
  seen.leftOut += all.length - left.length;
  seen.sightings = new Map(left);
}

/** The last deletion, and behind it the first creation and the last that was no repeat. */
function deciding(sightings: readonly Sighting[]): readonly Sighting[] {
  const deletion = lastDeletionOf(sightings) as Deleted | undefined; // it is one of them
  const life = presentLife<Made>(sightings);
  const certain = life.filter(({ mayBeUpdate }) => !mayBeUpdate);
  return [deletion, life[0], certain[0], certain.findLast(({ creation }) => creation === 'strict')].filter(
    (each) => each !== undefined,
  );
}
