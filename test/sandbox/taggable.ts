/** One row a tagging API: how to create, tag, read and delete a resource of it with the SDK's client, by ARN. */
import * as dynamodb from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-ec2';
import * as elasticache from '@aws-sdk/client-elasticache';
import { CreateCacheClusterCommand, DeleteCacheClusterCommand } from '@aws-sdk/client-elasticache';
import * as lambda from '@aws-sdk/client-lambda';
import { CreateFunctionCommand, DeleteFunctionCommand, ListTagsCommand } from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import { CreateDBInstanceCommand, DeleteDBInstanceCommand } from '@aws-sdk/client-rds';
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import * as s3Control from '@aws-sdk/client-s3-control';
import * as sns from '@aws-sdk/client-sns';
import { CreateTopicCommand, DeleteTopicCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  ListQueueTagsCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import type { clientsOf } from './clients.ts';

type Clients = ReturnType<typeof clientsOf>;
type Tags = Readonly<Record<string, string>>;

export interface TaggableRow {
  readonly service: string;
  /** Of the thing as `taggableAfterMs` names it. */
  readonly type: string;
  /** `err.name` of tagging what does not exist. */
  readonly gone: string;
  /** `err.name` of tagging what is being created. */
  readonly notReady: string;
  /** `err.name` of a key with the reserved prefix, and of a 51st tag. */
  readonly invalid: string;
  readonly tooMany: string;
  /** `err.name` of a call that is not allowed, and of one too many. */
  readonly denied: string;
  readonly throttled: string;
  /** Resolves to the ARN. */
  create(clients: Clients, name: string): Promise<string>;
  tag(clients: Clients, arn: string, tags: Tags): Promise<unknown>;
  tags(clients: Clients, arn: string): Promise<Tags>;
  remove(clients: Clients, arn: string): Promise<unknown>;
}

const toList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const toMap = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] = []): Tags =>
  Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
const nameOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? '';
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
const urlOf = (arn: string): string =>
  `https://sqs.${regionOf(arn)}.amazonaws.com/${accountOf(arn)}/${nameOf(arn)}`;
const ACCOUNT = '111122223333';

