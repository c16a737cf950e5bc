/**
 * Who is behind a parent, from maker to maker: the group was made by a stack, and the stack by somebody. By the events of
 * their names, at the time of what was made for them; where none is known, by the parent's own tags.
 */
import type { Parent } from '../../parser/parents/parent.ts';
import type { Partition } from '../../parser/partition.ts';
import { CallError } from '../calls/call-failure.ts';
import { timeOf, winnerOf } from '../ownership/lives.ts';
import type { CreationEvent, Name, NameEvent } from '../ownership/name-event.ts';
import { existingTime } from '../ownership/ours.ts';
import { type ParentAsking, personInTags, readParentTags } from './parent-tags.ts';

/** Makers from a parent on. */
export interface Chain {
  /** Of each the person that its own event tells of, the nearest first. */
  readonly persons: readonly string[];
  /** Where it breaks off, because nobody knows that one yet. */
  readonly unknown: Parent | undefined;
  /** Whom the other creations of these names tell of: whoever asked before all of them were known was told one of these. */
  readonly others: readonly string[];
}

/** Events of a name, each name read once. */
export type EventsOf = (name: Name) => Promise<readonly NameEvent[]>;

export interface ChainOptions {
  readonly eventsOf: EventsOf;
  readonly run: ParentAsking;
  readonly partition: Partition;
}

/** Somebody may have them name one another in a circle. */
export const MAX_STEPS = 5;

/** `at` is when something was made for it, in epoch milliseconds. Throws CallError. */
export async function chainOf(
  parent: Parent,
  at: number,
  options: ChainOptions,
  steps = MAX_STEPS,
): Promise<Chain> {
  const events = await options.eventsOf(parent);
  const maker = makerAt(events, at);
  if (maker !== undefined) {
    const chain = await chainBehind(maker, options, steps);
    return { ...chain, others: [...personsOfOthers(events, maker), ...chain.others] };
  }
  const person = await personByTags(parent, at, options);
  const others = personsOfOthers(events, undefined);
  return person === undefined
    ? { persons: [], unknown: parent, others }
    : { persons: [person], unknown: undefined, others };
}

function personsOfOthers(events: readonly NameEvent[], maker: CreationEvent | undefined): readonly string[] {
  return events.flatMap((event) => (event.kind === 'creation' && event !== maker ? [event.person] : []));
}

/** From the event of a maker on. */
export async function chainBehind(
  maker: CreationEvent,
  options: ChainOptions,
  steps = MAX_STEPS,
): Promise<Chain> {
  const { madeFor, person } = maker;
  if (madeFor === undefined || steps <= 1) return { persons: [person], unknown: undefined, others: [] };
  const { persons, ...rest } = await chainOf(madeFor.parent, timeOf(maker), options, steps - 1);
  return { persons: [person, ...persons], ...rest };
}

/** A call that makes several things may be told of after them. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The creation that the name stood for at that time. */
export function makerAt(events: readonly NameEvent[], at: number): CreationEvent | undefined {
  const naming = events.find((event) => event.kind === 'creation')?.naming;
  if (naming === undefined) return undefined;
  if (naming === 'unique') return winnerOf(events, naming);
  const until = (toleranceMs: number) =>
    events.filter((event) => timeOf(event) <= at + (event.kind === 'creation' ? toleranceMs : 0));
  return winnerOf(until(0), naming) ?? winnerOf(until(CLOCK_TOLERANCE_MS), naming);
}

/** Tags of a later resource of its name tell nothing of that one. */
async function personByTags(
  parent: Parent,
  at: number,
  { run, partition }: ChainOptions,
): Promise<string | undefined> {
  const read = await readParentTags(parent, partition, run);
  if ('failure' in read) throw new CallError(read.failure, undefined);
  const { keys } = run.settings;
  const isLater = existingTime({ existing: read.value, keys }) > at + CLOCK_TOLERANCE_MS;
  return isLater ? undefined : personInTags(read.value, run);
}
