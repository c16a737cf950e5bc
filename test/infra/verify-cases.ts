/** What can be wrong with a deployment, one thing a row, and the line that says it. Rows of one world are all true of it at once. */
import { UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { DeleteQueueCommand, SendMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Identity } from '../../sandbox/sandbox.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';
import { mappingArn, policiesOf, trailArn } from './deployed.ts';
import { idOf, resource } from './templates.ts';
import { MEMBER_ROLE, MEMBERS, putAccount, type VerifyingOptions, type World } from './verifying.ts';

export interface Wrong {
  readonly check: string;
  readonly outcome: 'missing' | 'unknown' | 'hint';
  /** What the message or what is to be done holds. */
  readonly says: string;
  readonly todo?: string;
  breaks?(world: World): unknown;
}

export interface WrongWorld extends VerifyingOptions {
  readonly template: 'members' | 'rule' | 'archive';
  readonly isDone: boolean;
  /** How many lines say that something is well, where that must not be claimed. */
  readonly ok?: number;
  readonly wrong: readonly Wrong[];
}

const functionArn = (name: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
const FUNCTION = functionArn('auto-tagger');
/** Of the template `rule`. */
const OURS = functionArn('ours');
const ROLE = `arn:aws:iam::${ACCOUNT}:role/auto-tagger-function`;
const OUR_ROLE = `arn:aws:iam::${ACCOUNT}:role/ours-function`;
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:auto-tagger-alerts`;
const RULE = `arn:aws:events:${REGION}:${ACCOUNT}:rule/ours-log-files`;
const EVENT_RULE = RULE.replace('log-files', 'events-1');
const BUCKET = `auto-tagger-${ACCOUNT}-0a1b2c3d`;
const TRAIL = trailArn('auto-tagger');
const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-${name}`;
const queueUrl = (name: string) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/auto-tagger-${name}`;

const setQueue =
  (name: string, Attributes: Readonly<Record<string, string>>) =>
  ({ clients }: World) =>
    clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl(name), Attributes }));

const sendTo =
  (name: string) =>
  ({ clients }: World) =>
    clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl(name), MessageBody: '{}' }));

const change =
  (arn: string, details: Readonly<Record<string, unknown>>) =>
  ({ sandbox }: World) =>
    sandbox.changeResource(arn, details);

interface Policy {
  readonly Statement: readonly { readonly Sid: string; readonly Action: string | readonly string[] }[];
}

/** Takes what is named away from the role's policies: statements, or one action. */
function withoutGrants(policies: readonly Policy[], names: readonly string[]): readonly Policy[] {
  return policies.map((policy) => ({
    ...policy,
    Statement: policy.Statement.filter(({ Sid }) => !names.includes(Sid)).map((statement) => ({
      ...statement,
      Action: [statement.Action].flat().filter((action) => !names.includes(action)),
    })),
  }));
}

/** All that is taken away from the role, in one change. */
const TAKEN_AWAY = ['Store', 'sns:TagResource', 'AssumeMemberRole'];

function takeAway({ sandbox, template }: World): void {
  const policies = policiesOf(template, 'auto-tagger-function') as readonly Policy[];
  sandbox.changeResource(ROLE, { policies: withoutGrants(policies, TAKEN_AWAY) });
}

function tableOf({ template }: World) {
  const name = idOf(template, 'AWS::DynamoDB::Table');
  const { KeySchema } = resource(template, 'AWS::DynamoDB::Table').Properties;
  return { name, arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`, KeySchema };
}

