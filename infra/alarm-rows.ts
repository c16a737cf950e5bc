/**
 * The alarms, a row each: what is looked at, from where on it is too much, and what to do. Names and dimensions of AWS's own
 * metrics are those of Amazon SQS Developer Guide, "Available CloudWatch metrics for Amazon SQS"; AWS Lambda Developer Guide,
 * "Types of metrics for Lambda functions"; Amazon DynamoDB Developer Guide, "DynamoDB metrics and dimensions"; Amazon EventBridge
 * User Guide, "Monitoring Amazon EventBridge"; Amazon SNS Developer Guide, "Monitoring Amazon SNS topics using CloudWatch".
 */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { INDEXES } from '../tag-manager/store/table.ts';
import type { Chosen } from './chosen.ts';
import type { Names, QueueName } from './names.ts';
import { ownMetric } from './own-metric.ts';

export interface AlarmRow {
  /** What its name ends in. */
  readonly name: string;
  readonly metric: IMetric;
  /** It fires above this. */
  readonly above: number;
  /** For so many periods of the metric, one after the other. @default 1 */
  readonly periods?: number;
  /** It fires at or below `above` instead, also where there is nothing to look at. @default false */
  readonly firesOnSilence?: boolean;
  readonly whatToDo: string;
}

/** Who tells of log files and of events, and over what of ours. */
type Telling = Pick<Chosen, 'trigger' | 'topicArn' | 'logBucketAccount' | 'backfillBucketName'>;

export interface Watched {
  readonly names: Names;
  readonly chosen: Telling;
  /** Those by which events come at once, on the default bus; none where they do not. */
  readonly eventRules: readonly string[];
  /** Absent without a metadata store. */
  readonly tableName: string | undefined;
}

const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

export function alarmRows({ names, chosen, eventRules, tableName }: Watched): readonly AlarmRow[] {
  return [
    ...ofQueues(names),
    ...ofFunction(names),
    ...(chosen.trigger === 'direct' ? ofBucketsCalls(names) : []),
    ...ofDelivery(names, chosen),
    ...ofEvents(names, eventRules),
    ...ofWork(names),
    ...ofTable(names, tableName, chosen.backfillBucketName !== undefined),
  ];
}

/** How many metrics it is made of: each is billed. */
export function metricsOf(metric: IMetric): number {
  return metric instanceof MathExpression ? Object.keys(metric.usingMetrics).length : 1;
}

/**
 * SQS tells of them once a minute; while a queue is not used for hours, not at all. What was received three times has no age any
 * more: that a message is tried again and again does not look like a delay.
 */
export function queueMetric(names: Names, queue: QueueName, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: names.queue(queue) },
    statistic: 'Maximum',
    period: FIVE_MINUTES,
    label: `${queue}: ${metricName}`,
  });
}

const WAITING = 'ApproximateNumberOfMessagesVisible';
const AGE = 'ApproximateAgeOfOldestMessage';

function ofQueues(names: Names): readonly AlarmRow[] {
  return [
    {
      name: 'dead-letters',
      metric: queueMetric(names, 'dead-letters', WAITING),
      above: 0,
      whatToDo:
        'Messages were received too often without being dealt with: the function fails or is stopped. Mend what its log says, then redrive the queue to its sources as docs/operation.md says.',
    },
    {
      name: 'failures',
      metric: queueMetric(names, 'failures', WAITING),
      above: 0,
      whatToDo:
        'Resources or log files could not be done for ever; each message says why. Mend that, then redrive the queue as docs/operation.md says, or run: auto-tagger replay.',
    },
    {
      name: 'behind',
      metric: queueMetric(names, 'work', AGE),
      above: 30 * 60,
      periods: 3,
      whatToDo:
        'Log files wait for more than half an hour. See whether the function fails, is throttled or runs into its time limit; after an outage or a backfill it passes.',
    },
    {
      name: 'retry-behind',
      metric: queueMetric(names, 'retry', AGE),
      above: 60 * 60,
      periods: 3,
      whatToDo:
        'What is to be tried again waits for more than an hour before the function takes it. See whether the function fails, is throttled or stopped.',
    },
  ];
}

export function lambdaMetric(functionName: string, metricName: string, statistic = 'Sum'): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { FunctionName: functionName },
    statistic,
    period: FIVE_MINUTES,
    label: metricName,
  });
}

/** Bursts may have some: whoever invoked comes again. */
const SOME_THROTTLES = 20;

