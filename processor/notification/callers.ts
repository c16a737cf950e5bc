/**
 * Who invokes the function: one row for each caller, with all that differs between them. `notification/` tells the
 * caller from the event, `work/` asks what it can take back, `answer/` speaks to it as the row says.
 */

/**
 * How a caller is answered. `batch-item-failures`: the ids of the messages that come again. `result-codes`: a code and a
 * text a task. `remaining`: the report, and the work that is left as events to be sent again. `error`: the report, or
 * an error where only an error brings the event again.
 */
export type AnswerKind = 'batch-item-failures' | 'result-codes' | 'remaining' | 'error';

export interface CallerRow {
  readonly answer: AnswerKind;
  /** Brings an event again twice at most, minutes later: what is left goes to the retry queue, if there is one. */
  readonly forgets: boolean;
  /** Can be told that something will never be done. The others would take that for success. */
  readonly takesRejection: boolean;
  /** Bytes of an answer. */
  readonly maxAnswerBytes: number;
}

/** AWS Lambda Developer Guide, "Lambda quotas": 6 MB for the answer of a synchronous invocation, and never more. */
const LAMBDA_BYTES = 6_000_000;

/** AWS Step Functions Developer Guide, "Service quotas": 256 KiB a state, less the envelope around the answer. */
const STEP_FUNCTIONS_BYTES = 240 * 1024;

/** AWS Lambda Developer Guide, "Asynchronous invocation". */
const ASYNCHRONOUS = {
  answer: 'error',
  forgets: true,
  takesRejection: false,
  maxAnswerBytes: LAMBDA_BYTES,
} as const;

export const CALLERS = {
  s3: ASYNCHRONOUS,
  sns: ASYNCHRONOUS,
  sqs: {
    answer: 'batch-item-failures',
    forgets: false,
    takesRejection: false,
    maxAnswerBytes: LAMBDA_BYTES,
  },
  eventbridge: ASYNCHRONOUS,
  lambda: ASYNCHRONOUS,
  batch: { answer: 'result-codes', forgets: false, takesRejection: true, maxAnswerBytes: LAMBDA_BYTES },
  'step-functions': {
    answer: 'remaining',
    forgets: false,
    takesRejection: true,
    maxAnswerBytes: STEP_FUNCTIONS_BYTES,
  },
  manual: { answer: 'remaining', forgets: false, takesRejection: true, maxAnswerBytes: LAMBDA_BYTES },
} as const satisfies Readonly<Record<string, CallerRow>>;

export type Caller = keyof typeof CALLERS;

/** `TRIGGER_MODE`: any caller, or one alone. */
export const TRIGGER_MODES = ['auto', ...(Object.keys(CALLERS) as Caller[])] as const;

export type TriggerMode = (typeof TRIGGER_MODES)[number];
