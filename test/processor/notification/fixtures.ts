/**
 * Notifications for the tests: one fixture a form, as AWS sends it, and the envelopes that AWS puts around another.
 */
import { readFileSync } from 'node:fs';
import type { Item, Task } from '../../../processor/notification/task.ts';
import type { TrustedQueues } from '../../../processor/notification/trust.ts';

export const BUCKET = 'example-trail-logs';

export const LOG =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/17/111122223333_CloudTrail_us-east-1_20260317T0105Z_Ab3dEf6hIj9kLm2n.json.gz';

export const LOG_OF_MEMBER =
  'AWSLogs/444455556666/CloudTrail/eu-west-1/2026/03/17/444455556666_CloudTrail_eu-west-1_20260317T0110Z_Qr5tUv8xYz1aBc4d.json.gz';

export function fixture(name: string): unknown {
  return JSON.parse(
    readFileSync(new URL(`../../../fixtures/notifications/${name}.json`, import.meta.url), 'utf8'),
  );
}

export function file(key: string, more: object = {}): Task {
  return { kind: 'file', file: { bucket: BUCKET, key, ...more } };
}

export function s3Event(...keys: readonly string[]): object {
  const records = keys.map((key) => ({
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: BUCKET }, object: { key } },
  }));
  return { Records: records };
}

/** The queues that are trusted in these tests. */
export const OWN_QUEUE = 'arn:aws:sqs:us-east-1:111122223333:auto-tagger-retry';
export const EVENT_QUEUE = 'arn:aws:sqs:us-east-1:111122223333:auto-tagger-events';
export const QUEUES: TrustedQueues = { own: [OWN_QUEUE], events: [EVENT_QUEUE] };

/** Ids and tasks alone: the messages that brought them are looked at elsewhere. */
export const tasksById = (items: readonly Item[]) => items.map(({ id, tasks }) => ({ id, tasks }));

export const inSqs = (...bodies: readonly unknown[]) => inQueue(undefined, ...bodies);

export const inQueue = (eventSourceARN: string | undefined, ...bodies: readonly unknown[]) => ({
  Records: bodies.map((body, index) => ({
    ...(eventSourceARN !== undefined && { eventSourceARN }),
    messageId: `message-${index}`,
    body: text(body),
    eventSource: 'aws:sqs',
  })),
});

export const inSnsForLambda = (message: unknown) => ({
  Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: text(message) } }],
});

export const inSnsForSqs = (message: unknown) => ({ Type: 'Notification', Message: text(message) });

export const inLambdaDestination = (event: unknown) => ({
  version: '1.0',
  requestContext: { condition: 'RetriesExhausted' },
  requestPayload: event,
});

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
