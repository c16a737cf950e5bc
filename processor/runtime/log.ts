/**
 * What the function logs: a line a file, a line an invocation. What asks for attention is an error, for alarms to look
 * for. Names and messages that others chose cannot steer whoever reads the lines.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { printable } from '../../parser/printable.ts';
import type { AccountRefusal } from '../../tag-manager/calls/accounts.ts';
import type { FileReports } from '../answer/file-reports.ts';
import { report } from '../answer/report.ts';
import { type FileReport, isDone } from '../file/file-report.ts';
import type { Invocation } from '../notification/invocation.ts';
import type { ItemResult } from '../work/settle.ts';
import { countNow } from './metrics.ts';
import { ASSUMED_CONCURRENCY } from './variables.ts';

/** Names and messages of others are in what is logged. */
const jsonReplacerFn = (_: string, value: unknown) => (typeof value === 'string' ? printable(value) : value);
const logger = new Logger({ serviceName: 'auto-tagger', jsonReplacerFn });

/** What is well within a log event of CloudWatch (256 KiB). */
const MAX_LOG_BYTES = 100_000;

/**
 * A file that cannot be read for want of a permission is an error; what it passes over is a warning. So is what of the
 * metadata store is passed over.
 */
export function logFile(report: FileReport): void {
  logger[!isDone(report) ? 'error' : isLoud(report) ? 'warn' : 'info']('file', { report });
}

function isLoud({ warnings, itemsPassedOver = 0 }: FileReport): boolean {
  return warnings.length > 0 || itemsPassedOver > 0;
}

/** Because SQS takes no counts: what came, what was skipped, what was handed on, what could not be understood. */
export function logInvocation(invocation: Invocation, results: readonly ItemResult[], dryRun: boolean): void {
  const { reports, reportsLeftOut, handedOn, ...counts } = report(
    invocation,
    results,
    NO_REPORTS,
    MAX_LOG_BYTES,
  );
  const left = dryRun ? { dryRun, leftToBackfill: handedOn.retry + handedOn.failure } : { handedOn };
  logger[counts.failures.length === 0 ? 'info' : 'error']('invocation', { ...counts, ...left });
}

/** Of a file whose sums its caller keeps: only what asks for attention. */
export function logLoudFile(report: FileReport): void {
  if (!isDone(report) || isLoud(report)) logFile(report);
}

/** What of an invocation of a bulk run was not done, and why; nothing where all was. */
export function logRun(run: string, problems: readonly object[]): void {
  if (problems.length > 0) logger.error('not all of this part of a run is done', { run, problems });
}

/** Nothing of the account is tagged until its role can be assumed: what it creates is counted as `no-role`. */
export function logRefused({ account, roleArn, failure }: AccountRefusal): void {
  logger.warn('an account is left out, because its role cannot be assumed', { account, roleArn, failure });
  countNow('AccountsRefused');
}

/** Nobody has said how many of us there may be. */
export function warnOfConcurrency(): void {
  logger.warn(
    `RESERVED_CONCURRENCY is not set: at most ${ASSUMED_CONCURRENCY} of this function are supposed to run at once; set it to the function's reserved concurrency, or calls may be too slow, or too many for AWS`,
  );
}

/** The last values that were right stay until somebody mends what is wrong with the new ones. */
export function logStale(problems: readonly string[]): void {
  for (const problem of problems) logger.error('values of the settings are not renewed', { problem });
}

/** An event that the archive keeps as it came. */
export function logUnknown(problem: string, archived: string): void {
  logger.warn('an event that is not understood is kept in the archive', { problem, archived });
}

/** Whoever reads alerts hears nothing of it now: the log has what it was about. */
export function logAlertProblem(problem: string, error: Error): void {
  logger.error(problem, error);
}

/** Something of ours is broken. */
export function logBroken(error: Error): void {
  logger.error('an item could not be dealt with for a fault of auto-tagger', error);
  countNow('OwnFaults');
}

const NO_REPORTS: FileReports = { reports: [], leftOut: 0 };
