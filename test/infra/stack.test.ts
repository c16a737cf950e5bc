/** The templates: what would hurt if it changed, for each way to deploy it; and one walk with the environment that they give. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { backfillDefinition } from '../../infra/backfill-definition.ts';
import { DEFAULTS } from '../../infra/chosen.ts';
import { COLUMNS } from '../../processor/archive/columns.ts';
import { QUERIES } from '../../processor/archive/queries.ts';
import { readServices } from '../../processor/file/services.ts';
import { eventPatterns } from '../../processor/real-time/event-patterns.ts';
import { like } from '../../processor/verify/checks/policy-lets.ts';
import { EXPIRES_AT, TABLE, TABLE_ACTIONS } from '../../tag-manager/store/table.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';
import { size } from '../helpers/runs.ts';
import {
  ARCHIVE_KEY,
  DEPLOYMENTS,
  type DeploymentName,
  EVENT_QUEUE,
  FORMER_KEY,
  LOG_KEY,
  ORGANIZATION,
  TRAIL_TOPIC,
} from './deployments.ts';
import { synthesized } from './synthesized.ts';
import {
  backfillFunctionOf,
  functionOf,
  idOf,
  type Resource,
  resolver,
  resource,
  resources,
  type Template,
} from './templates.ts';

const { deployments } = synthesized({ checked: size(false, true) });
const stackOf = (name: DeploymentName): Template =>
  deployments[name].templates['auto-tagger'] ?? { Resources: {} };
const resolved = (name: DeploymentName) => {
  const template = stackOf(name);
  return resolver(template)(template) as Template;
};
const queue = (template: Template, name: string) =>
  resource(template, 'AWS::SQS::Queue', ({ Properties }) => Properties.QueueName === `auto-tagger-${name}`);

/** Statements of the policy that is attached to it. */
const statementsOn = (template: Template, type: string, name: string) =>
  resource(template, type, ({ Properties }) => JSON.stringify(Properties).includes(name)).Properties
    .PolicyDocument.Statement;
const sending = (template: Template) =>
  statementsOn(template, 'AWS::SQS::QueuePolicy', 'auto-tagger-work').filter(
    ({ Effect }: { Effect: string }) => Effect === 'Allow',
  );

interface Policy {
  readonly Statement: readonly unknown[];
}
interface Dimension {
  readonly Name: string;
  readonly Value: string;
}
const allowed = (Sid: string, Action: string | readonly string[], Resource: unknown) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
});

const DEPLOYED = Object.keys(DEPLOYMENTS).slice(0, 7) as DeploymentName[];

