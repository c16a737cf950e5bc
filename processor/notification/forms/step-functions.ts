/**
 * What a Distributed Map hands to its child workflows. An item of a listing names no bucket, so that comes from the
 * batch input; a listing holds the placeholders of folders too.
 */
import * as z from 'zod';
import { isJsonObject } from '../../../parser/record.ts';
import { isBucketName } from '../../log-file-ref.ts';
import { narrow } from '../../narrow.ts';
import { fileTask, sizeOf } from '../file-task.ts';
import { type Context, form, inside, type Step } from '../form.ts';
import type { KeyEncoding } from '../object-key.ts';
import { quote } from '../show.ts';
import { skipped, unreadable } from '../task.ts';

const READER = 'AWS Step Functions Developer Guide, "ItemReader (Map)"';

const ITEM = z.object({
  Key: z.string(),
  Bucket: z.unknown().optional(),
  bucket: z.unknown().optional(),
  Size: z.unknown().optional(),
  VersionId: z.unknown().optional(),
});

const OF_RUN = z.object({ BatchInput: z.object({ run: z.unknown() }) });

const LISTED = z.object({ Bucket: z.unknown(), UrlEncodedKey: z.unknown() });

export const STEP_FUNCTIONS_FORMS = [
  form({
    name: 'step-functions-batch',
    pattern: { Items: true },
    believedFrom: 'anywhere',
    callers: ['step-functions'],
    runOf: (value) => narrow(OF_RUN, value)?.data?.BatchInput.run,
    source: 'AWS Step Functions Developer Guide, "ItemBatcher (Map)"',
    schema: z.object({ Items: z.array(z.unknown()), BatchInput: z.unknown().optional() }),
    read({ Items, BatchInput }) {
      const bucket = isJsonObject(BatchInput) ? (BatchInput.Bucket ?? BatchInput.bucket) : undefined;
      return Items.map((item) => inside(item, isBucketName(bucket) ? bucket : undefined));
    },
  }),
  form({
    name: 'step-functions-inventory',
    pattern: { Bucket: true, Key: true, LastModifiedDate: true },
    believedFrom: 'anywhere',
    callers: ['step-functions'],
    keys: 'raw, then decoded',
    source: `${READER}; Amazon S3 User Guide, "Amazon S3 Inventory list"`,
    schema: ITEM,
    read: readItem,
  }),
  form({
    name: 'step-functions-manifest',
    pattern: { Bucket: true, UrlEncodedKey: true },
    believedFrom: 'anywhere',
    callers: ['step-functions'],
    keys: 'URL-encoded',
    source: 'docs/notifications.md, "Runs"',
    schema: LISTED,
    read: ({ Bucket: bucket, UrlEncodedKey: key }, _, keys) => [fileTask({ bucket, key }, keys)],
  }),
  form({
    name: 'step-functions',
    pattern: { Key: true },
    believedFrom: 'anywhere',
    callers: ['step-functions'],
    keys: 'raw',
    source: READER,
    schema: ITEM,
    read: readItem,
  }),
];

function readItem(item: z.output<typeof ITEM>, context: Context, keys: KeyEncoding): readonly Step[] {
  const { Key: key, Size: size, VersionId: versionId } = item;
  const bucket = item.Bucket ?? item.bucket ?? context.bucket;
  if (bucket === undefined) {
    return [unreadable(`step-functions: the item ${quote(key)} has no Bucket, and BatchInput gives none`)];
  }
  const task = fileTask({ bucket, key, size, versionId }, keys);
  return [
    task.kind === 'file' && sizeOf(size) === 0 ? skipped('empty', `s3://${bucket}/${key}`, task.file) : task,
  ];
}
