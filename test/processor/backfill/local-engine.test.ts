/** The parts of the local engine by themselves, and how far a run says that it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import type { EngineWork, FileDone } from '../../../processor/backfill/engine.ts';
import { createHeldCreations } from '../../../processor/backfill/local/held-creations.ts';
import { skippedInOrder } from '../../../processor/backfill/local/in-order-of-keys.ts';
import { carryOut } from '../../../processor/backfill/local/local-engine.ts';
import { createRun } from '../../../processor/backfill/run/run-writer.ts';
import type { FoundBranch } from '../../../processor/backfill/scope/find-branches.ts';
import {
  progressText,
  type RunState,
  startRunProgress,
} from '../../../processor/cli/backfill/run-progress.ts';
import { environmentOfRun, keptSettings } from '../../../processor/cli/backfill/run-settings.ts';
import type { ListObjects } from '../../../processor/file/bucket-listing.ts';
import { runInfo } from '../../helpers/run-info.ts';
import { reportOf } from './simulated-run.ts';

describe('creations that are held', () => {
  test('let reading go on up to the bound, and behind it when some are tagged', async () => {
    const { signal } = new AbortController();
    const held = createHeldCreations(10);
    await held.untilRoom(signal);
    held.add(12);
    let isThrough = 0;
    const waiting = [1, 2].map(() => held.untilRoom(signal).then(() => isThrough++));
    held.remove(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect({ isThrough, count: held.count }).toEqual({ isThrough: 0, count: 10 });
    held.remove(1);
    await Promise.all(waiting);
    expect(isThrough).toBe(2);
  });

  test('end the wait when the run is stopped', async () => {
    const stopping = new AbortController();
    const held = createHeldCreations(1);
    held.add(1);
    const waiting = held.untilRoom(stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(held.untilRoom(stopping.signal)).rejects.toThrow('stopped');
  });
});

test('what a page passes over is told between its files, in the order of the keys', () => {
  const told: string[] = [];
  const { onSkipped, tell } = skippedInOrder({ skip: (_, key) => told.push(key) }, 'branch');
  for (const key of ['a', 'c', '\uff5e', '\u{1f600}']) onSkipped('digest', key); // UTF-16 would order the last two otherwise
  tell('b');
  expect(told).toEqual(['a']);
  tell('\u{1f600}');
  expect(told).toEqual(['a', 'c', '\uff5e']);
  tell();
  expect(told).toEqual(['a', 'c', '\uff5e', '\u{1f600}']);
});

describe('the local engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-engine-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const BRANCHES = ['111122223333/eu-west-1', '444455556666/eu-west-1'].map((name): FoundBranch => {
    const [account = '', region = ''] = name.split('/');
    return { name, account, region, prefix: `AWSLogs/${account}/CloudTrail/${region}/`, years: ['2025'] };
  });
  const DAYS = 20;

  /** Two files a day, and something that is none. */
  const list: ListObjects = async ({ prefix, startAfter = '' }) => ({
    objects: Array.from({ length: DAYS }, (_, day) => String(day + 1).padStart(2, '0'))
      .flatMap((day) => ['a.json.gz', 'b.txt', 'c.json.gz'].map((name) => `${prefix}2025/01/${day}/${name}`))
      .filter((key) => key > startAfter)
      .map((key) => ({ key, size: 100 })),
    prefixes: [],
  });

  async function carriedOut(process: EngineWork['files']['process'], mostCreations: number) {
    const begun: string[] = [];
    const inOrder: string[] = [];
    const run = await createRun(folder, runInfo(), { rowOf: () => ({}), onLost: () => {}, now: Date.now });
    const ended = carryOut(
      {
        run: {
          ...run,
          begin(branch, file, signal) {
            inOrder.push(file.key);
            return run.begin(branch, file, signal);
          },
          skip(branch, key, reason) {
            inOrder.push(key);
            run.skip(branch, key, reason);
          },
        },
        scope: { bucket: 'logs', prefix: '' },
        branches: BRANCHES,
        list,
        signal: new AbortController().signal,
        listener: { onFile: () => {}, onBranch: () => {}, onProblem: () => {} },
        files: {
          logFile: ({ bucket, key }) => {
            begun.push(key);
            return { name: key, location: { kind: 's3', bucket, key }, open: () => ({}) as never };
          },
          process,
          leftOver: () => [],
          endsRun: () => false,
          openFiles: { enter: async () => {}, leave: () => {} },
        },
      },
      mostCreations,
    );
    return { begun, inOrder, run, ended };
  }

  const doneWith = (key: string): FileDone => ({
    report: reportOf({ key, size: 100 }, []),
    outcomes: [],
    undone: [],
  });

  test('begins the files of each branch in the order of their days, and counts what is no file', async () => {
    const { begun, inOrder, run, ended } = await carriedOut(async ({ name }) => doneWith(name), 100);
    await ended;
    await run.close();
    for (const { prefix } of BRANCHES) {
      const keys = begun.filter((key) => key.startsWith(prefix));
      expect(keys).toHaveLength(2 * DAYS);
      expect(keys).toEqual([...keys].sort());
      // What is told late would put the branch back to its key.
      const told = inOrder.filter((key) => key.startsWith(prefix));
      expect(told).toHaveLength(3 * DAYS);
      expect(told).toEqual([...told].sort());
    }
    expect(run.totals).toMatchObject({ files: 4 * DAYS, skipped: { other: 2 * DAYS } });
    expect(BRANCHES.map(({ name }) => run.progressOf(name)?.done)).toEqual([true, true]);
  });

  test('reads on while creations wait for their tags, up to the bound', async () => {
    const tags = Promise.withResolvers<void>();
    const { begun, run, ended } = await carriedOut(async ({ name }, _, onRead) => {
      onRead(5);
      await tags.promise;
      return doneWith(name);
    }, 50);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(begun.length).toBeGreaterThanOrEqual(10);
    expect(begun.length).toBeLessThanOrEqual(10 + BRANCHES.length);
    tags.resolve();
    await ended;
    await run.close();
    expect(run.totals.files).toBe(4 * DAYS);
  });
});

