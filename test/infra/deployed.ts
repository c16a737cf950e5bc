/** What CloudFormation would do with a template, as far as the sandbox knows its resources: they are there afterwards. */
import {
  CreateTableCommand,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { type Event, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, REGION } from '../helpers/events.ts';
import type { Clients } from '../sandbox/clients.ts';
import { type Resource, resolver, type Template } from './templates.ts';

/** Takes the template with its intrinsic functions. */
export async function deploy(template: Template, sandbox: Sandbox, clients: Clients): Promise<void> {
  const { Resources } = resolvedOnce(template);
  const ofType = (type: string) =>
    Object.entries(Resources).flatMap(([id, each]) => (each.Type === type ? [{ id, ...each }] : []));
  await Promise.all(ofType('AWS::SQS::Queue').map((queue) => createQueue(queue, clients)));
  for (const { Properties } of ofType('AWS::SQS::QueuePolicy')) {
    for (const QueueUrl of Properties.Queues) {
      const Policy = JSON.stringify(Properties.PolicyDocument);
      await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    }
  }
  for (const { id, Properties } of ofType('AWS::DynamoDB::Table')) await createTable(id, Properties, clients);
  for (const { Properties } of ofType('AWS::SNS::Topic')) {
    const { TopicName, KmsMasterKeyId } = Properties;
    const Attributes = KmsMasterKeyId && { KmsMasterKeyId };
    await clients.sns.send(new CreateTopicCommand({ Name: TopicName, Attributes }));
  }
  for (const { Properties } of ofType('AWS::SNS::Subscription')) {
    await clients.sns.send(new SubscribeCommand(Properties));
  }
  for (const { Properties } of ofType('AWS::S3::Bucket')) await createBucket(Properties, sandbox, clients);
  putFunction(Resources, sandbox);
  putRoles(template, sandbox);
  for (const { Properties } of ofType('AWS::CloudTrail::Trail')) putTrail(Properties, sandbox);
  for (const { Properties } of ofType('AWS::Events::Rule')) {
    const { Name, EventBusName, EventPattern, State = 'ENABLED', Targets } = Properties;
    const path = EventBusName === undefined ? Name : `${EventBusName}/${Name}`;
    const arns = Targets.map(({ Arn }: { Arn: string }) => Arn);
    const details = { EventPattern: JSON.stringify(EventPattern), State, Targets: arns };
    sandbox.putResource({ arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${path}`, details });
  }
}

const RESOLVED = new WeakMap<Template, Template>();

function resolvedOnce(template: Template): Template {
  const known = RESOLVED.get(template);
  if (known !== undefined) return known;
  const resolved = resolver(template)(template) as Template;
  RESOLVED.set(template, resolved);
  return resolved;
}

async function createQueue({ Properties }: Resource, { sqs }: Clients): Promise<void> {
  const { QueueName, VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy, KmsMasterKeyId } = Properties;
  const Attributes = {
    ...(VisibilityTimeout !== undefined && { VisibilityTimeout: String(VisibilityTimeout) }),
    MessageRetentionPeriod: String(MessageRetentionPeriod),
    ...(RedrivePolicy !== undefined && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
    ...(KmsMasterKeyId !== undefined && { KmsMasterKeyId }),
  };
  await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
}

/** CloudFormation gives it a name; its id stands for that. */
async function createTable(TableName: string, properties: Resource['Properties'], { dynamodb }: Clients) {
  const { BillingMode, AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification } = properties;
  const keys = { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes };
  await dynamodb.send(new CreateTableCommand({ TableName, BillingMode, ...keys }));
  await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
}

interface Told {
  readonly Event: Event;
  readonly Filter: { readonly S3Key: { readonly Rules: readonly { Name: string; Value: string }[] } };
  readonly Queue?: string;
  readonly Topic?: string;
  readonly Function?: string;
}

async function createBucket(properties: Resource['Properties'], sandbox: Sandbox, { s3 }: Clients) {
  const { BucketName, NotificationConfiguration: told = {} } = properties;
  sandbox.putBucket({ name: BucketName, account: ACCOUNT, region: REGION });
  const configurations = (list: readonly Told[] = []) =>
    list.map(({ Event, Filter, Queue, Topic, Function: invoked }) => ({
      QueueArn: Queue,
      TopicArn: Topic,
      LambdaFunctionArn: invoked,
      Events: [Event],
      Filter: { Key: { FilterRules: Filter.S3Key.Rules as [] } },
    }));
  const isOn = told.EventBridgeConfiguration?.EventBridgeEnabled === true;
  const NotificationConfiguration = {
    QueueConfigurations: configurations(told.QueueConfigurations),
    TopicConfigurations: configurations(told.TopicConfigurations),
    LambdaFunctionConfigurations: configurations(told.LambdaConfigurations),
    ...(isOn && { EventBridgeConfiguration: {} }),
  };
  await s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket: BucketName, NotificationConfiguration }),
  );
}

function putFunction(resources: Template['Resources'], sandbox: Sandbox): void {
  const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  for (const { Properties } of ofType('AWS::Lambda::Function')) {
    const { FunctionName, Role, Runtime, MemorySize, Timeout, Environment, ReservedConcurrentExecutions } =
      Properties;
    const FunctionArn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${FunctionName}`;
    const Statement = ofType('AWS::Lambda::Permission').map(({ Properties: allowed }) => ({
      Effect: 'Allow',
      Principal: { Service: allowed.Principal },
      Action: allowed.Action,
      Resource: FunctionArn,
      Condition: {
        ArnLike: { 'AWS:SourceArn': allowed.SourceArn },
        StringEquals: { 'AWS:SourceAccount': allowed.SourceAccount },
      },
    }));
    const configuration = { FunctionName, FunctionArn, Role, Runtime, MemorySize, Timeout, Environment };
    sandbox.putResource({
      arn: FunctionArn,
      details: {
        ...configuration,
        Concurrency: { ReservedConcurrentExecutions },
        ...(Statement.length > 0 && { Policy: JSON.stringify({ Version: '2012-10-17', Statement }) }),
      },
    });
  }
  for (const [at, { Properties }] of ofType('AWS::Lambda::EventSourceMapping').entries()) {
    const { Enabled, ...mapping } = Properties;
    sandbox.putResource({ arn: mappingArn(at), details: { ...mapping, State: stateOf(Enabled) } });
  }
}

const stateOf = (isEnabled: boolean) => (isEnabled ? 'Enabled' : 'Disabled');

/** Of the first or the second event source mapping of the template. */
export function mappingArn(at: number): string {
  return `arn:aws:lambda:${REGION}:${ACCOUNT}:event-source-mapping:0a1b2c3d-0000-0000-0000-00000000000${at}`;
}

/** Of the role of that name; the same list for the same template. */
export function policiesOf(template: Template, role: string): readonly object[] {
  const known = POLICIES.get(template) ?? rolesOf(resolvedOnce(template));
  POLICIES.set(template, known);
  return known.find(([name]) => name === role)?.[1] ?? [];
}

const POLICIES = new WeakMap<Template, readonly (readonly [string, readonly object[]])[]>();

function putRoles(template: Template, sandbox: Sandbox): void {
  for (const [name] of rolesOf(resolvedOnce(template))) {
    const policies = policiesOf(template, name);
    sandbox.putResource({ arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, region: '', details: { policies } });
  }
}

function rolesOf({ Resources }: Template) {
  const all = Object.values(Resources);
  const attached = all.filter(({ Type }) => ['AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy'].includes(Type));
  return all
    .filter(({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties.RoleName !== undefined)
    .map(({ Properties: { RoleName, Policies = [] } }) => {
      const own = Policies.map(({ PolicyDocument }: { PolicyDocument: object }) => PolicyDocument);
      const others = attached.flatMap(({ Properties: { Roles, PolicyDocument } }) =>
        Roles.includes(RoleName) ? PolicyDocument : [],
      );
      return [RoleName as string, [...own, ...others] as readonly object[]] as const;
    });
}

function putTrail(properties: Resource['Properties'], sandbox: Sandbox): void {
  const { TrailName, IsLogging, EventSelectors, EnableLogFileValidation, KMSKeyId, ...trail } = properties;
  const details = {
    ...trail,
    ...(KMSKeyId !== undefined && { KmsKeyId: KMSKeyId }),
    LogFileValidationEnabled: EnableLogFileValidation,
    GetTrailStatus: { IsLogging },
    GetEventSelectors: { EventSelectors },
  };
  sandbox.putResource({ arn: trailArn(TrailName), details });
}

export function trailArn(name: string): string {
  return `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/${name}`;
}
