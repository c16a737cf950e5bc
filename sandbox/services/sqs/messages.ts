/** Operations on messages: sent, received, hidden for a while, deleted. */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsError } from '../../aws-error.ts';
import { principalIdOf } from '../../identity.ts';
import type { Context, Output } from '../../operation.ts';
import { attributeOf, type Message, openQueue, type Queue, takeMessages } from './queue.ts';

const MAX_BATCH = 10; // APIReference/API_SendMessageBatch
const MAX_VISIBILITY_SECONDS = 43_200; // APIReference/API_ChangeMessageVisibility
const POLL_MS = 10;

type Entry = { readonly Id: string };

type NewMessage = {
  readonly MessageBody?: string;
  readonly DelaySeconds?: number;
  readonly MessageAttributes?: Readonly<Record<string, unknown>>;
};

export function sendMessage(
  context: Context,
  { QueueUrl, ...message }: NewMessage & { QueueUrl?: string },
): Output {
  return send(context, openQueue(context, QueueUrl), message);
}

export function sendMessageBatch(
  context: Context,
  { QueueUrl, Entries = [] }: { QueueUrl?: string; Entries?: readonly (Entry & NewMessage)[] },
): Output {
  const queue = openQueue(context, QueueUrl);
  return eachOf(Entries, (entry) => send(context, queue, entry));
}

function send({ world, identity }: Context, queue: Queue, message: NewMessage): Output {
  const { MessageBody: body = '', MessageAttributes: attributes = {} } = message;
  const maxBytes = Number(attributeOf(queue, 'MaximumMessageSize'));
  if (body === '')
    throw new AwsError('MissingParameter', 400, 'The request must contain the parameter MessageBody.');
  if (Buffer.byteLength(body) > maxBytes) {
    const reason = `Reason: Message must be shorter than ${maxBytes} bytes.`;
    throw new AwsError('InvalidParameterValue', 400, `One or more parameters are invalid. ${reason}`);
  }
  const now = world.clock.now();
  const delaySeconds = message.DelaySeconds ?? Number(attributeOf(queue, 'DelaySeconds'));
  const id = randomUUID();
  queue.details.messages.add({
    id,
    body,
    attributes,
    sentAt: now,
    senderId: principalIdOf(identity),
    visibleAt: now + delaySeconds * 1000,
    receiveCount: 0,
  });
  return { MessageId: id, MD5OfMessageBody: md5(body) };
}

/** Waits, in real time, up to WaitTimeSeconds for a first message. */
export async function receiveMessage(
  context: Context,
  input: {
    QueueUrl?: string;
    MaxNumberOfMessages?: number;
    VisibilityTimeout?: number;
    WaitTimeSeconds?: number;
    AttributeNames?: readonly string[];
    MessageSystemAttributeNames?: readonly string[];
    MessageAttributeNames?: readonly string[];
  },
): Promise<Output> {
  const { QueueUrl, MaxNumberOfMessages: count = 1 } = input;
  if (count < 1 || count > MAX_BATCH) {
    throw new AwsError(
      'InvalidParameterValue',
      400,
      `Value ${count} for parameter MaxNumberOfMessages is invalid.`,
    );
  }
  const queue = openQueue(context, QueueUrl);
  const visibilitySeconds = input.VisibilityTimeout ?? Number(attributeOf(queue, 'VisibilityTimeout'));
  const waitSeconds = input.WaitTimeSeconds ?? Number(attributeOf(queue, 'ReceiveMessageWaitTimeSeconds'));
  const deadline = performance.now() + waitSeconds * 1000;
  let messages = takeMessages(context.world, queue, count, visibilitySeconds * 1000);
  while (messages.length === 0 && performance.now() < deadline) {
    await sleep(POLL_MS, undefined, { ref: false });
    messages = takeMessages(context.world, queue, count, visibilitySeconds * 1000);
  }
  if (messages.length === 0) return {};
  const systemNames = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const names = input.MessageAttributeNames ?? [];
  return { Messages: messages.map((message) => received(queue, message, systemNames, names)) };
}