function ofFunction(names: Names): readonly AlarmRow[] {
  return [
    {
      name: 'function-errors',
      metric: lambdaMetric(names.function, 'Errors'),
      above: 0,
      whatToDo:
        'The function broke off: a setting that it cannot use, its time limit, its memory. Its log says which; what it was given comes again.',
    },
    {
      name: 'function-throttles',
      metric: lambdaMetric(names.function, 'Throttles'),
      above: SOME_THROTTLES,
      periods: 3,
      whatToDo:
        'Lambda turns the function away. If it was not stopped on purpose, raise its concurrency, or that of the account.',
    },
    {
      name: 'silence',
      // Where nothing comes there is no point, not a zero, and CloudWatch would look for an older one: one good point of yesterday
      // outweighs the missing ones after it (Amazon CloudWatch User Guide, "How alarm state is evaluated when data is missing").
      metric: new MathExpression({
        expression: 'FILL(files, 0)',
        usingMetrics: { files: ownMetric(names.function, 'Files', 'Sum', HOUR) },
        label: 'log files that were read',
        period: HOUR,
      }),
      above: 0,
      periods: 12,
      firesOnSilence: true,
      whatToDo:
        'No log file was read for twelve hours. See whether the trail is on, delivers to the bucket, and the bucket tells us: auto-tagger verify. After an installation it ends with the first log file.',
    },
  ];
}

/**
 * What Lambda took of the bucket and gave up is dropped, unless the work queue takes it, as it does here: so either of these is a
 * loss only together with the other, and the second always is.
 */
function ofBucketsCalls(names: Names): readonly AlarmRow[] {
  return [
    {
      name: 'events-dropped',
      metric: lambdaMetric(names.function, 'AsyncEventsDropped'),
      above: 0,
      whatToDo:
        'Lambda gave up calls of the bucket: the function failed three times, or had no room for six hours. They are in the work queue, and are done from there. Mend what its log says.',
    },
    {
      name: 'events-lost',
      metric: lambdaMetric(names.function, 'DestinationDeliveryFailures'),
      above: 0,
      whatToDo:
        'Calls of the bucket that Lambda gave up could not be put into the work queue, and are lost. See whether the role of the function may send to it; then tag from the log files of that time: auto-tagger process.',
    },
  ];
}

/** What neither of them gets into the queue is tried again for a while, or not at all where it is refused, and then dropped. */
function ofDelivery(names: Names, { trigger, topicArn, logBucketAccount }: Telling): readonly AlarmRow[] {
  if (trigger === 'eventbridge') {
    const bus = logBucketAccount === undefined ? {} : { EventBusName: names.bus };
    return [undelivered('rule', 'AWS/Events', 'FailedInvocations', { ...bus, RuleName: names.rule })];
  }
  if (trigger === 'sns' && topicArn === undefined) {
    return [undelivered('topic', 'AWS/SNS', 'NumberOfNotificationsFailed', { TopicName: names.topic })];
  }
  return [];
}

function undelivered(
  what: 'rule' | 'topic',
  namespace: string,
  metricName: string,
  dimensionsMap: Readonly<Record<string, string>>,
): AlarmRow {
  return {
    name: `${what}-undelivered`,
    metric: new Metric({
      namespace,
      metricName,
      dimensionsMap: { ...dimensionsMap },
      statistic: 'Sum',
      period: FIVE_MINUTES,
      label: metricName,
    }),
    above: 0,
    whatToDo: `The ${what} could not put into the work queue what it was told of log files, and these are not tagged. See whether the policies of the queue and of its key let it; then bring the log files of that time again.`,
  };
}

/** Amazon CloudWatch User Guide, "Using metric math": an alarm looks at no more. */
const MOST_METRICS = 10;

/** Nothing is lost there: log files bring what rules missed. */
function ofEvents(names: Names, eventRules: readonly string[]): readonly AlarmRow[] {
  if (eventRules.length === 0) return [];
  const onBus = { EventBusName: names.eventBus, RuleName: names.eventBus };
  const rules = [onBus, ...eventRules.map((RuleName) => ({ RuleName }))];
  const groups = Array.from({ length: Math.ceil(rules.length / MOST_METRICS) }, (_, at) =>
    rules.slice(at * MOST_METRICS, (at + 1) * MOST_METRICS),
  );
  return [
    {
      name: 'events-behind',
      metric: queueMetric(names, 'events', AGE),
      above: 5 * 60,
      periods: 3,
      whatToDo:
        'Events wait for more than five minutes, so tags come no sooner than by log files. See whether the function fails, is throttled or stopped, or has too little concurrency.',
    },
    ...groups.map((group, at): AlarmRow => {
      const ids = group.map((_, index) => `rule${index}`);
      return {
        name: at === 0 ? 'events-undelivered' : `events-undelivered-${at + 1}`,
        metric: new MathExpression({
          expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
          usingMetrics: Object.fromEntries(
            ids.map((id, index) => [id, failedInvocations(group[index] ?? {})]),
          ),
          label: 'events that a rule could not put into the queue of events',
          period: FIVE_MINUTES,
        }),
        above: 0,
        whatToDo:
          'Rules could not put events into the queue of events: these are tagged when their log files come. See whether the policies of that queue and of its key let EventBridge send.',
      };
    }),
  ];
}