const ALL_AT_ONCE: WrongWorld = {
  template: 'members',
  isDone: false,
  wrong: [
    {
      check: 'function.size',
      outcome: 'hint',
      says: 'it runs on nodejs20.x, and is made for nodejs24.x',
      breaks: change(FUNCTION, { Runtime: 'nodejs20.x' }),
    },
    {
      check: 'function.size',
      outcome: 'hint',
      says: 'it has 128 MB, and was measured with 512',
      breaks: change(FUNCTION, { MemorySize: 128 }),
    },
    {
      check: 'function.concurrency',
      outcome: 'missing',
      says: 'RESERVED_CONCURRENCY is 10, and 5 are reserved for it',
      breaks: change(FUNCTION, { Concurrency: { ReservedConcurrentExecutions: 5 } }),
    },
    {
      check: 'function.sources',
      outcome: 'missing',
      says: 'the queue auto-tagger-work takes no partial batch responses',
      todo: `aws lambda update-event-source-mapping --uuid ${mappingArn(0).split(':').at(-1)} --function-response-types ReportBatchItemFailures`,
      breaks: change(mappingArn(0), { FunctionResponseTypes: [] }),
    },
    {
      check: 'function.sources',
      outcome: 'missing',
      says: 'the queue auto-tagger-retry does not invoke it: the event source mapping is Disabled',
      todo: 'Running=yes',
      breaks: change(mappingArn(1), { State: 'Disabled' }),
    },
    {
      check: 'function.sources',
      outcome: 'hint',
      says: 'the queue auto-tagger-retry may invoke any number at once',
      breaks: change(mappingArn(1), { ScalingConfig: undefined }),
    },
    {
      check: 'trail.logging',
      outcome: 'missing',
      says: 'the trail auto-tagger is off: nothing is written',
      todo: `aws cloudtrail start-logging --name ${TRAIL}`,
      breaks: change(TRAIL, { GetTrailStatus: { IsLogging: false } }),
    },
    {
      check: 'trail.regions',
      outcome: 'missing',
      says: 'the trail auto-tagger is of one region',
      breaks: change(TRAIL, { IsMultiRegionTrail: false }),
    },
    {
      check: 'trail.events',
      outcome: 'missing',
      says: 'the trail auto-tagger does not write management events that change something',
      breaks: change(TRAIL, {
        GetEventSelectors: { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'ReadOnly' }] },
      }),
    },
    {
      check: 'trail.validation',
      outcome: 'hint',
      says: 'files of the trail auto-tagger cannot be validated',
      breaks: change(TRAIL, { LogFileValidationEnabled: false }),
    },
    {
      check: 'trail.organization',
      outcome: 'hint',
      says: 'no trail that is seen here is one of the organization',
      breaks: change(TRAIL, { IsOrganizationTrail: false }),
    },
    {
      check: 'logs.told',
      outcome: 'missing',
      says: 'its filter (prefix "AWSLogs/", suffix ".json") does not let log files through, such as AWSLogs/',
      breaks: ({ clients }) =>
        clients.s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket: BUCKET,
            NotificationConfiguration: {
              QueueConfigurations: [
                {
                  QueueArn: queueArn('work'),
                  Events: ['s3:ObjectCreated:*'],
                  Filter: {
                    Key: {
                      FilterRules: [
                        { Name: 'prefix', Value: 'AWSLogs/' },
                        { Name: 'suffix', Value: '.json' },
                      ],
                    },
                  },
                },
              ],
            },
          }),
        ),
    },
    {
      check: 'queues.visibility',
      outcome: 'missing',
      says: 'the visibility timeout of auto-tagger-work is 1800 s, and 1820 s are needed',
      todo: `aws sqs set-queue-attributes --queue-url ${queueUrl('work')} --attributes VisibilityTimeout=1820`,
      breaks: setQueue('work', { VisibilityTimeout: '1800' }),
    },
    {
      check: 'queues.redrive',
      outcome: 'missing',
      says: 'auto-tagger-work gives a message up after 3 times, and 20 are needed',
      breaks: setQueue('work', {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead-letters'), maxReceiveCount: 3 }),
      }),
    },
    {
      check: 'queues.redrive',
      outcome: 'missing',
      says: 'auto-tagger-retry has no queue for dead letters',
      breaks: setQueue('retry', { RedrivePolicy: '' }),
    },
    {
      check: 'queues.retention',
      outcome: 'missing',
      says: 'auto-tagger-failures keeps messages for 1 day, and 4 are needed',
      breaks: setQueue('failures', { MessageRetentionPeriod: '86400' }),
    },
    {
      check: 'queues.retention',
      outcome: 'missing',
      says: 'auto-tagger-dead-letters keeps dead letters for 10 days, counted from when they were sent',
      breaks: setQueue('dead-letters', { MessageRetentionPeriod: '864000' }),
    },
    {
      check: 'queues.sender',
      outcome: 'missing',
      says: `the policy of auto-tagger-work does not let s3.amazonaws.com send for arn:aws:s3:::${BUCKET}`,
      breaks: setQueue('work', {
        Policy: JSON.stringify({
          Statement: {
            Effect: 'Allow',
            Principal: { Service: 's3.amazonaws.com' },
            Action: 'sqs:SendMessage',
            Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::another' } },
          },
        }),
      }),
    },
    {
      check: 'queues.waiting',
      outcome: 'hint',
      says: '1 message in auto-tagger-failures',
      todo: `auto-tagger replay ${queueUrl('failures')}`,
      breaks: sendTo('failures'),
    },
    {
      check: 'queues.waiting',
      outcome: 'hint',
      says: '1 message in auto-tagger-dead-letters',
      todo: `start-message-move-task --source-arn ${queueArn('dead-letters')}`,
      breaks: sendTo('dead-letters'),
    },
    {
      check: 'store.table',
      outcome: 'missing',
      says: 'lacks the index by-creator, by-id',
      breaks: (world) => {
        const { arn, KeySchema } = tableOf(world);
        world.sandbox.changeResource(arn, { settings: { KeySchema } });
      },
    },
    {
      check: 'store.expiry',
      outcome: 'missing',
      says: 'do not expire',
      breaks: (world) =>
        world.clients.dynamodb.send(
          new UpdateTimeToLiveCommand({
            TableName: tableOf(world).name,
            TimeToLiveSpecification: { Enabled: false, AttributeName: 'ExpiresAt' },
          }),
        ),
    },
    {
      check: 'store.recovery',
      outcome: 'missing',
      says: 'has no point-in-time recovery',
      breaks: (world) =>
        world.clients.dynamodb.send(
          new UpdateContinuousBackupsCommand({
            TableName: tableOf(world).name,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
          }),
        ),
    },
    {
      check: 'alerts.topic',
      outcome: 'missing',
      says: 'nobody is told of what fails: 1 subscription still to be confirmed',
      todo: 'follow the link',
      breaks: change(TOPIC, {
        subscriptions: [{ Protocol: 'email', Endpoint: 'ops@example.com', isConfirmed: false }],
      }),
    },
    {
      check: 'permissions.own',
      outcome: 'missing',
      says: 'the role of the function may not do dynamodb:PutItem, dynamodb:Query, dynamodb:UpdateItem on arn:',
      todo: 'deploy it with its services, keys and buckets',
      breaks: takeAway,
    },
    {
      check: 'permissions.tags',
      outcome: 'missing',
      says: `the role of the function may not do sns:TagResource on arn:aws:sns:${REGION}:${ACCOUNT}:example: nothing allows it`,
      breaks: takeAway,
    },
    {
      check: 'accounts.allowed',
      outcome: 'missing',
      says: `the function may not assume the role ${MEMBER_ROLE} in 2 accounts (${MEMBERS.join(', ')})`,
      breaks: takeAway,
    },
    {
      check: 'accounts.trust',
      outcome: 'missing',
      says: `the role ${MEMBER_ROLE} could not be assumed in 1 account (${MEMBERS[1]})`,
      breaks: ({ sandbox }) => sandbox.removeRole(`arn:aws:iam::${MEMBERS[1]}:role/${MEMBER_ROLE}`),
    },
  ],
};

