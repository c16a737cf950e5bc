/** What the batches of one `tag` share. */
import type { Family } from './family.ts';
import type { Journal } from './journal.ts';
import type { NameAgain } from './name-work.ts';
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
  /** Whether something of that type may be what others are made for. */
  readonly mayBeParent: (type: string) => boolean;
}

export type JudgeAgain = (names: readonly NameAgain[], signal: AbortSignal) => Promise<void>;
