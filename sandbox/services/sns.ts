/** SNS: topics. Creating one that exists gives the same topic again (sns/latest/api/API_CreateTopic). */
import { randomUUID } from 'node:crypto';
import type { AwsError } from '../aws-error.ts';
import type { Context, Output, Service } from '../operation.ts';
import { awsQuery } from '../protocols/query.ts';
import { TAG_RULES, type Tag } from '../rules/tag-rules.ts';
import { lowerFirst } from '../trail/spelling.ts';
import type { Resource } from '../world.ts';
import {
  tagResource as addTags,
  formSpelling,
  newTags,
  openForTagging,
  ownResource,
  QUERY_REFUSALS,
  queryError,
  toTagList,
} from './common.ts';

type Entry = { readonly key: string; readonly value: string };

export const sns: Service = {
  name: 'sns',
  eventSource: 'sns.amazonaws.com',
  eventVersion: '1.11',
  protocol: awsQuery('http://sns.amazonaws.com/doc/2010-03-31/'),
  ...QUERY_REFUSALS,
  denied: ['AuthorizationError', 403],
  spelling: formSpelling('sns'),
  operations: {
    CreateTopic: {
      run: createTopic,
      trail: {
        // Attributes are a map in records, though a list in the form.
        request: ({ Attributes, ...input }) => {
          const entries = (Attributes ?? []) as readonly Entry[];
          const attributes = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
          return { ...(lowerFirst(input) as object), ...(entries.length > 0 && { attributes }) };
        },
      },
    },
    GetTopicAttributes: { run: getTopicAttributes },
    DeleteTopic: { run: deleteTopic },
    Publish: { run: publish, dataEvent: true },
    Subscribe: { run: subscribe, unrecorded: true },
    ConfirmSubscription: { run: confirmSubscription, unrecorded: true },
    ListSubscriptionsByTopic: { run: listSubscriptionsByTopic, unrecorded: true },
    TagResource: { run: tagResource },
    UntagResource: { run: untagResource },
    ListTagsForResource: { run: listTagsForResource },
  },
};

function createTopic(
  context: Context,
  {
    Name = '',
    Tags = [],
    Attributes = [],
  }: { Name?: string; Tags?: readonly Tag[]; Attributes?: readonly Entry[] },
): Output {
  if (!/^[\w-]{1,256}(?:\.fifo)?$/.test(Name)) throw invalid('Topic Name');
  const { account, region, partition, world } = context;
  const arn = `arn:${partition}:sns:${region}:${account}:${Name}`;
  const existing = ownResource(context, arn);
  const tags = newTags(TAG_RULES.sns, Tags);
  if (!existing)
    world.add<Topic>({ arn, account, region, tags, details: { subscriptions: [], attributes: Attributes } });
  else if (Tags.some(({ Key, Value }) => existing.tags.get(Key) !== Value)) {
    throw invalid('Tags Reason: Topic already exists with different tags');
  }
  return { TopicArn: arn };
}

interface Topic {
  readonly subscriptions?: Subscription[];
  readonly attributes?: readonly Entry[];
}

interface Subscription {
  readonly Protocol: string;
  readonly Endpoint: string;
  isConfirmed: boolean;
}

function openTopic(context: Context, arn: string): Resource<Topic> {
  const topic = ownResource<Topic>(context, arn);
  if (topic !== undefined) return topic;
  throw queryError('NotFoundException', 404, 'Topic does not exist', 'NotFound');
}

function getTopicAttributes(context: Context, { TopicArn = '' }: { TopicArn?: string }): Output {
  const { subscriptions = [], attributes: given = [] } = openTopic(context, TopicArn).details;
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
  const attributes = {
    TopicArn,
    Owner: context.account,
    SubscriptionsConfirmed: String(confirmed),
    SubscriptionsPending: String(subscriptions.length - confirmed),
    ...Object.fromEntries(given.map(({ key, value }) => [key, value])),
  };
  return { Attributes: { entry: Object.entries(attributes).map(([key, value]) => ({ key, value })) } };
}

