/** Operations on queues themselves, and their tags. */
import { AwsError } from '../../aws-error.ts';
import type { Context, Output } from '../../operation.ts';
import { TAG_RULES, type Tag } from '../../rules/tag-rules.ts';
import { newTags, ownResource, tagResource } from '../common.ts';
import {
  attributeOf,
  attributesOf,
  openQueue,
  openQueueForTagging,
  type QueueDetails,
  queueArn,
  queueUrl,
} from './queue.ts';

type Names = Readonly<Record<string, string>>;

/** The same name with the same attributes is the same queue again (APIReference/API_CreateQueue). */
export function createQueue(
  context: Context,
  { QueueName = '', Attributes = {}, tags = {} }: { QueueName?: string; Attributes?: Names; tags?: Names },
): Output {
  if (!/^[\w-]{1,80}$/.test(QueueName.replace(/\.fifo$/, ''))) {
    const message = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
    throw new AwsError('InvalidParameterValue', 400, message);
  }
  const { account, region, world } = context;
  const arn = queueArn(context, QueueName);
  const existing = ownResource<QueueDetails>(context, arn);
  if (!existing) {
    world.add<QueueDetails>({
      arn,
      account,
      region,
      tags: newTags(TAG_RULES.sqs, toTags(tags)),
      details: { attributes: new Map(Object.entries(Attributes)), messages: new Set(), receipts: new Map() },
    });
  } else if (Object.entries(Attributes).some(([name, value]) => attributeOf(existing, name) !== value)) {
    const message = `A queue already exists with the same name and a different value for an attribute: ${QueueName}`;
    throw new AwsError('QueueNameExists', 400, message);
  }
  return { QueueUrl: queueUrl(context, QueueName) };
}

export function getQueueUrl(
  context: Context,
  { QueueName = '', QueueOwnerAWSAccountId: account = context.account }: Names,
): Output {
  const url = queueUrl({ region: context.region, account }, QueueName);
  openQueue(context, url);
  return { QueueUrl: url };
}

export function getQueueAttributes(
  context: Context,
  { QueueUrl, AttributeNames = [] }: { QueueUrl?: string; AttributeNames?: readonly string[] },
): Output {
  const attributes = attributesOf(openQueue(context, QueueUrl), context.world.clock.now());
  const wanted = Object.entries(attributes).filter(
    ([name]) => AttributeNames.includes('All') || AttributeNames.includes(name),
  );
  return { Attributes: Object.fromEntries(wanted) };
}

export function setQueueAttributes(
  context: Context,
  { QueueUrl, Attributes = {} }: { QueueUrl?: string; Attributes?: Names },
): undefined {
  const { details } = openQueue(context, QueueUrl);
  for (const [name, value] of Object.entries(Attributes)) details.attributes.set(name, value);
}

export function deleteQueue(context: Context, { QueueUrl }: { QueueUrl?: string }): undefined {
  context.world.remove(openQueue(context, QueueUrl).arn);
}

export function tagQueue(
  context: Context,
  { QueueUrl, Tags = {} }: { QueueUrl?: string; Tags?: Names },
): undefined {
  tagResource(TAG_RULES.sqs, openQueueForTagging(context, QueueUrl), toTags(Tags));
}

export function untagQueue(
  context: Context,
  { QueueUrl, TagKeys = [] }: { QueueUrl?: string; TagKeys?: readonly string[] },
): undefined {
  const { tags } = openQueueForTagging(context, QueueUrl);
  for (const key of TagKeys) tags.delete(key);
}

export function listQueueTags(context: Context, { QueueUrl }: { QueueUrl?: string }): Output {
  const { tags } = openQueueForTagging(context, QueueUrl);
  return tags.size > 0 ? { Tags: Object.fromEntries(tags) } : {};
}

const toTags = (tags: Names): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
