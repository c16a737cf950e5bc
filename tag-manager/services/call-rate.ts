/** How often AWS lets an account make a call: as the row of its API says, or as careful people suppose. */
import type { Api } from '../apis/api.ts';
import type { CallRate } from '../calls/pace.ts';

/** Calls a second, of each call by itself, where AWS publishes none; most of those that it publishes are more. */
const UNPUBLISHED_PER_SECOND = 5;

/** The same name for all calls that are counted together. */
export function rateOf({ service, rates }: Api, call: string): CallRate {
  const rate = rates.find(({ calls }) => calls.includes(call));
  if (rate === undefined) return unpublishedRate(service.sdkId, call);
  const { calls, perSecond, burst = perSecond, scope = 'account and region' } = rate;
  return { name: `${service.sdkId} ${calls.join(' ')}`, perSecond, burst, scope };
}

/** Of calls that AWS says nothing about. */
export function unpublishedRate(sdkId: string, call: string): CallRate {
  return {
    name: `${sdkId} ${call}`,
    perSecond: UNPUBLISHED_PER_SECOND,
    burst: UNPUBLISHED_PER_SECOND,
    scope: 'account and region',
  };
}
