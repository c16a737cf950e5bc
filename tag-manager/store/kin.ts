/**
 * Who asked whom: which creations were made for a parent, and what they were told of the person behind it. Whoever comes to know
 * more of the parent finds here those who must be told anew.
 */
import type { Name, NameEvent } from '../ownership/name-event.ts';

/** A creation that asks who made what it was made for. */
export interface Child extends Name, Pick<NameEvent, 'eventID' | 'eventTime'> {}

export interface ToldChild extends Child {
  /** The person that it was told of, empty where none was known; absent until it was told. */
  readonly told?: string | undefined;
}

/** Some of those who asked. */
export interface PageOfChildren {
  readonly children: readonly ToldChild[];
  /** What was kept and cannot be believed, each in words. */
  readonly passedOver: readonly string[];
}

/** All throw CallError. */
export interface Kin {
  /** Before the parent's history is read: whoever adds to that history afterwards finds the child here. */
  ask(parent: Name, child: Child, signal: AbortSignal): Promise<void>;
  /** After it. */
  tell(parent: Name, child: Child, person: string, signal: AbortSignal): Promise<void>;
  /** Page by page, as far as they were kept. */
  childrenOf(parent: Name, signal: AbortSignal): AsyncIterable<PageOfChildren>;
}
