/** What comes over an event bus. Only AWS can send events whose source begins with `aws.`, so the source is looked at. */
import * as z from 'zod';
import { isJsonObject } from '../../../parser/record.ts';
import { fileTask } from '../file-task.ts';
import { form } from '../form.ts';
import { quote } from '../show.ts';
import { skipped } from '../task.ts';

export const EVENTBRIDGE_FORMS = [
  form({
    name: 'eventbridge-object-created',
    pattern: { source: 'aws.s3', 'detail-type': 'Object Created' },
    believedFrom: 'anywhere',
    callers: ['eventbridge'],
    keys: 'raw, then decoded',
    source: 'Amazon S3 User Guide, "EventBridge event message structure"',
    schema: z.object({
      detail: z.object({
        bucket: z.object({ name: z.unknown() }),
        object: z.object({
          key: z.unknown(),
          'version-id': z.unknown().optional(),
          size: z.unknown().optional(),
        }),
      }),
    }),
    read: ({ detail: { bucket, object } }, _, keys) => [
      fileTask(
        { bucket: bucket.name, key: object.key, versionId: object['version-id'], size: object.size },
        keys,
      ),
    ],
  }),
  form({
    name: 'eventbridge-object-other',
    pattern: { source: 'aws.s3', 'detail-type': /^Object / },
    believedFrom: 'anywhere',
    callers: ['eventbridge'],
    source: 'Amazon S3 User Guide, "Using EventBridge"',
    schema: z.object({ 'detail-type': z.string() }),
    read: (event) => [skipped('not-created', quote(event['detail-type']))],
  }),
  form({
    name: 'eventbridge-cloudtrail',
    pattern: { source: /^aws\./, 'detail-type': /^AWS [\w ]+ via CloudTrail$/ },
    believedFrom: 'event-queues',
    callers: ['eventbridge'],
    source: 'Amazon EventBridge User Guide, "AWS service events delivered via AWS CloudTrail"',
    schema: z.object({
      account: z.string().regex(/^\d{12}$/),
      detail: z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'expected an object'),
    }),
    read: ({ account, detail }) => [{ kind: 'record', record: detail, envelopeAccount: account }],
  }),
];
