/** What only carries something else: SQS messages, SNS notifications, and the records that Lambda makes of failed invocations. */
import * as z from 'zod';
import { form, inside } from '../form.ts';
import { skipped } from '../task.ts';

const ONCE = { ApproximateReceiveCount: 1 };

export const ENVELOPE_FORMS = [
  form({
    name: 'sqs',
    pattern: { eventSource: 'aws:sqs', messageId: true, body: true },
    believedFrom: 'anywhere',
    callers: ['sqs'],
    source: 'AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"',
    // What only Lambda's own poller adds is absent where others hand messages on.
    schema: z.object({
      messageId: z.string().min(1),
      body: z.string(),
      receiptHandle: z.string().default(''),
      eventSourceARN: z.string().default(''),
      attributes: z.object({ ApproximateReceiveCount: z.coerce.number().catch(1) }).catch(ONCE),
    }),
    read({ messageId, body, receiptHandle, eventSourceARN, attributes }) {
      const receiveCount = attributes.ApproximateReceiveCount;
      const message = { body, receiptHandle, receiveCount, queueArn: eventSourceARN };
      return [{ kind: 'item', id: messageId, message, steps: [inside(body)] }];
    },
  }),
  form({
    name: 'sns',
    pattern: { Sns: true },
    believedFrom: 'anywhere',
    callers: ['sns'],
    source: 'AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications"',
    schema: z.object({ Sns: z.object({ Message: z.unknown() }) }),
    read: ({ Sns }) => [inside(Sns.Message)],
  }),
  form({
    name: 'sns-in-sqs',
    pattern: { Type: 'Notification', Message: true },
    believedFrom: 'anywhere',
    callers: ['manual', 'sns'],
    source: 'Amazon SNS Developer Guide, "HTTP/HTTPS notification JSON format" (raw message delivery off)',
    schema: z.object({ Message: z.unknown() }),
    read: ({ Message }) => [inside(Message)],
  }),
  form({
    name: 'sns-subscription',
    pattern: { Type: /^(Subscription|Unsubscribe)Confirmation$/ },
    believedFrom: 'anywhere',
    callers: ['manual', 'sns'],
    source: 'Amazon SNS Developer Guide, "HTTP/HTTPS subscription confirmation JSON format"',
    schema: z.object({ Type: z.string() }),
    read: ({ Type }) => [skipped('subscription', Type)],
  }),
  form({
    name: 'lambda-destination',
    pattern: { requestContext: true, requestPayload: true },
    believedFrom: 'anywhere',
    callers: ['lambda'],
    source: 'AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations"',
    schema: z.object({ requestPayload: z.unknown() }),
    read: ({ requestPayload }) => [inside(requestPayload)],
  }),
];
