/**
 * How many single messages the retry queue may still be sent. SQS hands out no more once 120,000 messages of a queue are
 * in flight, and messages that wait for their time again are. So it is to hold half as many at most, whatever their
 * state; where there is no room, a file is left as a whole, in one message.
 */

/** Half of what may be in flight (Amazon SQS Developer Guide, "Amazon SQS message quotas"). */
const MAX_MESSAGES = 60_000;

/** So long a count is gone by; what is sent meanwhile is taken off. */
const COUNT_EVERY_MS = 60_000;

export interface Room {
  /** Whether there is room for so many messages; then it is taken. Does not throw. */
  take(messages: number, signal: AbortSignal): Promise<boolean>;
}

/**
 * `count` asks how many messages there are. So many senders divide the room between them: with what each may send until
 * it counts again, there are no more than `MAX_MESSAGES`.
 */
export function createRoom(
  count: (signal: AbortSignal) => Promise<number>,
  senders: number,
  now: () => number = () => performance.now(),
): Room {
  let counted: { readonly at: number; left: Promise<number> } | undefined;

  async function countRoom(signal: AbortSignal): Promise<number> {
    // Who may not count goes on without: the queue is still emptied, though perhaps slowly.
    const messages = await count(signal).catch(() => {
      if (signal.aborted) counted = undefined; // it was not asked to its end, so the next asks
      return 0;
    });
    return Math.max(0, Math.floor((MAX_MESSAGES - messages) / senders));
  }

  return {
    async take(messages, signal) {
      if (counted === undefined || now() - counted.at >= COUNT_EVERY_MS) {
        counted = { at: now(), left: countRoom(signal) };
      }
      const current = counted;
      const before = current.left;
      const taken = before.then((left) => ({ has: messages <= left, left }));
      current.left = taken.then(({ has, left }) => (has ? left - messages : left));
      return (await taken).has;
    },
  };
}
