/**
 * Throttling by token buckets, at the rates that AWS publishes. Buckets refill in real time, whatever the clock says.
 */
import type { ObservedCall } from './faults.ts';

export interface ThrottleRow {
  readonly service: string;
  /** The operations that share the bucket; all others of the service where absent. */
  readonly operations?: readonly string[];
  readonly size: number;
  readonly refillPerSecond: number;
  readonly scope: 'account' | 'account and region';
  /** Each operation has a bucket of its own. */
  readonly isEachApart?: true;
}

/** The first row that names the operation applies. */
export const PUBLISHED_RATES: readonly ThrottleRow[] = [
  // ec2/latest/devguide/ec2-api-throttling: CreateTags has its own bucket, other mutating calls share one.
  {
    service: 'ec2',
    operations: ['CreateTags'],
    size: 100,
    refillPerSecond: 10,
    scope: 'account and region',
  },
  {
    service: 'ec2',
    operations: ['DescribeTags'],
    size: 100,
    refillPerSecond: 20,
    scope: 'account and region',
  },
  // Those that are filtered and paginated; each call has a bucket of its own.
  {
    service: 'ec2',
    operations: ['DescribeVolumes', 'DescribeImages'],
    size: 100,
    refillPerSecond: 20,
    scope: 'account and region',
    isEachApart: true,
  },
  {
    service: 'ec2',
    operations: ['CreateVolume', 'CreateSnapshot', 'CreateSnapshots', 'CopySnapshot', 'CreateSecurityGroup'],
    size: 50,
    refillPerSecond: 5,
    scope: 'account and region',
  },
  // awscloudtrail/latest/APIReference/API_LookupEvents
  {
    service: 'cloudtrail',
    operations: ['LookupEvents'],
    size: 2,
    refillPerSecond: 2,
    scope: 'account and region',
  },
  // sns/latest/api/API_TagResource
  {
    service: 'sns',
    operations: ['TagResource', 'UntagResource', 'ListTagsForResource'],
    size: 10,
    refillPerSecond: 10,
    scope: 'account and region',
  },
  // AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues
  {
    service: 'sqs',
    operations: ['TagQueue', 'UntagQueue', 'ListQueueTags'],
    size: 30,
    refillPerSecond: 30,
    scope: 'account',
  },
  // amazondynamodb/latest/APIReference/API_TagResource
  {
    service: 'dynamodb',
    operations: ['TagResource', 'UntagResource'],
    size: 5,
    refillPerSecond: 5,
    scope: 'account',
  },
  // amazondynamodb/latest/APIReference/API_ListTagsOfResource
  {
    service: 'dynamodb',
    operations: ['ListTagsOfResource'],
    size: 10,
    refillPerSecond: 10,
    scope: 'account',
  },
  // lambda/latest/dg/gettingstarted-limits: all control plane calls together, save GetFunction.
  {
    service: 'lambda',
    operations: ['GetFunction'],
    size: 100,
    refillPerSecond: 100,
    scope: 'account and region',
  },
  { service: 'lambda', size: 15, refillPerSecond: 15, scope: 'account and region' },
];

/** What AWS publishes no rate for: what careful people suppose, of each call about tags by itself. */
const UNPUBLISHED_RATES: readonly ThrottleRow[] = [
  { service: 'rds' },
  { service: 'elasticache' },
  { service: 's3-control' },
  { service: 's3', operations: ['GetBucketTagging', 'PutBucketTagging', 'ListBuckets'] },
  { service: 'sqs', operations: ['GetQueueAttributes'] },
  { service: 'dynamodb', operations: ['DescribeTable'] },
].map((row) => ({ ...row, size: 5, refillPerSecond: 5, scope: 'account and region', isEachApart: true }));

/** All of them, so many times as high: a run against them takes so much less time. */
export function ratesTimes(factor: number): readonly ThrottleRow[] {
  return [...PUBLISHED_RATES, ...UNPUBLISHED_RATES].map((row) => ({
    ...row,
    size: row.size * factor,
    refillPerSecond: row.refillPerSecond * factor,
  }));
}

/** A function that takes a token for a call and says whether there was one. */
export function createThrottle(rows: readonly ThrottleRow[]): (call: ObservedCall) => boolean {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  return (call) => {
    const index = rows.findIndex(
      ({ service, operations }) =>
        service === call.service && (operations === undefined || operations.includes(call.operation)),
    );
    const row = rows[index];
    if (!row) return true;
    const operation = row.isEachApart ? call.operation : '';
    const key = `${index} ${call.account} ${row.scope === 'account' ? '' : call.region} ${operation}`;
    const now = performance.now();
    const bucket = buckets.get(key) ?? { tokens: row.size, filledAt: now };
    const refilled = bucket.tokens + ((now - bucket.filledAt) / 1000) * row.refillPerSecond;
    const tokens = Math.min(row.size, refilled);
    const granted = tokens >= 1;
    buckets.set(key, { tokens: granted ? tokens - 1 : tokens, filledAt: now });
    return granted;
  };
}
