/** What CloudTrail itself sends to the topic of a trail: the files that it delivered, and one message when it is set up. */
import * as z from 'zod';
import { fileTask } from '../file-task.ts';
import { form } from '../form.ts';
import { skipped } from '../task.ts';

export const CLOUDTRAIL_FORMS = [
  form({
    name: 'cloudtrail',
    pattern: { s3Bucket: true, s3ObjectKey: true },
    believedFrom: 'anywhere',
    callers: ['manual', 'sns'],
    keys: 'raw',
    source: 'AWS CloudTrail User Guide, "Configuring Amazon SNS notifications for CloudTrail"',
    schema: z.object({ s3Bucket: z.unknown(), s3ObjectKey: z.array(z.unknown()) }),
    read: ({ s3Bucket, s3ObjectKey }, _, keys) =>
      s3ObjectKey.map((key) => fileTask({ bucket: s3Bucket, key }, keys)),
  }),
  form({
    name: 'cloudtrail-test',
    pattern: /^CloudTrail validation message\.?$/,
    believedFrom: 'anywhere',
    callers: ['manual', 'sns'],
    source: 'AWS CloudTrail Processing Library (SourceType.CloudTrailValidationMessage)',
    schema: z.string(),
    read: (text) => [skipped('test-message', text)],
  }),
];
