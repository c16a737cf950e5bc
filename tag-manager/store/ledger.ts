/**
 * Where the events of names are kept. The tag manager records what it is given, decides by all that is known, and says
 * what became of it. Without a store the ledger is the memory of the process, and the resource's own tags know the rest.
 */
import type { UndoneCreation, Written } from '../ownership/claim.ts';
import type { CreationEvent, DeletionEvent, Name, NameEvent } from '../ownership/name-event.ts';
import type { TagSet } from '../tags/tag-set.ts';
import type { Kin } from './kin.ts';

/** All that is known of a name. */
export interface History {
  /** In no order; none twice. */
  readonly events: readonly NameEvent[];
  /**
   * Tags under our keys that we wrote, or that events of the name would have written: no others are ours. Absent where
   * nobody keeps them: then the tags themselves must tell.
   */
  readonly ours?: readonly TagSet[];
  /** What we wrote last; absent where nobody keeps it, or we never wrote. */
  readonly written?: Written;
  /** Its tags were taken away again; absent where nobody keeps it, or nothing was undone since. */
  readonly undone?: UndoneCreation;
  /** What is kept of the name and cannot be believed, each in words: all is decided without it. Absent where there is none. */
  readonly passedOver?: readonly string[];
}

/** What became of a resource, once its tags are as they shall be. */
export type Settled = {
  /** What was written; absent where nothing was. */
  readonly written: TagSet | undefined;
  /** The history was told after it was written, so nobody need look again. */
  readonly isSeen?: boolean;
} & (
  | {
      readonly outcome: 'tagged' | 'unchanged' | 'kept';
      /** The creation that its tags name; `eventID` is `by-hand` where a person named it. Absent where they are somebody else's. */
      readonly event: CreationEvent | undefined;
    }
  | { readonly outcome: 'deleted'; readonly event: DeletionEvent }
);

export interface Ledger {
  /** Which of these creations asked for the makers of their parents. */
  readonly kin: Kin;
  /**
   * Keeps the events, and tells all that is known of the name, these among them; with none it only tells. It may be given
   * the same event twice. Throws CallError: then nothing of the name is tagged now.
   */
  record(name: Name, events: readonly NameEvent[], signal: AbortSignal): Promise<History>;
  /**
   * Keeps what became of the resource, unless more has come to be known since `known` was told: then it tells what, and
   * all is to be decided again. Throws as `record` does.
   */
  settle(name: Name, known: History, settled: Settled, signal: AbortSignal): Promise<History | undefined>;
}