const MANY = Array.from({ length: 60 }, (_, at) => String(333344440000 + at));
const AS_FUNCTION: Identity = {
  type: 'AssumedRole',
  account: ACCOUNT,
  roleName: 'auto-tagger-function',
  sessionName: 'auto-tagger',
};

const THINGS_GONE: WrongWorld = {
  template: 'members',
  isDone: false,
  caller: AS_FUNCTION,
  wrong: [
    {
      check: 'function.sources',
      outcome: 'missing',
      says: 'the work queue does not invoke it',
      breaks: ({ sandbox }) => sandbox.removeResource(mappingArn(0)),
    },
    {
      check: 'trail.logging',
      outcome: 'missing',
      says: `the trail auto-tagger cannot deliver to ${BUCKET}: AccessDenied`,
      breaks: change(TRAIL, { GetTrailStatus: { IsLogging: true, LatestDeliveryError: 'AccessDenied' } }),
    },
    {
      check: 'trail.events',
      outcome: 'hint',
      says: 'the trail auto-tagger leaves out events of kms.amazonaws.com',
      breaks: change(TRAIL, {
        GetEventSelectors: {
          AdvancedEventSelectors: [
            {
              FieldSelectors: [
                { Field: 'eventCategory', Equals: ['Management'] },
                { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] },
              ],
            },
          ],
        },
      }),
    },
    {
      check: 'logs.bucket',
      outcome: 'missing',
      says: `there is no bucket ${BUCKET}`,
      breaks: ({ sandbox }) => sandbox.removeResource(`arn:aws:s3:::${BUCKET}`),
    },
    {
      check: 'queues.there',
      outcome: 'missing',
      says: 'there is no queue auto-tagger-failures',
      breaks: ({ clients }) => clients.sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl('failures') })),
    },
    {
      check: 'store.table',
      outcome: 'missing',
      says: 'is not there',
      breaks: (world) => world.sandbox.removeResource(tableOf(world).arn),
    },
    {
      check: 'alerts.topic',
      outcome: 'missing',
      says: `the topic ${TOPIC} is not there`,
      breaks: ({ sandbox }) => sandbox.removeResource(TOPIC),
    },
    {
      check: 'accounts.trust',
      outcome: 'missing',
      says: `could not be assumed in 60 accounts (${MANY.slice(0, 3).join(', ')} and 57 more)`,
      breaks: ({ sandbox }) => {
        for (const account of MANY) putAccount(sandbox, account);
        putAccount(sandbox, '999999999999', 'SUSPENDED');
      },
    },
  ],
};

