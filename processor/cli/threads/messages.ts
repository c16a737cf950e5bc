/** What a thread and the one that started it send each other. Everything in it can be cloned. */

/** What the work is to be done with, once, before all else; then batches. */
export type Order<Data, Item> =
  | { readonly kind: 'begin'; readonly data: Data }
  | { readonly kind: 'batch'; readonly items: readonly Item[] };

/** The thread is ready for its first batch; the result of a batch; or what was thrown over it. */
export type ThreadMessage<Result> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: Result; readonly ms: number }
  | { readonly kind: 'error'; readonly error: ThreadError };

/** What became of some items together, and how long that took; or why nothing did of one. */
export type Settled<Item, Result> =
  | { readonly ok: true; readonly items: readonly Item[]; readonly result: Result; readonly ms: number }
  | { readonly ok: false; readonly item: Item; readonly error: ThreadError };

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

/** The error again, on the other side. */
export function errorOf({ message, ...rest }: ThreadError): Error {
  return Object.assign(new Error(message), rest);
}
