/**
 * When a message that is handed back shall come again. The answer to SQS cannot say it; its visibility time-out can.
 */
import { parseArn } from '../../parser/arn.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { SqsMessage } from '../notification/task.ts';
import { createBatches } from './batches.ts';
import { urlOfQueue } from './queue-arn.ts';

const FIRST_DELAY_SECONDS = 30;
const MAX_DELAY_SECONDS = 900;

/** Doubles from half a minute to a quarter of an hour. */
export function delaySeconds(receiveCount: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 2 ** Math.max(0, receiveCount - 1), MAX_DELAY_SECONDS);
}

export interface Visibility {
  /**
   * Makes a message come again after a growing delay rather than after the queue's own time-out. Should that fail, it
   * comes after the time-out: nothing is lost, so nothing is thrown.
   */
  handBack(message: SqsMessage, signal: AbortSignal): Promise<void>;
}

interface Entry {
  readonly ReceiptHandle: string;
  readonly VisibilityTimeout: number;
}

/** A handle has a few hundred bytes: ten of them are far from what a call may hold. */
const ENTRY_BYTES = 2_000;

/** `region` is the function's own: Lambda reads only queues there, so no other is called, whatever the message says. */
export function createVisibility(calls: Calls, region: string): Visibility {
  const batches = createBatches<Entry>(async (QueueUrl, Entries, signal) => {
    const { ChangeMessageVisibilityBatchCommand, SQSClient } = await import('./sqs-client.ts');
    const callee = { client: SQSClient, account: undefined, region };
    const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
    return calls.make(callee, signal, (client, options) => client.send(command, options));
  });
  return {
    async handBack({ queueArn, receiptHandle, receiveCount }, signal) {
      const url = parseArn(queueArn)?.region === region ? urlOfQueue(queueArn) : undefined;
      if (url === undefined) return;
      const entry = { ReceiptHandle: receiptHandle, VisibilityTimeout: delaySeconds(receiveCount) };
      await batches.add(url, entry, ENTRY_BYTES, signal).catch(() => {});
    },
  };
}
