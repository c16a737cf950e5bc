/**
 * Names that are to be judged again go to the retry queue, many in a message. They come a minute later, and are judged by all
 * that is known then: what was sent a moment ago need not be sent twice.
 */
import { keepLeastRecent, type LeastRecent } from '../../tag-manager/calls/least-recent.ts';
import type { NameAgain } from '../../tag-manager/name-work.ts';
import type { JudgeAgain } from '../../tag-manager/run.ts';
import { namesMessagesOf } from './own-message.ts';
import type { Queue } from './queues.ts';

/** Half the delay of the queue: what has been recorded until then is known when they come. */
const SENT_MS = 30_000;

/** Names of an invocation; one takes about 200 bytes. */
const MAX_REMEMBERED = 20_000;

interface Sent {
  /** When that was begun, in epoch milliseconds. */
  readonly at: number;
  readonly taken: Promise<void>;
}

/**
 * Room in the queue is not asked for: fifty names take that of one resource, and what they are found by again, their parent, would
 * take as much. Throws what sending throws.
 */
export function createNamesSender({ send }: Queue, now: () => number): JudgeAgain {
  /** By the signal of the invocation. */
  const invocations = new WeakMap<AbortSignal, LeastRecent<string, Sent>>();

  return async (names, signal) => {
    const sent = invocations.get(signal) ?? keepLeastRecent<string, Sent>(MAX_REMEMBERED);
    invocations.set(signal, sent);
    const before: Promise<void>[] = [];
    const fresh: (NameAgain & { readonly key: string })[] = [];
    for (const name of names) {
      const key = `${name.account} ${name.arn}`;
      const known = sent.find(key);
      if (known !== undefined && now() - known.at < SENT_MS) before.push(known.taken);
      else fresh.push({ ...name, key });
    }
    if (fresh.length > 0) {
      const sending: Sent = { at: now(), taken: send(namesMessagesOf(fresh), signal) };
      for (const { key } of fresh) sent.put(key, sending);
      before.push(
        sending.taken.catch((error) => {
          for (const { key } of fresh) sent.put(key, { ...sending, at: -Infinity });
          throw error;
        }),
      );
    }
    await Promise.all(before);
  };
}
