/** What a backfill will come to: numbers from samples, and samples from a listing, held against the truth of made buckets. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { virtualTrail } from '../../../fixtures/virtual-trail.ts';
import { DEFAULTS } from '../../../infra/chosen.ts';
import { chooseFiles, mayBeChosen } from '../../../processor/backfill/scope/choose.ts';
import { costsOf, FUNCTION_GB } from '../../../processor/backfill/scope/engine-costs.ts';
import { estimate, type Samples } from '../../../processor/backfill/scope/estimate.ts';
import { estimateText } from '../../../processor/backfill/scope/estimate-text.ts';
import { type ExpectedOptions, findExpected } from '../../../processor/backfill/scope/expected-files.ts';
import { findBranches } from '../../../processor/backfill/scope/find-branches.ts';
import { type SampleOptions, sampleScope } from '../../../processor/backfill/scope/sample.ts';
import { readScope, type ScopeTexts } from '../../../processor/backfill/scope/scope.ts';
import { listOf } from '../../helpers/listed-keys.ts';

const [ONE, TWO] = ['111122223333', '444455556666'];
const NOW = Date.parse('2026-11-26T14:30:12Z');
const { signal: SIGNAL } = new AbortController();
const QUARTER = { line: 'SQS TagQueue in eu-west-1', perSecond: 30 };

const NOTHING: Samples = {
  accounts: { found: 0, looked: 0 },
  branches: [],
  plain: undefined,
  files: [],
  filesPerSecond: undefined,
  refusals: new Map(),
  requests: { list: 1, get: 0 },
};
const day = (files: number, isWhole = true) => ({ files, bytes: files * 2000, isWhole });
const branch = (account: string, days: number, ...files: number[]) => ({
  name: `${account}/eu-west-1`,
  account,
  days,
  sampled: files.map((each) => day(each)),
});

describe('from samples to numbers', () => {
  test('what was counted whole is sure', () => {
    const samples = { ...NOTHING, accounts: { found: 1, looked: 1 }, branches: [branch(ONE, 3, 10, 0, 20)] };
    const { files, bytes, branches } = estimate(samples, { share: 0.5 });
    expect({ files, bytes, branches }).toEqual({
      files: { likely: 30, low: 30, high: 30 },
      bytes: { likely: 60_000, low: 60_000, high: 60_000 },
      branches: 1,
    });
  });

  test('days that were not listed are like those that were, and the more these differ the less it is sure', () => {
    const of = (...files: number[]) =>
      estimate(
        { ...NOTHING, accounts: { found: 1, looked: 1 }, branches: [branch(ONE, 100, ...files)] },
        { share: 1 },
      ).files;
    expect(of(10, 10, 10)).toEqual({ likely: 1000, low: 1000, high: 1000 });
    const [narrow, wide] = [of(9, 10, 11), of(0, 0, 30)];
    expect([narrow.likely, wide.likely]).toEqual([1000, 1000]);
    expect(narrow.high - narrow.low).toBeLessThan(wide.high - wide.low);
    expect(wide.low).toBe(30); // no less than was seen
  });

  test('accounts and branches that were not looked into are like the others', () => {
    const branches = [branch(ONE, 10, 5), branch(TWO, 10), branch(TWO, 10, 5)];
    const { files, branches: found } = estimate(
      { ...NOTHING, accounts: { found: 10, looked: 2 }, branches },
      { share: 1 },
    );
    expect(files.likely).toBe(750);
    expect(found).toBe(15);
  });

  test('the longest line of an account tells how long its writes take', () => {
    const write = (line: string, perSecond: number) => ({ account: ONE, line, perSecond });
    const file = (...writes: ReturnType<typeof write>[]) => ({ account: ONE, weight: 1, writes });
    const files = [
      file(write('a', 10), write('a', 10), write('b', 1)),
      ...Array.from({ length: 9 }, () => file()),
    ];
    const samples = {
      ...NOTHING,
      accounts: { found: 1, looked: 1 },
      branches: [branch(ONE, 10, 100)],
      files,
    };
    const { byAccount, writes, seconds } = estimate(samples, { share: 0.5 });
    expect(writes).toBe(300);
    expect(byAccount).toEqual([
      { account: ONE, files: 1000, writes: 300, seconds: 200, slowest: 'b', refusal: undefined },
    ]);
    expect(seconds.tagging).toBe(200);
  });

  test('of an account with few files read, those of all tell', () => {
    const files = [
      { account: ONE, weight: 3, writes: [] },
      { account: TWO, weight: 1, writes: [{ account: TWO, ...QUARTER }] },
    ];
    const branches = [branch(ONE, 1, 40), branch(TWO, 1, 80)];
    const { byAccount } = estimate(
      { ...NOTHING, accounts: { found: 2, looked: 2 }, branches, files },
      { share: 1 },
    );
    expect(byAccount.map(({ account, writes }) => [account, writes])).toEqual([
      [TWO, 20],
      [ONE, 10],
    ]);
  });

  test('what accounts create that let us not in is neither written nor waited for', () => {
    const files = Array.from({ length: 10 }, () => ({
      account: ONE,
      weight: 1,
      writes: [{ account: ONE, ...QUARTER }],
    }));
    const branches = [branch(ONE, 1, 100), branch(TWO, 1, 300)];
    const refusals = new Map([[TWO, 'there is no role']]);
    const samples = { ...NOTHING, accounts: { found: 2, looked: 2 }, branches, files, refusals };
    const { writes, seconds, byAccount } = estimate(samples, { share: 1 });
    expect(writes).toBe(100);
    expect(seconds.tagging).toBeCloseTo(100 / 30);
    expect(byAccount[0]).toMatchObject({ account: TWO, writes: 300, refusal: 'there is no role' });
  });

  test('nothing comes to nothing', () => {
    const nothing = estimate(NOTHING, { share: 0.5 });
    expect(nothing.files).toEqual({ likely: 0, low: 0, high: 0 });
    expect(nothing.seconds).toEqual({ reading: 0, tagging: 0 });
    expect(estimateText(nothing).join('\n')).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('what AWS charges', () => {
  const work = { files: 1_000_000, bytes: 2e9, writes: 10_000, branches: 100 };

  test.each([
    ['local', 1000 * 0.000005 + 200 * 0.000005 + 0.4],
    ['batch', 0.4 + 1.25 + (250_000 + 40_000) * 0.5 * 0.0000133334 + 0.2],
    ['map', 0.006 + 0.4 + 10_000 * 4 * 0.000025 + 92_000 * 0.5 * 0.0000133334 + 0.002],
  ])('with the engine %s for a million files', (engine, dollars) => {
    expect(costsOf(work).find((each) => each.engine === engine)?.dollars).toBeCloseTo(dollars, 2);
  });

  test('with the function as it is deployed', () => {
    expect(FUNCTION_GB).toBe(DEFAULTS.memoryMiB / 1024);
  });
});

/** A number below a bound, always the same for the same names. */
function drawn(bound: number, ...names: readonly (string | number)[]): number {
  return createHash('md5').update(names.join()).digest().readUInt32BE(0) % bound;
}

