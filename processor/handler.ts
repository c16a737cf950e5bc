/**
 * The Lambda function: whatever invoked it in, log files read and their resources tagged, the caller's answer out.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { parseArn } from '../parser/arn.ts';
import { printable } from '../parser/printable.ts';
import { type Answer, answer } from './answer/answer.ts';
import { report } from './answer/report.ts';
import { type FileReport, isDone } from './file/file-report.ts';
import { countOf } from './file/warnings.ts';
import { CALLERS } from './notification/callers.ts';
import type { Invocation } from './notification/invocation.ts';
import { readInvocation } from './notification/read-invocation.ts';
import { createDeadline, type Deadline } from './runtime/deadline.ts';
import { countCreationsPassedOver } from './runtime/metrics.ts';
import { createTaggingRuntime, type TaggingRuntime } from './runtime/runtime.ts';
import { readSettings } from './runtime/settings.ts';
import { doItem } from './work/do-item.ts';
import type { ItemResult } from './work/settle.ts';

/** What of Lambda's context is used. Without a remaining time there is no end to it. */
export type InvocationContext = Pick<Context, 'invokedFunctionArn'> &
  Partial<Pick<Context, 'getRemainingTimeInMillis'>>;

/** Names and messages of others are in what is logged. */
const jsonReplacerFn = (_: string, value: unknown) => (typeof value === 'string' ? printable(value) : value);
const logger = new Logger({ serviceName: 'auto-tagger', jsonReplacerFn });
let runtime: TaggingRuntime | undefined;

/** Throws where only an error makes the caller bring the event again, after everything else is done. */
export async function handler(event: unknown, context: InvocationContext): Promise<Answer> {
  const deadline = createDeadline(context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY);
  try {
    runtime ??= startRuntime(context.invokedFunctionArn);
    return await handle(event, runtime, deadline);
  } finally {
    deadline.clear();
  }
}

export async function handle(event: unknown, runtime: TaggingRuntime, deadline: Deadline): Promise<Answer> {
  const invocation = readInvocation(event, runtime.settings.triggerMode, runtime.trustedQueues);
  const caller = CALLERS[invocation.caller];
  const context = {
    ...runtime,
    caller,
    dryRun: runtime.settings.tags.dryRun,
    eventText: () => (caller.forgets ? JSON.stringify(event) : undefined),
    signal: deadline.work,
    handOnSignal: deadline.handingOn,
    onReport: logReport,
  };
  const results = await Promise.all(invocation.items.map((item) => doItem(item, context)));
  logInvocation(invocation, results);
  return answer(invocation, results);
}

/** What is well within a log event of CloudWatch (256 KiB). */
const MAX_LOG_BYTES = 100_000;

/** One line an invocation, because SQS takes no counts: what came, what was skipped, what could not be understood. */
function logInvocation(invocation: Invocation, results: readonly ItemResult[]): void {
  const { reports, reportsLeftOut, ...counts } = report(invocation, results, MAX_LOG_BYTES);
  logger[counts.failures.length === 0 ? 'info' : 'error']('invocation', counts);
}

/** One line a file. A file that cannot be read for want of a permission is an error, for alarms to look for. */
function logReport(report: FileReport): void {
  const { complete, warnings } = report;
  logger[!isDone(report) ? 'error' : warnings.length > 0 ? 'warn' : 'info']('file', { report });
  if (complete) countCreationsPassedOver(countOf(warnings)); // else it is read again
}

/** The function's own ARN tells account and region without a call. */
function startRuntime(functionArn: string): TaggingRuntime {
  const arn = parseArn(functionArn);
  if (arn === undefined) throw new Error(`the function's ARN is ${functionArn}, expected an ARN`);
  return createTaggingRuntime(readSettings(process.env, 'function'), arn.account, arn.region);
}
