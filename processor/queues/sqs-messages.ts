/**
 * The SQS messages of an event, for what the answer cannot say: how often one came, and when it shall come again.
 */
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { parseArn } from '../../parser/arn.ts';
import { partitionOf } from '../../parser/partition.ts';
import type { Clients } from '../../tag-manager/calls/clients.ts';

export interface SqsMessage {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** 1 the first time. */
  readonly receiveCount: number;
  readonly queueArn: string;
}

const sqsRecord = z.object({
  eventSource: z.literal('aws:sqs'),
  messageId: z.string(),
  body: z.string(),
  receiptHandle: z.string(),
  eventSourceARN: z.string(),
  attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
});

const sqsEvent = z.object({ Records: z.array(z.unknown()) });

/** By message id; empty for events that are not from SQS. */
export function readSqsMessages(event: unknown): ReadonlyMap<string, SqsMessage> {
  const messages = new Map<string, SqsMessage>();
  for (const each of sqsEvent.safeParse(event).data?.Records ?? []) {
    const record = sqsRecord.safeParse(each).data;
    if (record === undefined) continue;
    const { messageId, body, receiptHandle, eventSourceARN: queueArn, attributes } = record;
    messages.set(messageId, {
      messageId,
      body,
      receiptHandle,
      queueArn,
      receiveCount: attributes.ApproximateReceiveCount,
    });
  }
  return messages;
}

const FIRST_DELAY_SECONDS = 30;
const MAX_DELAY_SECONDS = 900;

/** Doubles from half a minute to a quarter of an hour. */
export function delaySeconds(receiveCount: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 2 ** Math.max(0, receiveCount - 1), MAX_DELAY_SECONDS);
}

/**
 * Makes a message that is handed back come again after a growing delay rather than after the queue's own time-out.
 * Should that fail, it comes after the time-out: nothing is lost, so nothing is thrown. Lambda reads only queues of its
 * own region, so that is the only one that is called, whatever the message says.
 */
export async function handBack(message: SqsMessage, clients: Clients, ownRegion: string): Promise<void> {
  const arn = parseArn(message.queueArn);
  const partition = partitionOf(ownRegion);
  if (arn?.service !== 'sqs' || arn.region !== ownRegion || partition === undefined) return;
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: `https://sqs.${arn.region}.${partition.dnsSuffix}/${arn.account}/${arn.resource}`,
    ReceiptHandle: message.receiptHandle,
    VisibilityTimeout: delaySeconds(message.receiveCount),
  });
  await clients
    .get(SQSClient, undefined, arn.region)
    .send(command)
    .catch(() => {});
}
