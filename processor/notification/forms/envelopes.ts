/** What only carries something else: SQS messages, SNS notifications, and the records that Lambda makes of failed invocations. */
import { z } from 'zod';
import { form, inside } from '../form.ts';
import { skipped } from '../task.ts';

export const ENVELOPE_FORMS = [
  form({
    name: 'sqs',
    told: { eventSource: 'aws:sqs', messageId: true, body: true },
    within: 'anywhere',
    callers: ['sqs'],
    source: 'AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"',
    schema: z.object({ messageId: z.string().min(1), body: z.string() }),
    read: ({ messageId, body }) => [{ kind: 'part', id: messageId, steps: [inside(body)] }],
  }),
  form({
    name: 'sns',
    told: { Sns: true },
    within: 'anywhere',
    callers: ['sns'],
    source: 'AWS Lambda Developer Guide, "Invoking Lambda functions with Amazon SNS notifications"',
    schema: z.object({ Sns: z.object({ Message: z.unknown() }) }),
    read: ({ Sns }) => [inside(Sns.Message)],
  }),
  form({
    name: 'sns-in-sqs',
    told: { Type: 'Notification', Message: true },
    within: 'anywhere',
    callers: ['manual', 'sns'],
    source: 'Amazon SNS Developer Guide, "HTTP/HTTPS notification JSON format" (raw message delivery off)',
    schema: z.object({ Message: z.unknown() }),
    read: ({ Message }) => [inside(Message)],
  }),
  form({
    name: 'sns-subscription',
    told: { Type: /^(Subscription|Unsubscribe)Confirmation$/ },
    within: 'anywhere',
    callers: ['manual', 'sns'],
    source: 'Amazon SNS Developer Guide, "HTTP/HTTPS subscription confirmation JSON format"',
    schema: z.object({ Type: z.string() }),
    read: ({ Type }) => [skipped('subscription', Type)],
  }),
  form({
    name: 'lambda-destination',
    told: { requestContext: true, requestPayload: true },
    within: 'anywhere',
    callers: ['lambda'],
    source: 'AWS Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations"',
    schema: z.object({ requestPayload: z.unknown() }),
    read: ({ requestPayload }) => [inside(requestPayload)],
  }),
];
