/**
 * A run by Step Functions: one execution of the deployment's state machine, which goes through its sources by a Distributed Map each,
 * hands log files in batches to the backfill function, and leaves what it answered. An execution that failed or was stopped is
 * redriven while AWS allows that, which goes on with the batches that were not done; else a new one is begun over the rest. Source:
 * AWS Step Functions API Reference.
 */
import type { DescribeExecutionOutput, DescribeMapRunOutput } from '@aws-sdk/client-sfn';
import type { MachineInput } from '../../bulk/machine-input.ts';
import { RESULTS } from '../../bulk/run-keys.ts';
import type { BulkEngine, BulkProgress, BulkStart, BulkWork } from '../bulk-engine.ts';
import type { Job, JobList } from '../job-list.ts';
import {
  describeExecution,
  describeMapRun,
  mapRunsOf,
  redriveExecution,
  startExecution,
  stopExecution,
} from './executions.ts';
import { type MapJobInput, readMapJobInput } from './job-input.ts';
import { readResults } from './result-files.ts';
import { readInventory, sourcesFor } from './sources.ts';

export const MAP_ENGINE: BulkEngine = {
  kind: 'bulk',
  service: 'AWS Step Functions',
  readInventory,
  async start(work) {
    const { lost } = work.jobs;
    for (const job of lost.length > 0 ? lost : await newJobs(work)) await begin(work, job);
  },
  async ask(work) {
    const asked = await Promise.all(executionsOf(work.jobs).map((each) => askOne(work, each)));
    return progressOf(work, asked);
  },
  async stop(work) {
    for (const { arn } of executionsOf(work.jobs)) {
      const found = await describeExecution(work, arn);
      if (found?.status === 'RUNNING') await stopExecution(work, arn);
    }
  },
  async *results(work) {
    for (const { token, round } of executionsOf(work.jobs)) {
      // One for each map run. AWS forgets executions, and the bucket does not.
      for await (const { name } of work.bucket.list(`${resultsOf(token)}/`)) {
        if (name.endsWith('/manifest.json')) yield* readResults(work, name, round);
      }
    }
  },
};

async function newJobs(work: BulkStart): Promise<readonly Job[]> {
  const input = (await redriveOf(work)) ?? (await sourcesFor(work));
  return input === undefined ? [] : [await work.jobs.add({ ...input })];
}

/** What cannot be read this time cannot be read the next: then the rest is listed here. */
const NOT_WORTH_REDRIVING = new Set(['States.ItemReaderFailed', 'UnknownSource']);

/** Only the last one: it is over what all before it have left. */
async function redriveOf(work: BulkWork): Promise<MapJobInput | undefined> {
  const last = work.jobs.jobs.at(-1)?.id;
  const found = last === undefined ? undefined : await describeExecution(work, last);
  if (last === undefined || found?.redriveStatus !== 'REDRIVABLE') return undefined;
  if (NOT_WORTH_REDRIVING.has(found.error ?? '')) return undefined;
  return { redrive: last, redriveCount: found.redriveCount ?? 0 };
}

/** Repeated after a kill: AWS begins one execution of a name, and redrives none that goes on. */
async function begin(work: BulkWork, { token, input }: Job): Promise<void> {
  const what = readMapJobInput(input);
  if ('sources' in what) {
    const machine: MachineInput = {
      run: work.id,
      bucket: work.scope.bucket,
      results: `${work.bucket.prefix}${resultsOf(token)}`,
      sources: what.sources,
      done: 0,
    };
    await work.jobs.named(token, await startExecution(work, token, machine));
  } else {
    const found = await describeExecution(work, what.redrive);
    if (found?.redriveCount === what.redriveCount) await redriveExecution(work, what.redrive);
    await work.jobs.named(token, what.redrive);
  }
}

/** Below the folder of the run. */
function resultsOf(token: string): string {
  return `${RESULTS}/${token}`;
}

interface Execution {
  readonly arn: string;
  /** That it was begun under. */
  readonly token: string;
  /** The last in which it was begun, or redriven. */
  readonly round: number;
  readonly sources: number;
  readonly files?: number | undefined;
}

