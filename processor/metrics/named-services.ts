/** Which services the metrics name: each is billed by its outcomes, so no more than some, however many are tagged. */
import { MAX_NAMED_SERVICES } from './metrics.ts';

/** Those that almost every account has, where all are tagged. */
const FIRST = ['dynamodb', 'ec2', 'elasticache', 'lambda', 'rds', 's3', 'sns', 'sqs'];

/** Of `SERVICES`: those that it names, in their order, and the first ones where it says `all`; by IAM prefix. */
export function namedServices(text: string): ReadonlySet<string> {
  const named = text.split(',').flatMap((part) => part.trim().toLowerCase() || []);
  const all = named.includes('all') ? [...FIRST, ...named] : named;
  return new Set([...new Set(all)].filter((name) => name !== 'all').slice(0, MAX_NAMED_SERVICES));
}
