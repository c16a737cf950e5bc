/** Who asked whom, as far as this process remembers. */
import { keepLeastRecent } from '../calls/least-recent.ts';
import type { Name } from '../ownership/name-event.ts';
import type { Kin, ToldChild } from './kin.ts';

/** A child takes about 300 bytes. */
const MAX_PARENTS = 5_000;
const MAX_CHILDREN = 20_000;

/** Of more, those are forgotten whose parents were asked for the longest ago. */
export function rememberKin(maxParents = MAX_PARENTS, maxChildren = MAX_CHILDREN): Kin {
  const families = keepLeastRecent<string, Map<string, ToldChild>>(maxParents);

  function keep(parent: Name, child: ToldChild): void {
    const key = `${parent.account} ${parent.arn}`;
    const family = families.find(key) ?? new Map<string, ToldChild>();
    const own = `${child.account} ${child.arn} ${child.eventID}`;
    const known = family.get(own);
    family.delete(own);
    family.set(own, { ...known, ...child });
    if (family.size > maxChildren) family.delete(family.keys().next().value ?? '');
    families.put(key, family);
  }

  return {
    async ask(parent, child) {
      keep(parent, child);
    },
    async tell(parent, child, told) {
      keep(parent, { ...child, told });
    },
    async *childrenOf({ account, arn }) {
      const family = families.find(`${account} ${arn}`);
      if (family !== undefined) yield { children: [...family.values()], passedOver: [] };
    },
  };
}