/** Each once, in the order in which they were begun. */
function executionsOf({ jobs }: JobList): readonly Execution[] {
  const found = new Map<string, Execution>();
  for (const { id, token, round, input } of jobs) {
    if (id === undefined) continue;
    const what = readMapJobInput(input);
    const known = found.get(id);
    if ('sources' in what) {
      found.set(id, { arn: id, token, round, sources: what.sources.length, files: what.files });
    } else if (known !== undefined) found.set(id, { ...known, round });
  }
  return [...found.values()];
}

interface Asked {
  readonly execution: Execution;
  readonly found: DescribeExecutionOutput | undefined;
  readonly mapRuns: readonly DescribeMapRunOutput[];
}

async function askOne(work: BulkWork, execution: Execution): Promise<Asked> {
  const found = await describeExecution(work, execution.arn);
  if (found === undefined || (execution.round !== work.jobs.round && found.status !== 'RUNNING')) {
    return { execution, found, mapRuns: [] }; // those of later rounds tell how far it is
  }
  const arns = await mapRunsOf(work, execution.arn);
  const ended = endedOf(work.jobs);
  const mapRuns = await Promise.all(
    arns.map(async (arn) => {
      const known = ended.get(arn);
      if (known !== undefined) return known;
      const asked = await describeMapRun(work, arn);
      if (asked.status === 'SUCCEEDED') ended.set(arn, asked); // it is never redriven
      return asked;
    }),
  );
  return { execution, found, mapRuns };
}

/** Map runs that are over for good, so that AWS is not asked of each again and again. */
const ENDED = new WeakMap<JobList, Map<string, DescribeMapRunOutput>>();

function endedOf(jobs: JobList): Map<string, DescribeMapRunOutput> {
  const known = ENDED.get(jobs) ?? new Map<string, DescribeMapRunOutput>();
  ENDED.set(jobs, known);
  return known;
}

function progressOf({ jobs }: BulkWork, asked: readonly Asked[]): BulkProgress {
  const present = asked.filter(({ execution }) => execution.round === jobs.round);
  const mapRuns = present.flatMap((each) => each.mapRuns);
  const sum = (of: (counts: NonNullable<DescribeMapRunOutput['itemCounts']>) => number) =>
    mapRuns.reduce((all, { itemCounts }) => all + (itemCounts === undefined ? 0 : of(itemCounts)), 0);
  const failed = sum(({ failed = 0, timedOut = 0, aborted = 0 }) => failed + timedOut + aborted);
  const isOver = asked.every(isEnded);
  const states = (isOver ? asked : asked.filter((each) => !isEnded(each))).map(
    ({ found }) => found?.status ?? '',
  );
  return {
    isOver,
    state: [...new Set(states)].join(', '),
    done: sum(({ succeeded = 0 }) => succeeded),
    failed,
    total: totalOf(
      present,
      sum(({ total = 0 }) => total),
    ),
    isWhole: isOver && failed === 0 && present.every(({ found }) => found?.status === 'SUCCEEDED'),
    problems: present.flatMap(problemsOf),
  };
}

/** A map run may go on for a while after its execution was stopped, until its results are written. */
function isEnded({ found, mapRuns }: Asked): boolean {
  return found?.status !== 'RUNNING' && mapRuns.every(({ status }) => status !== 'RUNNING');
}

/** Of what AWS lists, all is known once the last map run has read its items. */
function totalOf(present: readonly Asked[], counted: number): number | undefined {
  const files = present.map(({ execution }) => execution.files);
  if (files.every((each) => each !== undefined)) return files.reduce((sum, each) => sum + each, 0);
  return present.every(({ found }) => found?.status === 'SUCCEEDED') ? counted : undefined;
}

function problemsOf({ found, execution: { arn } }: Asked): readonly string[] {
  const name = arn.split(':').at(-1);
  if (found === undefined) return [`AWS knows nothing of the execution ${name} any more`];
  const { status, error = '', cause = '' } = found;
  if (status === 'ABORTED') return [`the execution ${name} was stopped${cause === '' ? '' : `: ${cause}`}`];
  if (status === 'RUNNING' || status === 'SUCCEEDED') return [];
  if (error === 'States.ExceedToleratedFailureThreshold') {
    return [`the execution ${name} has ended because too many of its batches failed`];
  }
  return [`the execution ${name} has ended as ${status}: ${[error, cause].filter(Boolean).join(': ')}`];
}
