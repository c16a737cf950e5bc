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
  // A promise for each wait, not one raced against all of them: that would hold on to every item's race.
  let giveUp: (() => void) | undefined;
  const onAbort = () => giveUp?.();
  signal.addEventListener('abort', onAbort);
  const items = source[Symbol.asyncIterator]();
  const next = () =>
    new Promise<IteratorResult<Item>>((resolve, reject) => {
      giveUp = () => reject(signal.reason);
      items.next().then(resolve, reject);
    });
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await next();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    items.return?.().catch(() => {}); // that it was given up matters more than how it ended
  }
}