export const TAGGABLE: readonly TaggableRow[] = [
  {
    service: 'ec2',
    type: 'ec2:security-group',
    gone: 'InvalidGroup.NotFound',
    notReady: 'InvalidGroup.NotFound',
    invalid: 'InvalidParameterValue',
    tooMany: 'TagLimitExceeded',
    denied: 'UnauthorizedOperation',
    throttled: 'RequestLimitExceeded',
    create: async ({ ec2 }, GroupName) => {
      const { GroupId } = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: 'd' }));
      return `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/${GroupId}`;
    },
    tag: ({ ec2 }, arn, tags) =>
      ec2.send(new CreateTagsCommand({ Resources: [nameOf(arn)], Tags: toList(tags) })),
    tags: async ({ ec2 }, arn) => {
      const Filters = [{ Name: 'resource-id', Values: [nameOf(arn)] }];
      return toMap((await ec2.send(new DescribeTagsCommand({ Filters }))).Tags);
    },
    remove: ({ ec2 }, arn) => ec2.send(new DeleteSecurityGroupCommand({ GroupId: nameOf(arn) })),
  },
  {
    service: 's3-control',
    type: 's3:bucket',
    gone: 'NoSuchResource',
    notReady: 'NoSuchResource',
    invalid: 'InvalidTag',
    tooMany: 'TooManyTags',
    denied: 'AccessDenied',
    throttled: 'SlowDown',
    create: async ({ s3 }, Bucket) => {
      await s3.send(new CreateBucketCommand({ Bucket }));
      return `arn:aws:s3:::${Bucket}`;
    },
    tag: (clients, ResourceArn, tags) =>
      clients.s3Control.send(
        new s3Control.TagResourceCommand({ AccountId: ACCOUNT, ResourceArn, Tags: toList(tags) }),
      ),
    tags: async (clients, ResourceArn) => {
      const command = new s3Control.ListTagsForResourceCommand({ AccountId: ACCOUNT, ResourceArn });
      return toMap((await clients.s3Control.send(command)).Tags);
    },
    remove: ({ s3 }, arn) => s3.send(new DeleteBucketCommand({ Bucket: nameOf(arn) })),
  },
  {
    service: 'rds',
    type: 'rds:db',
    gone: 'DBInstanceNotFoundFault',
    notReady: 'InvalidDBInstanceStateFault',
    invalid: 'InvalidParameterValue',
    tooMany: 'InvalidParameterValue',
    denied: 'AccessDenied',
    throttled: 'Throttling',
    create: async (clients, DBInstanceIdentifier) => {
      const command = new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: 'db.t3.micro',
        Engine: 'mysql',
      });
      return (await clients.rds.send(command)).DBInstance?.DBInstanceArn ?? '';
    },
    tag: (clients, ResourceName, tags) =>
      clients.rds.send(new rds.AddTagsToResourceCommand({ ResourceName, Tags: toList(tags) })),
    tags: async (clients, ResourceName) =>
      toMap((await clients.rds.send(new rds.ListTagsForResourceCommand({ ResourceName }))).TagList),
    remove: (clients, arn) =>
      clients.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: nameOf(arn) })),
  },
  {
    service: 'lambda',
    type: 'lambda:function',
    gone: 'ResourceNotFoundException',
    notReady: 'ResourceConflictException',
    invalid: 'InvalidParameterValueException',
    tooMany: 'InvalidParameterValueException',
    denied: 'AccessDeniedException',
    throttled: 'TooManyRequestsException',
    create: async (clients, FunctionName) => {
      const Code = { ZipFile: Buffer.from('zip') };
      const Role = `arn:aws:iam::${ACCOUNT}:role/r`;
      const command = new CreateFunctionCommand({
        FunctionName,
        Role,
        Code,
        Runtime: 'nodejs24.x',
        Handler: 'a.b',
      });
      return (await clients.lambda.send(command)).FunctionArn ?? '';
    },
    tag: (clients, Resource, Tags) => clients.lambda.send(new lambda.TagResourceCommand({ Resource, Tags })),
    tags: async (clients, Resource) =>
      (await clients.lambda.send(new ListTagsCommand({ Resource }))).Tags ?? {},
    remove: (clients, arn) => clients.lambda.send(new DeleteFunctionCommand({ FunctionName: nameOf(arn) })),
  },
  {
    service: 'dynamodb',
    type: 'dynamodb:table',
    gone: 'ResourceNotFoundException',
    notReady: 'ResourceNotFoundException',
    invalid: 'ValidationException',
    tooMany: 'ValidationException',
    denied: 'AccessDeniedException',
    throttled: 'ThrottlingException',
    create: async (clients, TableName) => {
      const command = new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      });
      return (await clients.dynamodb.send(command)).TableDescription?.TableArn ?? '';
    },
    tag: (clients, ResourceArn, tags) =>
      clients.dynamodb.send(new dynamodb.TagResourceCommand({ ResourceArn, Tags: toList(tags) })),
    tags: async (clients, ResourceArn) => {
      const tags: dynamodb.Tag[] = [];
      let NextToken: string | undefined;
      do {
        const command = new dynamodb.ListTagsOfResourceCommand({
          ResourceArn,
          ...(NextToken && { NextToken }),
        });
        const page = await clients.dynamodb.send(command);
        tags.push(...(page.Tags ?? []));
        NextToken = page.NextToken;
      } while (NextToken);
      return toMap(tags);
    },
    remove: (clients, arn) => clients.dynamodb.send(new DeleteTableCommand({ TableName: nameOf(arn) })),
  },
  {
    service: 'sns',
    type: 'sns:topic',
    gone: 'ResourceNotFoundException',
    notReady: 'ResourceNotFoundException',
    invalid: 'InvalidParameterException',
    tooMany: 'TagLimitExceededException',
    denied: 'AuthorizationErrorException',
    throttled: 'Throttling',
    create: async (clients, Name) =>
      (await clients.sns.send(new CreateTopicCommand({ Name }))).TopicArn ?? '',
    tag: (clients, ResourceArn, tags) =>
      clients.sns.send(new sns.TagResourceCommand({ ResourceArn, Tags: toList(tags) })),
    tags: async (clients, ResourceArn) =>
      toMap((await clients.sns.send(new sns.ListTagsForResourceCommand({ ResourceArn }))).Tags),
    remove: (clients, TopicArn) => clients.sns.send(new DeleteTopicCommand({ TopicArn })),
  },
  {
    service: 'sqs',
    type: 'sqs:queue',
    gone: 'QueueDoesNotExist',
    notReady: 'QueueDoesNotExist',
    invalid: 'InvalidParameterValue',
    tooMany: 'InvalidParameterValue',
    denied: 'AccessDenied',
    throttled: 'RequestThrottled',
    create: async ({ sqs }, QueueName) => {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName }));
      return `arn:aws:sqs:eu-west-1:${ACCOUNT}:${nameOf(QueueUrl)}`;
    },
    tag: ({ sqs }, arn, Tags) => sqs.send(new TagQueueCommand({ QueueUrl: urlOf(arn), Tags })),
    tags: async ({ sqs }, arn) =>
      (await sqs.send(new ListQueueTagsCommand({ QueueUrl: urlOf(arn) }))).Tags ?? {},
    remove: ({ sqs }, arn) => sqs.send(new DeleteQueueCommand({ QueueUrl: urlOf(arn) })),
  },
  {
    service: 'elasticache',
    type: 'elasticache:cluster',
    gone: 'CacheClusterNotFoundFault',
    notReady: 'CacheClusterNotFoundFault',
    invalid: 'InvalidParameterValueException',
    tooMany: 'TagQuotaPerResourceExceeded',
    denied: 'AccessDenied',
    throttled: 'Throttling',
    create: async (clients, CacheClusterId) =>
      (await clients.elasticache.send(new CreateCacheClusterCommand({ CacheClusterId }))).CacheCluster?.ARN ??
      '',
    tag: (clients, ResourceName, tags) =>
      clients.elasticache.send(
        new elasticache.AddTagsToResourceCommand({ ResourceName, Tags: toList(tags) }),
      ),
    tags: async (clients, ResourceName) =>
      toMap(
        (await clients.elasticache.send(new elasticache.ListTagsForResourceCommand({ ResourceName })))
          .TagList,
      ),
    remove: (clients, arn) =>
      clients.elasticache.send(new DeleteCacheClusterCommand({ CacheClusterId: nameOf(arn) })),
  },
];
