/**
 * A run by S3 Batch Operations: a job for each manifest, all of them begun at once; S3 invokes the backfill function for each log file,
 * and leaves a report of what it answered. Where the scope is what begins with a prefix, S3 lists the log files itself. Sources:
 * Amazon S3 API Reference, "CreateJob"; Amazon S3 User Guide, "Tracking job status and completion reports".
 */
import {
  CreateJobCommand,
  DescribeJobCommand,
  type JobDescriptor,
  S3ControlClient,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { CallError } from '../../../../tag-manager/calls/call-failure.ts';
import type { BulkEngine, BulkProgress, BulkStart, BulkWork } from '../bulk-engine.ts';
import type { Job } from '../job-list.ts';
import { isOwnBucket } from '../own-bucket.ts';
import { generatorFilter } from './generator-filter.ts';
import { type JobInput, jobRequest, readJobInput } from './job-request.ts';
import { readReport } from './report.ts';

/** A manifest may hold far more; of one of ten million, two gigabytes lie on this machine's disk while it is written. */
const MOST_FILES = 10_000_000;

export const BATCH_ENGINE: BulkEngine = {
  kind: 'bulk',
  service: 'S3 Batch Operations',
  async start(work) {
    const { lost } = work.jobs;
    const jobs =
      lost.length > 0 ? lost : await work.jobs.addAll((await inputsOf(work)).map((input) => ({ ...input })));
    for (const job of jobs) await begin(work, job);
  },
  ask: async (work) => progressOf(work, await describeAll(work)),
  async stop(work) {
    for (const { JobId, Status } of await describeAll(work)) {
      if (JobId !== undefined && !isOver(Status)) await cancel(work, JobId);
    }
  },
  async *results(work) {
    for (const job of work.jobs.jobs) if (job.id !== undefined) yield* readReport(work, job.id, job.round);
  },
};

/** What S3 lists itself is begun with once: what is left of it is listed here. */
async function inputsOf(work: BulkStart): Promise<readonly JobInput[]> {
  const filter = work.isFirst ? generatorFilter(work.scope, work.branches) : undefined;
  if (filter !== undefined && (await isOwnBucket(work, filter.prefix))) return [{ generator: filter }];
  const manifests = await work.writeManifests(MOST_FILES);
  return manifests.map((manifest) => ({ manifest }));
}

/** Repeated after a kill: for a token that it knows, AWS gives the job that there is. */
async function begin(work: BulkWork, { token, input }: Job): Promise<void> {
  const command = new CreateJobCommand(jobRequest(work, token, readJobInput(input)));
  const { JobId = '' } = await control(work, (client, options) => client.send(command, options));
  await work.jobs.named(token, JobId);
}

async function describeAll(work: BulkWork): Promise<readonly JobDescriptor[]> {
  const ids = work.jobs.jobs.flatMap(({ id }) => id ?? []);
  const found: JobDescriptor[] = [];
  for (const JobId of ids) {
    found.push(await describe(work, JobId));
  }
  return found;
}

/** Jobs are known for 90 days after they have ended (Amazon S3 API Reference, "ListJobs"). */
const FORGOTTEN = 'Forgotten';

async function describe(work: BulkWork, JobId: string): Promise<JobDescriptor> {
  const command = new DescribeJobCommand({ AccountId: work.deployment.account, JobId });
  try {
    const { Job } = await control(work, (client, options) => client.send(command, options));
    return { JobId, ...Job };
  } catch (error) {
    if (!(error instanceof CallError) || error.failure.class !== 'not-found') throw error;
    return { JobId, Status: FORGOTTEN as NonNullable<JobDescriptor['Status']> };
  }
}

async function cancel(work: BulkWork, JobId: string): Promise<void> {
  const command = new UpdateJobStatusCommand({
    AccountId: work.deployment.account,
    JobId,
    RequestedJobStatus: 'Cancelled',
    StatusUpdateReason: 'auto-tagger backfill stop',
  });
  try {
    await control(work, (client, options) => client.send(command, options));
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof CallError) || error.failure.error !== 'JobStatusException') throw error;
  }
}

type Send<Output> = (
  client: S3ControlClient,
  options: { readonly abortSignal: AbortSignal },
) => Promise<Output>;

function control<Output>({ calls, deployment, signal }: BulkWork, send: Send<Output>): Promise<Output> {
  return calls.make({ client: S3ControlClient, account: undefined, region: deployment.region }, signal, send);
}

function isOver(status: string | undefined): boolean {
  return status === undefined || ['Complete', 'Failed', 'Cancelled', FORGOTTEN].includes(status);
}

function progressOf({ jobs }: BulkWork, found: readonly JobDescriptor[]): BulkProgress {
  const ofRound = new Set(jobs.jobs.filter(({ round }) => round === jobs.round).map(({ id }) => id));
  const present = found.filter(({ JobId }) => ofRound.has(JobId));
  const running = found.filter(({ Status }) => !isOver(Status));
  const sum = (number: (job: JobDescriptor) => number | undefined) =>
    present.reduce((all, job) => all + (number(job) ?? 0), 0);
  const totals = present.map(({ ProgressSummary: { TotalNumberOfTasks: total = 0 } = {} }) => total);
  return {
    isOver: running.length === 0,
    state: [...new Set((running.length > 0 ? running : found).map(({ Status = '' }) => Status))].join(', '),
    done: sum(({ ProgressSummary }) => ProgressSummary?.NumberOfTasksSucceeded),
    failed: sum(({ ProgressSummary }) => ProgressSummary?.NumberOfTasksFailed),
    total: running.some(isBeingPrepared) ? undefined : totals.reduce((all, total) => all + total, 0),
    isWhole:
      running.length === 0 &&
      present.length === ofRound.size &&
      present.every(({ Status }) => Status === 'Complete'),
    problems: present.flatMap(problemsOf),
  };
}

/** How many tasks it has is known once S3 is through with the manifest. */
function isBeingPrepared({ Status }: JobDescriptor): boolean {
  return Status === 'New' || Status === 'Preparing';
}

function problemsOf({ JobId, Status, FailureReasons = [], StatusUpdateReason }: JobDescriptor): string[] {
  const reasons = FailureReasons.map(({ FailureCode, FailureReason }) => `${FailureCode}: ${FailureReason}`);
  if (Status === 'Failed')
    return [`job ${JobId} has failed: ${reasons.join('; ') || 'AWS does not say why'}`];
  if (String(Status) === FORGOTTEN) return [`job ${JobId} is known to AWS no more`];
  if (Status !== 'Cancelled') return [];
  return [`job ${JobId} was cancelled${StatusUpdateReason ? `: ${StatusUpdateReason}` : ''}`];
}
