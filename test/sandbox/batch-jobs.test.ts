/** S3 Batch Operations in the sandbox, by the SDK's own client: what is invoked, what is tried again, what a report holds. */
import { createHash } from 'node:crypto';
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DescribeJobCommand,
  type JobDescriptor,
  type JobManifest,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { ALICE, type Clients, clientsOf, failureOf } from './clients.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:auto-tagger-backfill';
const AccountId = ALICE.account;

interface Event {
  readonly invocationSchemaVersion: string;
  readonly invocationId: string;
  readonly job: { readonly id: string; readonly userArguments?: Readonly<Record<string, string>> };
  readonly tasks: readonly { readonly taskId: string; readonly s3Key: string; readonly s3Bucket?: string }[];
}

interface Result {
  readonly resultCode: string;
  readonly resultString?: string;
}

let sandbox: Sandbox;
let clients: Clients;
let events: Event[];
let answer: (key: string) => Result | Promise<Result>;

beforeAll(async () => {
  sandbox = await startSandbox({
    invoke: async (functionArn, given) => {
      expect(functionArn).toBe(FUNCTION);
      const event = given as Event;
      events.push(event);
      const { invocationSchemaVersion, invocationId, tasks } = event;
      const results = await Promise.all(
        tasks.map(async ({ taskId, s3Key }) => ({ taskId, ...(await answer(s3Key)) })),
      );
      return { invocationSchemaVersion, invocationId, results };
    },
  });
  for (const name of ['logs', 'runs']) sandbox.putBucket({ name, account: AccountId, region: 'eu-west-1' });
  clients = clientsOf(sandbox);
});
afterAll(async () => {
  clients.destroy();
  await sandbox.close();
});
beforeEach(() => {
  events = [];
  answer = () => ({ resultCode: 'Succeeded', resultString: 'done, "well"' });
});

let tokens = 0;

function jobOf(keys: readonly string[]): CreateJobCommandInput {
  const body = keys.map((key) => `logs,${key}\n`).join('');
  sandbox.putObject('runs', 'manifest.csv', body);
  const ETag = createHash('md5').update(body).digest('hex');
  const Manifest: JobManifest = {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: 'arn:aws:s3:::runs/manifest.csv', ETag },
  };
  return {
    AccountId,
    ConfirmationRequired: false,
    ClientRequestToken: `token-${++tokens}`,
    Priority: 10,
    RoleArn: `arn:aws:iam::${AccountId}:role/auto-tagger-batch-operations`,
    Operation: {
      LambdaInvoke: {
        FunctionArn: FUNCTION,
        InvocationSchemaVersion: '2.0',
        UserArguments: { run: 'one' },
      },
    },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::runs',
      Prefix: 'report',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
    Manifest,
  };
}

async function begin(input: CreateJobCommandInput): Promise<string> {
  const { JobId = '' } = await clients.s3Control.send(new CreateJobCommand(input));
  return JobId;
}

async function describe(JobId: string): Promise<JobDescriptor> {
  const { Job = {} } = await clients.s3Control.send(new DescribeJobCommand({ AccountId, JobId }));
  return Job;
}

async function ended(JobId: string): Promise<JobDescriptor> {
  for (;;) {
    const job = await describe(JobId);
    if (['Complete', 'Failed', 'Cancelled'].includes(job.Status ?? '')) return job;
  }
}

/** The rows of a job's report, of those that succeeded first. */
function reportOf(JobId: string): readonly string[] {
  const manifest = JSON.parse(sandbox.getObject('runs', `report/job-${JobId}/manifest.json`).toString());
  return manifest.Results.flatMap(({ Key }: { readonly Key: string }) =>
    sandbox.getObject('runs', Key).toString().trim().split('\n'),
  );
}

test('every object of the manifest is invoked in the shape of schema 2.0, and the report tells what was answered', async () => {
  const JobId = await begin(jobOf(['a%20b.gz', 'c.gz']));
  expect(await ended(JobId)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 2, NumberOfTasksFailed: 0 },
  });
  expect(events.find(({ tasks }) => tasks[0]?.s3Key === 'a%20b.gz')).toMatchObject({
    invocationSchemaVersion: '2.0',
    job: { id: JobId, userArguments: { run: 'one' } },
    tasks: [{ s3Key: 'a%20b.gz', s3VersionId: null, s3Bucket: 'logs' }],
  });
  expect(reportOf(JobId).toSorted()).toEqual([
    'logs,a%20b.gz,,succeeded,200,,"done, ""well"""',
    'logs,c.gz,,succeeded,200,,"done, ""well"""',
  ]);
});

