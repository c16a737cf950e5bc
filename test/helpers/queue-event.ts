/** What Lambda makes of messages that it has received from a queue. */
import type { Message } from '@aws-sdk/client-sqs';

export function eventOf(messages: readonly Message[], eventSourceARN: string) {
  return {
    Records: messages.map(({ MessageId, Body, ReceiptHandle, Attributes }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN,
      awsRegion: eventSourceARN.split(':')[3],
    })),
  };
}
