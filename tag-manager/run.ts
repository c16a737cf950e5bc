/** What the batches of one `tag` share. */
import type { Family } from './family.ts';
import type { Journal } from './journal.ts';
import type { NameAgain } from './name-work.ts';
import type { CreationEvent, Name } from './ownership/name-event.ts';
import type { ParentAsking } from './parents/parent-tags.ts';
import type { Ledger } from './store/ledger.ts';

export interface Run extends ParentAsking {
  readonly ledger: Ledger;
  /** Also what was undone is tagged. @default false */
  readonly tagsUndone?: boolean;
  /** Hears of all writes. */
  readonly journal?: Journal;
  /** Takes names that are to be judged again, for later. Throws where it cannot keep them. @default they are judged at the end */
  readonly judgeAgain?: JudgeAgain;
  readonly family: Family;
  /** Names that are judged anyway, after the parents among them were recorded. */
  readonly judgedNow: ReadonlySet<string>;
  /** Whether what is judged again is tagged at all, by its event. */
  readonly isTagged: IsTagged;
  /** Whether something of that type may be what others are made for. */
  readonly mayBeParent: (type: string) => boolean;
}

/** By the settings of now: those that an event was kept under may have been others. */
export type IsTagged = (event: CreationEvent, name: Name) => boolean;

export type JudgeAgain = (names: readonly NameAgain[], signal: AbortSignal) => Promise<void>;
