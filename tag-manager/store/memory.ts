/** The memory of this process: what it was given of a name, as far as that can still matter and there is room. */
import { keepLeastRecent } from '../calls/least-recent.ts';
import { lastDeletionOf, presentLife, winnerOf } from '../ownership/lives.ts';
import type { Name, NameEvent } from '../ownership/name-event.ts';
import { rememberKin } from './kin-memory.ts';
import type { Ledger } from './ledger.ts';

/** An event takes about 1 KB. */
const MAX_NAMES = 20_000;

/** Applications repeat calls that succeed though the resource is there, every minute of the year. */
const MAX_EVENTS_OF_A_NAME = 64;

/** Of more than `maxNames`, those are forgotten that were heard of the longest ago. */
export function createMemory(maxNames = MAX_NAMES): Ledger {
  const names = keepLeastRecent<string, readonly NameEvent[]>(maxNames);
  return {
    kin: rememberKin(),
    async record({ account, arn }: Name, more) {
      const key = `${account} ${arn}`;
      const known = new Map([...(names.find(key) ?? []), ...more].map((event) => [event.eventID, event]));
      const events = stillOfUse([...known.values()]);
      if (events.length > 0) names.put(key, events);
      return { events };
    },
    // Events of a name in one process are dealt with one after the other, so nothing can have come meanwhile.
    settle: async () => undefined,
  };
}

/**
 * What stands before the last deletion is over, and tells no more than who made what was made for it then: it is the first to
 * be forgotten. Of too many others the earliest are kept, and the latest: one of them is the winner, unless a deletion comes
 * late that lies between those that are forgotten.
 */
function stillOfUse(events: readonly NameEvent[]): readonly NameEvent[] {
  if (events.length <= MAX_EVENTS_OF_A_NAME) return events;
  const deletion = lastDeletionOf(events);
  const rest = [...(deletion === undefined ? [] : [deletion]), ...presentLife(events)];
  const half = MAX_EVENTS_OF_A_NAME / 2;
  if (rest.length <= MAX_EVENTS_OF_A_NAME) return rest;
  const winner = winnerOf(rest, 'unique'); // may be one between, where others made it on their way
  const between = rest.slice(half, -half).filter((event) => event === winner);
  return [...rest.slice(0, half), ...between, ...rest.slice(-half)];
}
