/**
 * One bucket of tokens, and the line of those who wait for one. A first attempt waits here before it has a place among
 * the calls under way, and holds nothing meanwhile; another attempt of a call that has its place goes before them.
 */
import { onAbort } from './on-abort.ts';
import { createQueue } from './queue.ts';

export interface Line {
  /**
   * Resolves when it is the caller's turn. Turns that are neither taken nor ended are no more than the burst, or one.
   * Throws the signal's reason as soon as it is aborted.
   */
  turn(signal: AbortSignal): Promise<Turn>;
  /** A token for another attempt, before all that wait for a turn. Throws the signal's reason as soon as it is aborted. */
  again(signal: AbortSignal): Promise<void>;
  /** AWS has throttled an attempt that was sent then, by the clock of the line. */
  throttled(sentAt: number): void;
  /** By the clock of the line. */
  now(): number;
  close(): void;
}

export interface Turn {
  /** The call goes out now. */
  take(): void;
  /** Gives the token back where it was not taken. */
  end(): void;
}

export interface LineRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A service that throttles is called at half the pace, and at a tenth at the least: else nothing would ever be done. */
const SLOWER = 0.5;
const SLOWEST = 0.1;

/** Of the whole pace, a second: from half of it, it takes 50 seconds. */
const RECOVERY_PER_SECOND = 0.01;

interface Waiter {
  readonly resolve: () => void;
}

export function createLine({ perSecond, burst }: LineRate, now: () => number, random = Math.random) {
  const waiting = createQueue<Waiter>();
  const retrying = createQueue<Waiter>();
  let tokens = burst;
  let filledAt = now();
  let slowed: { readonly to: number; readonly at: number } | undefined;
  let pending = 0; // turns that are neither taken nor ended
  const maxPending = Math.max(1, Math.floor(burst));
  let users = 0;
  let timer: NodeJS.Timeout | undefined;

  function speed(): number {
    if (slowed === undefined) return 1;
    const recovered = slowed.to + ((now() - slowed.at) / 1000) * RECOVERY_PER_SECOND;
    if (recovered >= 1) slowed = undefined;
    return Math.min(1, recovered);
  }

  /**
   * A bucket that holds less than one token fills up to one only while somebody waits for it. What is pending counts as
   * held, so that no more than the burst goes out once places are free; but another attempt must not wait for that.
   */
  function refill(): void {
    const isWaitedFor = waiting.size + retrying.size > 0;
    const at = now();
    const filled = tokens + ((at - filledAt) / 1000) * perSecond * speed();
    const most = (isWaitedFor ? Math.max(1, burst) : burst) - pending;
    tokens = Math.min(filled, retrying.size > 0 ? Math.max(1, most) : most);
    filledAt = at;
  }

  /**
   * Where ten handlers have a quarter of a token each, and work comes to all of them at once, they would all have their
   * one token at once, four times what they may together. So after a pause each waits for a while of its own.
   */
  function spread(): void {
    if (burst < 1 && tokens >= burst && waiting.size + retrying.size === 0) tokens = burst - random();
  }

  function serve(): void {
    refill();
    // A billionth of a token is what sums of fractions may lack.
    while (tokens >= 1 - 1e-9) {
      const next = retrying.shift() ?? (pending < maxPending ? waiting.shift() : undefined);
      if (next === undefined) break;
      tokens -= 1;
      next.resolve();
    }
    schedule();
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = undefined;
    const canBeServed = retrying.size > 0 || (waiting.size > 0 && pending < maxPending);
    if (!canBeServed) return;
    const waitMs = ((1 - tokens) / (perSecond * speed())) * 1000;
    timer = setTimeout(serve, Math.min(Math.max(1, Math.ceil(waitMs)), MAX_TIMER_MS));
  }

  /** Throws the reason of the signal. */
  function wait(queue: typeof waiting, signal: AbortSignal, onServed: () => void): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      refill(); // as it was before anybody waited
      spread();
      const leave = queue.push({
        resolve: () => {
          forget();
          onServed();
          resolve();
        },
      });
      const forget = onAbort(signal, () => {
        leave();
        reject(signal.reason);
        if (waiting.size + retrying.size === 0) clearTimeout(timer);
      });
      serve();
    });
  }

  function startTurn(): Turn {
    let isOpen = true;
    return {
      take() {
        if (!isOpen) return;
        isOpen = false;
        refill();
        pending -= 1;
        serve();
      },
      end() {
        if (!isOpen) return;
        isOpen = false;
        refill();
        pending -= 1;
        tokens += 1;
        serve();
      },
    };
  }

  const line: Omit<Line, 'close'> = {
    async turn(signal) {
      await wait(waiting, signal, () => {
        pending += 1;
      });
      return startTurn();
    },
    again: async (signal) => wait(retrying, signal, () => {}),
    throttled(sentAt) {
      // What was sent before we slowed down says nothing of the slower pace.
      if (slowed !== undefined && sentAt <= slowed.at) return;
      refill();
      slowed = { to: Math.max(SLOWEST, speed() * SLOWER), at: now() };
      tokens = Math.min(tokens, 0);
      schedule();
    },
    now,
  };

  return {
    open(): Line {
      users += 1;
      return {
        ...line,
        close() {
          users -= 1;
        },
      };
    },
    /** Nobody uses it, and nothing is to be remembered of it. */
    isIdle(): boolean {
      refill();
      return users === 0 && tokens >= burst && speed() === 1;
    },
    /** Of the whole pace. */
    speed,
    perSecond: () => perSecond * speed(),
  };
}

/** Node takes a longer one for none at all. */
const MAX_TIMER_MS = 2 ** 31 - 1;
