/**
 * Long work on the one thread that timers, sockets and other files need too: between two pieces of it the event loop
 * gets a turn when it has had none for a while, and work that nobody waits for any more ends.
 */
import { setImmediate } from 'node:timers/promises';

/** Ten turns in the time within which a reader must stop, and a turn costs microseconds. */
const MAX_BUSY_MS = 10;

/** Call it between two pieces. Throws the reason of the signal once that is aborted. */
export function startGivingWay(signal: AbortSignal | undefined): () => Promise<void> {
  let since = performance.now();
  return async () => {
    signal?.throwIfAborted();
    if (performance.now() - since < MAX_BUSY_MS) return;
    await setImmediate();
    since = performance.now();
    signal?.throwIfAborted();
  };
}