/** `says` is the action that is denied. */
const denied = (
  check: string,
  service: string,
  operation: string,
  action = `${service}:${operation}`,
): Wrong => ({
  check,
  outcome: 'unknown',
  says: `you may not call ${action} (`,
  breaks: ({ sandbox }) => sandbox.deny.add({ service, operation: action.split(':')[1] ?? operation }),
});

const NOTHING_ALLOWED: WrongWorld = {
  template: 'members',
  ok: 6, // the function, its settings, and what is said in the list of trails
  isDone: true, // nothing is known to be wrong
  wrong: [
    denied('function.running', 'lambda', 'GetFunctionConcurrency'),
    denied('function.sources', 'lambda', 'ListEventSourceMappings'),
    denied('trail.logging', 'cloudtrail', 'GetTrailStatus'),
    denied('trail.events', 'cloudtrail', 'GetEventSelectors'),
    denied('logs.bucket', 's3', 'GetBucketNotificationConfiguration', 's3:GetBucketNotification'),
    denied('logs.told', 'lambda', 'ListEventSourceMappings'),
    denied('queues.there', 'sqs', 'GetQueueAttributes'),
    denied('queues.there', 'sqs', 'GetQueueAttributes'),
    denied('store.table', 'dynamodb', 'DescribeTable'),
    denied('store.expiry', 'dynamodb', 'DescribeTimeToLive'),
    denied('store.recovery', 'dynamodb', 'DescribeContinuousBackups'),
    denied('alerts.topic', 'sns', 'GetTopicAttributes'),
    denied('permissions.own', 'iam', 'SimulatePrincipalPolicy'),
    denied('permissions.tags', 'iam', 'SimulatePrincipalPolicy'),
    denied('accounts.known', 'organizations', 'ListAccounts'),
  ],
};

