/**
 * How many creations have been read and are not tagged yet. Reading goes on while others are being tagged, up to a
 * bound; then it waits, however slowly an account lets itself be tagged.
 */
import { onAbort } from '../../../tag-manager/calls/on-abort.ts';

export interface HeldCreations {
  readonly count: number;
  add(creations: number): void;
  remove(creations: number): void;
  /** Resolves while fewer than the bound are held. Throws the reason of the signal. */
  untilRoom(signal: AbortSignal): Promise<void>;
}

export function createHeldCreations(most: number): HeldCreations {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    get count() {
      return count;
    },
    add(creations) {
      count += creations;
    },
    remove(creations) {
      count -= creations;
      if (count >= most) return;
      for (const go of waiting) go();
      waiting.clear();
    },
    async untilRoom(signal) {
      signal.throwIfAborted();
      while (count >= most) {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        waiting.add(resolve);
        const forget = onAbort(signal, () => reject(signal.reason));
        try {
          await promise;
        } finally {
          forget();
          waiting.delete(resolve);
        }
      }
    },
  };
}
