/** How fast calls go: the law of the line, in a time of the test's own. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { type CallRate, createPace, type Pace, type PaceSettings } from '../../tag-manager/calls/pace.ts';
import type { Line } from '../../tag-manager/calls/pace-line.ts';
import { TimeUpError } from '../../tag-manager/calls/stop.ts';
import { runs } from '../helpers/runs.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from './creations.ts';

const ALL: PaceSettings = { share: 1, handlers: 1, factor: 1 };
const TEN: CallRate = { name: 'sns TagResource', perSecond: 10, burst: 10, scope: 'account and region' };
const OF_ACCOUNT: CallRate = { ...TEN, scope: 'account' };
const UNENDING = new AbortController().signal;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Calls that begin as soon as it is their turn; when that was, in seconds. */
function send(line: Line, calls: number, signal = UNENDING): number[] {
  const startedAt = performance.now();
  const begun: number[] = [];
  for (let call = 0; call < calls; call++) {
    const turn = line.turn(signal).then((turn) => {
      begun.push((performance.now() - startedAt) / 1000);
      turn.take();
    });
    turn.catch(() => {}); // it was stopped
  }
  return begun;
}

const pass = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1000);

/** What is waited for is served by timers and promises; some turns of the event loop are enough for all that is due. */
const settle = () => jest.advanceTimersByTimeAsync(0);

