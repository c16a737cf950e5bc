/**
 * The Lambda function: whatever invoked it in, log files read and their resources tagged, the caller's answer out.
 */
import type { Context } from 'aws-lambda';
import { parseArn } from '../parser/arn.ts';
import { type Answer, answer } from './answer/answer.ts';
import { collectReports } from './answer/file-reports.ts';
import type { RunAnswer } from './bulk/run-answer.ts';
import type { FileReport } from './file/file-report.ts';
import { CALLERS } from './notification/callers.ts';
import { type Invocation, InvocationError } from './notification/invocation.ts';
import { readInvocation } from './notification/read-invocation.ts';
import { createDeadline, type Deadline } from './runtime/deadline.ts';
import {
  logAlertProblem,
  logBroken,
  logFile,
  logInvocation,
  logRefused,
  logStale,
  logUnknown,
  warnOfConcurrency,
} from './runtime/log.ts';
import { countStoreCall, writeMetrics } from './runtime/metrics.ts';
import { createTaggingRuntime, type TaggingRuntime } from './runtime/runtime.ts';
import { readSettings } from './runtime/settings.ts';
import type { WorkContext } from './work/context.ts';
import { doItems } from './work/do-items.ts';
import { dryQueues } from './work/dry-run.ts';

/** What of Lambda's context is used. Without a remaining time there is no end to it. */
export type InvocationContext = Pick<Context, 'invokedFunctionArn'> &
  Partial<Pick<Context, 'getRemainingTimeInMillis'>>;

/** Where an event is kept that nobody understands. */
export interface UnknownAnswer {
  readonly archived: string;
}

let runtime: TaggingRuntime | undefined;

/** Throws where only an error makes the caller bring the event again, after everything else is done. */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<Answer | RunAnswer | UnknownAnswer> {
  const deadline = createDeadline(context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY);
  try {
    runtime ??= startRuntime(context.invokedFunctionArn);
    return await handle(event, runtime, deadline);
  } finally {
    deadline.clear();
  }
}

/** The data flow: event → items of tasks → results → answer. */
export async function handle(
  event: unknown,
  runtime: TaggingRuntime,
  deadline: Deadline,
): Promise<Answer | RunAnswer | UnknownAnswer> {
  const { settings } = runtime;
  logStale(await runtime.refresh(deadline.work));
  const read = readOrSay(event, runtime);
  if ('problem' in read) return keepUnknown(event, read.problem, runtime, deadline);
  const { invocation } = read;
  if (invocation.run !== undefined) {
    const { doRun } = await import('./bulk/do-run.ts');
    return doRun(invocation, invocation.run, runtime, deadline);
  }
  const reports = collectReports(CALLERS[invocation.caller].maxAnswerBytes);
  const onReport = (report: FileReport) => {
    logFile(report);
    runtime.alerts?.addReport(report);
    reports.add(report);
  };
  const context = contextOf(event, invocation, { runtime, deadline, onReport });
  const results = await doItems(invocation.items, context, logBroken);
  logInvocation(invocation, results, context.dryRun);
  const tallies = results.map(({ tally }) => tally);
  writeMetrics(tallies, settings.namedServices);
  await runtime.alerts?.send(deadline.handingOn);
  return answer(invocation, results, reports);
}

type Read = { readonly invocation: Invocation } | { readonly problem: InvocationError };

/** An event in which nothing is recognised is none of ours, unless the archive keeps such events. Throws InvocationError. */
function readOrSay(event: unknown, { settings, trustedQueues, archive }: TaggingRuntime): Read {
  try {
    return { invocation: readInvocation(event, settings.triggerMode, trustedQueues) };
  } catch (error) {
    const isKept = archive?.putUnknown !== undefined;
    if (!isKept || !(error instanceof InvocationError) || error.code !== 'UnknownEvent') throw error;
    return { problem: error };
  }
}

/** Throws where it cannot be kept, so that it is brought again. */
async function keepUnknown(
  event: unknown,
  problem: InvocationError,
  { archive }: TaggingRuntime,
  { work }: Deadline,
): Promise<UnknownAnswer> {
  const archived = await archive?.putUnknown?.(event, work);
  if (archived === undefined) throw problem;
  logUnknown(problem.message, archived);
  return { archived };
}

interface Surroundings {
  readonly runtime: TaggingRuntime;
  readonly deadline: Deadline;
  readonly onReport: (report: FileReport) => void;
}

function contextOf(
  event: unknown,
  invocation: Invocation,
  { runtime, deadline, onReport }: Surroundings,
): WorkContext {
  const caller = CALLERS[invocation.caller];
  const { dryRun } = runtime.settings.tags;
  return {
    ...runtime,
    queues: dryRun ? dryQueues(runtime.queues) : runtime.queues,
    caller,
    dryRun,
    eventText: () => (caller.forgets ? JSON.stringify(event) : undefined),
    signal: deadline.work,
    handOnSignal: deadline.handingOn,
    onReport,
  };
}

/** The function's own ARN tells account and region without a call. */
function startRuntime(functionArn: string): TaggingRuntime {
  const arn = parseArn(functionArn);
  if (arn === undefined) throw new Error(`the function's ARN is ${functionArn}, expected an ARN`);
  if (!process.env.RESERVED_CONCURRENCY) warnOfConcurrency();
  const { account: ownAccount, region } = arn;
  const settings = readSettings(process.env, 'function');
  return createTaggingRuntime(settings, {
    ownAccount,
    region,
    onRefused: logRefused,
    onStoreCall: countStoreCall,
    sendsNames: true,
    onAlertProblem: logAlertProblem,
  });
}
