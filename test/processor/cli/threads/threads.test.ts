/** Work in threads: order, errors, deaths, and how much is held at once. */
import { expect, test } from '@jest/globals';
import { inThreads, type SettledItem } from '../../../../processor/cli/threads/in-threads.ts';

const WORKER = new URL('./echo-worker.ts', import.meta.url);

type Echo = SettledItem<string, string>;

async function run(items: Iterable<string>, threads: number): Promise<Echo[]> {
  return Array.fromAsync(inThreads<string, string>(WORKER, items, { threads, workerData: { prefix: '<' } }));
}

test.each([1, 2, 5])('results come in the order of the items, in %d threads', async (threads) => {
  const items = Array.from({ length: 1000 }, (_, at) => (at % 97 === 0 ? `slow ${at}` : `${at}`));
  const settled = await run(items, threads);
  expect(settled).toEqual(items.map((item) => ({ ok: true, item, result: `<${item}` })));
});

test('no items, no results', async () => {
  expect(await run([], 2)).toEqual([]);
});

test('work that throws settles its item alone, with the code of the error', async () => {
  const settled = await run(['a', 'throw', 'b'], 2);
  const error = { name: 'LogFileError', message: 'bad file', code: 'EmptyFile', retryable: false };
  expect(settled.map(({ item: _, ...each }) => each)).toEqual([
    { ok: true, result: '<a' },
    { ok: false, error },
    { ok: true, result: '<b' },
  ]);
});

test.each(['die', 'exit'])(
  'an item that kills its thread (%s) is an error; all others are done',
  async (death) => {
    const items = Array.from({ length: 200 }, (_, at) => (at % 50 === 20 ? death : `${at}`));
    const settled = await run(items, 2);
    expect(settled.map(({ item }) => item)).toEqual(items);
    for (const each of settled) expect(each.ok).toBe(each.item !== death);
  },
  30_000,
);

test('items are taken as they are needed, not all at once', async () => {
  let taken = 0;
  function* endless() {
    for (;;) yield `${taken++}`;
  }
  for await (const { item } of inThreads<string, string>(WORKER, endless(), {
    threads: 2,
    workerData: { prefix: '' },
  })) {
    expect(taken - Number(item)).toBeLessThanOrEqual(16 * 2 * 3);
    if (item === '2000') break;
  }
});
