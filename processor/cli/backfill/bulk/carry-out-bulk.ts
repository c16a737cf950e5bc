/**
 * A run in AWS, from where its folder says it is to where its jobs are over: begins what is to be begun, watches, fetches what they
 * did, and says what it came to. Whoever presses Ctrl-C ends the watching, and not the run.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { printableJson } from '../../../../parser/printable.ts';
import { CallError, isTransient } from '../../../../tag-manager/calls/call-failure.ts';
import type { BulkEngine, BulkProgress, BulkWork } from '../../../backfill/aws/bulk-engine.ts';
import { type Collected, collect } from '../../../backfill/aws/collect.ts';
import type { JobList } from '../../../backfill/aws/job-list.ts';
import { openRunBucket } from '../../../backfill/aws/run-bucket.ts';
import { writeManifests } from '../../../backfill/aws/write-manifests.ts';
import { lockRun } from '../../../backfill/run/run-folder.ts';
import { RUN_FILE } from '../../../backfill/run/run-id.ts';
import type { RunInfo } from '../../../backfill/run/run-info.ts';
import type { FoundBranch } from '../../../backfill/scope/find-branches.ts';
import type { Scope } from '../../../backfill/scope/scope.ts';
import { type LogReader, listingOf } from '../../../file/log-reader.ts';
import type { Totals } from '../../../file/totals.ts';
import { counted } from '../../../report/view/words.ts';
import type { CommandCall } from '../../command.ts';
import { type Ending, lowest } from '../../endings.ts';
import { printerFor } from '../../printer-for.ts';
import { bulkProgressText, startProgressOf } from '../run-progress.ts';
import { againBy } from '../run-words.ts';
import type { OpenedBulk } from './open-bulk.ts';

export interface BulkRun {
  readonly opened: OpenedBulk;
  readonly engine: BulkEngine;
  readonly folder: string;
  readonly info: RunInfo;
  readonly scope: Scope;
  readonly branches: readonly FoundBranch[];
  readonly logs: LogReader;
  readonly jobs: JobList;
  /** Of an S3 inventory that log files are read from: the key of its manifest. @default they are listed */
  readonly inventory?: string | undefined;
}

/** Throws RunError where another process watches the run. */
export async function carryOutBulk(call: CommandCall, run: BulkRun): Promise<Ending> {
  const { folder, engine } = run;
  const { terminal, signal, options } = call;
  const unlock = lockRun(folder, Date.now());
  try {
    const work = workOf(run, signal);
    const { jobs, lost } = work.jobs;
    const before = jobs.length > 0 && lost.length === 0 ? await engine.ask(work) : undefined;
    if (before?.isOver) {
      const fetched = await fetchAll(call, run, work, before);
      if (fetched.isOver) return end(call, run, fetched);
    }
    if (before === undefined || before.isOver) await beginRound(call, run, work);
    const progress = await watch(call, run, work);
    for (const problem of progress.problems) terminal.complain(problem);
    return await end(call, run, await fetchAll(call, run, work, progress));
  } catch (error) {
    for (const line of afterwards(run, options.runs)) terminal.complain(line);
    if (signal.aborted) return 'interrupted';
    throw error;
  } finally {
    unlock();
  }
}

/** Whatever ends the watching does not end the run. */
function afterwards({ info, jobs }: BulkRun, runs: string | undefined): readonly string[] {
  const again = againBy(info.id, runs);
  if (jobs.jobs.length === 0) return [`nothing was begun in AWS yet; it is begun by: ${again('resume')}`];
  return [
    `what was begun goes on in AWS; to watch it, and fetch what it does: ${again('resume')}`,
    `to stop it: ${again('stop')}`,
  ];
}

export function workOf(
  { opened, info, scope, jobs }: Pick<BulkRun, 'opened' | 'info' | 'scope' | 'jobs'>,
  signal: AbortSignal,
): BulkWork {
  const { calls, deployment } = opened;
  const bucket = openRunBucket(deployment, info.id, calls, signal);
  return { id: info.id, scope, deployment, calls, bucket, jobs, signal };
}