const STATE: RunState = {
  seconds: 100,
  files: 41_000,
  bytes: 61_500_000,
  filesBefore: 1_000,
  bytesBefore: 1_500_000,
  branches: 240,
  branchesListed: 12,
  outcomes: { tagged: 812, kept: 3 },
  slowed: [],
};

describe('progress', () => {
  test('says files, bytes, rate and outcomes of all of the run, and how many branches are listed', () => {
    expect(progressText(STATE)).toBe(
      '42,000 files, 63 MB; 12 of 240 accounts and regions listed; 410 files/s; 812 tagged, 3 kept',
    );
  });

  test('says of how many, and the time that is left, where that was estimated', () => {
    expect(progressText({ ...STATE, outcomes: {}, expected: { files: 83_000, bytes: 120_000_000 } })).toBe(
      '42,000 of about 83,000 files, 63 MB of about 120 MB; 410 files/s; 2 min left',
    );
  });

  test('names who is throttled', () => {
    const slowed = ['111122223333', '444455556666', '123456789012', '123456789012'].map((account) => ({
      name: 'sns TagResource UntagResource',
      account,
      region: 'eu-west-1',
      perSecond: 1,
    }));
    expect(progressText({ ...STATE, slowed: slowed.slice(0, 1) })).toMatch(
      /; throttled: sns TagResource in 111122223333 eu-west-1$/,
    );
    expect(progressText({ ...STATE, slowed })).toMatch(/, and 1 more$/);
  });

  test('comes every half minute where there is no terminal', () => {
    jest.useFakeTimers();
    const said: string[] = [];
    const { signal } = new AbortController();
    const end = startRunProgress({
      state: () => STATE,
      say: (text) => said.push(text),
      isTerminal: false,
      signal,
    });
    jest.advanceTimersByTime(29_000);
    expect(said).toEqual([]);
    jest.advanceTimersByTime(32_000);
    expect(said).toHaveLength(2);
    end();
    jest.advanceTimersByTime(60_000);
    expect(said).toHaveLength(2);
  });
  afterEach(() => {
    jest.useRealTimers();
  });
});

describe('settings of a run', () => {
  test('are kept but for what some take for a secret, and hold but for those of the pace', () => {
    const begun = {
      PATH: '/bin',
      CREATED_BY: 'name',
      INCLUDE_SERVICES: 'sns',
      SERVICES: '',
      CONCURRENCY: '8',
      RATE_SHARE: '0.2',
      MEMBER_ROLE_NAME: 'tagger',
      MEMBER_ROLE_EXTERNAL_ID: 'secret',
    };
    const kept = keptSettings(begun, 'eu-west-1');
    expect(kept).toEqual({
      filters: { INCLUDE_SERVICES: 'sns' },
      settings: {
        CREATED_BY: 'name',
        CONCURRENCY: '8',
        RATE_SHARE: '0.2',
        MEMBER_ROLE_NAME: 'tagger',
        AWS_REGION: 'eu-west-1',
      },
    });
    const now = {
      PATH: '/usr/bin',
      AWS_REGION: 'us-east-1',
      CREATED_BY: 'arn',
      EXCLUDE_REGIONS: 'us-*',
      CONCURRENCY: '32',
      MEMBER_ROLE_NAME: 'tagger',
      MEMBER_ROLE_EXTERNAL_ID: 'secret',
    };
    expect(environmentOfRun({ ...kept, dryRun: true }, now)).toEqual({
      env: {
        PATH: '/usr/bin',
        INCLUDE_SERVICES: 'sns',
        CREATED_BY: 'name',
        CONCURRENCY: '32',
        RATE_SHARE: '0.2',
        MEMBER_ROLE_NAME: 'tagger',
        MEMBER_ROLE_EXTERNAL_ID: 'secret',
        AWS_REGION: 'eu-west-1',
        DRY_RUN: 'true',
      },
      passedOver: ['CREATED_BY', 'EXCLUDE_REGIONS'],
    });
  });
});
