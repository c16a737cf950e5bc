/** What the batches of one `tag` share. */
import type { Calls } from './calls/calls.ts';
import type { Journal } from './journal.ts';
import type { Ledger } from './store/ledger.ts';
import type { TaggerFor } from './taggers/taggers.ts';
import type { TagSettings } from './tags/tag-settings.ts';

export interface Run {
  readonly settings: TagSettings;
  readonly calls: Calls;
  readonly taggerFor: TaggerFor;
  readonly ledger: Ledger;
  /** Also what was undone is tagged. @default false */
  readonly tagsUndone?: boolean;
  /** Hears of all writes. */
  readonly journal?: Journal;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}
