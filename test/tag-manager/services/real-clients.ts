/** Clients of the SDK that are there for comparison, and the commands that our rows have the like of. */
import {
  AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DescribeTagsCommand,
} from '@aws-sdk/client-auto-scaling';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as ec2 from '@aws-sdk/client-ec2';
import * as efs from '@aws-sdk/client-efs';
import * as elasticache from '@aws-sdk/client-elasticache';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';
import * as route53 from '@aws-sdk/client-route-53';
import * as s3control from '@aws-sdk/client-s3-control';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as sqs from '@aws-sdk/client-sqs';
import type { ClientConfig } from '../../../tag-manager/calls/clients.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const ID = 'my-Res_1.2';
export const ARN = `arn:aws:svc:${REGION}:${ACCOUNT}:type/some-name:with/id-1 %2F..?x=1&y#z<"'>é+~`;
const QUEUE_URL = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${ID}`;
export const TAGS = { 'a:owner': 'Zoë & <b> "q" 𝒳', 'x/y z': "a b+c=1'()*!~", empty: '', ['__proto__']: 'x' };

const pairs = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
const kmsPairs = pairs.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
const sfnPairs = pairs.map(({ Key, Value }) => ({ key: Key, value: Value }));
const keys = Object.keys(TAGS);

/** A client of the SDK, as far as this file goes: each takes its own commands. */
export interface RealClient {
  send(command: never): Promise<unknown>;
}

export interface Real {
  readonly api: string;
  readonly client: new (config: ClientConfig) => RealClient;
  readonly write: () => object;
  readonly read: () => object;
  readonly remove?: () => object;
}

const AUTO_SCALING = { ResourceId: ID, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false };
const FILTERS = [{ Name: 'auto-scaling-group', Values: [ID] }];

export const REAL: readonly Real[] = [
  {
    api: 'sns:TagResource',
    client: sns.SNSClient,
    write: () => new sns.TagResourceCommand({ ResourceArn: ARN, Tags: pairs }),
    read: () => new sns.ListTagsForResourceCommand({ ResourceArn: ARN }),
    remove: () => new sns.UntagResourceCommand({ ResourceArn: ARN, TagKeys: keys }),
  },
  {
    api: 'rds:AddTagsToResource',
    client: rds.RDSClient,
    write: () => new rds.AddTagsToResourceCommand({ ResourceName: ARN, Tags: pairs }),
    read: () => new rds.ListTagsForResourceCommand({ ResourceName: ARN }),
    remove: () => new rds.RemoveTagsFromResourceCommand({ ResourceName: ARN, TagKeys: keys }),
  },
  {
    api: 'elasticache:AddTagsToResource',
    client: elasticache.ElastiCacheClient,
    write: () => new elasticache.AddTagsToResourceCommand({ ResourceName: ARN, Tags: pairs }),
    read: () => new elasticache.ListTagsForResourceCommand({ ResourceName: ARN }),
    remove: () => new elasticache.RemoveTagsFromResourceCommand({ ResourceName: ARN, TagKeys: keys }),
  },
  {
    api: 'autoscaling:CreateOrUpdateTags',
    client: AutoScalingClient,
    write: () => new CreateOrUpdateTagsCommand({ Tags: pairs.map((pair) => ({ ...AUTO_SCALING, ...pair })) }),
    read: () => new DescribeTagsCommand({ Filters: FILTERS }),
  },
  {
    api: 'ec2:CreateTags',
    client: ec2.EC2Client,
    write: () => new ec2.CreateTagsCommand({ Resources: [ID], Tags: pairs }),
    read: () => new ec2.DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [ID] }] }),
    remove: () => new ec2.DeleteTagsCommand({ Resources: [ID], Tags: keys.map((Key) => ({ Key })) }),
  },
  {
    api: 'sqs:TagQueue',
    client: sqs.SQSClient,
    write: () => new sqs.TagQueueCommand({ QueueUrl: QUEUE_URL, Tags: TAGS }),
    read: () => new sqs.ListQueueTagsCommand({ QueueUrl: QUEUE_URL }),
    remove: () => new sqs.UntagQueueCommand({ QueueUrl: QUEUE_URL, TagKeys: keys }),
  },
  {
    api: 'dynamodb:TagResource',
    client: dynamodb.DynamoDBClient,
    write: () => new dynamodb.TagResourceCommand({ ResourceArn: ARN, Tags: pairs }),
    read: () => new dynamodb.ListTagsOfResourceCommand({ ResourceArn: ARN }),
    remove: () => new dynamodb.UntagResourceCommand({ ResourceArn: ARN, TagKeys: keys }),
  },
  {
    api: 'stepfunctions:TagResource',
    client: sfn.SFNClient,
    write: () => new sfn.TagResourceCommand({ resourceArn: ARN, tags: sfnPairs }),
    read: () => new sfn.ListTagsForResourceCommand({ resourceArn: ARN }),
    remove: () => new sfn.UntagResourceCommand({ resourceArn: ARN, tagKeys: keys }),
  },
  {
    api: 'kms:TagResource',
    client: kms.KMSClient,
    write: () => new kms.TagResourceCommand({ KeyId: ARN, Tags: kmsPairs }),
    read: () => new kms.ListResourceTagsCommand({ KeyId: ARN }),
    remove: () => new kms.UntagResourceCommand({ KeyId: ARN, TagKeys: keys }),
  },
  {
    api: 'efs:TagResource',
    client: efs.EFSClient,
    write: () => new efs.TagResourceCommand({ ResourceId: ID, Tags: pairs }),
    read: () => new efs.ListTagsForResourceCommand({ ResourceId: ID }),
    remove: () => new efs.UntagResourceCommand({ ResourceId: ID, TagKeys: keys }),
  },
  {
    api: 'lambda:TagResource',
    client: lambda.LambdaClient,
    write: () => new lambda.TagResourceCommand({ Resource: ARN, Tags: TAGS }),
    read: () => new lambda.ListTagsCommand({ Resource: ARN }),
    remove: () => new lambda.UntagResourceCommand({ Resource: ARN, TagKeys: keys }),
  },
  {
    api: 's3control:TagResource',
    client: s3control.S3ControlClient,
    write: () => new s3control.TagResourceCommand({ AccountId: ACCOUNT, ResourceArn: ARN, Tags: pairs }),
    read: () => new s3control.ListTagsForResourceCommand({ AccountId: ACCOUNT, ResourceArn: ARN }),
    remove: () => new s3control.UntagResourceCommand({ AccountId: ACCOUNT, ResourceArn: ARN, TagKeys: keys }),
  },
  {
    api: 'route53:ChangeTagsForResource:hostedzone',
    client: route53.Route53Client,
    write: () =>
      new route53.ChangeTagsForResourceCommand({
        ResourceType: 'hostedzone',
        ResourceId: ID,
        AddTags: pairs,
      }),
    read: () => new route53.ListTagsForResourceCommand({ ResourceType: 'hostedzone', ResourceId: ID }),
  },
];
