/**
 * A job of S3 Batch Operations, carried out: the manifest is read or made, the function invoked for each of its objects, what it
 * says may be tried again is, and a report is left. Sources, all of the Amazon S3 User Guide: "Tracking job status and completion
 * reports", "Invoke AWS Lambda function", "Examples: S3 Batch Operations completion reports".
 */
import { createHash, randomUUID } from 'node:crypto';
import type { World } from '../../world.ts';
import { csvRows } from '../csv.ts';
import { type Bucket, bucketNamed } from '../s3/bucket.ts';
import { unquoted } from '../s3/entity-tag.ts';
import { keysWith } from '../s3/list-objects.ts';
import { objectIn, storeObject } from '../s3/objects.ts';
import type { Job, ManifestGenerator } from './job.ts';

/** Invocations at once; AWS publishes no number. */
const AT_ONCE = 8;

/** A temporary failure is redriven before the job completes; how often is published nowhere. */
const MAX_ATTEMPTS = 5;

/** "Tracking job failures": of more than a thousand tasks, more than half have failed. */
const FAILURE_THRESHOLD = { tasks: 1_000, share: 0.5 } as const;

interface Task {
  readonly bucket: string;
  /** As it stands in the manifest: URL-encoded. */
  readonly key: string;
}

interface Done extends Task {
  readonly isSucceeded: boolean;
  readonly errorCode: string;
  readonly message: string;
}

/** Resolves when the job is over. Never throws: a job tells by its status. */
export async function runJob(world: World, job: Job): Promise<void> {
  await turn();
  if (job.status !== 'New') return end(world, job, []);
  job.status = 'Preparing';
  await turn();
  let tasks: readonly Task[];
  try {
    tasks = tasksOf(world, job);
  } catch (error) {
    job.failures.push({ code: 'ManifestInvalid', reason: (error as Error).message });
    job.status = 'Failed';
    job.endedAt = world.clock.now();
    return;
  }
  job.total = tasks.length;
  if (job.status === 'Preparing') job.status = 'Ready';
  await turn();
  if (job.status === 'Ready') job.status = 'Active';
  await end(world, job, await invokeAll(world, job, tasks));
}

/** So that whoever has made it sees it in between. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function tasksOf(world: World, { request, region }: Job): readonly Task[] {
  const { manifest, generator } = request;
  if (generator !== undefined) return generated(world, generator);
  if (manifest === undefined) return [];
  const object = objectIn(open(world, manifest.bucket), manifest.key);
  if (object === undefined)
    throw new Error(`the manifest s3://${manifest.bucket}/${manifest.key} is not there`);
  if (unquoted(object.etag) !== manifest.etag) throw new Error('the manifest has another ETag');
  if (open(world, manifest.bucket).region !== region) throw new Error('the manifest is in another region');
  const [bucketAt, keyAt] = [manifest.fields.indexOf('Bucket'), manifest.fields.indexOf('Key')];
  return csvRows(object.body).map((cells) => {
    if (cells.length !== manifest.fields.length)
      throw new Error(`the manifest's line ${JSON.stringify(cells.join(','))} has other fields`);
    return { bucket: cells[bucketAt] ?? '', key: cells[keyAt] ?? '' };
  });
}

/** API_control_JobManifestGeneratorFilter: all that is given must hold. Encoded as in a manifest that is written. */
function generated(world: World, filter: ManifestGenerator): readonly Task[] {
  const bucket = open(world, filter.bucket);
  const {
    prefix = '',
    suffix = '',
    substring = '',
    createdAfter = 0,
    createdBefore = Number.POSITIVE_INFINITY,
  } = filter;
  return keysWith(bucket, prefix)
    .filter(({ key, LastModified }) => {
      const at = LastModified.getTime();
      return key.endsWith(suffix) && key.includes(substring) && at > createdAfter && at < createdBefore;
    })
    .map(({ key }) => ({ bucket: filter.bucket, key: encodeURIComponent(key).replaceAll('%2F', '/') }));
}

function open(world: World, name: string): Bucket {
  const bucket = bucketNamed(world, name);
  if (bucket === undefined) throw new Error(`there is no bucket ${name}`);
  return bucket;
}

