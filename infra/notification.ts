/**
 * How it is told of a new log file: one row for each trigger. Whoever may send must come from the bucket, topic or rule that is
 * meant: its ARN and, as that of a bucket does not tell it, its account. A bucket that is there already is not touched; what it
 * is to be told is given back.
 */
import { Aws, CfnResource, Fn } from 'aws-cdk-lib';
import { EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { CfnEventInvokeConfig, CfnPermission, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { accept } from './accept.ts';
import { type Destination, forApi, forCloudFormation } from './bucket-notification.ts';
import type { Chosen } from './chosen.ts';
import type { LogSource } from './log-source.ts';
import { arnHere, type Names } from './names.ts';
import type { Trigger } from './props.ts';
import type { Queues } from './queues.ts';
import { type Conditions, letSend } from './sender.ts';

export interface NotificationProps {
  readonly names: Names;
  readonly chosen: Chosen;
  readonly source: LogSource;
  readonly queues: Queues;
  readonly function: LambdaFunction;
}

/** Gives what the bucket has to be told, as S3's API takes it, where it is not ours to tell it. */
export function notify(
  scope: Construct,
  props: NotificationProps,
): Readonly<Record<string, unknown>> | undefined {
  const { newBucket, keyPrefix } = props.source;
  const { destination, before } = TRIGGER_ROWS[props.chosen.trigger](scope, props);
  if (destination === undefined) return undefined;
  if (newBucket === undefined) return forApi(destination, keyPrefix);
  const bucket = newBucket.node.defaultChild as CfnBucket;
  bucket.notificationConfiguration = forCloudFormation(destination, keyPrefix);
  bucket.node.addDependency(...before); // S3 tries at once whether it may
  return undefined;
}

interface Wired {
  /** What the bucket tells; `undefined` where somebody else is told. */
  readonly destination: Destination | undefined;
  /** What must be there before it may. */
  readonly before: readonly IDependable[];
}

const TRIGGER_ROWS: Readonly<Record<Trigger, (scope: Construct, props: NotificationProps) => Wired>> = {
  queue: (_, { source, queues }) => {
    takeMessagesOf(queues, 's3.amazonaws.com', fromBucket(source));
    return { destination: { kind: 'queue', arn: queues.work.queueArn }, before: policiesOf(queues) };
  },
  direct: (scope, props) => ({
    destination: { kind: 'function', arn: props.function.functionArn },
    before: [letBucketInvoke(scope, props)],
  }),
  sns: subscribe,
  eventbridge: matchEvents,
};

function fromBucket({ bucketArn, account }: LogSource): Conditions {
  return { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': account } };
}

/** The ARN tells the account. It is of a name, because a key, whose policy has it, must be there before the topic. */
function fromArn(arn: string): Conditions {
  return { ArnEquals: { 'aws:SourceArn': arn } };
}

function takeMessagesOf(
  { work, key }: Queues,
  service: string,
  conditions: Conditions,
  keyConditions = conditions,
): void {
  letSend({ sid: 'Notifications', service, conditions, keyConditions }, work, key);
}

function policiesOf({ work, key }: Queues): readonly IDependable[] {
  return [...policyOf(work), ...(key === undefined ? [] : [key])];
}

function policyOf(of: Construct): readonly IDependable[] {
  return of.node.findAll().filter(({ node }) => node.id === 'Policy');
}

/** Asynchronous: what the function does not get done is tried twice more, then it is a message of the work queue. */
function letBucketInvoke(
  scope: Construct,
  { source, queues, function: invoked }: NotificationProps,
): CfnPermission {
  new CfnEventInvokeConfig(scope, 'Asynchronous', {
    functionName: invoked.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: 2,
    destinationConfig: { onFailure: { destination: queues.work.queueArn } },
  });
  return new CfnPermission(scope, 'BucketInvokes', {
    action: 'lambda:InvokeFunction',
    functionName: invoked.functionName,
    principal: 's3.amazonaws.com',
    sourceArn: source.bucketArn,
    sourceAccount: source.account,
  });
}

/** A topic that is there is believed to tell of log files: whatever else it says is passed over. */
function subscribe(scope: Construct, props: NotificationProps): Wired {
  const { chosen, queues } = props;
  const topic = chosen.topicArn === undefined ? createTopic(scope, props) : undefined;
  const topicArn = topic?.topicArn ?? chosen.topicArn ?? '';
  new CfnSubscription(scope, 'Subscription', {
    topicArn,
    ...(chosen.topicArn !== undefined && { region: regionOf(chosen.topicArn) }), // that of the trail's home, maybe
    protocol: 'sqs',
    endpoint: queues.work.queueArn,
    rawMessageDelivery: true,
  }).node.addDependency(...policiesOf(queues));
  takeMessagesOf(queues, 'sns.amazonaws.com', fromArn(chosen.topicArn ?? arnHere('sns', props.names.topic)));
  if (topic === undefined) return { destination: undefined, before: [] };
  return { destination: { kind: 'topic', arn: topicArn }, before: [topic, ...policyOf(topic)] };
}

function regionOf(topicArn: string): string {
  return Fn.select(3, Fn.split(':', topicArn));
}

function createTopic(scope: Construct, { names, source, queues: { key } }: NotificationProps): Topic {
  const topic = new Topic(scope, 'Topic', {
    topicName: names.topic,
    enforceSSL: true,
    ...(key !== undefined && { masterKey: key }),
  });
  const sender = { sid: 'Notifications', service: 's3.amazonaws.com', conditions: fromBucket(source) };
  letSend(sender, topic, key);
  if (key === undefined) {
    accept(
      topic,
      'AwsSolutions-SNS2',
      'S3 cannot publish to a topic with the key of SNS; what it says is the name of a log file. queueEncryption=new-key encrypts it.',
    );
  }
  return topic;
}

/** Events of another account come over a bus of our own, which takes them from that account alone, in our organization. */
function matchEvents(scope: Construct, { names, chosen, source, queues }: NotificationProps): Wired {
  const isForeign = chosen.logBucketAccount !== undefined;
  const bus = isForeign ? createBus(scope, names, chosen) : undefined;
  const rule = new Rule(scope, 'LogFiles', {
    description: 'Log files of CloudTrail, for auto-tagger',
    ...(bus !== undefined && { eventBus: bus }),
    eventPattern: logFileEvents(source),
    ruleName: names.rule,
    targets: [{ bind: () => ({ arn: queues.work.queueArn }) }],
  });
  const path = isForeign ? `${names.bus}/${names.rule}` : names.rule;
  // That EventBridge names the rule to a key, no page of AWS promises, and for topics one says that it does not (Amazon SNS Developer
  // Guide, "Managing Amazon SNS encryption keys"); every event would be lost. What SQS encrypts with the key is bound to the queue.
  const keyConditions = {
    StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': arnHere('sqs', names.queue('work')) },
  };
  takeMessagesOf(queues, 'events.amazonaws.com', fromArn(arnHere('events', `rule/${path}`)), keyConditions);
  return { destination: { kind: 'eventbridge' }, before: [rule] };
}

/** Digests and insights lie in folders of other names. */
export function logFileEvents({
  bucketName,
  prefix,
}: Pick<LogSource, 'bucketName' | 'prefix'>): EventPattern {
  return {
    source: ['aws.s3'],
    detailType: ['Object Created'],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: [{ wildcard: `${prefix}AWSLogs/*/CloudTrail/*.json.gz` }] },
    },
  };
}

function createBus(scope: Construct, names: Names, { logBucketAccount, organizationId }: Chosen): EventBus {
  const bus = new EventBus(scope, 'Bus', { eventBusName: names.bus });
  const Condition = { StringEquals: { 'aws:PrincipalOrgID': organizationId } };
  new CfnResource(scope, 'BusPolicy', {
    type: 'AWS::Events::EventBusPolicy',
    properties: {
      EventBusName: bus.eventBusName,
      StatementId: 'LogArchive',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:${Aws.PARTITION}:iam::${logBucketAccount}:root` },
        Action: 'events:PutEvents',
        Resource: bus.eventBusArn,
        ...(organizationId !== undefined && { Condition }),
      },
    },
  });
  return bus;
}
