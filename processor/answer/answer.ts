/**
 * From the results of an invocation to what its caller must be told, so that all that was not done comes back: ids to
 * SQS, codes to Batch Operations, the rest of the work to Step Functions and to people, an error where only an error
 * makes AWS try again.
 */
import type { Caller } from '../notification/form.ts';
import type { Invocation } from '../notification/invocation.ts';
import { shorten } from '../notification/show.ts';
import type { Task, Unit } from '../notification/task.ts';
import { jsonBytes, type Outcome, report, type UnitResult } from './report.ts';
import { eventsFor } from './send-again.ts';

export type Answer =
  | { readonly kind: 'return'; readonly value: object }
  | { readonly kind: 'throw'; readonly error: AnswerError };

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

/** A unit without a result is taken as not done, so that nothing is lost by an oversight. */
export function answer(invocation: Invocation, results: readonly UnitResult[]): Answer {
  const resultOf = new Map(results.map((result) => [result.id, result]));
  const complete = invocation.units.map((unit) => resultOf.get(unit.id) ?? notDone(unit));
  return ANSWERS[invocation.caller](invocation, complete);
}

type Answering = (invocation: Invocation, results: readonly UnitResult[]) => Answer;

/** AWS Lambda Developer Guide, "Lambda quotas": the answer of a synchronous invocation, and of no other to be safe. */
const LAMBDA_BYTES = 6_000_000;

/** AWS Step Functions Developer Guide, "Service quotas": 256 KiB a state, less the envelope that it puts around. */
const STEP_FUNCTIONS_BYTES = 240 * 1024;

const ANSWERS: Readonly<Record<Caller, Answering>> = {
  sqs: answerSqs,
  batch: answerBatch,
  'step-functions': answerWithRemaining(STEP_FUNCTIONS_BYTES),
  manual: answerWithRemaining(LAMBDA_BYTES),
  s3: answerAsynchronous,
  sns: answerAsynchronous,
  eventbridge: answerAsynchronous,
  lambda: answerAsynchronous,
};

/**
 * Nothing but the failures: an id that SQS does not know, or none, fails the whole batch. Source: AWS Lambda Developer
 * Guide, "Handling errors for an SQS event source in Lambda". The order of a FIFO queue is not kept, because the same
 * tags come of any order.
 */
function answerSqs(invocation: Invocation, results: readonly UnitResult[]): Answer {
  const again = results.filter((result) => result.outcome === 'again');
  if (again.some((result) => result.id === undefined)) return tryAgain(invocation, again);
  const batchItemFailures = again.map((result) => ({ itemIdentifier: result.id }));
  return { kind: 'return', value: { batchItemFailures } };
}

const RESULT_CODES: Readonly<Record<Outcome, string>> = {
  done: 'Succeeded',
  again: 'TemporaryFailure',
  never: 'PermanentFailure',
};

/** It goes into a line of a completion report. */
const MAX_RESULT_STRING = 1000;

/** Source: Amazon S3 User Guide, "Invoke AWS Lambda function" (Batch Operations), "Response and result codes". */
function answerBatch(invocation: Invocation, results: readonly UnitResult[]): Answer {
  const { batch } = invocation;
  const unnamed = results.filter((result) => result.id === undefined);
  if (batch === undefined || unnamed.length > 0) return tryAgain(invocation, unnamed);
  const value = {
    invocationSchemaVersion: batch.invocationSchemaVersion,
    treatMissingKeysAs: 'TemporaryFailure',
    invocationId: batch.invocationId,
    results: results.map(({ id, outcome, summary }) => ({
      taskId: id,
      resultCode: RESULT_CODES[outcome],
      resultString: shorten(summary.replaceAll(/\p{Cc}+/gu, ' '), MAX_RESULT_STRING),
    })),
  };
  return { kind: 'return', value };
}

/** `remaining` is complete or the answer is an error: what is cut from it would be lost. */
function answerWithRemaining(maxBytes: number): Answering {
  return (invocation, results) => {
    const again = results.filter((result) => result.outcome === 'again');
    const remaining = eventsFor(again.flatMap((result) => result.remaining));
    const room = maxBytes - jsonBytes(remaining);
    const body = report(invocation, results, room);
    if (jsonBytes(body) > room) {
      const message = `what was not done takes more than the ${maxBytes} bytes of an answer; ask for fewer keys`;
      return { kind: 'throw', error: new AnswerError('AnswerTooLarge', message) };
    }
    return { kind: 'return', value: { ...body, remaining } };
  };
}

function answerAsynchronous(invocation: Invocation, results: readonly UnitResult[]): Answer {
  const again = results.filter((result) => result.outcome === 'again');
  if (again.length > 0) return tryAgain(invocation, again);
  return { kind: 'return', value: report(invocation, results, LAMBDA_BYTES) };
}

function tryAgain(invocation: Invocation, results: readonly UnitResult[]): Answer {
  const why = results[0]?.summary ?? 'the event names no invocation to answer';
  const message = `not all of this ${invocation.form} event is done: ${shorten(why, 500)}`;
  return { kind: 'throw', error: new AnswerError('NotAllDone', message) };
}

function notDone(unit: Unit): UnitResult {
  const remaining: readonly Task[] = unit.tasks;
  return { id: unit.id, outcome: 'again', summary: 'no result', reports: [], remaining };
}
