/** Work side by side, results in order: what is begun when, and what is held. */
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { inOrder } from '../../../processor/cli/in-order.ts';

const NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7];

async function* inputs(numbers: readonly number[], end?: Error) {
  yield* numbers;
  if (end !== undefined) throw end;
}

/** Work that ends when it is told. */
function work() {
  const begun: number[] = [];
  const ends = NUMBERS.map(() => Promise.withResolvers<number>());
  return {
    begun,
    end: async (...numbers: readonly number[]) => {
      for (const number of numbers) ends[number]?.resolve(number);
      await turn();
    },
    run: async (number: number) => {
      begun.push(number);
      return (ends[number] as PromiseWithResolvers<number>).promise;
    },
  };
}

const anyTime = async () => {};

test('results come in the order of the inputs, together where they are there, and work goes on behind one that takes long', async () => {
  const { begun, end, run } = work();
  const results = inOrder(inputs(NUMBERS), { enter: anyTime, mostHeld: 5 }, run);
  const first = results.next();
  await end(1, 2, 4);
  expect(begun).toEqual([0, 1, 2, 3, 4]); // and no more are held
  await end(0);
  expect((await first).value).toEqual([0, 1, 2]);
  await turn();
  expect(begun).toEqual(NUMBERS);
  await end(3, 5, 6, 7);
  expect((await results.next()).value).toEqual([3, 4, 5, 6, 7]);
  expect((await results.next()).done).toBe(true);
});

test('nothing is begun before it may be', async () => {
  const { begun, end, run } = work();
  const places = NUMBERS.map(() => Promise.withResolvers<void>());
  const enter = (number: number) => (places[number] as PromiseWithResolvers<void>).promise;
  const results = inOrder(inputs([0, 1]), { enter, mostHeld: 5 }, run);
  const first = results.next();
  await end(0, 1);
  expect(begun).toEqual([]);
  for (const place of places) place.resolve();
  expect((await first).value).toEqual([0]);
  expect((await results.next()).value).toEqual([1]);
});

test('when the inputs break off, what was begun is given first', async () => {
  const { end, run } = work();
  const given: number[] = [];
  const giving = async () => {
    const broken = inputs([0, 1], new Error('broken off'));
    for await (const results of inOrder(broken, { enter: anyTime, mostHeld: 5 }, run)) given.push(...results);
  };
  await Promise.all([end(0, 1), expect(giving()).rejects.toThrow('broken off')]);
  expect(given).toEqual([0, 1]);
});

test('whoever has had enough lets nothing more be begun, and closes the inputs', async () => {
  const { begun, end, run } = work();
  let isClosed = false;
  const closing = async function* numbers() {
    try {
      yield* NUMBERS;
    } finally {
      isClosed = true;
    }
  };
  const results = inOrder(closing(), { enter: anyTime, mostHeld: 2 }, run);
  await Promise.all([end(0), results.next()]);
  await results.return(undefined);
  await end(1, 2, 3);
  expect(begun.length).toBeLessThanOrEqual(3);
  expect(isClosed).toBe(true);
});