async function invokeAll(world: World, job: Job, tasks: readonly Task[]): Promise<readonly Done[]> {
  const done: Done[] = [];
  let waiting = tasks.map((task) => ({ task, attempts: 0 }));
  while (waiting.length > 0 && job.status === 'Active') {
    const again: typeof waiting = [];
    const left = waiting.values();
    const next = async () => {
      for (const { task, attempts } of left) {
        if (job.status !== 'Active') return;
        const result = await invoke(world, job, task);
        if (result.errorCode === 'TemporaryFailure' && attempts + 1 < MAX_ATTEMPTS) {
          again.push({ task, attempts: attempts + 1 });
          continue;
        }
        done.push(result);
        if (result.isSucceeded) job.succeeded += 1;
        else job.failed += 1;
        const { tasks: least, share } = FAILURE_THRESHOLD;
        if (done.length > least && job.failed > share * done.length) job.status = 'Failing';
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    waiting = again;
  }
  return done;
}

async function invoke(world: World, { id, request }: Job, task: Task): Promise<Done> {
  const { schemaVersion, userArguments, functionArn } = request;
  const taskId = createHash('sha256').update(`${id} ${task.key}`).digest('base64url');
  const event = {
    invocationSchemaVersion: schemaVersion,
    invocationId: randomUUID(),
    job: { id, ...(schemaVersion === '2.0' && { userArguments }) },
    tasks: [
      {
        taskId,
        s3Key: task.key,
        s3VersionId: null,
        ...(schemaVersion === '2.0'
          ? { s3Bucket: task.bucket }
          : { s3BucketArn: `arn:aws:s3:::${task.bucket}` }),
      },
    ],
  };
  try {
    const answer = (await world.invoke(functionArn, event)) as {
      readonly invocationId?: unknown;
      readonly treatMissingKeysAs?: string;
      readonly results?: readonly {
        readonly taskId: string;
        readonly resultCode: string;
        readonly resultString?: string;
      }[];
    };
    if (answer.invocationId !== event.invocationId) throw new Error('the answer has another invocationId');
    const result = answer.results?.find((each) => each.taskId === taskId);
    const code = result?.resultCode ?? answer.treatMissingKeysAs ?? 'TemporaryFailure';
    const message = result?.resultString ?? '';
    return {
      ...task,
      isSucceeded: code === 'Succeeded',
      errorCode: code === 'Succeeded' ? '' : code,
      message,
    };
  } catch (error) {
    // As in the guide's example of a report, of a function that timed out.
    const message = `Lambda returned function error: ${JSON.stringify({ errorMessage: (error as Error).message })}`;
    return { ...task, isSucceeded: false, errorCode: 'PermanentFailure', message };
  }
}

async function end(world: World, job: Job, done: readonly Done[]): Promise<void> {
  if (job.status === 'Active') job.status = 'Completing';
  await turn();
  if (done.length > 0) report(world, job, done);
  const ends: Partial<Record<Job['status'], Job['status']>> = { Cancelling: 'Cancelled', Failing: 'Failed' };
  if (job.status === 'Failing')
    job.failures.push({ code: 'FailureThreshold', reason: 'more than half of the tasks have failed' });
  job.status = ends[job.status] ?? 'Complete';
  job.endedAt = world.clock.now();
}

/** Once a task has been invoked, of jobs that are complete, have failed or were cancelled. */
function report(world: World, { id, request }: Job, done: readonly Done[]): void {
  const wanted = request.report;
  if (wanted === undefined) return;
  const bucket = open(world, wanted.bucket);
  const folder = `${wanted.prefix === '' ? '' : `${wanted.prefix}/`}job-${id}`;
  const put = (key: string, text: string) =>
    storeObject(bucket, key, Buffer.from(text), { lastModified: world.clock.now() });
  const results = ([true, false] as const).flatMap((isSucceeded) => {
    const rows = done.filter((each) => each.isSucceeded === isSucceeded);
    if (rows.length === 0 || (isSucceeded && wanted.isOfFailures)) return [];
    const csv = rows.map(rowOf).join('');
    const key = `${folder}/results/${createHash('sha1').update(`${id} ${isSucceeded}`).digest('hex')}.csv`;
    put(key, csv);
    return {
      TaskExecutionStatus: isSucceeded ? 'succeeded' : 'failed',
      Bucket: wanted.bucket,
      MD5Checksum: createHash('md5').update(csv).digest('hex'),
      Key: key,
    };
  });
  const manifest = JSON.stringify({
    Format: 'Report_CSV_20180820',
    ReportCreationDate: new Date(world.clock.now()).toISOString(),
    Results: results,
    ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
  });
  put(`${folder}/manifest.json`, manifest);
  put(`${folder}/manifest.json.md5`, createHash('md5').update(manifest).digest('hex'));
}

/** The schema names the error before the status, the guide's rows have them the other way: as in the rows. */
function rowOf({ bucket, key, isSucceeded, errorCode, message }: Done): string {
  const cells = [bucket, key, '', isSucceeded ? 'succeeded' : 'failed', '200', errorCode];
  return `${cells.join(',')},"${message.replaceAll('"', '""')}"\n`;
}