test('temporary failures are tried again, and stand in the report once they are for good; errors of the function at once', async () => {
  const asked: Record<string, number> = {};
  answer = (key) => {
    asked[key] = (asked[key] ?? 0) + 1;
    if (key === 'broken.gz') throw new Error('Task timed out after 3.00 seconds');
    const isOver = key === 'later.gz' && asked[key] === 3;
    return { resultCode: isOver ? 'Succeeded' : 'TemporaryFailure', resultString: isOver ? 'yes' : 'no' };
  };
  const JobId = await begin(jobOf(['later.gz', 'never.gz', 'broken.gz']));
  expect(await ended(JobId)).toMatchObject({
    Status: 'Complete',
    ProgressSummary: { NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 2 },
  });
  expect(asked).toEqual({ 'later.gz': 3, 'never.gz': 5, 'broken.gz': 1 });
  expect(reportOf(JobId).toSorted()).toEqual([
    'logs,broken.gz,,failed,200,PermanentFailure,"Lambda returned function error: {""errorMessage"":""Task timed out after 3.00 seconds""}"',
    'logs,later.gz,,succeeded,200,,"yes"',
    'logs,never.gz,,failed,200,TemporaryFailure,"no"',
  ]);
});

test('a job that is cancelled ends what is under way and reports on that', async () => {
  const cancelled = Promise.withResolvers<void>();
  let JobId = '';
  answer = async () => {
    if (events.length === 20) {
      const command = new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Cancelled' });
      expect(await clients.s3Control.send(command)).toMatchObject({ Status: 'Cancelling' });
      cancelled.resolve();
    } else if (events.length > 20) await cancelled.promise;
    return { resultCode: 'Succeeded', resultString: '' };
  };
  JobId = await begin(jobOf(Array.from({ length: 100 }, (_, at) => `${at}.gz`)));
  const { Status, ProgressSummary } = await ended(JobId);
  expect(Status).toBe('Cancelled');
  expect(ProgressSummary?.TotalNumberOfTasks).toBe(100);
  expect(ProgressSummary?.NumberOfTasksSucceeded).toBe(events.length);
  expect(events.length).toBeLessThan(40);
  expect(reportOf(JobId)).toHaveLength(events.length);
  const again = new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Cancelled' });
  expect(await failureOf(clients.s3Control.send(again))).toMatchObject({ name: 'JobStatusException' });
});

test('S3 makes the manifest of what begins, holds and ends as asked for, and was there since', async () => {
  for (const key of [
    'x/CloudTrail/1.gz',
    'x/CloudTrail/2 3.gz',
    'x/CloudTrail-Digest/4.gz',
    'y/CloudTrail/5.gz',
  ])
    sandbox.putObject('logs', key, '');
  const { Manifest: _, ...others } = jobOf([]);
  const generated = (CreatedAfter?: Date): CreateJobCommandInput => ({
    ...others,
    ClientRequestToken: `token-${++tokens}`,
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::logs',
        EnableManifestOutput: false,
        Filter: {
          KeyNameConstraint: { MatchAnyPrefix: ['x/'], MatchAnySubstring: ['/CloudTrail/'] },
          ...(CreatedAfter && { CreatedAfter }),
        },
      },
    },
  });
  await ended(await begin(generated()));
  expect(events.map(({ tasks }) => tasks[0]?.s3Key).toSorted()).toEqual([
    'x/CloudTrail/1.gz',
    'x/CloudTrail/2%203.gz',
  ]);
  const late = await begin(generated(new Date(Date.now() + 60_000)));
  expect(await ended(late)).toMatchObject({ Status: 'Complete', ProgressSummary: { TotalNumberOfTasks: 0 } });
});

test('a request under a token that was used gives the job that there is, and another request is refused', async () => {
  const input = jobOf(['a.gz']);
  const JobId = await begin(input);
  expect(await begin(input)).toBe(JobId);
  const other = begin({ ...input, Priority: 11 });
  expect(await failureOf(other)).toMatchObject({ name: 'IdempotencyException', status: 400 });
});

test('a manifest that was changed since, or is not there, fails the job; user arguments take schema 2.0', async () => {
  const input = jobOf(['a.gz']);
  sandbox.putObject('runs', 'manifest.csv', 'logs,b.gz\n');
  expect(await ended(await begin(input))).toMatchObject({
    Status: 'Failed',
    FailureReasons: [{ FailureReason: 'the manifest has another ETag' }],
  });
  const old = jobOf(['a.gz']);
  const Operation = { LambdaInvoke: { FunctionArn: FUNCTION, UserArguments: { run: 'one' } } };
  expect(await failureOf(begin({ ...old, Operation }))).toMatchObject({ name: 'BadRequestException' });
  expect(await failureOf(describe('nothing'))).toMatchObject({ name: 'NotFoundException', status: 404 });
});
