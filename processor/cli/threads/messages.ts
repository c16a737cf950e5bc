/** What a thread and the one that started it send each other. Everything in it can be cloned. */

export interface Batch<Item> {
  readonly items: readonly Item[];
}

export interface BatchReply<Result> {
  /** In the order of the items. */
  readonly settled: readonly Settled<Result>[];
}

/** One item's result, or what was thrown over it. */
export type Settled<Result> =
  | { readonly ok: true; readonly result: Result }
  | { readonly ok: false; readonly error: ThreadError };

/** An error as it crosses from one thread to another, where its class would be lost. */
export interface ThreadError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly retryable?: boolean;
}

export function describeError(error: unknown): ThreadError {
  if (typeof error !== 'object' || error === null) return { name: 'Error', message: String(error) };
  const { name, message, code, retryable } = error as Partial<Record<keyof ThreadError, unknown>>;
  return {
    name: String(name ?? 'Error'),
    message: String(message ?? ''),
    ...(code !== undefined && { code: String(code) }),
    ...(typeof retryable === 'boolean' && { retryable }),
  };
}
