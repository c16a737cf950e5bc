/** Whether a log file may hold what a scope takes in, by what its key says of account, region and day. */
import { readLogKey } from '../../../parser/log-key.ts';
import { type Days, daysOf, folderOf } from './days.ts';
import { wanted } from './pruning.ts';
import type { Scope } from './scope.ts';

/** Of a log file that lies anywhere: a copy has the name that CloudTrail gave it, or one that says nothing. */
export function scopeTest(scope: Scope): (key: string) => boolean {
  const isWanted = { account: wanted(scope.accounts), region: wanted(scope.regions) };
  const days = daysOf(scope);
  return (key) => {
    const log = readLogKey(key);
    if (log.kind !== 'log') return true;
    const account = log.account ?? /(\d{12})_[^/]*$/.exec(key)?.[1];
    if (account !== undefined && !isWanted.account(account)) return false;
    return isWanted.region(log.region) && isWithin(folderOf(Date.parse(log.deliveredAt)), days);
  };
}

function isWithin(day: string, { first = '', last = '9' }: Days): boolean {
  return day >= first && day <= last;
}
