/** The log buckets, and every way in which a new log file may be told to the function's work queue or to the function. */

import { GetPolicyCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetBucketNotificationConfigurationCommand,
  type GetBucketNotificationConfigurationCommandOutput,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../../../parser/arn.ts';
import type { BucketCall } from '../../file/bucket-calls.ts';
import { ABSENT, type Answer, foundIn, mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { BucketNotification, LogBucketFacts, NotificationTarget, RuleFacts } from './facts.ts';
import { describeRule, listRuleNamesByTarget } from './services.ts';

export interface LogBucketToAsk {
  readonly name: string;
  readonly owner: string;
  /** Of trails that deliver to it. */
  readonly topics: readonly string[];
  readonly functionName: string;
  readonly workQueues: readonly string[];
  /** Asks in the region of the bucket. */
  readonly callBucket: BucketCall;
}

export async function lookUpLogBucket(asker: Asker, bucket: LogBucketToAsk): Promise<LogBucketFacts> {
  const { name, owner, topics, functionName, workQueues, callBucket } = bucket;
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: name, ExpectedBucketOwner: owner });
  const answer = await asker.answerOf('s3:GetBucketNotification', (signal) =>
    callBucket(name, signal, (client, options) => client.send(command, options)),
  );
  const notification = mapAnswer(answer, notificationOf);
  const told = foundIn(notification);
  const targets = told?.targets ?? [];
  const arnsOf = (kind: NotificationTarget['kind']) =>
    targets.flatMap((to) => (to.kind === kind ? to.arn : []));
  const allTopics = [...new Set([...topics, ...arnsOf('topic')])];
  const mayHaveEvents = told?.eventBridge ?? notification.kind === 'unknown';
  const [subscriptions, rules, functionPolicy] = await Promise.all([
    Promise.all(allTopics.map(async (arn) => [arn, await lookUpSubscriptions(asker, arn)] as const)),
    mayHaveEvents ? lookUpRules(asker, workQueues, functionName) : ABSENT, // its bus is called like the function
    arnsOf('function').length > 0 ? lookUpFunctionPolicy(asker, functionName) : ABSENT,
  ]);
  return { name, owner, notification, subscriptions: new Map(subscriptions), rules, functionPolicy };
}

function notificationOf(output: GetBucketNotificationConfigurationCommandOutput): BucketNotification {
  const { QueueConfigurations = [], TopicConfigurations = [], LambdaFunctionConfigurations = [] } = output;
  const target = (
    kind: NotificationTarget['kind'],
    arn = '',
    { Events = [], Filter }: (typeof QueueConfigurations)[number],
  ): NotificationTarget => {
    const rules = Filter?.Key?.FilterRules ?? [];
    const ruleOf = (name: string) => rules.find(({ Name = '' }) => Name.toLowerCase() === name)?.Value ?? '';
    return { kind, arn, events: Events, prefix: ruleOf('prefix'), suffix: ruleOf('suffix') };
  };
  return {
    targets: [
      ...QueueConfigurations.map((each) => target('queue', each.QueueArn, each)),
      ...TopicConfigurations.map((each) => target('topic', each.TopicArn, { ...each, QueueArn: undefined })),
      ...LambdaFunctionConfigurations.map((each) =>
        target('function', each.LambdaFunctionArn, { ...each, QueueArn: undefined }),
      ),
    ],
    eventBridge: output.EventBridgeConfiguration !== undefined,
  };
}

/** Of 100: a topic of log files has few. */
const MAX_PAGES = 10;

/** Endpoints that the topic tells. */
async function lookUpSubscriptions({ ask }: Asker, TopicArn: string): Promise<Answer<readonly string[]>> {
  const endpoints: string[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await ask(
      'sns:ListSubscriptionsByTopic',
      SNSClient,
      (client, options) => client.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }), options),
      parseArn(TopicArn)?.region,
    );
    if (answer.kind !== 'found') return answer;
    endpoints.push(...(answer.value.Subscriptions ?? []).flatMap(({ Endpoint }) => Endpoint ?? []));
    NextToken = answer.value.NextToken;
    if (!NextToken) return { kind: 'found', value: endpoints };
  }
  const why = `${TopicArn} has more subscriptions than are looked at`;
  return { kind: 'unknown', why, todo: 'look whether the work queue is among them' };
}

/** On the default bus, and on that of ours. */
export async function lookUpRules(
  asker: Asker,
  queues: readonly string[],
  ownBus: string,
): Promise<Answer<readonly RuleFacts[]>> {
  const asked = queues.flatMap((arn) => ['default', ownBus].map((bus) => rulesTo(asker, arn, bus)));
  const answers = await Promise.all(asked);
  const unknown = answers.find(({ kind }) => kind === 'unknown');
  const rules = answers.flatMap((answer) => foundIn(answer) ?? []);
  return rules.length === 0 && unknown !== undefined ? unknown : { kind: 'found', value: rules };
}

async function rulesTo(
  asker: Asker,
  TargetArn: string,
  EventBusName: string,
): Promise<Answer<readonly RuleFacts[]>> {
  const input = { TargetArn, EventBusName };
  const names = await asker.askShaped('events:ListRuleNamesByTarget', listRuleNamesByTarget(), input);
  if (names.kind !== 'found') return names;
  const described = await Promise.all(
    (names.value.RuleNames ?? []).map((Name) =>
      asker.askShaped('events:DescribeRule', describeRule(), { Name, EventBusName }),
    ),
  );
  const unknown = described.find(({ kind }) => kind === 'unknown');
  if (unknown?.kind === 'unknown') return unknown;
  const rules = described.flatMap((answer) => {
    const { Arn: arn = '', State, EventPattern: pattern = '{}' } = foundIn(answer) ?? {};
    return arn === '' ? [] : { arn, isEnabled: State === 'ENABLED', pattern };
  });
  return { kind: 'found', value: rules };
}

async function lookUpFunctionPolicy({ ask }: Asker, FunctionName: string): Promise<Answer<string>> {
  const answer = await ask('lambda:GetPolicy', LambdaClient, (client, options) =>
    client.send(new GetPolicyCommand({ FunctionName }), options),
  );
  return mapAnswer(answer, ({ Policy = '{}' }) => Policy);
}
