/** Which services the metrics name: each is billed by its outcomes, so no more than some, however many are tagged. */
import { COMMON_SERVICES } from '../file/services.ts';
import { MAX_NAMED_SERVICES } from './metrics.ts';

/** Of `SERVICES`: those that it names, in their order, and the first ones where it says `all`; by IAM prefix. */
export function namedServices(text: string): ReadonlySet<string> {
  const named = text.split(',').flatMap((part) => part.trim().toLowerCase() || []);
  const all = named.includes('all') ? [...COMMON_SERVICES, ...named] : named;
  return new Set([...new Set(all)].filter((name) => name !== 'all').slice(0, MAX_NAMED_SERVICES));
}
