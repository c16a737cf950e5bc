/** By property, with keys in hand: whatever lies in the bucket, each log file of the scope comes once, and in order. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { virtualTrail } from '../../../fixtures/virtual-trail.ts';
import { createAhead } from '../../../processor/backfill/scope/ahead.ts';
import { type FoundBranch, findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import { listBranch } from '../../../processor/backfill/scope/list-branch.ts';
import type { Scope, ScopeTexts } from '../../../processor/backfill/scope/scope.ts';
import type { ListObjects } from '../../../processor/file/bucket-listing.ts';
import { listOf } from '../../helpers/listed-keys.ts';
import { runs } from '../../helpers/runs.ts';
import { keyOf, keysOf, ONE, SIGNAL, scopeAt, TWO } from './branches.ts';

const regions = ['eu-west-1', 'us-east-1'];
const accounts = [ONE, TWO] as const;
const day = fc
  .integer({ min: 0, max: 800 })
  .map((days) =>
    new Date(Date.UTC(2024, 10, 15) + days * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '/'),
  );
const logKey = fc
  .record({
    account: fc.constantFrom(...accounts),
    region: fc.constantFrom(...regions),
    day,
    at: fc.integer({ min: 0, max: 59 }).map((minute) => `09${String(minute).padStart(2, '0')}`),
    before: fc.constantFrom('', 'a/', 'a/b/'),
    organization: fc.constantFrom('', 'o-a1b2c3d4e5/'),
  })
  .map(({ account, region, day: each, ...more }) => keyOf(account, region, each, more));
const plainKey = fc
  .tuple(
    fc.constantFrom(
      '',
      'a/',
      'a/b/',
      'c/d/',
      'AWSLogs/',
      'AWSLogs/x/',
      `AWSLogs/${ONE}/`,
      `AWSLogs/${ONE}/CloudTrail/`,
      `AWSLogs/${ONE}/CloudTrail/eu-west-1/`,
      `AWSLogs/${ONE}/CloudTrail/eu-west-1/20/`,
      'AWSLogs0/',
      'a0/',
    ),
    fc.constantFrom('1', 'x', '2025', '~', 'é', '!'),
  )
  .map(([folder, name]) => `${folder}${name}.json.gz`);
const keys = fc
  .tuple(fc.array(logKey, { maxLength: 150 }), fc.array(plainKey, { maxLength: 6 }))
  .map(([logs, plain]) => [...new Set([...logs, ...plain])].sort());
const span = fc.record(
  {
    from: fc.constantFrom('2024-12', '2025-03-10', '2026'),
    to: fc.constantFrom('2026-01-31', '2026-03', '2026-11'),
  },
  { requiredKeys: [] },
);
const texts = fc.record(
  { account: fc.constantFrom(ONE, '4*'), region: fc.constantFrom('eu-*', 'us-east-1') },
  { requiredKeys: [] },
);
const world = fc.record({
  keys,
  prefix: fc.constantFrom('', 'a/', 'AWSLogs/', `AWSLogs/${ONE}/CloudTrail/eu-west-1/2025`, 'AWS'),
  texts: fc.tuple(span, texts).map(([times, patterns]) => ({ ...times, ...patterns })),
  pageSize: fc.integer({ min: 1, max: 40 }),
  places: fc.integer({ min: 0, max: 5 }),
  resumeAt: fc.nat(),
});

const LOG = /AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/CloudTrail\/([a-z0-9-]+)\/(\d{4}\/\d\d\/\d\d)\//;

function isExpected(key: string, { account, region, from = '0', to = '9' }: ScopeTexts): boolean {
  const [, owner = '', place = '', delivered = ''] = LOG.exec(key) ?? [];
  if (delivered === '') return account === undefined || account === ONE || !key.includes(`/${ONE}/`);
  const isWanted = (pattern: string | undefined, text: string) =>
    pattern === undefined || text.startsWith(pattern.replace('*', ''));
  const after = new Date(Date.parse(delivered.replaceAll('/', '-')) - 86_400_000).toISOString().slice(0, 10);
  const day = delivered.replaceAll('/', '-');
  return (
    isWanted(account, owner) &&
    isWanted(region, place) &&
    day >= from &&
    (after <= to || after.startsWith(to))
  );
}

test('whatever lies there, each file of the scope comes once and in order, and a key is where one can go on', async () => {
  await fc.assert(
    fc.asyncProperty(world, async ({ keys: all, prefix, texts: each, pageSize, places, resumeAt }) => {
      const scope = scopeAt(prefix, each);
      const { list } = listOf(all, pageSize);
      const found: string[] = [];
      for await (const branch of findBranches(scope, list, SIGNAL)) {
        const options = { ahead: createAhead(places, 3) };
        const listed = await keysOf(branch, scope, list, undefined, options);
        expect(listed).toEqual([...new Set(listed)].sort());
        const at = resumeAt % (listed.length + 1);
        expect(await keysOf(branch, scope, list, listed[at - 1] ?? undefined, options)).toEqual(
          listed.slice(at),
        );
        await new Promise(setImmediate); // what is left while it is asked for comes back with its answer
        for (let place = 0; place < places; place++) expect(options.ahead.take()).toBe(true); // all came back
        found.push(...listed);
      }
      const isRegionPruned = (key: string) =>
        each.region !== undefined && each.region !== 'eu-*' && key.includes('/eu-west-1/');
      const expected = all.filter(
        (key) =>
          key.startsWith(prefix) && isExpected(key, each) && !(LOG.exec(key) === null && isRegionPruned(key)),
      );
      expect(found.sort()).toEqual(expected);
    }),
    runs(150),
  );
});

test.each([
  ['AWSLogs/x.json.gz', 'AWSLogs/x/1.json.gz', 'AWSLogs/x/2.json.gz'],
  ['AWSLogs/x!.json.gz', 'AWSLogs/x-.json.gz', 'AWSLogs/x/1.json.gz', 'AWSLogs/x0.json.gz'],
])('whoever goes on within a folder gets no file again whose name comes before it: %s', async (...all) => {
  const { list } = listOf(all, 1);
  const scope = scopeAt('');
  const branch = await onlyBranch(scope, list);
  for (const [index, key] of all.entries())
    expect(await keysOf(branch, scope, list, key)).toEqual(all.slice(index + 1));
});

test('a part that is dropped while it is asked for gives its place back', async () => {
  const all = ['01', '02'].map((each) => keyOf(ONE, 'eu-west-1', `2025/01/${each}`));
  const { list } = listOf(all, 1);
  const last = keyOf(ONE, 'eu-west-1', '2025/06/01');
  const late: ListObjects = async (query, signal) => {
    if ((query.startAfter ?? '') > (all[1] ?? '')) await pause(20);
    return list(query, signal);
  };
  const scope = scopeAt('');
  const branch = await onlyBranch(scope, listOf([...all, last], 1).list);
  const ahead = createAhead(2, 3);
  for await (const _ of listBranch(branch, scope, undefined, late, SIGNAL, { ahead })) await pause(40);
  expect([ahead.take(), ahead.take()]).toEqual([true, true]);
});

const LONG = virtualTrail({
  accounts: [ONE],
  regions: ['eu-west-1'],
  firstDay: '2024-11-20',
  days: 500,
  filesADay: 6,
});
const longKeys = [...LONG.keysFrom('')];

async function onlyBranch(scope: Scope, list: ListObjects): Promise<FoundBranch> {
  const [branch, ...others] = await Array.fromAsync(findBranches(scope, list, SIGNAL));
  if (branch === undefined || others.length > 0) throw new Error('expected one branch');
  return branch;
}

test.each([
  [{}, 3000],
  [{ from: '2025', to: '2025-06' }, 182 * 6],
  [{ from: '2025-02-10', to: '2025-02-10' }, 2 * 6],
])(
  'of %j a long branch is listed side by side, at most two requests a month beside its pages',
  async (each, count) => {
    const scope = scopeAt('', each);
    const { list, queries, mostInFlight } = listOf(longKeys, 20);
    const branch = await onlyBranch(scope, list);
    queries.length = 0;
    const keys = await keysOf(branch, scope, list, undefined, { ahead: createAhead(16, 4) });
    expect(keys).toHaveLength(count);
    const months = new Set(keys.map((key) => key.split('/').slice(4, 6).join())).size;
    expect(queries.length).toBeLessThanOrEqual(Math.ceil(count / 20) + 2 * months);
    if (count > 1000) expect(mostInFlight()).toBe(4);
  },
);

test('who reads slowly is not run away from, and who leaves ends what was begun', async () => {
  const { list, queries } = listOf(longKeys, 20);
  const scope = scopeAt('');
  const branch = await onlyBranch(scope, list);
  queries.length = 0;
  const ahead = createAhead(6, 4);
  for await (const _ of listBranch(branch, scope, undefined, list, SIGNAL, { ahead })) {
    for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    break;
  }
  const asked = queries.length;
  expect(asked).toBeLessThanOrEqual(1 + 1 + 6);
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect(queries.length).toBe(asked);
  for (let place = 0; place < 6; place++) expect(ahead.take()).toBe(true);
});

test('what keeps a page from being listed comes in its turn, and the user’s stop at once', async () => {
  const { list } = listOf(longKeys, 20);
  const scope = scopeAt('');
  const branch = await onlyBranch(scope, list);
  const failing: ListObjects = async (query, signal) => {
    if ((query.startAfter ?? '') > 'AWSLogs/111122223333/CloudTrail/eu-west-1/2025/01')
      throw new Error('no page');
    return list(query, signal);
  };
  const keys: string[] = [];
  const reading = async () => {
    for await (const page of listBranch(branch, scope, undefined, failing, SIGNAL, {
      ahead: createAhead(9),
    })) {
      keys.push(...page.map(({ key }) => key));
    }
  };
  await expect(reading()).rejects.toThrow('no page');
  expect(keys).toEqual(longKeys.slice(0, keys.length));
  expect(keys.length).toBeGreaterThan(60);
  const stop = new AbortController();
  const stopped = listBranch(branch, scope, undefined, list, stop.signal);
  await stopped.next();
  stop.abort(new Error('stopped by the user'));
  await expect(Array.fromAsync(stopped)).rejects.toThrow('stopped by the user');
});