function received(
  queue: Queue,
  message: Message,
  systemNames: readonly string[],
  names: readonly string[],
): Output {
  const receiptHandle = randomUUID();
  queue.details.receipts.set(receiptHandle, message);
  const system = pick(systemNames, {
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    ApproximateReceiveCount: String(message.receiveCount),
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAt),
    ...(message.sourceArn !== undefined && { DeadLetterQueueSourceArn: message.sourceArn }),
  });
  const attributes = pick(names, message.attributes);
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Object.keys(system).length > 0 && { Attributes: system }),
    ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }),
  };
}

function pick<Value>(names: readonly string[], from: Readonly<Record<string, Value>>): Record<string, Value> {
  const isWanted = (name: string): boolean => names.some((wanted) => wanted === 'All' || wanted === name);
  return Object.fromEntries(Object.entries(from).filter(([name]) => isWanted(name)));
}

type Receipt = { readonly ReceiptHandle?: string; readonly VisibilityTimeout?: number };

export function deleteMessage(
  context: Context,
  { QueueUrl, ...receipt }: Receipt & { QueueUrl?: string },
): undefined {
  remove(openQueue(context, QueueUrl), receipt);
}

export function deleteMessageBatch(
  context: Context,
  { QueueUrl, Entries = [] }: { QueueUrl?: string; Entries?: readonly (Entry & Receipt)[] },
): Output {
  const queue = openQueue(context, QueueUrl);
  return eachOf(Entries, (entry) => remove(queue, entry));
}

export function changeMessageVisibility(
  context: Context,
  { QueueUrl, ...receipt }: Receipt & { QueueUrl?: string },
): undefined {
  hide(context, openQueue(context, QueueUrl), receipt);
}

export function changeMessageVisibilityBatch(
  context: Context,
  { QueueUrl, Entries = [] }: { QueueUrl?: string; Entries?: readonly (Entry & Receipt)[] },
): Output {
  const queue = openQueue(context, QueueUrl);
  return eachOf(Entries, (entry) => hide(context, queue, entry));
}

/** Deleting a message again succeeds. */
function remove(queue: Queue, receipt: Receipt): Output {
  queue.details.messages.delete(messageOf(queue, receipt));
  return {};
}

function hide({ world }: Context, queue: Queue, receipt: Receipt): Output {
  const { VisibilityTimeout: seconds = 0 } = receipt;
  const message = messageOf(queue, receipt);
  const now = world.clock.now();
  if (seconds < 0 || seconds > MAX_VISIBILITY_SECONDS) {
    throw new AwsError(
      'InvalidParameterValue',
      400,
      `Value ${seconds} for parameter VisibilityTimeout is invalid.`,
    );
  }
  if (!queue.details.messages.has(message) || message.visibleAt <= now) {
    throw new AwsError('MessageNotInflight', 400, 'The message is not in flight.');
  }
  message.visibleAt = now + seconds * 1000;
  return {};
}

function messageOf(queue: Queue, { ReceiptHandle = '' }: Receipt): Message {
  const message = queue.details.receipts.get(ReceiptHandle);
  if (message) return message;
  throw new AwsError(
    'ReceiptHandleIsInvalid',
    404,
    `The input receipt handle "${ReceiptHandle}" is not valid.`,
  );
}

/** A batch answers for each entry by itself. */
function eachOf<E extends Entry>(entries: readonly E[], act: (entry: E) => Output): Output {
  if (entries.length === 0)
    throw new AwsError('EmptyBatchRequest', 400, 'There should be at least one entry in the request.');
  if (entries.length > MAX_BATCH) {
    const message = `Maximum number of entries per request are ${MAX_BATCH}. You have sent ${entries.length}.`;
    throw new AwsError('TooManyEntriesInBatchRequest', 400, message);
  }
  const successful: Output[] = [];
  const failed: Output[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...act(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, Failed: failed };
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