/** Regions are busy or quiet, weekdays more than weekends, and each day is different. */
const filesOn = (account: string, region: string, date: string) => {
  const busy = [2, 10, 50][drawn(3, account, region)] ?? 0;
  const isWeekend = [0, 6].includes(new Date(date.replaceAll('/', '-')).getUTCDay());
  return drawn(isWeekend ? busy : 2 * busy, account, region, date);
};

const WORLD = {
  accounts: Array.from({ length: 12 }, (_, index) => String(111_122_223_333 + index)),
  regions: ['eu-west-1', 'us-east-1', 'us-west-2'],
  firstDay: '2024-03-10',
  days: 400,
  filesADay: filesOn,
};

function* keysBelow(prefix: string): Generator<string> {
  for (const key of virtualTrail(WORLD).keysFrom(prefix)) {
    if (!key.startsWith(prefix)) return;
    yield key;
  }
}

const DRAWS = 6;

function truth(from: string, to: string): number {
  let files = 0;
  for (let time = Date.parse(from); time <= Date.parse(to); time += 86_400_000) {
    const date = new Date(time).toISOString().slice(0, 10).replaceAll('-', '/');
    for (const account of WORLD.accounts)
      for (const region of WORLD.regions) files += filesOn(account, region, date);
  }
  return files;
}

test('of listed days as many files are held as may be chosen, and the same are chosen of each as of all', () => {
  for (const most of [1, 20, 200]) {
    for (let draw = 0; draw < 20; draw++) {
      let draws = 0;
      const random = () => drawn(2 ** 31, draw, draws++) / 2 ** 31;
      const whole = Array.from({ length: 60 }, (_, index) => {
        const isWhole = index % 5 !== 0; // of others there is a page
        const count = isWhole ? drawn([3, 1000, 50][draw % 3] ?? 0, draw, index) : 1000;
        const objects = Array.from({ length: count }, (_, each) => ({ key: `${index}/${each}`, size: 1 }));
        const sample = day(isWhole ? count : drawn(40_000, draw, index) + count, isWhole);
        return { account: String(index), objects, sample };
      });
      let seen = 0;
      const held = whole.map((each) => {
        seen += each.sample.files;
        return { ...each, objects: mayBeChosen(each, seen, most, random) };
      });
      const chosenOf = (days: typeof held) => {
        draws = 0;
        const chosen = chooseFiles(days, most, random);
        expect(new Set(chosen.map(({ key }) => key)).size).toBe(chosen.length);
        return chosen.map(({ account, weight }) => `${account} for ${weight}`);
      };
      expect(chosenOf(held)).toEqual(chosenOf(whole));
      const objects = held.reduce((sum, each) => sum + each.objects.length, 0);
      expect(objects).toBeLessThanOrEqual(60 + most * (1 + Math.log(60) * 3));
    }
  }
});

