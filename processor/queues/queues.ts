/**
 * The two queues that keep what was not done: the retry queue, which invokes the function again, and the failure
 * queue, which waits for a person. Both are given at deployment; no message names a queue.
 */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { OwnMessage } from '../notification/task.ts';

export interface Queue {
  /** Throws when not every message was taken: then the caller still owns them all. */
  send(messages: readonly OwnMessage[]): Promise<void>;
}

export interface Queues {
  readonly retry: Queue | undefined;
  readonly failure: Queue | undefined;
}

/** SQS developer guide, "Amazon SQS message quotas": 10 messages and 1 MiB a batch; room is left for the envelope. */
const MAX_MESSAGES = 10;
const MAX_BATCH_BYTES = 1_000_000;

/** A resource that was just found not ready is not ready a moment later. */
const FIRST_DELAY_SECONDS = 60;

export function retryQueue(client: SQSClient, url: string): Queue {
  return queue(client, url, FIRST_DELAY_SECONDS);
}

export function failureQueue(client: SQSClient, url: string): Queue {
  return queue(client, url, 0);
}

function queue(client: SQSClient, url: string, delaySeconds: number): Queue {
  return {
    async send(messages) {
      for (const batch of batches(messages.map((message) => JSON.stringify(message)))) {
        const Entries = batch.map((MessageBody, at) => ({
          Id: String(at),
          MessageBody,
          DelaySeconds: delaySeconds,
        }));
        const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        const [first] = Failed;
        if (first !== undefined) {
          throw new Error(
            `${url} did not take ${Failed.length} messages: ${first.Code}: ${first.Message ?? ''}`,
          );
        }
      }
    },
  };
}

function* batches(bodies: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const more = Buffer.byteLength(body);
    if (batch.length === MAX_MESSAGES || (batch.length > 0 && bytes + more > MAX_BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(body);
    bytes += more;
  }
  if (batch.length > 0) yield batch;
}
