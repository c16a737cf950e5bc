/** What one call of the tag manager holds of one name: its creations and deletions, dealt with together. */
import type { Deletion } from '../parser/event/deletion.ts';
import type { Partition } from '../parser/partition.ts';
import { compareEvents } from './ownership/lives.ts';
import type { DeletionEvent, Name, NameEvent } from './ownership/name-event.ts';
import type { Maker, TagRequest } from './tag-request.ts';

export interface NameWork {
  readonly name: Name;
  readonly partition: Partition;
  /** The earliest first. */
  readonly requests: readonly TagRequest[];
  readonly deletions: readonly Deletion[];
  /** What is only kept: the name bears no tags of ours. */
  readonly makers: readonly Maker[];
  /** More is known of it than when it was decided on. */
  readonly isAgain?: true;
}

/** A name of which it has come to be known more than what was decided by. */
export interface NameAgain extends Name {
  readonly partition: Partition;
}

type WorkInHand = NameWork & {
  requests: TagRequest[];
  deletions: Deletion[];
  makers: Maker[];
  isAgain?: true;
};

/** In the order in which the names come up. */
export function worksOf(
  requests: readonly TagRequest[],
  deletions: readonly Deletion[],
  again: readonly NameAgain[],
  makers: readonly Maker[] = [],
): NameWork[] {
  const works = new Map<string, WorkInHand>();
  const workOn = (name: Name, partition: Partition) => {
    const key = keyOf(name);
    const work: WorkInHand = works.get(key) ?? { name, partition, requests: [], deletions: [], makers: [] };
    works.set(key, work);
    return work;
  };
  for (const maker of makers) workOn(maker.name, maker.creation.partition).makers.push(maker);
  for (const request of requests) workOn(request.name, request.creation.partition).requests.push(request);
  for (const deletion of deletions) {
    const { account, partition } = deletion;
    for (const arn of deletion.names) workOn({ account, arn }, partition).deletions.push(deletion);
  }
  for (const { account, arn, partition } of again) workOn({ account, arn }, partition).isAgain = true;
  return [...works.values()].map((work) => ({
    ...work,
    requests: work.requests.toSorted((a, b) => compareEvents(a.event, b.event)),
  }));
}

export function keyOf({ account, arn }: Name): string {
  return `${account} ${arn}`;
}

/** What the ledger keeps of it. A person who names a resource by hand tells of no event. */
export function eventsOf({ requests, deletions, makers }: NameWork): readonly NameEvent[] {
  return [
    ...makers.map(({ event }) => event),
    ...requests.filter((request) => !isByHand(request)).map(({ event }) => event),
    ...deletions.map(deletionEvent),
  ];
}

function deletionEvent({ eventID, eventTime, eventName }: Deletion): DeletionEvent {
  return { kind: 'deletion', eventID, eventTime, eventName };
}

export function isByHand({ creation }: TagRequest): boolean {
  return creation.origin === 'by-hand';
}

/** Where the first of it stands in its file. */
export function firstIndex({ requests, deletions, makers }: NameWork): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { creation } of [...requests, ...makers]) first = Math.min(first, creation.index);
  for (const { index } of deletions) first = Math.min(first, index);
  return first;
}