describe('samples', () => {
  function sample(
    world: Parameters<typeof virtualTrail>[0],
    texts: ScopeTexts,
    more: Partial<SampleOptions> = {},
  ) {
    const { list, queries } = listOf(virtualTrail(world).keysFrom, 1000, 1500);
    const scope = readScope('s3://logs', texts, NOW);
    let draws = 0;
    const samples = sampleScope({
      scope,
      list,
      readWrites: async (key) => (drawn(10, key) === 0 ? [{ account: key.slice(8, 20), ...QUARTER }] : []),
      refused: async () => undefined,
      signal: SIGNAL,
      now: NOW,
      random: () => drawn(2 ** 31, 'random', draws++) / 2 ** 31,
      ...more,
    });
    return { samples, queries };
  }

  test('a scope of few days is counted', async () => {
    const { samples } = sample(WORLD, { from: '2025-02-03', to: '2025-02-07' });
    const { files, sampledDays } = estimate(await samples, { share: 0.5 });
    const count = truth('2025-02-03', '2025-02-08');
    expect(files).toEqual({ likely: count, low: count, high: count });
    expect(sampledDays).toBe(6 * 36);
  });

  test('of a larger one the truth lies within what is said, in nearly all draws', async () => {
    const count = truth('2024-03-10', '2025-04-13');
    let within = 0;
    let writesOfAll = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      let draws = 0;
      const random = () => drawn(2 ** 31, draw, draws++) / 2 ** 31;
      const { samples, queries } = sample(WORLD, {}, { random });
      const { files, writes } = estimate(await samples, { share: 0.5 });
      if (files.low <= count && count <= files.high) within += 1;
      expect(files.high / files.low).toBeLessThan(1.5);
      writesOfAll += writes;
      expect(queries.length).toBeLessThanOrEqual(500 + 2 + 12 * 2 + 36);
    }
    expect(within).toBeGreaterThanOrEqual(DRAWS - 1);
    expect(Math.abs(writesOfAll / DRAWS / count - 0.1)).toBeLessThan(0.03);
  });

  test('however many accounts there are, no more than so many requests are made', async () => {
    const accounts = Array.from({ length: 1500 }, (_, index) => String(111_122_223_333 + index));
    const { samples, queries } = sample(
      { ...WORLD, accounts, filesADay: 3 },
      { from: '2024-04', to: '2024-06' },
    );
    const { files, accounts: found } = estimate(await samples, { share: 0.5 });
    expect(found).toEqual({ found: 1500, looked: 100 });
    expect(files.likely).toBe(1500 * 3 * 92 * 3);
    expect(queries.length).toBeLessThanOrEqual(3 + 100 * 2 + 300 + 500);
  });

  test.each([
    ['the beginning of a month', 9, '2025/02/0'],
    ['a day', 1, '2025/02/03/'],
    ['the beginning of a day', 1, `2025/02/03/${ONE}_CloudTrail_us-west-2_20250203T0`],
    ['no file that there is', 0, `2025/02/03/${TWO}_`],
  ])('a URL that ends with %s takes in what is below it, and lists no other day', async (_, days, end) => {
    const prefix = `AWSLogs/${ONE}/CloudTrail/us-west-2/${end}`;
    const { samples, queries } = sample(WORLD, {}, { scope: readScope(`s3://logs/${prefix}`, {}, NOW) });
    const { files } = estimate(await samples, { share: 0.5 });
    const count = [...keysBelow(prefix)].length;
    expect(files).toEqual({ likely: count, low: count, high: count });
    expect(count > 0).toBe(days > 0);
    const listed = queries.filter(({ delimiter }) => delimiter === undefined);
    expect(listed.length).toBe(Math.max(1, days));
    for (const each of listed) expect(each.prefix.startsWith(prefix)).toBe(true);
  });

  test('a day of more than a page is told by the time of its thousandth file', async () => {
    const world = { ...WORLD, accounts: [ONE], regions: ['eu-west-1'], days: 1, filesADay: 1400 };
    const { files } = estimate(await sample(world, {}).samples, { share: 0.5 });
    expect(Math.abs(files.likely - 1400)).toBeLessThan(20);
  });
});