/** sns/latest/api/API_Subscribe: queues and functions of the caller are confirmed by AWS itself, people confirm. */
function subscribe(
  context: Context,
  {
    TopicArn = '',
    Protocol = '',
    Endpoint = '',
  }: { TopicArn?: string; Protocol?: string; Endpoint?: string },
): Output {
  const isConfirmed = ['sqs', 'lambda'].includes(Protocol);
  openTopic(context, TopicArn).details.subscriptions?.push({ Protocol, Endpoint, isConfirmed });
  return { SubscriptionArn: isConfirmed ? `${TopicArn}:${randomUUID()}` : 'pending confirmation' };
}

/** The token that an e-mail would bring is its address here. */
function confirmSubscription(
  context: Context,
  { TopicArn = '', Token = '' }: { TopicArn?: string; Token?: string },
): Output {
  const { subscriptions = [] } = openTopic(context, TopicArn).details;
  const found = subscriptions.find(({ Endpoint }) => Endpoint === Token);
  if (found === undefined) throw invalid('Token');
  found.isConfirmed = true;
  return { SubscriptionArn: `${TopicArn}:${randomUUID()}` };
}

function listSubscriptionsByTopic(context: Context, { TopicArn = '' }: { TopicArn?: string }): Output {
  const { subscriptions = [] } = openTopic(context, TopicArn).details;
  const { account: Owner } = context;
  return {
    Subscriptions: subscriptions.map(({ Protocol, Endpoint, isConfirmed }) => ({
      SubscriptionArn: isConfirmed ? `${TopicArn}:${Endpoint}` : 'PendingConfirmation',
      Owner,
      Protocol,
      Endpoint,
      TopicArn,
    })),
  };
}

/** sns/latest/api/API_Publish: what a subject may be, and how much a message. */
function publish(
  context: Context,
  { TopicArn = '', Subject, Message = '' }: { TopicArn?: string; Subject?: string; Message?: string },
): Output {
  if (!ownResource(context, TopicArn))
    throw queryError('NotFoundException', 404, 'Topic does not exist', 'NotFound');
  if (Subject !== undefined && !/^[\x21-\x7e][\x20-\x7e]{0,98}$/.test(Subject)) throw invalid('Subject');
  if (Message === '') throw invalid('Empty message');
  if (Buffer.byteLength(Message) > MAX_MESSAGE_BYTES) throw invalid('Message too long');
  return { MessageId: randomUUID() };
}

const MAX_MESSAGE_BYTES = 262_144;

/** Deleting what is not there succeeds. */
function deleteTopic(context: Context, { TopicArn = '' }: { TopicArn?: string }): undefined {
  if (ownResource(context, TopicArn)) context.world.remove(TopicArn);
}

function tagResource(
  context: Context,
  { ResourceArn = '', Tags = [] }: { ResourceArn?: string; Tags?: readonly Tag[] },
): Output {
  addTags(TAG_RULES.sns, open(context, ResourceArn), Tags);
  return {};
}

function untagResource(
  context: Context,
  { ResourceArn = '', TagKeys = [] }: { ResourceArn?: string; TagKeys?: readonly string[] },
): Output {
  const { tags } = open(context, ResourceArn);
  for (const key of TagKeys) tags.delete(key);
  return {};
}

function listTagsForResource(context: Context, { ResourceArn = '' }: { ResourceArn?: string }): Output {
  return { Tags: toTagList(open(context, ResourceArn).tags) };
}

function open(context: Context, arn: string): Resource {
  return openForTagging(context, arn, () =>
    queryError('ResourceNotFoundException', 404, 'Resource does not exist', 'ResourceNotFound'),
  );
}

const invalid = (what: string): AwsError =>
  queryError('InvalidParameterException', 400, `Invalid parameter: ${what}`, 'InvalidParameter');
