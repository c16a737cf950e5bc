/**
 * The two queues that keep what was not done: the retry queue, which invokes the function again, and the failure
 * queue, which waits for a person. Both are given at deployment; no message names a queue.
 */
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { OwnMessage, SqsMessage } from '../notification/task.ts';
import { createBatches } from './batches.ts';
import { createRoom } from './room.ts';
import { createVisibility } from './visibility.ts';

export interface Queue {
  /** Throws when not every message was taken: then the caller still owns them all. */
  send(messages: readonly OwnMessage[], signal: AbortSignal): Promise<void>;
}

export interface Queues {
  readonly retry: Queue | undefined;
  readonly failure: Queue | undefined;
  /** Whether the retry queue should be sent so many messages more; then they are counted as sent. Does not throw. */
  hasRoomFor(messages: number, signal: AbortSignal): Promise<boolean>;
  /** Makes a message that stays in its queue come again after a growing delay. Does not throw. */
  handBack(message: SqsMessage, signal: AbortSignal): Promise<void>;
}

/** A resource that was just found not ready is not ready a moment later. */
const FIRST_DELAY_SECONDS = 60;

export interface QueueUrls {
  readonly retry: string | undefined;
  readonly failure: string | undefined;
}

/** `region` is that of the queues, and of the function; `senders` is how many of us there may be at once. */
export function createQueues(
  { retry, failure }: QueueUrls,
  calls: Calls,
  region: string,
  senders: number,
): Queues {
  const room = createRoom((signal) => countMessages(retry, calls, region, signal), senders);
  return {
    hasRoomFor: (messages, signal) =>
      retry === undefined ? Promise.resolve(true) : room.take(messages, signal),
    retry: retry === undefined ? undefined : createQueue(retry, FIRST_DELAY_SECONDS, calls, region),
    failure: failure === undefined ? undefined : createQueue(failure, 0, calls, region),
    handBack: createVisibility(calls, region).handBack,
  };
}

/** Whether they can be received, have been, or are to be later. */
const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

async function countMessages(
  QueueUrl: string | undefined,
  calls: Calls,
  region: string,
  signal: AbortSignal,
): Promise<number> {
  const { GetQueueAttributesCommand, SQSClient } = await import('./sqs-client.ts');
  const callee = { client: SQSClient, account: undefined, region };
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] });
  const { Attributes = {} } = await calls.make(callee, signal, (client, options) =>
    client.send(command, options),
  );
  return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

interface Entry {
  readonly MessageBody: string;
  readonly DelaySeconds: number;
}

function createQueue(url: string, DelaySeconds: number, calls: Calls, region: string): Queue {
  const batches = createBatches<Entry>(async (QueueUrl, Entries, signal) => {
    const { SendMessageBatchCommand, SQSClient } = await import('./sqs-client.ts');
    const callee = { client: SQSClient, account: undefined, region };
    const command = new SendMessageBatchCommand({ QueueUrl, Entries });
    return calls.make(callee, signal, (client, options) => client.send(command, options));
  });
  return {
    async send(messages, signal) {
      const sending = messages.map((message) => {
        const MessageBody = JSON.stringify(message);
        return batches.add(url, { MessageBody, DelaySeconds }, Buffer.byteLength(MessageBody), signal);
      });
      await Promise.all(sending);
    },
  };
}