describe('about how many files a run has', () => {
  const find = async (texts: ScopeTexts, more: Partial<ExpectedOptions> = {}) => {
    const { list, queries } = listOf(virtualTrail(WORLD).keysFrom, 1000, 1500);
    const scope = readScope('s3://logs', texts, NOW);
    const found = await Array.fromAsync(findBranches(scope, list, SIGNAL));
    const asked = queries.length;
    let draws = 0;
    const random = () => drawn(2 ** 31, 'expected', draws++) / 2 ** 31;
    const options = { scope, list, signal: SIGNAL, now: NOW, afterMs: 0, betweenMs: 0, random, ...more };
    const expected = await findExpected(found, options);
    return { expected, asked: queries.length - asked };
  };

  test('is told by at most 200 days that are listed beside it', async () => {
    const few = await find({ from: '2025-02-03', to: '2025-02-06' });
    expect(few.expected?.files).toBe(truth('2025-02-03', '2025-02-07'));
    const { expected, asked } = await find({ from: '2024-04-01', to: '2025-03-31' });
    const count = truth('2024-04-01', '2025-04-01');
    expect(Math.abs((expected?.files ?? 0) / count - 1)).toBeLessThan(0.25);
    expect(asked).toBe(200);
  });

  test('is told by nobody where the run ends before, time is up, days differ too much or cannot be listed', async () => {
    const ended = AbortSignal.abort(new Error('the run has ended'));
    expect(await find({}, { signal: ended, afterMs: 60_000 })).toEqual({ expected: undefined, asked: 0 });
    const never: ExpectedOptions['list'] = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    expect((await find({}, { list: never, withinMs: 1 })).expected).toBeUndefined();
    const denied = async () => Promise.reject(new Error('denied'));
    expect((await find({}, { list: denied })).expected).toBeUndefined();
    let days = 0;
    const uneven: ExpectedOptions['list'] = async ({ prefix }) => ({
      objects:
        ++days === 7
          ? [
              {
                key: `${prefix}111122223333_CloudTrail_eu-west-1_20250304T1040Z_aBxdEygHzjKwmNvp.json.gz`,
                size: 1,
              },
            ]
          : [],
      prefixes: [],
    });
    expect((await find({}, { list: uneven })).expected).toBeUndefined();
  });
});

test('an estimate in words', () => {
  const files = Array.from({ length: 20 }, (_, index) => ({
    account: ONE,
    weight: 10,
    writes: index === 0 ? [{ account: ONE, ...QUARTER }] : [],
  }));
  const samples = {
    ...NOTHING,
    accounts: { found: 4, looked: 2 },
    branches: [branch(ONE, 365, 900, 1000, 1100), branch(TWO, 365, 0, 0, 3)],
    plain: day(5000, false),
    files,
    filesPerSecond: 500,
    refusals: new Map([[TWO, 'AccessDenied: \u001b[2J not trusted']]),
    requests: { list: 12, get: 20 },
  };
  expect(estimateText(estimate(samples, { share: 0.5 }))).toEqual([
    '4 accounts, of which 2 were looked into, 4 regions in all',
    expect.stringMatching(
      /^about 740,000 \([\d,]+ to [\d,]+\) log files of about 1.5 GB \(\d+ [KMG]B to [\d.]+ GB\), by 6 days that were listed$/,
    ),
    "more than 5,000 of them in none of CloudTrail's folders",
    'about 37,000 resources to tag, by 20 files that were read',
    '25 min of reading here, and 20 min at least of tagging at the pace that AWS allows',
    '  111122223333: about 370,000 files, about 18,000 resources, 20 min for SQS TagQueue in eu-west-1',
    '  444455556666: about 370 files, about 18 resources, 1 s for SQS TagQueue in eu-west-1',
    'nothing can be tagged in 1 account:',
    '  444455556666: AccessDenied: \\u001b[2J not trusted',
    '--engine local: $0.30 (S3: listing less than $0.01, S3: reading $0.29, transfer, where it runs outside of AWS $0.13)',
    expect.stringMatching(
      /^--engine batch: \$\d.\d\d \(S3: reading \$0.29, S3 Batch Operations \$0.99, Lambda \$\d.\d\d\)$/,
    ),
    expect.stringMatching(
      /^--engine map: \$\d.\d\d \(S3: listing less than \$0.01, S3: reading \$0.29, Step Functions \$0.\d\d, Lambda \$\d.\d\d\)$/,
    ),
    'The estimate itself took 12 requests that list, and 20 that read.',
  ]);
});