describe.each(DEPLOYED)('%s', (name) => {
  test('is made, and the rules of AWS Solutions find nothing', () => {
    expect(deployments[name].error).toBeUndefined();
    expect(deployments[name].findings).toEqual([]);
  });

  test('keeps within the limits of CloudFormation and IAM', () => {
    for (const template of Object.values(deployments[name].templates)) {
      expect(JSON.stringify(template).length).toBeLessThan(1_000_000);
      expect(Object.keys(template.Resources).length).toBeLessThan(500);
      expect(Object.keys(template.Parameters ?? {}).length).toBeLessThan(200);
      expect(Object.keys(template.Outputs ?? {}).length).toBeLessThan(200);
      const plain = resolver(template, { FunctionAccount: ACCOUNT });
      const policies = resources(template, 'AWS::IAM::ManagedPolicy').map(({ Properties }) =>
        JSON.stringify(plain(Properties.PolicyDocument)),
      );
      expect(policies.length).toBeLessThanOrEqual(10);
      for (const policy of policies) expect(policy.length).toBeLessThanOrEqual(6144);
    }
  });

  test('has a function that no queue brings a message to twice at a time, or loses it', () => {
    const template = resolved(name);
    const { Timeout } = functionOf(template).Properties;
    const mappings = resources(template, 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(name === 'organization' ? 3 : 2);
    for (const { Properties } of mappings) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      expect(Properties.Enabled).toBe(true);
      const source = resource(template, 'AWS::SQS::Queue', (one) =>
        Properties.EventSourceArn.endsWith(`:${one.Properties.QueueName}`),
      ).Properties;
      expect(source.VisibilityTimeout).toBeGreaterThanOrEqual(
        6 * Timeout + Properties.MaximumBatchingWindowInSeconds,
      );
      expect(source.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(25);
      expect(source.RedrivePolicy.deadLetterTargetArn).toMatch(/:auto-tagger-dead-letters$/);
      expect(queue(template, 'dead-letters').Properties.MessageRetentionPeriod).toBeGreaterThan(
        source.MessageRetentionPeriod,
      );
    }
  });

  test('divides the pace by the concurrency that it has', () => {
    const template = resolved(name);
    const { Environment, ReservedConcurrentExecutions } = functionOf(template).Properties;
    const mappings = resources(template, 'AWS::Lambda::EventSourceMapping');
    const most = mappings.reduce(
      (sum, { Properties }) => sum + Properties.ScalingConfig.MaximumConcurrency,
      0,
    );
    const pace = Number(Environment.Variables.RESERVED_CONCURRENCY);
    if (name === 'foreignQueue') expect(ReservedConcurrentExecutions).toBe('AWS::NoValue');
    else expect(ReservedConcurrentExecutions).toBe(pace);
    expect(most).toBeLessThanOrEqual(pace);
  });

  test('encrypts its queues', () => {
    for (const { Properties } of resources(resolved(name), 'AWS::SQS::Queue')) {
      if (name === 'topic' || name === 'archive') expect(Properties.KmsMasterKeyId).toBeDefined();
      else expect(Properties.SqsManagedSseEnabled).toBe(true);
    }
  });

  test('stops where it is told to: no queue invokes the function, nor can anybody', () => {
    const template = stackOf(name);
    const stopped = resolver(template, { Running: 'no' })(template) as Template;
    for (const { Properties } of resources(stopped, 'AWS::Lambda::EventSourceMapping')) {
      expect(Properties.Enabled).toBe(false);
    }
    for (const { Properties } of resources(stopped, 'AWS::Lambda::Function')) {
      expect(Properties.ReservedConcurrentExecutions).toBe(0);
    }
  });

  test('takes the code from the bucket of the CDK, or from one that is named', () => {
    const template = stackOf(name);
    for (const { Properties } of resources(template, 'AWS::Lambda::Function')) {
      const { S3Bucket, S3Key } = Properties.Code;
      expect(resolver(template)(S3Bucket)).toBe(`cdk-hnb659fds-assets-${ACCOUNT}-${REGION}`);
      expect(resolver(template, { CodeBucket: 'our-code' })(S3Bucket)).toBe('our-code');
      expect(S3Key).toMatch(/^[0-9a-f]{64}\.zip$/);
    }
    expect(template.Parameters).not.toHaveProperty('BootstrapVersion');
  });
});

describe('a new trail and bucket', () => {
  const template = resolved('fresh');
  const bucket = () => resource(template, 'AWS::S3::Bucket').Properties;
  const name = `auto-tagger-${ACCOUNT}-0a1b2c3d`;

  test('is of all regions, with digests, of all management events', () => {
    expect(resource(template, 'AWS::CloudTrail::Trail').Properties).toMatchObject({
      IsLogging: true,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
      IncludeGlobalServiceEvents: true,
      EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All' }],
      S3BucketName: name,
    });
  });

  test('is private, encrypted, versioned, and stays when the stack goes, unless that never came up', () => {
    expect(resource(template, 'AWS::S3::Bucket').DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(bucket()).toMatchObject({
      BucketName: name,
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
  });

  test('keeps log files 400 days, hidden versions 30, and archives none', () => {
    expect(bucket().LifecycleConfiguration.Rules).toEqual([
      {
        Id: 'retention',
        Status: 'Enabled',
        ExpirationInDays: 400,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]);
  });

  test('takes nothing but what this trail delivers, and over TLS', () => {
    const [tls, ...trail] = statementsOn(template, 'AWS::S3::BucketPolicy', name);
    expect(tls).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    const SourceArn = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/auto-tagger`;
    const byTrail = { Effect: 'Allow', Principal: { Service: 'cloudtrail.amazonaws.com' } };
    expect(trail).toEqual([
      {
        ...byTrail,
        Sid: 'CloudTrailChecksAcl',
        Action: 's3:GetBucketAcl',
        Resource: `arn:aws:s3:::${name}`,
        Condition: { StringEquals: { 'aws:SourceArn': SourceArn } },
      },
      {
        ...byTrail,
        Sid: 'CloudTrailDelivers',
        Action: 's3:PutObject',
        Resource: `arn:aws:s3:::${name}/AWSLogs/${ACCOUNT}/*`,
        Condition: {
          StringEquals: { 'aws:SourceArn': SourceArn, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ]);
  });

  test('notifies the work queue, which takes messages of this bucket alone', () => {
    expect(bucket().NotificationConfiguration.QueueConfigurations).toHaveLength(1);
    expect(sending(template)).toEqual([
      {
        Sid: 'Notifications',
        Effect: 'Allow',
        Principal: { Service: 's3.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-work`,
        Condition: {
          ArnEquals: { 'aws:SourceArn': `arn:aws:s3:::${name}` },
          StringEquals: { 'aws:SourceAccount': ACCOUNT },
        },
      },
    ]);
  });

  test('is made after the policy that lets it notify, because S3 tries that at once', () => {
    const ids = Object.keys(template.Resources);
    const policy = ids.filter((id) =>
      JSON.stringify(template.Resources[id]).includes('"Sid":"Notifications"'),
    );
    expect(policy).toHaveLength(1);
    expect(resource(template, 'AWS::S3::Bucket').DependsOn).toEqual(policy);
  });

  test('is delivered to when all else is made, because a bucket that is not empty cannot be rolled back', () => {
    expect(resource(template, 'AWS::CloudTrail::Trail').DependsOn).toEqual(
      expect.arrayContaining([
        idOf(template, 'AWS::S3::BucketPolicy'),
        idOf(template, 'AWS::Lambda::Function'),
      ]),
    );
  });

  test('is believed, and read', () => {
    const { Environment } = functionOf(template).Properties;
    expect(Environment.Variables.LOG_BUCKETS).toBe(name);
  });

  test('lets the function read, keep and send so much, beside tagging', () => {
    const { Policies } = resource(template, 'AWS::IAM::Role').Properties;
    const statements = Policies.flatMap(
      ({ PolicyDocument }: { PolicyDocument: Policy }) => PolicyDocument.Statement,
    );
    const here = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
    expect(statements).toEqual([
      allowed('ReadLogs', ['s3:GetObject', 's3:GetObjectVersion'], `arn:aws:s3:::${name}/AWSLogs/*`),
      {
        ...allowed('ListLogs1', 's3:ListBucket', `arn:aws:s3:::${name}`),
        Condition: { StringLike: { 's3:prefix': 'AWSLogs/*' } },
      },
      allowed(
        'Store',
        [...TABLE_ACTIONS],
        here('dynamodb', `table/${idOf(template, 'AWS::DynamoDB::Table')}`),
      ),
      allowed('Send', 'sqs:SendMessage', [
        here('sqs', 'auto-tagger-failures'),
        here('sqs', 'auto-tagger-retry'),
      ]),
      allowed(
        'Receive',
        ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        expect.arrayContaining([here('sqs', 'auto-tagger-work'), here('sqs', 'auto-tagger-retry')]),
      ),
      allowed('Alert', 'sns:Publish', here('sns', 'auto-tagger-alerts')),
      {
        ...allowed('AlertKey', ['kms:Decrypt', 'kms:GenerateDataKey'], expect.stringContaining('AlertKey')),
        Condition: { StringLike: { 'kms:ViaService': 'sns.*.amazonaws.com*' } },
      },
      allowed('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], expect.anything()),
    ]);
  });

  test('has a function as it was measured', () => {
    expect(functionOf(template).Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 512,
      Timeout: 300,
      RecursiveLoop: 'Allow',
    });
    expect(resource(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(7);
  });

  test('has the table of the store, which stays', () => {
    const { Properties, DeletionPolicy } = resource(template, 'AWS::DynamoDB::Table');
    expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(Properties).toMatchObject({
      ...TABLE,
      TimeToLiveSpecification: { AttributeName: EXPIRES_AT, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    });
    expect(template.Outputs?.TableStreamArn?.Value).toMatch(/^arn:aws:dynamodb:/);
  });
});

test('a trail of an organization delivers of the management account and of all others', () => {
  const template = resolved('organization');
  expect(resource(template, 'AWS::CloudTrail::Trail').Properties).toMatchObject({
    IsOrganizationTrail: true,
    S3KeyPrefix: 'audit',
  });
  const [, , delivers] = statementsOn(template, 'AWS::S3::BucketPolicy', 'AWSLogs');
  const bucket = `arn:aws:s3:::auto-tagger-${ACCOUNT}-0a1b2c3d`;
  expect(delivers).toMatchObject({
    Resource: [`${bucket}/audit/AWSLogs/${ACCOUNT}/*`, `${bucket}/audit/AWSLogs/${ORGANIZATION}/*`],
    Condition: {
      StringEquals: { 'aws:SourceArn': `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/auto-tagger` },
    },
  });
});

test('the role of other accounts trusts the role of the function alone, by its external id', () => {
  const template = deployments.organization.templates['other-accounts-auto-tagger-member-role'] as Template;
  const { Properties } = resource(
    resolver(template, { FunctionAccount: OTHER_ACCOUNT })(template) as Template,
    'AWS::IAM::Role',
  );
  expect(Properties).toMatchObject({ RoleName: 'auto-tagger', Path: '/team/' });
  expect(Properties.AssumeRolePolicyDocument.Statement).toEqual([
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
      Condition: {
        ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${OTHER_ACCOUNT}:role/auto-tagger-function` },
        StringEquals: { 'sts:ExternalId': 'orders-7' },
      },
    },
  ]);
  const own = JSON.stringify(resource(resolved('organization'), 'AWS::IAM::Role').Properties.Policies);
  expect(own).toContain('"arn:aws:iam::*:role/team/auto-tagger"');
  expect(own).toContain(`"aws:ResourceOrgID":"${ORGANIZATION}"`);
});

test('a bucket may invoke the function itself; what that does not get done goes to the work queue', () => {
  const template = resolved('direct');
  const work = `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-work`;
  expect(resource(template, 'AWS::Lambda::Permission').Properties).toMatchObject({
    Principal: 's3.amazonaws.com',
    SourceArn: `arn:aws:s3:::auto-tagger-${ACCOUNT}-0a1b2c3d`,
    SourceAccount: ACCOUNT,
  });
  const { DestinationConfig } = resource(template, 'AWS::Lambda::EventInvokeConfig').Properties;
  expect(DestinationConfig).toEqual({ OnFailure: { Destination: work } });
  const sends = resource(template, 'AWS::IAM::Role').Properties.Policies[0].PolicyDocument.Statement.find(
    ({ Sid }: { Sid: string }) => Sid === 'Send',
  );
  expect(sends.Resource).toContain(work);
  expect(sending(template)).toEqual([]);
  const { NotificationConfiguration, LifecycleConfiguration } = resource(
    template,
    'AWS::S3::Bucket',
  ).Properties;
  expect(NotificationConfiguration.LambdaConfigurations).toHaveLength(1);
  expect(LifecycleConfiguration.Rules[0]).toMatchObject({
    ExpirationInDays: 2557,
    Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
  });
});

test('a topic of our own, a key of our own: whoever sends may use the key', () => {
  const template = resolved('topic');
  const ofQueues = resource(
    template,
    'AWS::KMS::Key',
    ({ Properties }) => Properties.Description === 'Queues of auto-tagger',
  );
  const services = ofQueues.Properties.KeyPolicy.Statement.map(
    ({ Principal }: { Principal: { Service?: string } }) => Principal.Service,
  );
  expect(services).toEqual(expect.arrayContaining(['s3.amazonaws.com', 'sns.amazonaws.com']));
  expect(resource(template, 'AWS::SNS::Subscription').Properties.RawMessageDelivery).toBe(true);
  expect(resource(template, 'AWS::CloudTrail::Trail').Properties.KMSKeyId).toBe(LOG_KEY);
  expect(
    JSON.stringify(
      resource(
        template,
        'AWS::IAM::Role',
        ({ Properties }) => Properties.RoleName === 'auto-tagger-function',
      ),
    ),
  ).toContain(LOG_KEY);
});

/** Statements of the function's role beside tagging. */
const ownStatements = (template: Template) =>
  resource(
    template,
    'AWS::IAM::Role',
    ({ Properties }) => Properties.RoleName === 'auto-tagger-function',
  ).Properties.Policies.flatMap(({ PolicyDocument }: { PolicyDocument: Policy }) => PolicyDocument.Statement);

test('what waits in the queues can still be read when their key is another one', () => {
  const withKeys = ownStatements(resolved('topic')).find(({ Sid }: { Sid: string }) => Sid === 'QueueKey');
  expect(withKeys.Resource).toEqual(expect.arrayContaining([FORMER_KEY]));
  expect(withKeys.Resource).toHaveLength(2);
});

test('queues that bring events are named, and may be read', () => {
  const template = resolved('topic');
  const receives = ownStatements(template).find(({ Sid }: { Sid: string }) => Sid === 'Receive');
  expect(receives.Resource).toContain(EVENT_QUEUE);
  const { Variables } = functionOf(template).Properties.Environment;
  expect(Variables.EVENT_QUEUES).toBe(EVENT_QUEUE);
});

describe('events that come at once', () => {
  const template = resolved('organization');
  const arn = (rest: string) => `arn:aws:events:${REGION}:${ACCOUNT}:${rest}`;
  const events = `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-events`;
  const rulesOf = (one: Template) => resources(one, 'AWS::Events::Rule').map(({ Properties }) => Properties);
  const [forwarded, ...own] = rulesOf(template).sort((a, b) =>
    a.EventBusName ? -1 : b.EventBusName ? 1 : 0,
  );
  const patterns = eventPatterns({
    services: readServices(DEPLOYMENTS.organization.services),
    deletions: true,
  });

  test('have a rule for each pattern, on the default bus, to a queue of their own', () => {
    expect(own.map(({ EventPattern }) => EventPattern)).toEqual(patterns);
    expect(new Set(own.map(({ Name }) => Name)).size).toBe(patterns.length);
    for (const { Name, EventBusName, Targets, State = 'ENABLED' } of own) {
      expect([EventBusName, State]).toEqual([undefined, 'ENABLED']);
      expect(Name).toMatch(/^auto-tagger-events-\d+$/);
      expect(Targets).toEqual([{ Id: 'auto-tagger', Arn: events }]);
    }
    expect(rulesOf(resolved('fresh'))).toEqual([]);
  });

  test('come from other regions and accounts over a bus that only members send to', () => {
    expect(resource(template, 'AWS::Events::EventBus').Properties.Name).toBe('auto-tagger-events');
    expect(resource(template, 'AWS::Events::EventBusPolicy').Properties).toMatchObject({
      EventBusName: 'auto-tagger-events',
      Statement: {
        Effect: 'Allow',
        Principal: '*',
        Action: 'events:PutEvents',
        Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
      },
    });
    expect(forwarded).toMatchObject({
      EventBusName: 'auto-tagger-events',
      Targets: [{ Id: 'auto-tagger', Arn: events }],
    });
    const alone = deployments.rule.templates.ours as Template;
    expect(resources(alone, 'AWS::Events::EventBusPolicy')).toEqual([]); // our own account needs none
  });

  test('are sent to the queue by these rules alone, which the function believes and reads', () => {
    const [, allowing] = statementsOn(template, 'AWS::SQS::QueuePolicy', 'auto-tagger-events');
    expect(allowing).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: events,
    });
    const { 'aws:SourceArn': allowed } = allowing.Condition.ArnLike;
    const rules = rulesOf(template).map(({ Name, EventBusName }) =>
      arn(`rule/${EventBusName === undefined ? '' : `${EventBusName}/`}${Name}`),
    );
    const isAllowed = (rule: string) => allowed.some((pattern: string) => like(pattern, rule));
    expect(rules.filter((rule) => !isAllowed(rule))).toEqual([]);
    expect([arn('rule/auto-tagger-log-files'), arn('rule/theirs')].filter(isAllowed)).toEqual([]);
    expect(functionOf(template).Properties.Environment.Variables.EVENT_QUEUES).toBe(events);
    const receives = ownStatements(template).find(({ Sid }: { Sid: string }) => Sid === 'Receive');
    expect(receives.Resource).toContain(events);
  });

  test('wait for nothing, and take no concurrency that log files need', () => {
    const [work, retry, ofEvents] = ['work', 'retry', 'events'].map(
      (name) =>
        resource(template, 'AWS::Lambda::EventSourceMapping', ({ Properties }) =>
          Properties.EventSourceArn.endsWith(`:auto-tagger-${name}`),
        ).Properties,
    );
    expect(ofEvents).toMatchObject({ BatchSize: 10, MaximumBatchingWindowInSeconds: 0 });
    const most = [work, retry, ofEvents].map(({ ScalingConfig }) => ScalingConfig.MaximumConcurrency);
    expect(most).toEqual([6, 2, 2]);
  });

  test('are watched, each rule and the queue', () => {
    const alarmsOf = (part: string) =>
      resources(template, 'AWS::CloudWatch::Alarm').filter(({ Properties }) =>
        Properties.AlarmName.includes(part),
      );
    expect(alarmsOf('-events-behind')).toHaveLength(1);
    const looksAt = alarmsOf('-events-undelivered').flatMap(({ Properties }) => {
      const stats = Properties.Metrics.filter((each: { MetricStat?: object }) => each.MetricStat);
      expect(stats.length).toBeLessThanOrEqual(10);
      return stats.flatMap(({ MetricStat }: { MetricStat: { Metric: { Dimensions: Dimension[] } } }) =>
        MetricStat.Metric.Dimensions.flatMap(({ Name, Value }) => (Name === 'RuleName' ? Value : [])),
      );
    });
    expect(looksAt.sort()).toEqual(
      rulesOf(template)
        .map(({ Name }) => Name)
        .sort(),
    );
  });

  describe('elsewhere', () => {
    const forwarding = deployments.organization.templates[
      'other-accounts-auto-tagger-event-forwarding'
    ] as Template;
    const elsewhere = (account: string, region: string) =>
      resolver(forwarding, {
        'AWS::AccountId': account,
        'AWS::Region': region,
        FunctionAccount: ACCOUNT,
        FunctionRegion: REGION,
      });

    test('are sent to that bus by the same rules, and a role that may do nothing else', () => {
      const there = elsewhere(OTHER_ACCOUNT, 'us-east-1')(forwarding) as Template;
      const bus = arn('event-bus/auto-tagger-events');
      const rules = rulesOf(there);
      expect(rules.map(({ EventPattern }) => EventPattern)).toEqual(patterns);
      const role = resource(there, 'AWS::IAM::Role').Properties;
      for (const { Targets } of rules) {
        expect(Targets).toEqual([
          { Id: 'auto-tagger', Arn: bus, RoleArn: expect.stringContaining(':role/') },
        ]);
      }
      expect(
        role.Policies.map(({ PolicyDocument }: { PolicyDocument: Policy }) => PolicyDocument.Statement),
      ).toEqual([[{ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus }]]);
      const [{ Condition }] = role.AssumeRolePolicyDocument.Statement;
      expect(Condition).toEqual({
        StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT },
        ArnLike: { 'aws:SourceArn': `arn:aws:events:us-east-1:${OTHER_ACCOUNT}:rule/auto-tagger-events-*` },
      });
    });

    test.each([
      [ACCOUNT, REGION, false],
      [ACCOUNT, 'us-east-1', true],
      [OTHER_ACCOUNT, REGION, true],
    ])('in %s, %s: %s; where the function is, nothing comes twice', (account, region, isMade) => {
      const conditions = elsewhere(account, region)(forwarding.Conditions) as Record<string, boolean>;
      expect(conditions).toEqual({ IsElsewhere: isMade });
      const conditional = Object.values(forwarding.Resources).filter(
        ({ Type }) => Type === 'AWS::Events::Rule',
      );
      expect(conditional.every(({ Condition }) => Condition === 'IsElsewhere')).toBe(true);
    });
  });
});

describe('the function of backfills', () => {
  const template = resolved('topic');
  const { Properties: main } = functionOf(template);
  const { Properties: bulk } = backfillFunctionOf(template) ?? { Properties: undefined };

  test('has the code, the role and the settings of the other', () => {
    expect(bulk).toMatchObject({ FunctionName: 'auto-tagger-backfill', Code: main.Code, Role: main.Role });
    const { BACKFILL_BUCKET, ...variables } = bulk.Environment.Variables;
    const { Variables: ofMain } = main.Environment;
    expect(BACKFILL_BUCKET).toBe('our-manifests');
    expect(variables).toEqual({ ...ofMain, RATE_SHARE: '0.2', RESERVED_CONCURRENCY: '4' });
  });

  test('takes its share of the calls from that of the other, and a concurrency of its own', () => {
    expect([main, bulk].map(({ Environment }) => Number(Environment.Variables.RATE_SHARE))).toEqual([
      0.3, 0.2,
    ]);
    expect(bulk.ReservedConcurrentExecutions).toBe(4);
    expect(functionOf(resolved('fresh')).Properties.Environment.Variables).not.toHaveProperty('RATE_SHARE');
  });

  test('is invoked by no queue, and is the only one that the engines invoke', () => {
    for (const { Properties } of resources(template, 'AWS::Lambda::EventSourceMapping')) {
      expect(Properties.FunctionName).toBe('auto-tagger');
    }
    const invoking = resources(template, 'AWS::IAM::Role').filter(({ Properties }) =>
      JSON.stringify(Properties).includes('lambda:InvokeFunction'),
    );
    expect(invoking).toHaveLength(2);
    for (const role of invoking) {
      const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger-backfill`;
      expect(JSON.stringify(role)).toContain(JSON.stringify([arn, `${arn}:*`]));
    }
  });

  test('reads of the bucket what a run is about, and writes its journal, and nothing else', () => {
    const ofBucket = ownStatements(template).filter((statement: object) =>
      JSON.stringify(statement).includes('our-manifests'),
    );
    expect(ofBucket).toEqual([
      allowed('ReadRuns', 's3:GetObject', 'arn:aws:s3:::our-manifests/runs/*/run.json'),
      allowed('KeepRuns', 's3:PutObject', 'arn:aws:s3:::our-manifests/runs/*/journal/*'),
    ]);
  });

  test('has a log that ends, and calls to the store that no alarm takes for those of others', () => {
    expect(
      resource(
        template,
        'AWS::Logs::LogGroup',
        (one) => one.Properties.LogGroupName === '/aws/lambda/auto-tagger-backfill',
      ).Properties.RetentionInDays,
    ).toBe(7);
    const alarm = resource(
      template,
      'AWS::CloudWatch::Alarm',
      (one) => one.Properties.AlarmName === 'auto-tagger-table-writes',
    );
    const namespaces = alarm.Properties.Metrics.flatMap(
      ({ MetricStat }: { MetricStat?: { Metric: { Namespace: string } } }) =>
        MetricStat?.Metric.Namespace ?? [],
    );
    expect(namespaces).toEqual(expect.arrayContaining(['auto-tagger', 'auto-tagger-backfill']));
  });

  test('is not there where no bucket is', () => {
    expect(backfillFunctionOf(resolved('fresh'))).toBeUndefined();
  });
});

test('the state machine of backfills may end its own executions, and no others', () => {
  const { Policies } = resource(
    resolved('topic'),
    'AWS::IAM::Role',
    ({ Properties }) => Properties.RoleName === 'auto-tagger-backfill',
  ).Properties;
  const { Statement } = Policies[0].PolicyDocument;
  const execution = `arn:aws:states:${REGION}:${ACCOUNT}:execution:auto-tagger-backfill`;
  expect(Statement).toContainEqual(
    expect.objectContaining({
      Action: expect.arrayContaining(['states:StopExecution']),
      Resource: [`${execution}:*`, `${execution}/*`],
    }),
  );
});

test('the state machine of backfills is the definition, of the function and the bucket of the deployment', () => {
  const template = resolved('topic');
  const { DefinitionString, RoleArn, StateMachineName } = resource(
    template,
    'AWS::StepFunctions::StateMachine',
  ).Properties;
  const roleId = Object.entries(template.Resources).find(
    ([, { Properties }]) => Properties.RoleName === 'auto-tagger-backfill',
  );
  expect(StateMachineName).toBe('auto-tagger-backfill');
  expect(RoleArn).toContain(roleId?.[1].Properties.RoleName);
  expect(JSON.parse(DefinitionString)).toEqual(
    JSON.parse(
      JSON.stringify(
        backfillDefinition({
          functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:auto-tagger-backfill`,
          partition: 'aws',
          bucketName: 'our-manifests',
          concurrency: DEFAULTS.backfillConcurrency,
        }),
      ),
    ),
  );
});

test('EventBridge may use the key of the queue for that queue, whatever it says of itself', () => {
  const { Statement } = resource(
    resolved('archive'),
    'AWS::KMS::Key',
    ({ Properties }) => Properties.Description === 'Queues of auto-tagger',
  ).Properties.KeyPolicy;
  expect(Statement).toContainEqual(
    expect.objectContaining({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: {
        StringEquals: {
          'kms:EncryptionContext:aws:sqs:arn': `arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-work`,
        },
      },
    }),
  );
  expect(
    resource(
      resolved('archive'),
      'AWS::KMS::Key',
      ({ Properties }) => Properties.Description === 'Queues of auto-tagger',
    ).DeletionPolicy,
  ).toBe('RetainExceptOnCreate');
});

test('what a template names of the environment is taken along', () => {
  const { Variables } = functionOf(resolved('topic')).Properties.Environment;
  expect(Variables).toMatchObject({ ENVIRONMENT: '{env.STAGE}', STAGE: 'prod' });
});

test('a bucket of our own may tell by EventBridge; the queue takes messages of that rule alone', () => {
  const template = deployments.rule.templates.ours as Template;
  const { Resources } = resolver(template)(template) as Template;
  const of = (type: string, fits?: Parameters<typeof resource>[2]) =>
    resource({ Resources }, type, fits).Properties;
  const logs = resource({ Resources }, 'AWS::S3::Bucket', (bucket) =>
    bucket.Properties.BucketName.startsWith(`ours-${ACCOUNT}-`),
  );
  expect(logs.Properties.NotificationConfiguration).toEqual({
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  });
  const isOfFiles = ({ Properties }: Resource) => Properties.Name === 'ours-log-files';
  expect(of('AWS::Events::Rule', isOfFiles).EventPattern.detail.object).toEqual({
    key: [{ wildcard: 'AWSLogs/*/CloudTrail/*.json.gz' }],
  });
  const policy = statementsOn({ Resources }, 'AWS::SQS::QueuePolicy', ':ours-work');
  expect(policy[1]).toMatchObject({
    Principal: { Service: 'events.amazonaws.com' },
    Condition: { ArnEquals: { 'aws:SourceArn': `arn:aws:events:${REGION}:${ACCOUNT}:rule/ours-log-files` } },
  });
});

describe('the archive', () => {
  const made = (name: 'topic' | 'rule', stack: string) => {
    const template = deployments[name].templates[stack] as Template;
    return resolver(template)(template) as Template;
  };
  const own = made('rule', 'ours');
  const given = made('topic', 'auto-tagger');
  const name = `ours-archive-${ACCOUNT}-0a1b2c3d`;

  test('has a bucket of its own, which is private, versioned, and stays', () => {
    const bucket = resource(own, 'AWS::S3::Bucket', ({ Properties }) => Properties.BucketName === name);
    expect(bucket.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(bucket.Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
    expect(bucket.Properties).not.toHaveProperty('NotificationConfiguration');
    expect(functionOf(own).Properties.Environment.Variables).toMatchObject({
      ARCHIVE_BUCKET: name,
      LOG_BUCKETS: `ours-${ACCOUNT}-0a1b2c3d`,
    });
    expect(deployments.rule.findings).toEqual([]);
  });

  test('may lie in a bucket that is there already, of which nothing is changed', () => {
    const buckets = resources(given, 'AWS::S3::Bucket').map(({ Properties }) => Properties.BucketName);
    expect(buckets).not.toContain('our-archive');
    expect(functionOf(given).Properties.Environment.Variables).toMatchObject({
      ARCHIVE_BUCKET: 'our-archive',
      ARCHIVE_UNKNOWN_EVENTS: 'true',
    });
  });

  test.each([
    ['its own bucket', own, name, 'ours'],
    ['a given one', given, 'our-archive', 'auto_tagger'],
  ] as const)('is a table of Glue whose days are projected, over %s', (_, template, bucket, database) => {
    const { Properties } = resource(template, 'AWS::Glue::Table');
    expect(Properties.DatabaseName).toBe(database);
    const { StorageDescriptor, Parameters, PartitionKeys } = Properties.TableInput;
    expect(StorageDescriptor.Columns.map(({ Name }: { Name: string }) => Name)).toEqual(
      COLUMNS.map((column) => column.name),
    );
    expect(PartitionKeys).toMatchObject([{ Name: 'day', Type: 'string' }]);
    expect(StorageDescriptor.Location).toBe(`s3://${bucket}/tagged/`);
    expect(Parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'storage.location.template': `s3://${bucket}/tagged/day=\${day}/`,
    });
  });

  test('has its queries in a workgroup whose results are encrypted, in the bucket', () => {
    const { Properties } = resource(given, 'AWS::Athena::WorkGroup');
    expect(Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      ResultConfiguration: {
        OutputLocation: 's3://our-archive/athena-results/',
        EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: ARCHIVE_KEY },
      },
    });
    const queries = resources(given, 'AWS::Athena::NamedQuery').map((query) => query.Properties);
    expect(queries.map(({ Name, QueryString }) => [Name, QueryString])).toEqual(
      QUERIES.map((query) => [query.name, query.sql('auto_tagger.resources')]),
    );
    expect(queries.every(({ WorkGroup }) => WorkGroup === Properties.Name)).toBe(true);
  });

  test('is written by the function, and neither read nor listed', () => {
    const ofBucket = ownStatements(given).filter((statement: object) =>
      JSON.stringify(statement).includes('our-archive'),
    );
    expect(ofBucket).toEqual([
      allowed(
        'Archive',
        ['s3:AbortMultipartUpload', 's3:PutObject'],
        ['arn:aws:s3:::our-archive/tagged/*', 'arn:aws:s3:::our-archive/unknown/*'],
      ),
    ]);
  });
});

describe('a bucket that is there already', () => {
  test.each(['archive', 'trailTopic', 'foreignQueue'] as const)('is left as it is: %s', (name) => {
    const template = resolved(name);
    for (const type of ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::CloudTrail::Trail']) {
      expect(resources(template, type)).toEqual([]);
    }
  });

  test('of another account is believed as of that account, and may send', () => {
    const template = resolved('foreignQueue');
    const { Environment } = functionOf(template).Properties;
    expect(Environment.Variables.LOG_BUCKETS).toBe(`org-logs=${OTHER_ACCOUNT}`);
    expect(sending(template)[0].Condition.StringEquals).toEqual({ 'aws:SourceAccount': OTHER_ACCOUNT });
    const told = JSON.parse(String(template.Outputs?.BucketNotification?.Value));
    expect(told.QueueConfigurations[0].QueueArn).toBe(`arn:aws:sqs:${REGION}:${ACCOUNT}:auto-tagger-work`);
  });

  test('of another account sends its events over a bus that takes them from there, in the organization', () => {
    const { Statement } = resource(resolved('archive'), 'AWS::Events::EventBusPolicy').Properties;
    expect(Statement).toMatchObject({
      Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
      Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } },
    });
    const archive = deployments.archive.templates['other-accounts-auto-tagger-log-archive'] as Template;
    const rule = resource(archive, 'AWS::Events::Rule').Properties.EventPattern;
    expect(rule).toEqual(resource(resolved('archive'), 'AWS::Events::Rule').Properties.EventPattern);
  });

  test('is told of by the topic of its trail', () => {
    const template = resolved('trailTopic');
    expect(resource(template, 'AWS::SNS::Subscription').Properties).toMatchObject({
      TopicArn: TRAIL_TOPIC,
      Region: 'eu-central-1', // else CloudFormation looks for the topic in its own
    });
    expect(sending(template)[0].Condition).toEqual({ ArnEquals: { 'aws:SourceArn': TRAIL_TOPIC } });
    expect(resources(template, 'AWS::DynamoDB::Table')).toEqual([]);
  });
});

/** Skipped where there is no jq. */
const testWithJq = spawnSync('jq', ['--version']).status === 0 ? test : test.skip;

testWithJq(
  'the documented command takes out what we told the bucket before, whatever that was, and nothing else',
  () => {
    const docs = readFileSync(new URL('../../docs/deployment.md', import.meta.url), 'utf8');
    const [, program = ''] = /jq --slurp '([^']+)'/.exec(docs) ?? [];
    const after = (...given: readonly object[]) => {
      const { stdout, stderr } = spawnSync('jq', ['--slurp', program], {
        input: given.map((each) => JSON.stringify(each)).join('\n'),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return JSON.parse(stdout);
    };
    const ours = { Id: 'auto-tagger', LambdaFunctionArn: 'function' };
    const before = { QueueConfigurations: [{ Id: 'auto-tagger', QueueArn: 'old' }, { Id: 'theirs' }] };
    const direct = { LambdaFunctionConfigurations: [ours] };
    const theirs = { QueueConfigurations: [{ Id: 'theirs' }] };
    expect(after(direct, before)).toEqual({ ...theirs, ...direct });
    expect(after(direct, after(direct, before))).toEqual({ ...theirs, ...direct });
    expect(after(direct)).toEqual(direct);
    const byEvents = { EventBridgeConfiguration: {} };
    expect(after(byEvents, { ...theirs, ...direct })).toEqual({
      ...theirs,
      LambdaFunctionConfigurations: [],
      ...byEvents,
    });
    expect(after({}, { ...before, ...byEvents })).toEqual({ ...theirs, ...byEvents });
  },
);

test.each([
  [
    'mistyped',
    /logBuketName: there is no such option.*retention: expected 90-days, 400-days, 7-years, got "8-years"/,
  ],
  [
    'contradictory',
    /archiveAfterDays: log files are gone by then.*; topicArn: it takes the trigger sns; topicArn: it tells of a bucket that is there.*; memberRoleName: say whose role it may be/,
  ],
  ['tooFew', /concurrency: with realTime, expected 7 or more/],
  ['keyOfNothing', /settingsKeyArn: nothing is read with it/],
  ['noQueue', /settings: EVENT_QUEUES: expected the URL of a queue/],
  ['tooLarge', /they take 41\d\d bytes, and the environment of a function has 4096/],
  ['queuesApart', /EVENT_QUEUES: expected queues of one region, got eu-west-1, eu-central-1/],
  ['writtenLogs', /backfillBucketName: the roles of a backfill write into it, so it cannot be the bucket/],
  ['archivedLogs', /archiveBucketName: it is the bucket of the log files.*choose another/],
  ['noArchive', /archiveBucketName, archiveKeyArn and archiveUnknownEvents: they are about the archive/],
  ['keyOfNoTopic', /alertKeyArn: it is about the topic of alertTopicArn, which is not set/],
  ['tooManyKeys', /a role has 10: leave out the services ec2, sagemaker, .+, or have the quota raised/],
  ['setting', /CREATED_BY: expected arn, name or person, got "somebody"/],
  [
    'settingMistyped',
    /CREATED_BYE: there is no such setting; did you mean CREATED_BY\?; STAGE: there is no such setting/,
  ],
  ['settingRules', /RULES: rule 1: the tag key "Teem" cannot be used: RULE_TAG_KEYS does not name it/],
  ['settingOfProp', /LOG_BUCKETS: set the prop logBucketName instead/],
] as const)('what cannot be used is refused before it is deployed: %s', (name, message) => {
  expect(deployments[name].error).toMatch(message);
});
