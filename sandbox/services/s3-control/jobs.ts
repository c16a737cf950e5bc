/** S3 Batch Operations: jobs made, told of, and cancelled (AmazonS3/latest/API/API_control_CreateJob, DescribeJob, UpdateJobStatus). */
import { randomUUID } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../operation.ts';
import type { RestInput, RestOutput } from '../../protocols/rest-xml.ts';
import { type Job, type JobRequest, readJobRequest } from './job.ts';
import { runJob } from './run-job.ts';

/** A request with the token of one before it gives the job of that; with the token alone, it is refused. */
export function createJob(context: Context, { body }: RestInput): RestOutput {
  const { world, account, region } = context;
  const request = readJobRequest(body);
  const xml = body.toString();
  const known = jobsOf(context).find((job) => job.request.token === request.token);
  if (known !== undefined && known.xml !== xml)
    throw new AwsError('IdempotencyException', 400, 'Another request has the same ClientRequestToken');
  if (known !== undefined) return { body: ['CreateJobResult', { JobId: known.id }] };
  const job: Job = {
    id: randomUUID(),
    account,
    region,
    createdAt: world.clock.now(),
    request,
    xml,
    status: 'New',
    total: 0,
    succeeded: 0,
    failed: 0,
    reason: '',
    failures: [],
  };
  world.jobs.set(job.id, job);
  void runJob(world, job);
  return { body: ['CreateJobResult', { JobId: job.id }] };
}

export function describeJob(context: Context, { JobId }: RestInput & { readonly JobId: string }): RestOutput {
  const job = open(context, JobId);
  const { request, status, total, succeeded, failed, failures, reason, createdAt, endedAt } = job;
  return {
    body: [
      'DescribeJobResult',
      {
        Job: {
          JobId: job.id,
          ConfirmationRequired: request.confirmationRequired,
          Description: request.description,
          JobArn: `arn:${context.partition}:s3:${job.region}:${job.account}:job/${job.id}`,
          Status: status,
          Operation: { LambdaInvoke: { FunctionArn: request.functionArn } },
          Priority: request.priority,
          ...manifestOf(request, context.partition),
          ProgressSummary: {
            TotalNumberOfTasks: total,
            NumberOfTasksSucceeded: succeeded,
            NumberOfTasksFailed: failed,
            Timers: { ElapsedTimeInActiveSeconds: Math.round(((endedAt ?? createdAt) - createdAt) / 1000) },
          },
          StatusUpdateReason: reason,
          FailureReasons: failures.map(({ code, reason }) => ({ FailureCode: code, FailureReason: reason })),
          ...(request.report && {
            Report: {
              Bucket: `arn:${context.partition}:s3:::${request.report.bucket}`,
              Format: 'Report_CSV_20180820',
              Enabled: true,
              Prefix: request.report.prefix,
              ReportScope: request.report.isOfFailures ? 'FailedTasksOnly' : 'AllTasks',
            },
          }),
          CreationTime: new Date(createdAt),
          ...(endedAt !== undefined && { TerminationDate: new Date(endedAt) }),
          RoleArn: request.roleArn,
        },
      },
    ],
  };
}

function manifestOf({ manifest }: JobRequest, partition: string): object {
  if (manifest === undefined) return {};
  const { bucket, key, etag, fields } = manifest;
  return {
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: fields },
      Location: { ObjectArn: `arn:${partition}:s3:::${bucket}/${key}`, ETag: etag },
    },
  };
}

/** From which statuses a job can be cancelled ("Job statuses", transitions). */
const CANCELLABLE: ReadonlySet<Job['status']> = new Set(['New', 'Preparing', 'Suspended', 'Ready', 'Active']);

export function updateJobStatus(
  context: Context,
  { JobId, query }: RestInput & { readonly JobId: string },
): RestOutput {
  const job = open(context, JobId);
  const asked = query.get('requestedJobStatus');
  if (asked !== 'Cancelled')
    throw new AwsError('BadRequestException', 400, 'The sandbox knows the status Cancelled alone');
  if (!CANCELLABLE.has(job.status))
    throw new AwsError(
      'JobStatusException',
      400,
      `Current status ${job.status} cannot be updated to Cancelled`,
    );
  job.status = 'Cancelling';
  job.reason = query.get('statusUpdateReason') ?? '';
  return {
    body: ['UpdateJobStatusResult', { JobId, Status: job.status, StatusUpdateReason: job.reason }],
  };
}

function jobsOf({ world, account, region }: Context): readonly Job[] {
  return [...world.jobs.values()].filter((job) => job.account === account && job.region === region);
}

function open(context: Context, id: string): Job {
  const job = jobsOf(context).find((each) => each.id === id);
  if (job === undefined) throw new AwsError('NotFoundException', 404, `No job ${id}`);
  return job;
}
