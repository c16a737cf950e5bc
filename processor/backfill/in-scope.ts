/** The filter of a run: that of its settings, and what its scope leaves out of files that hold more than their names say. */
import type { Creation } from '../../parser/event/creation.ts';
import type { Filter } from '../file/filters.ts';
import { refusedBySpan } from './scope/outside-span.ts';
import { wanted } from './scope/pruning.ts';
import type { Scope } from './scope/scope.ts';

/** Regions are those of the calls, after which CloudTrail's folders are named; a file that was renamed may hold any. */
export function inScope(scope: Scope, filter: Filter): Filter {
  const isOfAccounts = wanted(scope.accounts);
  const isOfRegions = wanted(scope.regions);
  return (creation: Creation) => {
    if (!isOfAccounts(creation.account)) return `its account, ${creation.account}, is none of --account`;
    if (!isOfRegions(creation.region))
      return `the region of its call, ${creation.region}, is none of --region`;
    return refusedBySpan(creation, scope)?.detail ?? filter(creation);
  };
}
