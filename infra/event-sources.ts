/**
 * The queues that invoke the function: log files in batches, because most are small; what comes again, in smaller ones; single events
 * as soon as they come. Together they invoke no more of it than may run, so that none is turned away.
 */
import { CfnEventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Chosen } from './chosen.ts';
import type { Queues } from './queues.ts';

/** The least that Lambda takes. */
const LEAST = 2;

const RETRY_BATCH = 10;
/** The most that Lambda takes without a window. */
const EVENTS_BATCH = 10;

export function createEventSources(
  scope: Construct,
  invoked: LambdaFunction,
  { work, events, retry }: Queues,
  chosen: Chosen,
): readonly CfnEventSourceMapping[] {
  const { concurrency, trigger, batchSize, batchWindowSeconds } = chosen;
  const mapping = (id: string, queueArn: string, batch: number, window: number, most: number) =>
    new CfnEventSourceMapping(scope, id, {
      functionName: invoked.functionName,
      eventSourceArn: queueArn,
      enabled: true,
      batchSize: batch,
      maximumBatchingWindowInSeconds: window,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: most },
    });
  // Where the bucket invokes the function, the work queue has only what that did not get done.
  const forWork = trigger === 'direct' ? LEAST : concurrency - LEAST - (events === undefined ? 0 : LEAST);
  return [
    mapping('WorkInvokes', work.queueArn, batchSize, batchWindowSeconds, forWork),
    mapping('RetryInvokes', retry.queueArn, RETRY_BATCH, 0, LEAST),
    ...(events === undefined ? [] : [mapping('EventsInvoke', events.queueArn, EVENTS_BATCH, 0, LEAST)]),
  ];
}
