/** A ledger for dry runs: it knows what another one keeps, and adds nothing to it. */
import type { Ledger } from './ledger.ts';

export function readOnly(ledger: Ledger): Ledger {
  const { kin } = ledger;
  return {
    kin: { ask: async () => {}, tell: async () => {}, childrenOf: kin.childrenOf },
    async record(name, events, signal) {
      const { events: kept, ours, ...rest } = await ledger.record(name, [], signal);
      const known = new Set(kept.map(({ eventID }) => eventID));
      const added = events.filter(({ eventID }) => !known.has(eventID));
      const wanted = events.flatMap((event) => (event.kind === 'creation' ? [event.tags] : []));
      return {
        ...rest,
        events: [...kept, ...added],
        ...(ours && { ours: [...ours, ...wanted] }),
      };
    },
    settle: async () => undefined,
  };
}