function failedInvocations(dimensionsMap: Readonly<Record<string, string>>): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'FailedInvocations',
    dimensionsMap: { ...dimensionsMap },
    statistic: 'Sum',
    period: FIVE_MINUTES,
  });
}

function ofWork(names: Names): readonly AlarmRow[] {
  const some = (name: string, metric: Parameters<typeof ownMetric>[1], whatToDo: string): AlarmRow => ({
    name,
    metric: ownMetric(names.function, metric),
    above: 0,
    whatToDo,
  });
  return [
    some(
      'resources-failed',
      'ResourcesFailed',
      'Resources could not be tagged. The failure queue says which and why: mostly a permission. Grant it, then redrive that queue as docs/operation.md says, or run: auto-tagger replay.',
    ),
    some(
      'creations-passed-over',
      'CreationsPassedOver',
      'Something was created, and its record could not be understood, so it stays untagged. The log of the function says which (level WARN); report it.',
    ),
    some(
      'own-faults',
      'OwnFaults',
      'Messages could not be dealt with for a fault of auto-tagger. They come again, and end in the dead-letter queue. Report it with the error that the log of the function has, and redrive the queue when it is mended.',
    ),
    some(
      'log-access-denied',
      'LogAccessDenied',
      'Log files cannot be read, so nothing of them is tagged. The role, the policy of the bucket and that of its key must allow it; the files come again by themselves for some hours, then they are in the failure queue.',
    ),
    some(
      'accounts-refused',
      'AccountsRefused',
      'The role of an account cannot be assumed, so nothing there is tagged. The log of the function says which: deploy the member role there, then bring its log files again.',
    ),
  ];
}

function tableMetric(TableName: string, metricName: string, period: Duration, index?: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName, ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
    statistic: 'Sum',
    period,
    label: index === undefined ? metricName : `${metricName} of ${index}`,
  });
}

/** An item of ours takes one or two units, and every second call only reads. */
const UNITS_A_CALL = 3;

/** In an hour. */
const UNITS_UNEXPLAINED = 200;

function ofTable(names: Names, tableName: string | undefined, isBackfilled: boolean): readonly AlarmRow[] {
  if (tableName === undefined) return [];
  const callers = { calls: names.function, ...(isBackfilled && { backfillCalls: names.backfillFunction }) };
  const calls = Object.entries(callers).map(
    ([id, name]) => [id, ownMetric(name, 'StoreCalls', 'Sum', HOUR)] as const,
  );
  const throttles = [undefined, ...Object.keys(INDEXES)].map((index) =>
    tableMetric(tableName, 'WriteThrottleEvents', FIVE_MINUTES, index),
  );
  const ids = throttles.map((_, at) => `throttles${at}`);
  return [
    {
      name: 'table-throttles',
      metric: new MathExpression({
        expression: ids.map((id) => `FILL(${id}, 0)`).join(' + '),
        usingMetrics: Object.fromEntries(ids.map((id, at) => [id, throttles[at] as Metric])),
        label: 'writes to the table that were throttled',
        period: FIVE_MINUTES,
      }),
      above: 0,
      periods: 3,
      whatToDo:
        'DynamoDB turns writes to the table away, and resources are deferred for it. See whether the table has a maximum throughput, or somebody else writes much.',
    },
    {
      name: 'table-writes',
      metric: new MathExpression({
        // Of DynamoDB's metrics, missing points are ignored whatever an alarm says, and one that fired would never end
        // (Amazon CloudWatch API Reference, "PutMetricAlarm").
        expression: `FILL(writes, 0) - ${UNITS_A_CALL} * (${calls.map(([id]) => `FILL(${id}, 0)`).join(' + ')})`,
        usingMetrics: {
          writes: tableMetric(tableName, 'ConsumedWriteCapacityUnits', HOUR),
          ...Object.fromEntries(calls),
        },
        label: 'write units that our calls do not explain',
        period: HOUR,
      }),
      above: UNITS_UNEXPLAINED,
      whatToDo:
        'Somebody else writes to the table: whoever may do that can say who created what. See in CloudTrail (data events) or in the policies who may; the command line with DYNAMODB_TABLE is one that may.',
    },
    {
      name: 'table-items',
      metric: ownMetric(names.function, 'StoreItemsPassedOver'),
      above: 0,
      whatToDo:
        'The table holds what auto-tagger cannot have written; it was not believed. The log of the function says of which resource. See who else may write to the table.',
    },
  ];
}
