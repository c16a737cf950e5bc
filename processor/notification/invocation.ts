/**
 * An invocation as the rest of the processor sees it, and the one error for events that are none.
 */
import type { Caller } from './callers.ts';
import type { BatchEcho } from './forms/batch-operations.ts';
import type { FormName } from './forms.ts';
import type { Item } from './task.ts';

export interface Invocation {
  /** The outermost form, the first one where they are mixed. */
  readonly form: FormName;
  /** Who reads the answer. */
  readonly caller: Caller;
  /** In the order of the event; no id twice. */
  readonly items: readonly Item[];
  /** What an answer to Batch Operations repeats. */
  readonly batch?: BatchEcho;
  /** The run of a backfill that it belongs to, as the event names it: not checked. */
  readonly run?: string;
}

export type InvocationErrorCode = 'UnknownEvent' | 'OtherTrigger';

/** The event as a whole cannot be taken, by this deployment or by any. The same event fails in the same way again. */
export class InvocationError extends Error {
  override readonly name = 'InvocationError';
  readonly retryable = false;
  readonly code: InvocationErrorCode;

  constructor(code: InvocationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
