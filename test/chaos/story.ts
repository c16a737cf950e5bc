/** What really happened to one resource or name: what the oracle knows. */
import type { Place, Tags } from './kinds.ts';

export interface Story {
  readonly arn: string;
  /** For people who read a failure: its number, and what it is about. */
  readonly history: number;
  readonly kind: string;
  readonly place: Place;
  readonly copies: boolean;
  readonly bearsNoTags: boolean;
  /** We have no role to tag with in its account. */
  readonly isOutOfReach: boolean;
  /** Milliseconds from its creation until it can be tagged. */
  readonly taggableAfter: number;
  /** From a creation to the deletion behind it; the last one may be going on. */
  readonly lives: Life[];
}

export interface Life {
  /** When it was made, epoch milliseconds. */
  readonly since: number;
  /** No log file has the call that made it; a service that tells when that was knows that none of the others did. */
  readonly isUnlogged: boolean;
  /** The tags that the resource came into being with. */
  readonly born: Tags;
  /** It takes no tags any more. */
  readonly isFull: boolean;
  /** Its owner wants no tags of ours. */
  readonly isKeptOff: boolean;
  /** The call that made it comes first; those behind it made nothing. None of them failed. */
  readonly creations: CreationCall[];
  /** Tags that are not ours, as people have left them. */
  readonly foreign: Map<string, string>;
  /** What stood under our keys when a person had corrected them. */
  corrected?: Tags;
  isOver: boolean;
  /** When its tags were first seen to name who must be named, epoch milliseconds. */
  namedAt?: number;
}

export interface CreationCall {
  readonly by: string;
  readonly time: string;
  readonly id: string;
  /** Its parent at that time, as it really was. */
  readonly madeFor?: Life | undefined;
}
