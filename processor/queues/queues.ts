/**
 * The two queues that keep what was not done: the retry queue, which invokes the function again, and the failure
 * queue, which waits for a person. Both are given at deployment; no message names a queue.
 */
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import pLimit from 'p-limit';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { OwnMessage, SqsMessage } from '../notification/task.ts';
import { handBack } from './visibility.ts';

export interface Queue {
  /** Throws when not every message was taken: then the caller still owns them all. */
  send(messages: readonly OwnMessage[], signal: AbortSignal): Promise<void>;
}

export interface Queues {
  readonly retry: Queue | undefined;
  readonly failure: Queue | undefined;
  /** Makes a message that stays in its queue come again after a growing delay. Does not throw. */
  handBack(message: SqsMessage, signal: AbortSignal): Promise<void>;
}

/** A resource that was just found not ready is not ready a moment later. */
const FIRST_DELAY_SECONDS = 60;

export interface QueueUrls {
  readonly retry: string | undefined;
  readonly failure: string | undefined;
}

/** `region` is that of the queues, and of the function. */
export function createQueues({ retry, failure }: QueueUrls, calls: Calls, region: string): Queues {
  return {
    retry: retry === undefined ? undefined : queue(retry, FIRST_DELAY_SECONDS, calls, region),
    failure: failure === undefined ? undefined : queue(failure, 0, calls, region),
    handBack: (message, signal) => handBack(message, calls, region, signal),
  };
}

/** SQS developer guide, "Amazon SQS message quotas": 10 messages and 1 MiB a batch; room is left for the envelope. */
const MAX_MESSAGES = 10;
const MAX_BATCH_BYTES = 1_000_000;

/** Batches under way: a thousand messages take a fifth of a second, which is soon enough when time is nearly up. */
const BATCHES_AT_ONCE = 10;

interface Pending {
  readonly body: string;
  readonly bytes: number;
  readonly signal: AbortSignal;
  readonly taken: PromiseWithResolvers<void>;
}

/**
 * Messages of many senders go together, in full batches: a thousand items with a message each are a hundred calls. A
 * message that is refused fails its own sender alone.
 */
function queue(url: string, delaySeconds: number, calls: Calls, region: string): Queue {
  const callee = { client: SQSClient, account: undefined, region };
  const limit = pLimit(BATCHES_AT_ONCE);
  let pending: Pending[] = [];

  async function sendBatch(batch: readonly [Pending, ...Pending[]]): Promise<void> {
    const Entries = batch.map(({ body }, at) => ({
      Id: String(at),
      MessageBody: body,
      DelaySeconds: delaySeconds,
    }));
    const command = new SendMessageBatchCommand({ QueueUrl: url, Entries });
    try {
      const { Failed = [] } = await calls.make(callee, batch[0].signal, (client, options) =>
        client.send(command, options),
      );
      for (const { Id, Code, Message = '' } of Failed) {
        batch[Number(Id)]?.taken.reject(new Error(`${url} refused a message: ${Code}: ${Message}`));
      }
      for (const { taken } of batch) taken.resolve(); // where it is not rejected already
    } catch (error) {
      for (const { taken } of batch) taken.reject(error);
    }
  }

  function flush(): void {
    const all = pending;
    pending = [];
    for (const batch of batches(all)) void limit(() => sendBatch(batch));
  }

  return {
    async send(messages, signal) {
      const more = messages.map((message): Pending => {
        const body = JSON.stringify(message);
        return { body, bytes: Buffer.byteLength(body), signal, taken: Promise.withResolvers() };
      });
      if (pending.length === 0 && more.length > 0) setImmediate(flush);
      for (const message of more) pending.push(message); // not spread: there may be very many
      await Promise.all(more.map(({ taken }) => taken.promise));
    },
  };
}

function* batches(messages: readonly Pending[]): Generator<readonly [Pending, ...Pending[]]> {
  let batch: Pending[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (batch.length === MAX_MESSAGES || bytes + message.bytes > MAX_BATCH_BYTES) {
      if (isFilled(batch)) yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += message.bytes;
  }
  if (isFilled(batch)) yield batch;
}

function isFilled(batch: readonly Pending[]): batch is [Pending, ...Pending[]] {
  return batch.length > 0;
}
