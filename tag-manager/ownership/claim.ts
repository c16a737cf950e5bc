/** What the rules of ownership know of one resource, and what they decide. */
import type { TagSet } from '../tags/tag-set.ts';
import type { TagKeys } from '../tags/tag-settings.ts';
import type { ServiceTime } from './lives.ts';
import type { CreationEvent, NameEvent } from './name-event.ts';

export interface Claim {
  /** The tags that are on the resource. */
  readonly existing: TagSet;
  /** All events known of its name. */
  readonly events: readonly NameEvent[];
  /** What a person wants who names the resource by hand; the time is not that of its creation. */
  readonly byHand: CreationEvent | undefined;
  /** Tags under our keys that a store knows to be ours; `undefined` where the tags themselves must tell. */
  readonly known: readonly TagSet[] | undefined;
  /** What we wrote last, as far as a store tells. */
  readonly written?: Written | undefined;
  /** Up to that creation nothing is tagged again. */
  readonly undone?: UndoneCreation | undefined;
  /** `askable` where the service can be asked, `unknown` where it cannot, or does not say. */
  readonly serviceTime: ServiceTime | 'askable' | 'unknown';
  readonly keys: TagKeys;
  /** Key of the tag by which owners keep us off. */
  readonly skipKey: string | undefined;
  readonly onExisting: 'keep' | 'overwrite';
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The creation whose tags somebody took away by undoing the run that wrote them. */
export type UndoneCreation = Pick<CreationEvent, 'eventID' | 'eventTime'>;

/** Tags that we wrote, and the id of the event that wanted them. */
export interface Written {
  readonly tags: TagSet;
  readonly eventID: string;
}

export type Decision =
  /** `tags` are those that `event` wants, without what stays as it is. */
  | {
      readonly action: 'write';
      readonly event: CreationEvent;
      readonly tags: TagSet;
      readonly reason: string;
      /** Tags of ours that named another creation are replaced. */
      readonly isReplacement: boolean;
    }
  /** The tags name the right creation: `event`, or one that is known by them alone. */
  | { readonly action: 'settled'; readonly event: CreationEvent | TagEvent }
  /** They are somebody else's, or there is nothing to be named. */
  | { readonly action: 'keep'; readonly reason: string; readonly isRemarkable: boolean }
  /** When the service made the resource decides. */
  | { readonly action: 'ask' };

/** A creation of which nothing is known but what tags of ours say. */
export type TagEvent = Pick<CreationEvent, 'kind' | 'eventID' | 'eventTime' | 'creation'>;
