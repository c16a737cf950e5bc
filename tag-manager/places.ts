/** Places of work, a bounded number at each API, account and region, so that none is held up by another's pace. */
import pLimit, { type LimitFunction } from 'p-limit';

/** Does the work once there is a place for it, in the order in which it is asked. */
export type InPlace = <Value>(where: string, work: () => Promise<Value> | Value) => Promise<Value>;

/** Of places where nobody works or waits, nothing is kept. */
export function createPlaces(atOnce: number): InPlace {
  const open = new Map<string, { readonly limit: LimitFunction; users: number }>();
  return async (where, work) => {
    const place = open.get(where) ?? { limit: pLimit(atOnce), users: 0 };
    open.set(where, place);
    place.users += 1;
    try {
      return await place.limit(work);
    } finally {
      place.users -= 1;
      if (place.users === 0) open.delete(where);
    }
  };
}
