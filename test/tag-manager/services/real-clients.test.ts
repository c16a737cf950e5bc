/**
 * Our requests beside those of the SDK's own clients, byte for byte, signatures included; what the clients make of an
 * error beside what we make of it.
 */
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
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { HttpRequest } from '@smithy/types';
import { partitionOf } from '../../../parser/partition.ts';
import type { Protocol } from '../../../tag-manager/apis/api.ts';
import { API_NAMES, apiNamed } from '../../../tag-manager/apis/apis.ts';
import { readFailure } from '../../../tag-manager/calls/call-failure.ts';
import type { ClientConfig } from '../../../tag-manager/calls/clients.ts';
import { sendCall } from '../../../tag-manager/services/service-call.ts';
import { serviceTarget } from '../../../tag-manager/taggers/row-tagger.ts';
import { configFor, type RecordedAnswer, type RecordingCalls, recordingCalls, textOf } from './recorded.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';
const ID = 'my-Res_1.2';
const ARN = `arn:aws:svc:${REGION}:${ACCOUNT}:type/some-name:with/id-1 %2F..?x=1&y#z<"'>é+~`;
const QUEUE_URL = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${ID}`;
const TAGS = { 'a:owner': 'Zoë & <b> "q" 𝒳', 'x/y z': "a b+c=1'()*!~", empty: '', ['__proto__']: 'x' };

const pairs = Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value }));
const kmsPairs = pairs.map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value }));
const sfnPairs = pairs.map(({ Key, Value }) => ({ key: Key, value: Value }));
const keys = Object.keys(TAGS);

/** A client of the SDK, as far as this file goes: each takes its own commands. */
interface RealClient {
  send(command: never): Promise<unknown>;
}

interface Real {
  readonly api: string;
  readonly client: new (config: ClientConfig) => RealClient;
  readonly write: () => object;
  readonly read: () => object;
  readonly remove?: () => object;
}

const AUTO_SCALING = { ResourceId: ID, ResourceType: 'auto-scaling-group', PropagateAtLaunch: false };
const FILTERS = [{ Name: 'auto-scaling-group', Values: [ID] }];

const REAL: readonly Real[] = [
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

/** Codes as they stand on the wire: modelled ones, those that every service has, and one that nobody knows. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'sns:TagResource': ['ResourceNotFound', 'TagLimitExceeded', 'StaleTag', 'AuthorizationError'],
  'rds:AddTagsToResource': [
    'DBInstanceNotFound',
    'InvalidDBInstanceState',
    'DBProxyTargetGroupNotFoundFault',
  ],
  'elasticache:AddTagsToResource': [
    'CacheClusterNotFound',
    'InvalidReplicationGroupState',
    'InvalidParameterValue',
  ],
  'autoscaling:CreateOrUpdateTags': ['LimitExceeded', 'ResourceContention', 'ResourceInUse'],
  'ec2:CreateTags': ['InvalidInstanceID.NotFound', 'TagLimitExceeded', 'RequestLimitExceeded'],
  'dynamodb:TagResource': ['ResourceNotFoundException', 'LimitExceededException', 'ResourceInUseException'],
  'stepfunctions:TagResource': ['ResourceNotFound', 'TooManyTags', 'InvalidArn'],
  'kms:TagResource': ['NotFoundException', 'KMSInvalidStateException', 'TagException'],
  'efs:TagResource': ['FileSystemNotFound', 'BadRequest', 'InternalServerError'],
  'lambda:TagResource': ['ResourceNotFoundException', 'ResourceConflictException', 'ServiceException'],
  's3control:TagResource': ['NoSuchResource', 'TooManyTags', 'AccessDenied', 'SlowDown'],
  'route53:ChangeTagsForResource:hostedzone': ['NoSuchHostedZone', 'PriorRequestNotComplete', 'InvalidInput'],
  'sqs:TagQueue': [],
};

const { signal } = new AbortController();

beforeAll(() => {
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-20T10:00:00Z'));
});
afterAll(() => {
  jest.restoreAllMocks();
});

test('there are clients of every protocol', () => {
  const protocols = new Set(API_NAMES.map((name) => apiNamed(name).service.protocol));
  expect(new Set(REAL.map(({ api }) => apiNamed(api).service.protocol))).toEqual(protocols);
});

describe.each(REAL)('$api', ({ api: name, client, ...commands }) => {
  const api = apiNamed(name);
  const partition = partitionOf(REGION);
  if (partition === undefined) throw new Error(`${REGION} is no region`);
  const target = serviceTarget(
    [{ arn: ARN, id: ID, type: '', partition, account: ACCOUNT, region: REGION }],
    new Map(Object.entries(TAGS)),
  );
  const ours = recordingCalls(signDeterministically);
  const theirs: Pick<RecordingCalls, 'sent' | 'answer'> = { sent: [], answer: ours.answer };
  const realClient = new client(configFor(REGION, theirs));
  signDeterministically(realClient);

  async function sendBoth(call: 'write' | 'read' | 'remove', answer: RecordedAnswer) {
    ours.answer = answer;
    theirs.answer = answer;
    ours.sent.length = 0;
    theirs.sent.length = 0;
    return await Promise.allSettled([
      sendCall(ours, api, api[call], target, signal),
      realClient.send(commands[call]?.() as never),
    ]);
  }

  test.each(['write', 'read', 'remove'] as const)('%s goes out as that of the client', async (call) => {
    if (commands[call] === undefined) return;
    const body = isXml(api.service.protocol) ? '<Answer/>' : '{}';
    const both = await sendBoth(call, { status: 200, headers: {}, body });
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(bytesOf(ours.sent[0])).toEqual(bytesOf(theirs.sent[0]));
  });

  test.each(errorsOf(name, api.service.protocol))(
    '%s is the error that the client makes of it',
    async (_, answer) => {
      const [mine, real] = await sendBoth('write', answer);
      if (mine.status !== 'rejected' || real.status !== 'rejected') throw new Error('an error was no error');
      expect(factsOf(mine.reason)).toEqual(factsOf(real.reason));
      expect(readFailure(mine.reason, api.failures)).toEqual(readFailure(real.reason, api.failures));
    },
  );
});

interface Stack {
  addRelativeTo(
    middleware: (next: (args: Built) => unknown) => (args: Built) => unknown,
    place: { readonly relation: 'before'; readonly toMiddleware: string; readonly name: string },
  ): void;
}

interface Built {
  readonly request: HttpRequest;
}

/** Without what is another for each request, and what names the client. */
function signDeterministically(client: object): void {
  const { middlewareStack } = client as { readonly middlewareStack: Stack };
  middlewareStack.addRelativeTo(
    (next) => (args) => {
      const { headers } = args.request;
      for (const name of Object.keys(headers)) {
        if (/^(amz-sdk-(invocation-id|request)|(x-amz-)?user-agent)$/.test(name)) delete headers[name];
      }
      return next(args);
    },
    { relation: 'before', toMiddleware: 'httpSigningMiddleware', name: 'deterministic' },
  );
}

function bytesOf(request: HttpRequest | undefined) {
  if (request === undefined) throw new Error('nothing was sent');
  const { method, protocol, hostname, port, path, query, headers, body } = request;
  return { method, protocol, hostname, port, path, query, headers: { ...headers }, body: textOf(body) };
}

function factsOf(error: unknown) {
  const { name, message, $metadata, $retryable } = error as Record<string, unknown>;
  return { name, message, $metadata, $retryable };
}

function isXml(protocol: Protocol): boolean {
  return protocol === 'ec2' || protocol === 'query' || protocol === 'rest-xml';
}

function errorsOf(
  api: string,
  protocol: Protocol,
): readonly (readonly [code: string, answer: RecordedAnswer])[] {
  const everywhere = ['AccessDeniedException', 'ThrottlingException', 'Unheard.OfError'];
  const answers = [...(CODES[api] ?? []), ...everywhere].flatMap((code) =>
    [400, 503].map((status) => [`${code} (${status})`, errorAnswer(code, status, protocol)] as const),
  );
  if (api !== 'sqs:TagQueue') return answers;
  // Errors of SQS have a second name, in a header: the one from when it spoke the query protocol.
  const withHeader = ['AWS.SimpleQueueService.NonExistentQueue;Sender', 'AccessDenied;Sender'].map(
    (header) => {
      const answer = errorAnswer('com.amazonaws.sqs#QueueDoesNotExist', 400, protocol);
      return [header, { ...answer, headers: { ...answer.headers, 'x-amzn-query-error': header } }] as const;
    },
  );
  return [...answers, ...withHeader];
}

function errorAnswer(code: string, status: number, protocol: Protocol): RecordedAnswer {
  const id = { 'x-amzn-requestid': 'request-1' };
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>it is "so"</Message></Error>`;
  switch (protocol) {
    case 'ec2':
      return {
        status,
        headers: id,
        body: `<Response><Errors>${error}</Errors><RequestID>r</RequestID></Response>`,
      };
    case 'query':
    case 'rest-xml':
      return { status, headers: id, body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>` };
    case 'rest-json':
      return {
        status,
        headers: { ...id, 'x-amzn-errortype': `${code}:http://internal/` },
        body: '{"Message":"it is so"}',
      };
    default:
      return { status, headers: id, body: JSON.stringify({ __type: code, message: 'it is so' }) };
  }
}
