/**
 * The Lambda function: an event in, log files read and their resources tagged, the reports out. The one place
 * where what went wrong is turned into the answer that makes the caller try again.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { parseArn } from '../parser/arn.ts';
import { type FileReport, isDone } from './file-report.ts';
import { s3LogFile } from './log-file.ts';
import { readInvocation } from './notification/read-invocation.ts';
import { createTaggingRuntime, type Runtime } from './runtime.ts';
import { readSettings } from './settings.ts';

export interface Answer {
  readonly reports: readonly FileReport[];
}

/** Thrown after all files are done, so that AWS invokes again and, after its last try, tells the failure destination. */
export class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';
  readonly reports: readonly FileReport[];

  constructor(problems: readonly string[], reports: readonly FileReport[]) {
    super(`${problems.length} not done: ${problems.join('; ')}`);
    this.reports = reports;
  }
}

const logger = new Logger({ serviceName: 'auto-tagger' });
let runtime: Runtime | undefined;

export async function handler(event: unknown, context: Pick<Context, 'invokedFunctionArn'>): Promise<Answer> {
  runtime ??= startRuntime(context.invokedFunctionArn);
  const { files, fileLimit, logBuckets } = runtime;
  const tasks = readInvocation(event).units.flatMap((unit) => unit.tasks);
  const reports = await Promise.all(
    tasks
      .filter((task) => task.kind === 'file')
      .map(({ file }) => fileLimit(() => files.process(s3LogFile(logBuckets, file)))),
  );
  for (const report of reports) logger[isDone(report) ? 'info' : 'error']('file', { report });
  const problems = [
    ...tasks.flatMap((task) => (task.kind === 'unreadable' ? [task.message] : [])),
    ...reports
      .filter((report) => !isDone(report))
      .map(({ file, error }) => `${file}: ${error?.message ?? 'resources are left'}`),
  ];
  if (problems.length > 0) throw new UnfinishedError(problems, reports);
  return { reports };
}

/** The function's own ARN tells account and region without a call. */
function startRuntime(functionArn: string): Runtime {
  const arn = parseArn(functionArn);
  if (arn === undefined) throw new Error(`the function's ARN is ${functionArn}, expected an ARN`);
  return createTaggingRuntime(readSettings(process.env), arn.account, arn.region);
}
