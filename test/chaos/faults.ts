/** What goes wrong on the way to AWS: drawn anew for each call of the function, answered by the sandbox. */
import type { FaultEffect, ObservedCall, Sandbox } from '../../sandbox/sandbox.ts';
import type { Random } from './random.ts';
import type { Counts, FaultKind } from './report.ts';

export interface Chaos {
  /** How likely a fault is: 1 as usual, 0 none. */
  level: number;
  /** The calls that an environment makes, by its access key, from now on: it breaks off at one of them. */
  crashAfter(accessKeyId: string, calls: number): void;
  isDead(accessKeyId: string): boolean;
}

type Drawn = FaultKind | 'dead' | 'crashWithEffect';

/** Each of so many calls. */
const PROBABILITY: Readonly<Partial<Record<FaultKind, number>>> = {
  throttled: 0.008,
  serverError: 0.012,
  reset: 0.008,
  resetAfterEffect: 0.008,
  slowAnswer: 0.02,
};

/** Of the calls that send to the retry queue. */
const FULL_QUEUE_PROBABILITY = 0.3;

/** Of real time. */
export const SLOW_ANSWER_MS = 15;

const EFFECTS: Readonly<Partial<Record<Drawn, FaultEffect>>> = {
  /** Whatever a dead environment still does has no effect, and nobody hears it. */
  dead: { reset: true },
  crash: { reset: true },
  crashWithEffect: { reset: true, applied: true },
  throttled: { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } },
  serverError: {
    error: { code: 'InternalFailure', status: 500, message: 'We encountered an internal error' },
  },
  reset: { reset: true },
  resetAfterEffect: { reset: true, applied: true },
  slowAnswer: { delayMs: SLOW_ANSWER_MS },
  fullRetryQueue: { error: { code: 'OverLimit', status: 403, message: 'The queue is full' } },
};

/** Only calls of the environments are hit: `isOurs` tells them by their access key. */
export function createChaos(
  sandbox: Sandbox,
  random: Random,
  counts: Counts,
  isOurs: (accessKeyId: string) => boolean,
): Chaos {
  const callsLeft = new Map<string, number>();
  const dead = new Set<string>();
  const drawn = new WeakMap<ObservedCall, Drawn | undefined>();

  function draw(call: ObservedCall): Drawn | undefined {
    const { accessKeyId } = call;
    if (!isOurs(accessKeyId)) return undefined;
    if (dead.has(accessKeyId)) return 'dead';
    const left = callsLeft.get(accessKeyId) ?? Number.POSITIVE_INFINITY;
    callsLeft.set(accessKeyId, left - 1);
    if (left <= 0) {
      dead.add(accessKeyId);
      return random.chance(0.5) ? 'crash' : 'crashWithEffect';
    }
    return drawFault(call);
  }

  function drawFault({ operation }: ObservedCall): FaultKind | undefined {
    if (operation === 'SendMessageBatch' && random.chance(FULL_QUEUE_PROBABILITY * chaos.level))
      return 'fullRetryQueue';
    let at = random.next();
    for (const [kind, probability] of Object.entries(PROBABILITY)) {
      at -= probability * chaos.level;
      if (at < 0) return kind as FaultKind;
    }
    return undefined;
  }

  const once = (call: ObservedCall) => {
    if (!drawn.has(call)) {
      const kind = draw(call);
      drawn.set(call, kind);
      if (kind === 'crashWithEffect') counts.add('crash');
      else if (kind !== undefined && kind !== 'dead') counts.add(kind);
    }
    return drawn.get(call);
  };
  for (const [kind, effect] of Object.entries(EFFECTS)) {
    sandbox.faults.add({ match: (call) => once(call) === kind, effect });
  }

  const chaos: Chaos = {
    level: 1,
    crashAfter: (accessKeyId, calls) => {
      callsLeft.set(accessKeyId, calls);
    },
    isDead: (accessKeyId) => dead.has(accessKeyId),
  };
  return chaos;
}
