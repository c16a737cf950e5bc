/** What S3 itself says: that an object was created, that something else happened to it, or that it tries out a destination. */
import * as z from 'zod';
import { fileTask } from '../file-task.ts';
import { form, inside } from '../form.ts';
import { describe, quote } from '../show.ts';
import { skipped, unreadable } from '../task.ts';

export const S3_FORMS = [
  form({
    name: 's3',
    pattern: { s3: true },
    believedFrom: 'anywhere',
    callers: ['s3'],
    keys: 'URL-encoded',
    source: 'Amazon S3 User Guide, "Event message structure"',
    schema: z.object({
      // Minor versions only add fields.
      eventVersion: z.string().regex(/^2\./).optional(),
      eventName: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.unknown() }),
        object: z.object({
          key: z.unknown(),
          versionId: z.unknown().optional(),
          size: z.unknown().optional(),
        }),
      }),
    }),
    read({ eventName, s3 }, _, keys) {
      if (!eventName.startsWith('ObjectCreated:')) return [skipped('not-created', quote(eventName))];
      return [fileTask({ bucket: s3.bucket.name, ...s3.object }, keys)];
    },
  }),
  form({
    name: 's3-test',
    pattern: { Event: 's3:TestEvent' },
    believedFrom: 'anywhere',
    callers: ['manual', 's3'],
    source: 'Amazon S3 User Guide, "Event message structure"',
    schema: z.object({ Bucket: z.unknown().optional() }),
    read: ({ Bucket }) => [skipped('test-message', `s3:TestEvent ${describe(Bucket)}`)],
  }),
  form({
    name: 'records',
    pattern: { Records: true },
    believedFrom: 'anywhere',
    callers: [],
    source: 'AWS Lambda Developer Guide, "Invoking Lambda with events from other AWS services"',
    schema: z.object({ Records: z.array(z.unknown()) }),
    read: ({ Records }) =>
      Records.length === 0
        ? [unreadable('records: Records is empty')]
        : Records.map((record) => inside(record)),
  }),
  form({
    name: 'list',
    pattern: 'an array',
    believedFrom: 'anywhere',
    callers: [],
    source: 'Amazon EventBridge User Guide, "Batching and concurrency" (Pipes); what `remaining` gives back',
    schema: z.array(z.unknown()),
    read: (elements) => elements.map((element) => inside(element)),
  }),
];
