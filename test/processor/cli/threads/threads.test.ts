/** Work in threads: order, errors, deaths, who does what, and how much is held at once. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { inThreads, type ThreadsOptions } from '../../../../processor/cli/threads/in-threads.ts';
import { createPool, type Pool } from '../../../../processor/cli/threads/pool.ts';

const WORKER = new URL('./echo-worker.ts', import.meta.url);

interface Options extends ThreadsOptions<string, readonly string[]> {
  readonly threads?: number;
  readonly prefix?: string;
}

async function* batched(items: readonly string[]): AsyncGenerator<readonly string[]> {
  for (let at = 0; at < items.length; at += 100) yield items.slice(at, at + 100);
}

type EchoPool = Pool<string, string, readonly string[]>;

async function* settledIn(
  source: AsyncIterable<readonly string[]>,
  { threads = 1, prefix = '<', ...options }: Options,
) {
  const pool: EchoPool = createPool(WORKER, { size: threads, ...options });
  pool.begin(prefix);
  try {
    yield* inThreads(pool, source, options);
  } finally {
    await pool.stop();
  }
}

/** Results, item by item. */
async function run(items: readonly string[], options: Options) {
  const settled = await Array.fromAsync(settledIn(batched(items), options));
  return settled.flatMap((each): readonly unknown[] =>
    each.ok ? each.result : [{ item: each.item, error: each.error }],
  );
}

/** In this thread each item takes a while, so that the others are worth being started. */
const here: NonNullable<Options['here']> = async (items) => {
  await setTimeout(10 * items.length);
  return items.map((item) => `here ${item}`);
};

const numbers = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);

test.each([1, 3])('results come in the order of the items, in %d threads', async (threads) => {
  const items = numbers(600).map((number, at) => (at % 97 === 0 ? `slow ${number}` : number));
  expect(await run(items, { threads })).toEqual(items.map((item) => `<${item}`));
});

test('no items, no results', async () => {
  expect(await run([], { threads: 1 })).toEqual([]);
});

test('work that throws settles its item alone, with the code of the error', async () => {
  const error = { name: 'LogFileError', message: 'bad file', code: 'EmptyFile', retryable: false };
  expect(await run(['a', 'throw', 'b'], { threads: 1 })).toEqual(['<a', { item: 'throw', error }, '<b']);
});

test.each(['die', 'exit'])(
  'an item that kills its thread (%s) is an error; all others are done',
  async (death) => {
    const items = numbers(60).map((number, at) => (at === 20 ? death : number));
    const results = await run(items, { threads: 2 });
    expect(results).toEqual(
      items.map((item) => (item === death ? expect.objectContaining({ item }) : `<${item}`)),
    );
  },
  30_000,
);

test('items are taken as they are needed, not all at once', async () => {
  let taken = 0;
  async function* endless() {
    for (;;) yield [`${taken++}`];
  }
  for await (const each of settledIn(endless(), { threads: 2 })) {
    const [item = ''] = each.ok ? each.items : [];
    expect(taken - Number(item)).toBeLessThanOrEqual(64 * 2 * 4 + 64 * 2 * 3); // given out, and looked at ahead
    if (Number(item) >= 2000) break;
  }
});

describe('this thread', () => {
  test('does alone what is not worth a start', async () => {
    const items = numbers(10);
    expect(await run(items, { threads: 1, here })).toEqual(items.map((item) => `here ${item}`));
  });

  test('goes on working until the others are there, and then beside them', async () => {
    const items = numbers(300);
    const results = await run(items, { threads: 1, here });
    expect(results.map((result) => String(result).replace(/^(here |<)/, ''))).toEqual(items);
    const byOthers = results.findIndex((result) => String(result).startsWith('<'));
    expect(byOthers).toBeGreaterThan(4);
    expect(results.slice(byOthers)).toContainEqual(expect.stringMatching(/^here/));
  });

  test('does everything where no thread can be started', async () => {
    const items = numbers(150);
    const results = await run(items, { threads: 1, here, prefix: 'fail' });
    expect(results).toEqual(items.map((item) => `here ${item}`));
  });

  test('settles an item that fails here alone, too', async () => {
    const failing: Options['here'] = async (items) => {
      if (items.includes('3')) throw new Error('bad');
      return here(items);
    };
    const error = { name: 'Error', message: 'bad' };
    const results = await run(numbers(6), { threads: 0, here: failing });
    expect(results[3]).toEqual({ item: '3', error });
    expect(results.filter((result) => typeof result === 'string')).toHaveLength(5);
  });
});

describe('a pool that is started early', () => {
  test('is told later what to work with, and works then', async () => {
    const pool: EchoPool = createPool(WORKER, { size: 1 });
    pool.start();
    const [thread] = pool.threads;
    expect(thread?.load).toBe(Number.POSITIVE_INFINITY);
    pool.begin('<');
    await thread?.started;
    const settled = await Array.fromAsync(inThreads(pool, batched(['a', 'b']), { here }));
    expect(settled.flatMap((each) => (each.ok ? each.result : []))).toEqual(['<a', '<b']);
    await pool.stop();
  });

  test('ends where it is told nothing, and is not started again', async () => {
    const pool: EchoPool = createPool(WORKER, { size: 1 });
    pool.start();
    await pool.stop();
    pool.start();
    const settled = await Array.fromAsync(inThreads(pool, batched(['a']), { here }));
    expect(settled).toMatchObject([{ result: ['here a'] }]);
  });

  test('has the same threads for all that it is used for', async () => {
    const pool: EchoPool = createPool(WORKER, { size: 1 });
    pool.begin('<');
    for (const item of ['a', 'b']) {
      expect(await Array.fromAsync(inThreads(pool, batched([item])))).toMatchObject([
        { result: [`<${item}`] },
      ]);
    }
    const { threads } = pool;
    pool.start();
    expect(pool.threads).toBe(threads);
    await pool.stop();
  });
});

test('what the source throws comes last', async () => {
  async function* broken() {
    yield ['a', 'b'];
    throw new Error('broken');
  }
  const seen: unknown[] = [];
  const all = async () => {
    for await (const each of settledIn(broken(), { threads: 0, here })) seen.push(each.ok && each.result);
  };
  await expect(all()).rejects.toThrow('broken');
  expect(seen).toEqual([['here a', 'here b']]);
});

test('once it is aborted, nobody waits for what other threads have begun', async () => {
  const controller = new AbortController();
  const items = Array.from({ length: 100_000 }, (_, at) => `slow ${at}`);
  const settled = settledIn(batched(items), { threads: 2, signal: controller.signal });
  await settled.next();
  controller.abort(new Error('stopped'));
  const begun = performance.now();
  await expect(Array.fromAsync(settled)).rejects.toThrow('stopped');
  expect(performance.now() - begun).toBeLessThan(5_000);
});
