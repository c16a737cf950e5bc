/**
 * A queue's state: its attributes and messages, and what time does to them.
 *
 *   sent ──delay──▶ visible ──receive──▶ in flight ──delete──▶ gone
 *                      ▲                    │
 *                      └── visibility ends ─┘        received maxReceiveCount times: to the dead letter queue
 */
import { dnsSuffixOf } from '../../arn.ts';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { Resource, World } from '../../world.ts';
import { openForTagging, ownResource } from '../common.ts';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly sentAt: number;
  readonly senderId: string;
  /** From when it can be received: the end of its delay or of its visibility timeout, in milliseconds. */
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  /** The queue that it was moved from, as a dead letter. */
  sourceArn?: string;
}

export interface QueueDetails {
  readonly attributes: Map<string, string>;
  readonly messages: Set<Message>;
  /** Which message a receipt handle stands for. */
  readonly receipts: Map<string, Message>;
}

export type Queue = Resource<QueueDetails>;

export const queueArn = (
  call: { partition: string; region: string; account: string },
  name: string,
): string => `arn:${call.partition}:sqs:${call.region}:${call.account}:${name}`;

export const queueUrl = ({ region, account }: { region: string; account: string }, name: string): string =>
  `https://sqs.${region}.${dnsSuffixOf(region)}/${account}/${name}`;

const notFound = (): AwsError =>
  new AwsError('QueueDoesNotExist', 400, 'The specified queue does not exist.');

/** The caller's queue of that URL; another account's is not found. */
export function openQueue(context: Context, url = ''): Queue {
  const queue = ownResource<QueueDetails>(context, arnOfUrl(context, url));
  if (!queue) throw notFound();
  return queue;
}

export function openQueueForTagging(context: Context, url = ''): Queue {
  return openForTagging<QueueDetails>(context, arnOfUrl(context, url), notFound);
}

function arnOfUrl(context: Context, url: string): string {
  const [, host = '', account = '', name = ''] = /^https?:\/\/([^/]+)\/(\d{12})\/([^/]+)$/.exec(url) ?? [];
  const region = /^sqs\.([a-z0-9-]+)\./.exec(host)?.[1] ?? context.region;
  if (name !== '' && region === context.region) return queueArn({ ...context, account }, name);
  throw new AwsError('InvalidAddress', 400, `The address ${url} is not valid for this endpoint.`);
}

/** AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes */
const DEFAULTS: Readonly<Record<string, string>> = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
};

/** An attribute's value, or its default. */
export function attributeOf({ details }: Queue, name: string): string {
  return details.attributes.get(name) ?? DEFAULTS[name] ?? '';
}

/** All attributes, as GetQueueAttributes gives them. */
export function attributesOf(queue: Queue, now: number): Readonly<Record<string, string>> {
  const { messages: held = new Set(), attributes = new Map() }: Partial<Queue['details']> = queue.details; // one that was put here has none
  const messages = [...held];
  const hidden = messages.filter(({ visibleAt }) => visibleAt > now);
  const count = (found: readonly Message[]): string => String(found.length);
  const createdAt = String(Math.floor(queue.createdAt / 1000));
  return {
    ...DEFAULTS,
    ...Object.fromEntries(attributes),
    QueueArn: queue.arn,
    CreatedTimestamp: createdAt,
    LastModifiedTimestamp: createdAt,
    ApproximateNumberOfMessages: String(messages.length - hidden.length),
    ApproximateNumberOfMessagesNotVisible: count(hidden.filter(({ receiveCount }) => receiveCount > 0)),
    ApproximateNumberOfMessagesDelayed: count(hidden.filter(({ receiveCount }) => receiveCount === 0)),
  };
}

/** Takes up to `count` visible messages into flight; moves those received too often to the dead letter queue. */
export function takeMessages(
  world: World,
  queue: Queue,
  count: number,
  visibilityTimeoutMs: number,
): Message[] {
  const now = world.clock.now();
  const { messages } = queue.details;
  const { maxReceiveCount, deadLetterQueue } = redriveOf(world, queue);
  const taken: Message[] = [];
  for (const message of messages) {
    if (taken.length === count) break;
    if (message.visibleAt > now) continue;
    if (deadLetterQueue && message.receiveCount >= maxReceiveCount) {
      messages.delete(message);
      message.sourceArn = queue.arn;
      deadLetterQueue.details.messages.add(message);
      continue;
    }
    message.receiveCount++;
    message.firstReceivedAt ??= now;
    message.visibleAt = now + visibilityTimeoutMs;
    taken.push(message);
  }
  return taken;
}

function redriveOf(world: World, queue: Queue): { maxReceiveCount: number; deadLetterQueue?: Queue } {
  const policy = JSON.parse(attributeOf(queue, 'RedrivePolicy') || '{}') as {
    deadLetterTargetArn?: string;
    maxReceiveCount?: number | string;
  };
  const deadLetterQueue = world.resources.get(policy.deadLetterTargetArn ?? '') as Queue | undefined;
  return { maxReceiveCount: Number(policy.maxReceiveCount), ...(deadLetterQueue && { deadLetterQueue }) };
}
