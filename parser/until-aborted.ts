/** Waiting that ends when nobody waits for it any more. */

/**
 * The items of the source, until its end or until the signal is aborted: then it throws the signal's reason at once,
 * also where the source has a next item only much later. Closes the source without waiting for that.
 */
export async function* untilAborted<Item>(
  source: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  if (signal === undefined) return yield* source;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {}); // nothing may be waiting when it comes
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  const items = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([aborted, items.next()]);
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    items.return?.().catch(() => {}); // that it was given up matters more than how it ended
  }
}