describe('a line', () => {
  test('lets the burst through at once, and then as many as the rate', async () => {
    const begun = send(createPace(ALL).open(TEN, ACCOUNT, REGION), 1_000);
    await settle();
    expect(begun).toHaveLength(10);
    await pass(1);
    expect(begun).toHaveLength(20);
    await pass(10);
    expect(begun.length).toBeGreaterThanOrEqual(119);
    expect(begun.length).toBeLessThanOrEqual(120);
  });

  test.each([
    [{ share: 0.5, handlers: 1, factor: 1 }, 5, 5],
    [{ share: 0.5, handlers: 4, factor: 1 }, 1, 1.25],
    [{ share: 0.5, handlers: 10, factor: 1 }, 0, 0.5],
    [{ share: 0.5, handlers: 4, factor: 8 }, 10, 10],
  ])('takes its part: %j', async (settings, atOnce, perSecond) => {
    const begun = send(createPace(settings).open(TEN, ACCOUNT, REGION), 1_000);
    await settle();
    expect(begun).toHaveLength(atOnce);
    await pass(40);
    expect(begun.length).toBeGreaterThanOrEqual(Math.floor(40 * perSecond) - 1);
    expect(begun.length).toBeLessThanOrEqual(atOnce + 1 + 40 * perSecond);
  });

  test('is one for an account and region, or for an account where AWS counts so', async () => {
    const pace = createPace(ALL);
    const others = [
      [ACCOUNT, 'us-east-1'],
      [OTHER_ACCOUNT, REGION],
    ] as const;
    const all = (rate: CallRate) =>
      [[ACCOUNT, REGION] as const, ...others].map(([account, region]) =>
        send(pace.open(rate, account, region), 100),
      );
    const apart = all(TEN);
    const together = all({ ...OF_ACCOUNT, name: 'sqs TagQueue' });
    await settle();
    expect(apart.map(({ length }) => length)).toEqual([10, 10, 10]);
    expect(together.map(({ length }) => length)).toEqual([10, 0, 10]);
  });

  test('serves who came first, but another attempt before first ones', async () => {
    const line = createPace(ALL).open({ ...TEN, burst: 1 }, ACCOUNT, REGION);
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      void line.turn(UNENDING).then((turn) => {
        order.push(name);
        turn.take();
      });
    }
    void line.again(UNENDING).then(() => order.push('again'));
    await pass(1);
    expect(order).toEqual(['a', 'again', 'b', 'c']);
  });

  test('holds back while its burst has turns that have not begun, and does not hoard meanwhile', async () => {
    const line = createPace(ALL).open(TEN, ACCOUNT, REGION);
    const turns = await Promise.all(Array.from({ length: 10 }, () => line.turn(UNENDING)));
    const begun = send(line, 1_000);
    const again = line.again(UNENDING); // it has its place, and so does not wait for who may wait for one
    await pass(60);
    await again;
    expect(begun).toHaveLength(0);
    for (const turn of turns) turn.take();
    await settle();
    expect(begun.length).toBeLessThanOrEqual(1);
  });

  test('a turn that was not taken costs nothing', async () => {
    const line = createPace(ALL).open({ ...TEN, burst: 1 }, ACCOUNT, REGION);
    (await line.turn(UNENDING)).end();
    const begun = send(line, 1);
    await settle();
    expect(begun).toEqual([0]);
  });

  test('ends waits at once with the reason of the signal, and leaves no timer', async () => {
    const line = createPace(ALL).open(TEN, ACCOUNT, REGION);
    const stop = new AbortController();
    send(line, 10);
    await settle();
    const waits = Promise.allSettled([line.turn(stop.signal), line.again(stop.signal)]);
    const reason = new TimeUpError();
    stop.abort(reason);
    expect(await waits).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await expect(line.turn(stop.signal)).rejects.toBe(reason);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('serves those behind somebody who left', async () => {
    const line = createPace(ALL).open({ ...TEN, burst: 1 }, ACCOUNT, REGION);
    const stop = new AbortController();
    send(line, 1);
    const leaving = line.turn(stop.signal).catch(() => 'left');
    const begun = send(line, 1);
    stop.abort(new TimeUpError());
    expect(await leaving).toBe('left');
    await pass(0.2);
    expect(begun).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('handlers together', () => {
  const gap = fc.record({
    handler: fc.nat(3),
    calls: fc.nat(12),
    seconds: fc.double({ min: 0, max: 3, noNaN: true }),
  });

  test('never send more than their share of burst and rate, however their calls come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(gap, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(8, 10, 100),
        async (gaps, perSecond) => {
          const rate = { ...TEN, perSecond, burst: perSecond };
          const settings = { share: 0.5, handlers: 4, factor: 1 };
          const lines = Array.from({ length: 4 }, () => createPace(settings).open(rate, ACCOUNT, REGION));
          const sentAt: number[] = [];
          for (const { handler, calls, seconds } of gaps) {
            for (let call = 0; call < calls; call++) {
              void lines[handler]?.turn(UNENDING).then((turn) => {
                sentAt.push(performance.now() / 1000);
                turn.take();
              });
            }
            await pass(seconds);
          }
          await pass(150);
          expect(sentAt).toHaveLength(gaps.reduce((sum, { calls }) => sum + calls, 0));
          for (const [first, from] of sentAt.entries()) {
            for (const [last, until] of sentAt.entries()) {
              const allowed = (perSecond + (until - from) * perSecond) / 2;
              if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(allowed + 1e-6);
            }
          }
        },
      ),
      runs(8),
    );
  });

  test('leave the customer the other half also where each has a quarter of a token', async () => {
    const rate = { ...TEN, perSecond: 5, burst: 5 };
    const settings = { share: 0.5, handlers: 10, factor: 1 };
    const ours = Array.from({ length: 10 }, () =>
      send(createPace(settings).open(rate, ACCOUNT, REGION), 1_000),
    );
    await pass(120);
    const calls = [
      ...ours.flat().map((at) => ({ at, isOurs: true })),
      ...Array.from({ length: 300 }, (_, call) => ({ at: call / 2.5, isOurs: false })),
    ].sort((one, other) => one.at - other.at);
    let level = 5;
    let lastAt = 0;
    let least = level;
    for (const { at } of calls) {
      level = Math.min(5, level + (at - lastAt) * 5) - 1;
      least = Math.min(least, level);
      lastAt = at;
    }
    expect(ours.flat().length).toBeGreaterThan(280); // 2.5 a second
    expect(least).toBeGreaterThan(-1.000001); // sums of fractions
  });
});

describe('a line that AWS throttles', () => {
  /** How many begin in so many seconds, after a pause in which nothing can be hoarded. */
  async function sentIn(seconds: number, line: Line): Promise<number> {
    const stop = new AbortController();
    const begun = send(line, 1_000, stop.signal);
    await settle();
    const before = begun.length;
    await pass(seconds);
    const sent = begun.length - before;
    stop.abort(new TimeUpError());
    return sent;
  }

  test('goes at half its pace, once for all attempts that were under way, and recovers slowly', async () => {
    const pace = createPace(ALL);
    const line = pace.open(TEN, ACCOUNT, REGION);
    await pass(1);
    const sentAt = line.now();
    for (let attempt = 0; attempt < 20; attempt++) line.throttled(sentAt);
    expect(pace.slowed()).toEqual([{ name: TEN.name, account: ACCOUNT, region: REGION, perSecond: 5 }]);
    expect(await sentIn(4, line)).toBeGreaterThanOrEqual(19);
    expect(pace.slowed()[0]?.perSecond).toBeCloseTo(5.4);
    await pass(50);
    expect(pace.slowed()).toEqual([]);
    expect(await sentIn(4, line)).toBeGreaterThanOrEqual(39);
  });

  test('never stands still, and never hands out what it had saved', async () => {
    const pace = createPace(ALL);
    const line = pace.open(TEN, ACCOUNT, REGION);
    for (let times = 0; times < 50; times++) {
      await pass(0.01);
      line.throttled(line.now());
    }
    expect(pace.slowed()[0]?.perSecond).toBeCloseTo(1);
    const begun = send(line, 10);
    await settle();
    expect(begun).toEqual([]);
    await pass(10);
    expect(begun.length).toBeGreaterThanOrEqual(9);
  });

  test('names the account alone where the rate is that of the account', async () => {
    const pace = createPace(ALL);
    const line = pace.open(OF_ACCOUNT, ACCOUNT, REGION);
    await pass(1);
    line.throttled(line.now());
    expect(pace.slowed()).toEqual([{ name: TEN.name, account: ACCOUNT, region: undefined, perSecond: 5 }]);
  });
});

describe('what is remembered', () => {
  const open = (pace: Pace, account: number) => pace.open(TEN, String(account).padStart(12, '0'), REGION);

  test('of many accounts is not more than of a thousand', async () => {
    const pace = createPace(ALL);
    for (let account = 0; account < 1_500; account++) {
      const line = open(pace, account);
      (await line.turn(UNENDING)).take();
      line.close();
      await pass(0.2);
      expect(pace.size).toBeLessThanOrEqual(1_000);
    }
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is kept where somebody uses it, or it is not full again, or goes slowly', async () => {
    const pace = createPace(ALL);
    const [used, empty, slow] = [open(pace, 0), open(pace, 1), open(pace, 2)];
    empty.close();
    slow.close();
    await pass(5);
    slow.throttled(slow.now());
    for (let account = 3; account < 1_000; account++) open(pace, account).close();
    send(open(pace, 1), 10);
    await settle();
    open(pace, 1).close();
    for (let account = 1_000; account < 1_100; account++) open(pace, account).close();
    expect(pace.size).toBeLessThan(200);
    expect(pace.slowed()).toHaveLength(1);
    const more = send(open(pace, 1), 10);
    await settle();
    expect(more).toEqual([]);
    used.close();
  });
});