export const WRONG_WORLDS: Readonly<Record<string, WrongWorld>> = {
  'everything that can be wrong at once': ALL_AT_ONCE,
  'what is gone, seen by the function itself': THINGS_GONE,
  'what the user may not ask': NOTHING_ALLOWED,
  'an organization that is not told, and roles that trust the function alone': {
    template: 'members',
    isDone: true,
    options: { accounts: MEMBERS.join() },
    wrong: [
      {
        check: 'trail.delivers',
        outcome: 'unknown',
        says: 'one of another account does not show here',
        todo: 'run it where the trail is',
        breaks: ({ sandbox }) => sandbox.removeResource(TRAIL),
      },
      {
        check: 'accounts.allowed',
        outcome: 'unknown',
        says: `whether the function may assume the role ${MEMBER_ROLE} in 2 accounts (${MEMBERS.join(', ')}): it depends on aws:ResourceOrgID`,
        breaks: ({ sandbox }) =>
          sandbox.deny.add({ service: 'organizations', operation: 'DescribeOrganization' }),
      },
      {
        check: 'accounts.trust',
        outcome: 'unknown',
        says: `in 2 accounts (${MEMBERS.join(', ')}) lets the function in: you could not assume it in ${MEMBERS[0]}`,
        todo: 'see the alarm auto-tagger-accounts-refused',
        breaks: ({ sandbox }) => sandbox.removeRole(`arn:aws:iam::${MEMBERS[0]}:role/${MEMBER_ROLE}`),
      },
    ],
  },
  "a bucket of another account's, and no trail": {
    template: 'archive',
    isDone: false,
    wrong: [
      {
        check: 'trail.delivers',
        outcome: 'missing',
        says: 'no trail of account 111122223333 delivers to org-logs',
        breaks: ({ sandbox }) =>
          sandbox.putBucket({ name: 'org-logs', account: OTHER_ACCOUNT, region: REGION }),
      },
      {
        check: 'logs.bucket',
        outcome: 'unknown',
        says: 'the bucket org-logs: you may not call s3:GetBucketNotification',
        todo: `ask its owner, who should be account ${OTHER_ACCOUNT}`,
      },
      {
        check: 'logs.told',
        outcome: 'unknown',
        says: 'whether EventBridge sends to the queue by the rule auto-tagger-log-files: you may not call',
      },
    ],
  },
  'a service control policy, as the simulation sees it': {
    template: 'rule',
    isDone: true,
    wrong: [
      {
        check: 'permissions.own',
        outcome: 'unknown',
        says: 'by the simulation a service control policy denies it, but that does not know their conditions',
        breaks: change(OUR_ROLE, { deniedBy: 'organization' }),
      },
      { check: 'permissions.tags', outcome: 'unknown', says: 'a service control policy denies it' },
    ],
  },
  'a permissions boundary, and a work queue that invokes nothing': {
    template: 'rule',
    isDone: false,
    wrong: [
      {
        check: 'function.sources',
        outcome: 'missing',
        says: 'the work queue does not invoke it',
        breaks: ({ sandbox }) => sandbox.removeResource(mappingArn(0)),
      },
      { check: 'logs.told', outcome: 'unknown', says: 'so the work queue is not known' },
      {
        check: 'events.told',
        outcome: 'hint',
        says: `no rule of ${REGION} sends events to ours-events`,
        todo: 'deploy with realTime=true',
        breaks: ({ sandbox }) => sandbox.removeResource(EVENT_RULE),
      },
      {
        check: 'permissions.own',
        outcome: 'missing',
        says: 'it is denied by the permissions boundary',
        todo: 'see the permissions boundary',
        breaks: change(OUR_ROLE, { deniedBy: 'boundary' }),
      },
      { check: 'permissions.tags', outcome: 'missing', says: 'it is denied by the permissions boundary' },
    ],
  },
  'no queues of its own, and persons that nobody granted to ask for': {
    template: 'rule',
    isDone: false,
    wrong: [
      {
        check: 'function.sources',
        outcome: 'missing',
        says: 'the retry queue does not invoke it',
        breaks: change(OURS, {
          Environment: {
            Variables: {
              LOG_BUCKETS: '*',
              SERVICES: 'sns',
              RESERVED_CONCURRENCY: '10',
              CREATED_BY: 'person',
            },
          },
        }),
      },
      { check: 'logs.bucket', outcome: 'hint', says: 'LOG_BUCKETS is *' },
      { check: 'queues.there', outcome: 'missing', says: 'RETRY_QUEUE_URL is not set' },
      { check: 'queues.there', outcome: 'missing', says: 'FAILURE_QUEUE_URL is not set' },
      { check: 'store.table', outcome: 'hint', says: 'there is no metadata store' },
      { check: 'alerts.topic', outcome: 'hint', says: 'SNS_TOPIC_ARN is not set' },
      {
        check: 'permissions.own',
        outcome: 'missing',
        says: 'the role of the function may not do cloud9:ListTagsForResource on *: nothing allows it',
      },
    ],
  },
  'no function': {
    template: 'members',
    isDone: false,
    options: { function: 'other' },
    ok: 0,
    wrong: [
      {
        check: 'function.state',
        outcome: 'missing',
        says: `there is no function other in ${REGION}`,
        todo: '--function',
      },
    ],
  },
  'a function that cannot be looked at': {
    template: 'members',
    isDone: false,
    ok: 1, // it is not stopped
    wrong: [denied('function.state', 'lambda', 'GetFunctionConfiguration')],
  },
  'a function that is stopped, with a setting that is mistyped': {
    template: 'rule',
    isDone: false,
    wrong: [
      {
        check: 'function.settings',
        outcome: 'missing',
        says: 'CREATED_BY: expected arn, name or person, got "somebody"',
        breaks: change(OURS, {
          Environment: { Variables: { LOG_BUCKETS: 'logs', CREATED_BY: 'somebody' } },
        }),
      },
      {
        check: 'function.running',
        outcome: 'missing',
        says: 'it is stopped: its reserved concurrency is 0',
        breaks: change(OURS, { Concurrency: { ReservedConcurrentExecutions: 0 } }),
      },
    ],
  },
  'no trail, a rule that is off, accounts of nobody': {
    template: 'rule',
    isDone: false,
    options: { accounts: MEMBERS.join() },
    wrong: [
      {
        check: 'trail.delivers',
        outcome: 'missing',
        says: 'no other account is tagged',
        todo: 'make a trail that delivers there',
        breaks: ({ sandbox }) => sandbox.removeResource(trailArn('ours')),
      },
      {
        check: 'logs.told',
        outcome: 'missing',
        says: 'by the rule ours-log-files, but the rule is disabled',
        breaks: change(RULE, { State: 'DISABLED' }),
      },
      {
        check: 'events.told',
        outcome: 'missing',
        says: 'no rule sends CreateTopic of sns.amazonaws.com to ours-events, nor 1 other event; disabled: ours-events-1',
        todo: 'aws events enable-rule --name ours-events-1',
        breaks: change(EVENT_RULE, { State: 'DISABLED' }),
      },
      {
        check: 'events.told',
        outcome: 'missing',
        says: `the policy of ours-events does not let 2 rules send, such as ${EVENT_RULE}`,
        todo: `where aws:SourceArn is ${EVENT_RULE}`,
        breaks: ({ clients }) =>
          clients.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/ours-events`,
              Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [] }) },
            }),
          ),
      },
      {
        check: 'accounts.known',
        outcome: 'missing',
        says: `MEMBER_ROLE_NAME is not set: nothing is tagged in ${MEMBERS.join(', ')}`,
      },
    ],
  },
};
