/** The memory of this process: what it was given of a name, as long as there is room. */
import type { Name, NameEvent } from '../ownership/name-event.ts';
import type { Ledger } from './ledger.ts';

/** An event takes about 1 KB. */
const MAX_NAMES = 20_000;

/** Of more than `maxNames`, those are forgotten that were heard of the longest ago. */
export function createMemory(maxNames = MAX_NAMES): Ledger {
  const names = new Map<string, Map<string, NameEvent>>();
  return {
    async record({ account, arn }: Name, more) {
      const key = `${account} ${arn}`;
      const events = names.get(key) ?? new Map<string, NameEvent>();
      for (const event of more) events.set(event.eventID, event);
      names.delete(key);
      if (events.size > 0) names.set(key, events);
      for (const oldest of names.keys()) {
        if (names.size <= maxNames) break;
        names.delete(oldest);
      }
      return { events: [...events.values()] };
    },
    // Events of a name in one process are dealt with one after the other, so nothing can have come meanwhile.
    settle: async () => undefined,
  };
}
