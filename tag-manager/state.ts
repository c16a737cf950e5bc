/** What has become of a name while it is dealt with. */
import type { NameWork } from './name-work.ts';
import type { History } from './store/ledger.ts';
import type { Ended, Written } from './work-outcomes.ts';

/** It is over, or is to be decided by this history. */
export type State = Over | Open;

export interface Over {
  readonly work: NameWork;
  readonly ended: Ended;
  readonly passedOver?: History['passedOver'];
}

export interface Open {
  readonly work: NameWork;
  readonly history: History;
  /** As the ledger told it, before the persons behind its events were asked for. */
  readonly told: History;
  readonly wrote?: Written | undefined;
}

export function isOpen(state: State): state is Open {
  return 'history' in state;
}
