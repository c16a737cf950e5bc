/** What the batches of one `tag` share. */
import type { Journal } from './journal.ts';
import type { ParentAsking } from './parents/parent-tags.ts';
import type { Ledger } from './store/ledger.ts';

export interface Run extends ParentAsking {
  readonly ledger: Ledger;
  /** Also what was undone is tagged. @default false */
  readonly tagsUndone?: boolean;
  /** Hears of all writes. */
  readonly journal?: Journal;
}
