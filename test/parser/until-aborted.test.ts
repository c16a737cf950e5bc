/** A wait that can be given up: it ends at once, it ends its source, and it holds on to nothing. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { untilAborted } from '../../parser/until-aborted.ts';

const REASON = new Error('enough');

test('gives every item of the source, and ends with it', async () => {
  const { signal } = new AbortController();
  expect(await Array.fromAsync(untilAborted(numbers(3), signal))).toEqual([0, 1, 2]);
  expect(await Array.fromAsync(untilAborted(numbers(3), undefined))).toEqual([0, 1, 2]);
});

test('throws what the source throws', async () => {
  const source = (async function* () {
    yield 1;
    throw new Error('broken');
  })();
  await expect(Array.fromAsync(untilAborted(source, new AbortController().signal))).rejects.toThrow('broken');
});

test.each([
  ['before it is begun', 0],
  ['between two items', 2],
])('once aborted %s, it throws the reason and closes the source', async (_, items) => {
  const controller = new AbortController();
  const given: number[] = [];
  let isClosed = false;
  const source = (async function* () {
    try {
      yield* numbers(10);
    } finally {
      isClosed = true;
    }
  })();
  if (items === 0) controller.abort(REASON);
  const reading = async () => {
    for await (const item of untilAborted(source, controller.signal)) {
      given.push(item);
      if (given.length === items) controller.abort(REASON);
    }
  };
  await expect(reading()).rejects.toBe(REASON);
  expect(given).toHaveLength(items);
  expect(isClosed).toBe(items > 0); // a generator that was never asked has nothing to close
});

test('does not wait for a next item that never comes', async () => {
  const controller = new AbortController();
  const source = (async function* () {
    await new Promise(() => {});
    yield 1;
  })();
  const reading = Array.fromAsync(untilAborted(source, controller.signal));
  setImmediate(() => controller.abort(REASON));
  await expect(reading).rejects.toBe(REASON);
});

test('of a hundred thousand items holds on to none', async () => {
  const { signal } = new AbortController();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const heap = () => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = heap();
  let most = 0;
  let count = 0;
  for await (const _ of untilAborted(numbers(100_000), signal)) {
    if (++count % 50_000 === 0) most = Math.max(most, heap() - before);
  }
  expect(most).toBeLessThan(5 * 1024 * 1024);
});

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number;
}
