/**
 * What one `tag` comes to know of who was made for whom. It is kept until all names are dealt with: a child counts as told
 * once its tags are as they shall be, so that whoever is broken off before that is found again.
 */
import type { NameAgain, NameWork } from './name-work.ts';
import type { PassedOverItems } from './outcome.ts';
import type { Name, NameEvent } from './ownership/name-event.ts';
import type { Child } from './store/kin.ts';

export interface Family {
  /** By name, what its creations are to be told. */
  readonly answers: Map<string, readonly Answer[]>;
  /** By name, those whose children are to be judged once all else is done: only where nobody takes them for later. */
  readonly parents: Map<string, ParentWork>;
  /** By name, those that the service has written its tags on too: they are to be judged again. */
  readonly members: Map<string, readonly NameAgain[]>;
  /** What is kept of children and cannot be believed. */
  readonly passedOver: PassedOverItems[];
}

export interface Answer {
  readonly parent: Name;
  readonly child: Child;
  readonly person: string;
}

export interface ParentWork {
  readonly work: NameWork;
  readonly events: readonly NameEvent[];
}

export function startFamily(): Family {
  return { answers: new Map(), parents: new Map(), members: new Map(), passedOver: [] };
}
