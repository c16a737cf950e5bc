/**
 * The Lambda function: whatever invoked it in, log files read and their resources tagged, the caller's answer
 * out. The one place where what was not done is turned into what makes the caller bring it again.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { parseArn } from '../parser/arn.ts';
import { answer } from './answer/answer.ts';
import { type Outcome, report, type UnitResult } from './answer/report.ts';
import { type FileReport, isDone } from './file/file-report.ts';
import type { Caller } from './notification/form.ts';
import type { Invocation } from './notification/invocation.ts';
import { readInvocation } from './notification/read-invocation.ts';
import { handBack, readSqsMessages } from './queues/sqs-messages.ts';
import { createDeadline } from './runtime/deadline.ts';
import { createTaggingRuntime, type TaggingRuntime } from './runtime/runtime.ts';
import { readSettings } from './runtime/settings.ts';
import type { TaskResult } from './work/result.ts';
import { doUnit } from './work/work.ts';

/** What of Lambda's context is used. Without a remaining time there is no end to it. */
export type InvocationContext = Pick<Context, 'invokedFunctionArn'> &
  Partial<Pick<Context, 'getRemainingTimeInMillis'>>;

const logger = new Logger({ serviceName: 'auto-tagger' });
let runtime: TaggingRuntime | undefined;

/** Throws where only an error makes the caller bring the event again, after everything else is done. */
export async function handler(event: unknown, context: InvocationContext): Promise<object> {
  runtime ??= startRuntime(context.invokedFunctionArn);
  return handle(
    event,
    runtime,
    createDeadline(context.getRemainingTimeInMillis ?? (() => Number.POSITIVE_INFINITY)),
  );
}

export async function handle(
  event: unknown,
  runtime: TaggingRuntime,
  isTimeUp: () => boolean,
): Promise<object> {
  const invocation = readInvocation(event, runtime.settings.triggerMode);
  const carriers = readSqsMessages(event);
  const callerForgets = FORGETS.has(invocation.caller);
  const parts = { ...runtime, callerForgets, isTimeUp, onReport: logReport };
  const eventText = () => (callerForgets ? JSON.stringify(event) : undefined);
  const results = await Promise.all(
    invocation.units.map(async (unit): Promise<UnitResult> => {
      const message = unit.id === undefined ? undefined : carriers.get(unit.id);
      const text = message === undefined ? eventText : () => message.body;
      const done = await doUnit(unit, parts, { message, text });
      const outcome = outcomeFor(invocation.caller, done);
      if (outcome === 'again' && message !== undefined) {
        await handBack(message, runtime.clients, runtime.resources.ownRegion);
      }
      return { ...done, id: unit.id, outcome };
    }),
  );
  logInvocation(invocation, results);
  const reply = answer(invocation, results);
  if (reply.kind === 'throw') throw reply.error;
  return reply.value;
}

/** They bring an event again twice at most, minutes later (AWS Lambda Developer Guide, "Asynchronous invocation"). */
const FORGETS: ReadonlySet<Caller> = new Set(['s3', 'sns', 'eventbridge', 'lambda']);

/** These take "never" for an answer. To the others it would be success, and the end: they bring it until AWS gives up and keeps it. */
const TAKES_NEVER: ReadonlySet<Caller> = new Set(['batch', 'step-functions', 'manual']);

/** A file that cannot be read for ever is "never" to those who want to know, also where the failure queue keeps it. */
function outcomeFor(caller: Caller, { outcome, reports }: TaskResult): Outcome {
  if (!TAKES_NEVER.has(caller)) return outcome === 'never' ? 'again' : outcome;
  const isUnreadable = reports.some(({ error }) => error?.class === 'final');
  return outcome === 'done' && isUnreadable ? 'never' : outcome;
}

/** What is well within a log event of CloudWatch (256 KiB). */
const MAX_LOG_BYTES = 100_000;

/** One line an invocation, because SQS takes no counts: what came, what was skipped, what could not be understood. */
function logInvocation(invocation: Invocation, results: readonly UnitResult[]): void {
  const { reports, reportsLeftOut, ...counts } = report(invocation, results, MAX_LOG_BYTES);
  logger[counts.failures.length === 0 ? 'info' : 'error']('invocation', counts);
}

/** One line a file. A file that cannot be read for want of a permission is an error, for alarms to look for. */
function logReport(report: FileReport): void {
  logger[isDone(report) ? 'info' : 'error']('file', { report });
}

/** The function's own ARN tells account and region without a call. */
function startRuntime(functionArn: string): TaggingRuntime {
  const arn = parseArn(functionArn);
  if (arn === undefined) throw new Error(`the function's ARN is ${functionArn}, expected an ARN`);
  return createTaggingRuntime(readSettings(process.env, 'function'), arn.account, arn.region);
}
