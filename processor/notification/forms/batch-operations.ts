/** S3 Batch Operations, which wants one result a task and the ids of the invocation back. */
import * as z from 'zod';
import { narrow } from '../../narrow.ts';
import { fileTask } from '../file-task.ts';
import { form, type ItemStep } from '../form.ts';
import type { KeyEncoding } from '../object-key.ts';
import type { Task } from '../task.ts';

const SOURCE = 'Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations)';

/** Amazon S3 API Reference, "LambdaInvokeOperation": `UserArguments` come with schema 2.0. */
const JOB = z.object({ job: z.object({ userArguments: z.object({ run: z.unknown() }) }) });

const ECHO = z.object({ invocationSchemaVersion: z.string(), invocationId: z.string() });

const TASK = z.object({
  taskId: z.string().min(1),
  s3Key: z.unknown().optional(),
  s3VersionId: z.unknown().optional(),
  s3BucketArn: z.unknown().optional(),
  s3Bucket: z.unknown().optional(),
});

/** What the answer must repeat. */
export type BatchEcho = z.output<typeof ECHO>;

export function readBatchEcho(event: unknown): BatchEcho | undefined {
  return ECHO.safeParse(event).data;
}

export const BATCH_FORMS = [
  form({
    name: 'batch-1.0',
    pattern: { invocationSchemaVersion: '1.0', tasks: true },
    believedFrom: 'invoker',
    isWhole: true,
    callers: ['batch'],
    keys: 'URL-encoded',
    source: SOURCE,
    schema: ECHO.extend({ tasks: z.array(TASK) }),
    read: ({ tasks }, _, keys) => tasks.map((task) => item(task, bucketOf(task.s3BucketArn), keys)),
  }),
  form({
    name: 'batch-2.0',
    pattern: { invocationSchemaVersion: '2.0', tasks: true },
    believedFrom: 'invoker',
    isWhole: true,
    runOf: (event) => narrow(JOB, event)?.data?.job.userArguments.run,
    callers: ['batch'],
    keys: 'URL-encoded',
    source: SOURCE,
    schema: ECHO.extend({ tasks: z.array(TASK) }),
    read: ({ tasks }, _, keys) => tasks.map((task) => item(task, task.s3Bucket, keys)),
  }),
];

/** The guide's own example has a region and an account in the ARN; the bucket is last in any case. */
function bucketOf(arn: unknown): unknown {
  return typeof arn === 'string' ? arn.split(':').at(-1) : arn;
}

function item(task: z.output<typeof TASK>, bucket: unknown, keys: KeyEncoding): ItemStep {
  const file: Task = fileTask({ bucket, key: task.s3Key, versionId: task.s3VersionId }, keys);
  return { kind: 'item', id: task.taskId, steps: [file] };
}
