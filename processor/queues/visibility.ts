/**
 * When a message that is handed back shall come again. The answer to SQS cannot say it; its visibility time-out can.
 */
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { parseArn } from '../../parser/arn.ts';
import { partitionOf } from '../../parser/partition.ts';
import type { Calls } from '../../tag-manager/calls/calls.ts';
import type { SqsMessage } from '../notification/task.ts';

const FIRST_DELAY_SECONDS = 30;
const MAX_DELAY_SECONDS = 900;

/** Doubles from half a minute to a quarter of an hour. */
export function delaySeconds(receiveCount: number): number {
  return Math.min(FIRST_DELAY_SECONDS * 2 ** Math.max(0, receiveCount - 1), MAX_DELAY_SECONDS);
}

/**
 * Makes a message come again after a growing delay rather than after the queue's own time-out. Should that fail, it
 * comes after the time-out: nothing is lost, so nothing is thrown. Lambda reads only queues of its own region, so that
 * is the only one that is called, whatever the message says.
 */
export async function handBack(
  { queueArn, receiptHandle, receiveCount }: SqsMessage,
  calls: Calls,
  ownRegion: string,
  signal: AbortSignal,
): Promise<void> {
  const arn = parseArn(queueArn);
  const partition = partitionOf(ownRegion);
  if (arn?.service !== 'sqs' || arn.region !== ownRegion || partition === undefined) return;
  const command = new ChangeMessageVisibilityCommand({
    QueueUrl: `https://sqs.${arn.region}.${partition.dnsSuffix}/${arn.account}/${arn.resource}`,
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: delaySeconds(receiveCount),
  });
  const callee = { client: SQSClient, account: undefined, region: ownRegion };
  await calls.make(callee, signal, (client, options) => client.send(command, options)).catch(() => {});
}
