/**
 * What people send, and what `remaining` gives back to be sent again; and our own messages. Here an unknown property
 * is an error, where it matters: a misspelt `from` would read the whole history.
 */
import * as z from 'zod';
import { parseArn } from '../../../parser/arn.ts';
import { partitionNamed } from '../../../parser/partition.ts';
import { isJsonObject } from '../../../parser/record.ts';
import { isBucketName, isKey } from '../../log-file-ref.ts';
import { fileTask } from '../file-task.ts';
import { form, type Inside, inside } from '../form.ts';
import { type OwnMessage, unreadable } from '../task.ts';
import { OURSELVES, type Sender } from '../trust.ts';

const SOURCE = 'docs/notifications.md, "By hand"';

const TIME = z.union(
  [z.iso.date(), z.iso.datetime({ offset: true })],
  'expected a date, or a time with its zone',
);

export const BY_HAND_FORMS = [
  form({
    name: 'key',
    pattern: { bucket: true, key: true },
    believedFrom: 'anywhere',
    // An input transformer of a rule may write it too.
    callers: ['manual', 'step-functions', 'eventbridge'],
    keys: 'raw',
    source: SOURCE,
    // Others may add to it, but it must not ask for two things at once.
    schema: z.object({
      bucket: z.string(),
      key: z.string(),
      keys: z.never().optional(),
      prefix: z.never().optional(),
      size: z.unknown().optional(),
      versionId: z.string().optional(),
      otherKey: z.string().refine(isKey, 'cannot be the key of an object').optional(),
    }),
    read({ otherKey, ...object }, _, keys) {
      const task = fileTask(object, keys);
      if (task.kind !== 'file' || otherKey === undefined) return [task];
      return [{ kind: 'file', file: { ...task.file, otherKey } }];
    },
  }),
  form({
    name: 'keys',
    pattern: { bucket: true, keys: true },
    believedFrom: 'anywhere',
    callers: ['manual', 'step-functions'],
    keys: 'raw',
    source: SOURCE,
    schema: z.strictObject({ bucket: z.string(), keys: z.array(z.unknown()) }),
    read: ({ bucket, keys: all }, _, keys) => all.map((key) => fileTask({ bucket, key }, keys)),
  }),
  form({
    name: 'prefix',
    pattern: { bucket: true, prefix: true },
    believedFrom: 'anywhere',
    callers: ['manual', 'step-functions'],
    keys: 'raw',
    source: SOURCE,
    schema: z.strictObject({
      bucket: z.string().refine(isBucketName, 'expected the name of a bucket'),
      prefix: z.string().refine((prefix) => prefix === '' || isKey(prefix), 'cannot begin a key'),
      from: TIME.optional(),
      to: TIME.optional(),
      startAfter: z.string().refine(isKey, 'cannot be the key of an object').optional(),
    }),
    read(seen) {
      const from = seen.from === undefined ? undefined : new Date(seen.from).toISOString();
      const to = seen.to === undefined ? undefined : endOf(seen.to);
      if (from !== undefined && to !== undefined && from >= to) {
        return [unreadable(`prefix: nothing lies between from ${from} and to ${to}`)];
      }
      return [
        {
          kind: 'prefix',
          bucket: seen.bucket,
          prefix: seen.prefix,
          ...(from !== undefined && { from }),
          ...(to !== undefined && { to }),
          ...(seen.startAfter !== undefined && { startAfter: seen.startAfter }),
        },
      ];
    },
  }),
  form({
    name: 'resource',
    pattern: { resourceId: true, user: true },
    believedFrom: 'invoker',
    callers: ['manual'],
    source: SOURCE,
    schema: z.strictObject({
      resourceId: z.string().max(2048).refine(isArnOfOurs, 'expected an ARN'),
      user: z.string().trim().min(1).max(2048),
    }),
    read: ({ resourceId, user }) => [{ kind: 'resource', arn: resourceId, user }],
  }),
  form({
    name: 'own-message',
    pattern: { autoTagger: true },
    believedFrom: 'own-queues',
    callers: ['manual', 'sqs', 's3', 'sns', 'eventbridge', 'lambda', 'batch', 'step-functions'],
    source: 'docs/notifications.md, "Our own messages"',
    schema: z.custom<OwnMessage>(isOwnMessage, 'expected autoTagger.kind'),
    read: (message) => [keptText(message) ?? { kind: 'own-message', message }],
  }),
];

/** What we kept because nobody could read it is read again, and believed no more than the first time. */
function keptText({ autoTagger: { kind, body, queue } }: OwnMessage): Inside | undefined {
  if (kind !== 'unreadable' || typeof body !== 'string') return undefined;
  const sender: Sender = typeof queue === 'string' ? { kind: 'queue', arn: queue } : OURSELVES;
  return { ...inside(body), sender };
}

/** A day ends when the next one begins; a time is its own end. */
function endOf(time: string): string {
  const end = new Date(time);
  if (!time.includes('T')) end.setUTCDate(end.getUTCDate() + 1);
  return end.toISOString();
}

function isArnOfOurs(text: string): boolean {
  return partitionNamed(parseArn(text)?.partition) !== undefined;
}

function isOwnMessage(value: unknown): boolean {
  return isJsonObject(value) && isJsonObject(value.autoTagger) && typeof value.autoTagger.kind === 'string';
}
