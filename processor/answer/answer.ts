/**
 * From the results of an invocation to what its caller must be told, so that all that was not done comes back: ids to
 * SQS, codes to Batch Operations, the rest of the work to Step Functions and to people, an error where only an error
 * makes AWS try again.
 */
import type { S3BatchResult, S3BatchResultResultCode, SQSBatchResponse } from 'aws-lambda';
import { type AnswerKind, CALLERS } from '../notification/callers.ts';
import type { Invocation } from '../notification/invocation.ts';
import { brief } from '../notification/show.ts';
import { type Disposition, type ItemResult, notDone } from '../work/settle.ts';
import type { FileReports } from './file-reports.ts';
import { eventsFor } from './remaining.ts';
import { type InvocationReport, jsonBytes, report } from './report.ts';

/** Callers that take work back find it in `remaining`, as events that can be sent as they are. */
export type ReportWithRemaining = InvocationReport & { readonly remaining: readonly object[] };

export type Answer = SQSBatchResponse | S3BatchResult | ReportWithRemaining | InvocationReport;

/** Thrown out of the handler, it makes the caller bring the whole event again. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly retryable = true;
  readonly code: 'NotAllDone' | 'AnswerTooLarge';

  constructor(code: AnswerError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * An item without a result is taken as not done, so that nothing is lost by an oversight. Throws AnswerError where only
 * an error makes the caller bring the event again.
 */
export function answer(invocation: Invocation, results: readonly ItemResult[], reports: FileReports): Answer {
  const resultOf = new Map(results.map((result) => [result.id, result]));
  const complete = invocation.items.map((item) => resultOf.get(item.id) ?? notDone(item, 'no result'));
  return ANSWERS[CALLERS[invocation.caller].answer](invocation, complete, reports);
}

type Answering = (invocation: Invocation, results: readonly ItemResult[], reports: FileReports) => Answer;

const ANSWERS: Readonly<Record<AnswerKind, Answering>> = {
  'batch-item-failures': withItemFailures,
  'result-codes': withResultCodes,
  remaining: withRemaining,
  error: withReport,
};

/**
 * Nothing but the failures: an id that SQS does not know, or none, fails the whole batch. Source: AWS Lambda Developer
 * Guide, "Handling errors for an SQS event source in Lambda". The order of a FIFO queue is not kept, because the same
 * tags come of any order.
 */
function withItemFailures(invocation: Invocation, results: readonly ItemResult[]): SQSBatchResponse {
  const again = results.filter(mustComeAgain);
  const ids = again.flatMap(({ id }) => id ?? []);
  if (ids.length < again.length) throw notAllDone(invocation, again);
  return { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) };
}

/** In the words of Batch Operations. */
export const RESULT_CODES: Readonly<Record<Disposition, S3BatchResultResultCode>> = {
  done: 'Succeeded',
  retry: 'TemporaryFailure',
  rejected: 'PermanentFailure',
};

/** It goes into a line of a completion report. */
const MAX_RESULT_STRING = 1000;

/** Source: Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations), "Response and result codes". */
function withResultCodes(invocation: Invocation, results: readonly ItemResult[]): S3BatchResult {
  const { batch } = invocation;
  const unnamed = results.filter(({ id }) => id === undefined);
  if (batch === undefined || unnamed.length > 0) throw notAllDone(invocation, unnamed);
  return {
    invocationSchemaVersion: batch.invocationSchemaVersion,
    treatMissingKeysAs: 'TemporaryFailure',
    invocationId: batch.invocationId,
    results: results.map(({ id = '', disposition, summary }) => ({
      taskId: id,
      resultCode: RESULT_CODES[disposition],
      resultString: brief(summary, MAX_RESULT_STRING),
    })),
  };
}

/** `remaining` is complete or the answer is an error: what is cut from it would be lost. */
function withRemaining(
  invocation: Invocation,
  results: readonly ItemResult[],
  reports: FileReports,
): ReportWithRemaining {
  const { maxAnswerBytes } = CALLERS[invocation.caller];
  const remaining = eventsFor(results.filter(mustComeAgain).flatMap((result) => result.remaining));
  const room = maxAnswerBytes - jsonBytes(remaining);
  const body = report(invocation, results, reports, room);
  if (jsonBytes(body) <= room) return { ...body, remaining };
  const message = `what was not done takes more than the ${maxAnswerBytes} bytes of an answer; ask for fewer keys`;
  throw new AnswerError('AnswerTooLarge', message);
}

function withReport(
  invocation: Invocation,
  results: readonly ItemResult[],
  reports: FileReports,
): InvocationReport {
  const again = results.filter(mustComeAgain);
  if (again.length > 0) throw notAllDone(invocation, again);
  return report(invocation, results, reports, CALLERS[invocation.caller].maxAnswerBytes);
}

function mustComeAgain({ disposition }: ItemResult): boolean {
  return disposition === 'retry';
}

function notAllDone({ form }: Invocation, results: readonly ItemResult[]): AnswerError {
  const why = results[0]?.summary ?? 'the event names no invocation to answer';
  return new AnswerError('NotAllDone', `not all of this ${form} event is done: ${brief(why, 500)}`);
}