async function beginRound(
  { terminal }: CommandCall,
  { folder, info, engine, branches, logs, scope, inventory }: BulkRun,
  work: BulkWork,
): Promise<void> {
  const { jobs } = work;
  if (jobs.isRoundBegun) await jobs.beginRound();
  await work.bucket.put(RUN_FILE, `${printableJson(info)}\n`);
  const before = jobs.jobs.length;
  await engine.start({
    ...work,
    branches,
    isFirst: before === 0,
    inventory,
    writeManifests: async (mostFiles) => {
      terminal.complain('listing the log files of the run');
      const list = listingOf(logs, scope.bucket);
      return writeManifests({ folder, work, engine, branches, list }, mostFiles);
    },
  });
  await jobs.roundBegun();
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;

/** Until nothing goes on any more. AWS is asked less and less often, up to every ten seconds. */
async function watch(
  { terminal, signal }: CommandCall,
  { engine }: BulkRun,
  work: BulkWork,
): Promise<BulkProgress> {
  const began = performance.now();
  let progress: BulkProgress | undefined;
  let atFirst = 0;
  const text = () => {
    const seconds = (performance.now() - began) / 1000;
    return progress === undefined ? 'AWS is asked' : bulkProgressText({ ...progress, atFirst, seconds });
  };
  const stop = startProgressOf(text, {
    say: terminal.complain,
    isTerminal: process.stderr.isTTY === true,
    signal,
  });
  try {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const found = await askedOrSaid(engine, work, terminal.complain);
      if (progress === undefined && found !== undefined) atFirst = found.done + found.failed;
      progress = found ?? progress;
      if (progress?.isOver) return progress;
      await pause(wait, undefined, { signal });
    }
  } finally {
    stop();
  }
}

/** A run takes days, and who watches it a laptop: what passes by itself is said, and asked again. Credentials do not come back. */
async function askedOrSaid(
  engine: BulkEngine,
  work: BulkWork,
  say: (problem: string) => void,
): Promise<BulkProgress | undefined> {
  try {
    return await engine.ask(work);
  } catch (error) {
    const passes = error instanceof CallError && isTransient(error.failure);
    if (!passes || work.signal.aborted || error.failure.class === 'credentials') throw error;
    say(`AWS could not be asked how far it is, and is asked again: ${error.message}`);
    return undefined;
  }
}

interface Fetched extends Collected {
  /** Nothing is left to do. */
  readonly isOver: boolean;
}

async function fetchAll(
  { terminal }: CommandCall,
  { folder, engine, branches }: BulkRun,
  work: BulkWork,
  progress: BulkProgress,
): Promise<Fetched> {
  terminal.complain('fetching what was done');
  const isWhole = progress.isWhole && work.jobs.isRoundBegun;
  const names = branches.map(({ name }) => name);
  const collected = await collect({ folder, work, engine, branches: names, isWhole });
  await work.jobs.fetched();
  return { ...collected, isOver: isWhole && collected.left === 0 };
}

async function end(
  { options, terminal }: CommandCall,
  { folder, info, opened }: BulkRun,
  fetched: Fetched,
): Promise<Ending> {
  const { totals, left, problems, broken, lost, isOver } = fetched;
  const printer = await printerFor(options, terminal, opened.settings.tags);
  printer.summary(totals);
  for (const problem of problems) terminal.complain(problem);
  if (broken > 0)
    terminal.complain(
      `${counted(broken, 'line')} of the journal in s3://${opened.deployment.bucket}/runs/${info.id}/journal/ cannot be read: somebody else has written there`,
    );
  if (lost > 0)
    terminal.complain(
      `${counted(lost, 'log file counts', 'log files count')} in no sum: what the function told of them is no more in the bucket`,
    );
  if (left > 0) terminal.complain(`${counted(left, 'log file was', 'log files were')} not done`);
  const goingOn = isOver ? '' : `; what is left is done by: ${againBy(info.id, options.runs)('resume')}`;
  terminal.complain(`${folder} keeps what was done${goingOn}`);
  return endingOf(fetched);
}

/** As that of a run here. */
function endingOf({ totals, broken, lost, isOver }: Fetched): Ending {
  if (totals.files === 0 && isOver) return 'nothing';
  return lowest([
    ...endingsOf(totals),
    ...(broken > 0 || lost > 0 ? ['failed' as const] : []),
    ...(isOver ? [] : ['incomplete' as const]),
  ]);
}

function* endingsOf({ unreadable, outcomes, ignored }: Totals): Generator<Ending> {
  if (unreadable > 0 || (outcomes.failed ?? 0) > 0) yield 'failed';
  if ((outcomes.deferred ?? 0) > 0 || (ignored['no-role'] ?? 0) > 0) yield 'incomplete';
}
