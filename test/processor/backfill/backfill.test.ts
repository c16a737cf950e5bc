/** `backfill` against a sandbox: what it says and asks, how it is stopped and gone on with, and what it leaves in the folder of its run. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pointSdkAt } from '../../helpers/environment.ts';
import { type InProcessOptions, type InProcessRun, runHere } from '../../helpers/in-process.ts';
import { putTable, TABLE_NAME } from '../../tag-manager/store/stores.ts';
import { checkpointOf, idOf, jsonLinesOf, linesOf, type RunWorld, tagsOf } from './kept-run.ts';
import {
  BUCKET,
  type MadeLogs,
  MEMBER,
  OWN,
  ROLE,
  startYearsOfLogs,
  type YearsOfLogs,
} from './years-of-logs.ts';

const OPERATOR = { type: 'IAMUser', account: OWN, userName: 'ops' } as const;
const FEW: YearsOfLogs = { files: 60, creations: 50 };

const folder = mkdtempSync(join(tmpdir(), 'backfill-'));
afterAll(() => rmSync(folder, { recursive: true }));

type World = RunWorld & MadeLogs;

let worlds = 0;

const newWorld = (): Promise<World> => startYearsOfLogs(join(folder, `runs-${worlds++}`), FEW);

/** What a run waits for is real; only what it says every half minute comes sooner. */
const ALL_BUT_INTERVALS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;

const requestsOf = ({ sandbox: { requests } }: World, ...operations: readonly string[]) =>
  requests.filter(({ operation }) => operations.includes(operation));

describe('a backfill', () => {
  let world: World;
  let restore: () => void;

  beforeEach(async () => {
    world = await newWorld();
    restore = pointSdkAt(world.sandbox, OPERATOR, 'eu-west-1');
  });
  afterEach(async () => {
    restore();
    await world.sandbox.close();
  });

  const backfill = (args: readonly string[], options?: InProcessOptions): Promise<InProcessRun> =>
    runHere(['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', world.runs, ...args], options);
  const resume = (options?: InProcessOptions): Promise<InProcessRun> =>
    runHere(['backfill', 'resume', idOf(world), '--runs', world.runs], options);

  const endOf = (ended: World) => ({
    checkpoint: checkpointOf(ended),
    resources: jsonLinesOf(ended, 'resources.ndjson'),
    tags: tagsOf(ended),
  });

  let undisturbed: Promise<ReturnType<typeof endOf>> | undefined;

  /** How the same files and resources end in a run that nobody disturbs. */
  async function runUndisturbed() {
    const other = await newWorld();
    const pointBack = pointSdkAt(other.sandbox, OPERATOR, 'eu-west-1');
    try {
      await runHere(['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', other.runs, '--yes']);
      return endOf(other);
    } finally {
      pointBack();
      await other.sandbox.close();
    }
  }

  async function expectAsUndisturbed(): Promise<void> {
    undisturbed ??= runUndisturbed();
    expect(endOf(world)).toEqual(await undisturbed);
  }

  test('does nothing where nobody can be asked, and calls nobody', async () => {
    const { ending, complaints } = await backfill([]);
    expect({ ending, complaints }).toEqual({
      ending: 'usage',
      complaints: [
        'nobody can be asked here whether to tag: --yes does it without asking, --dry-run changes nothing',
      ],
    });
    expect(world.sandbox.requests).toEqual([]);
  });

  test('says what, where and as whom before it asks, and does nothing on a no', async () => {
    const asked: string[] = [];
    const { ending, complaints } = await runHere(
      ['backfill', `s3://${BUCKET}`, '--from', '2025-01-02', '--service', 'sns', '--runs', world.runs],
      {
        ask: async (question) => {
          asked.push(question);
          return false;
        },
      },
    );
    expect(ending).toBe('interrupted');
    expect(asked).toHaveLength(1);
    expect(complaints).toEqual([
      's3://logs/: what was created since 2025-01-02T00:00:00Z, in 4 folders of accounts and regions',
      'only what these leave: INCLUDE_SERVICES=sns',
      `gets the tags CreatedBy, CreatedDate, ManagedBy, as arn:aws:iam::${OWN}:user/ops in account ${OWN}`,
      `in 1 account (${OWN}), and 1 account (${MEMBER}) left out: there is no role to tag with`,
      'nothing was done',
    ]);
    expect(requestsOf(world, 'GetObject', 'TagResource')).toEqual([]);
    expect(existsSync(world.runs)).toBe(false);
  });

  test('reads all files and tags on a yes', async () => {
    const { ending, stdout } = await backfill([], { ask: async () => true });
    expect(ending).toBe('failed'); // one of them cannot be tagged
    expect(stdout).toContain('60 files');
    const read = requestsOf(world, 'GetObject').map(({ input }) => String(input.Key));
    expect([...read].sort()).toEqual([...world.keys].sort());
    const { totals } = checkpointOf(world);
    expect(linesOf(world, 'resources.ndjson').length).toBe(
      totals.resources - (totals.outcomes.unchanged ?? 0),
    );
  });

  test('that was undone is not tagged by files that come again, where there is a store, and is by a new backfill', async () => {
    process.env.DYNAMODB_TABLE = TABLE_NAME;
    await putTable(world);
    const own = ['--account', OWN, '--yes'];
    await backfill(own);
    const tagged = tagsOf(world);
    const args = ['backfill', 'undo', idOf(world), '--runs', world.runs, '--role', ROLE, '--yes'];
    const undone = await runHere(args);
    expect(undone).toMatchObject({ ending: 'done', stdout: expect.stringContaining('resources: undone ') });
    const bare = tagsOf(world);
    expect(bare).not.toEqual(tagged);
    await runHere(['process', `s3://${BUCKET}`, '--account', OWN]);
    expect(tagsOf(world)).toEqual(bare);
    await runHere(['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', `${world.runs}-later`, ...own]);
    expect(tagsOf(world)).toEqual(tagged);
  });

  test('that is dry makes a run of what would be tagged, without asking, and writes nothing', async () => {
    const { ending, complaints } = await backfill(['--dry-run']);
    expect(ending).toBe('done');
    expect(complaints.join('\n')).toContain('a dry run, which tags nothing');
    expect(checkpointOf(world).totals.outcomes['would-tag']).toBeGreaterThan(20);
    expect(requestsOf(world, 'TagResource')).toEqual([]);
    expect(linesOf(world, 'journal.ndjson')).toEqual([]);
  });

  test('reads and tags only what is of its accounts, regions and times', async () => {
    const args = [
      '--yes',
      '--account',
      OWN,
      '--region',
      'eu-west-1',
      '--from',
      '2025-01-02',
      '--to',
      '2025-01-03',
    ];
    await backfill(args);
    const read = requestsOf(world, 'GetObject').map(({ input }) => String(input.Key));
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter((key) => !key.includes(`/${OWN}/CloudTrail/eu-west-1/2025/01/0`))).toEqual([]);
    const days = new Set(
      jsonLinesOf(world, 'resources.ndjson').map(({ eventTime }) => eventTime.slice(0, 10)),
    );
    expect([...days].sort()).toEqual(['2025-01-02', '2025-01-03']);
  });

  describe('that is only estimated', () => {
    const JANUARY = ['--from', '2025-01-01', '--to', '2025-01-31'];
    const WRITING = ['TagResource', 'PutObject', 'PutItem', 'CreateTags'];

    test('tells files, tags, time and costs, and accounts without a role, and asks and writes nothing', async () => {
      const { ending, stdout, complaints } = await runHere([
        'backfill',
        `s3://${BUCKET}`,
        ...JANUARY,
        '--runs',
        world.runs,
        '--estimate',
      ]);
      expect(ending).toBe('done');
      expect(complaints).toEqual([
        `an estimate, which writes nothing, as arn:aws:iam::${OWN}:user/ops in account ${OWN}`,
      ]);
      const lines = stdout.trimEnd().split('\n');
      expect(lines[0]).toBe('s3://logs/: what was created from 2025-01-01T00:00:00Z to 2025-02-01T00:00:00Z');
      expect(lines[1]).toBe('2 accounts, 4 regions in all');
      expect(lines[2]).toMatch(/^60 log files of [\d.]+ KB, by 128 days that were listed$/);
      expect(lines[3]).toMatch(/^about \d+ resources to tag, by 60 files that were read$/);
      expect(stdout).toContain(
        `nothing can be tagged in 1 account:\n  ${MEMBER}: there is no role to tag with in account ${MEMBER}\n`,
      );
      for (const engine of ['local', 'batch', 'map']) expect(stdout).toContain(`\n--engine ${engine}: `);
      expect(stdout).toMatch(
        new RegExp(`  ${OWN}: about 30 files, about \\d+ resources, .* for SNS TagResource in eu-`),
      );
      expect(requestsOf(world, ...WRITING)).toEqual([]);
      expect(existsSync(world.runs)).toBe(false);
    });

    test('counts what a run would tag, by its filters, as one object of JSON', async () => {
      const { stdout } = await backfill(['--estimate', '--json', ...JANUARY, '--account', OWN]);
      const found = JSON.parse(stdout);
      expect(found).toMatchObject({ kind: 'estimate', scope: { bucket: BUCKET, accounts: [OWN] } });
      await backfill(['--dry-run', ...JANUARY, '--account', OWN]);
      const { totals } = checkpointOf(world);
      expect(found.files).toEqual({ likely: totals.files, low: totals.files, high: totals.files });
      expect(found.writes).toBe(totals.resources);
      expect(found.sampledFiles).toBe(totals.files);
      expect(found.byAccount).toEqual([
        expect.objectContaining({ account: OWN, slowest: expect.stringContaining('TagResource') }),
      ]);
      const none = await backfill(['--estimate', '--json', '--service', 'ec2', ...JANUARY]);
      expect(JSON.parse(none.stdout)).toMatchObject({ writes: 0 });
    });

    test.each([
      ['ListObjectsV2', 's3:ListBucket'],
      ['GetObject', 's3:GetObject'],
    ])('says that it is not let in where %s is denied', async (operation, needed) => {
      const error = { code: 'AccessDenied', status: 403, message: 'Access Denied' };
      world.sandbox.faults.add({ operation, effect: { error } });
      const { ending, stdout, complaints } = await backfill(['--estimate', ...JANUARY]);
      expect({ ending, stdout }).toEqual({ ending: 'access', stdout: '' });
      expect(complaints.at(-1)).toContain(needed);
    });

    test('says that there is nothing, and is ended at once', async () => {
      const nothing = await backfill(['--estimate', '--region', 'us-east-1']);
      expect(nothing).toMatchObject({ ending: 'nothing', stdout: '' });
      let stop = () => {};
      let stoppedAt = 0;
      const match = () => {
        stoppedAt ||= performance.now();
        stop();
        return true;
      };
      world.sandbox.faults.add({ operation: 'GetObject', match, effect: { delayMs: 3_000 } });
      const { ending, stdout } = await backfill(['--estimate', ...JANUARY], {
        onStart: (stopIt) => {
          stop = stopIt;
        },
      });
      expect({ ending, stdout }).toEqual({ ending: 'interrupted', stdout: '' });
      expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    });
  });

  test('goes through the same line without a run: process reads on while creations wait for their tags', async () => {
    Object.assign(process.env, { OPEN_FILES: '2', CONCURRENCY: '4' }); // of one API one call at a time
    const tagCalls = () => requestsOf(world, 'TagResource').length;
    let beforeLastRead = 0;
    world.sandbox.faults.add({ operation: 'TagResource', effect: { delayMs: 80 } });
    world.sandbox.faults.add({
      operation: 'GetObject',
      match() {
        beforeLastRead = tagCalls();
        return false;
      },
      effect: { delayMs: 0 },
    });
    await runHere(['process', `s3://${BUCKET}`, '--role', ROLE]);
    expect(tagCalls()).toBeGreaterThan(30);
    expect(beforeLastRead).toBeLessThan(tagCalls() / 2); // whoever waits for two files at a time has nearly all behind it
  });

  test('that takes long says of about how many files it is', async () => {
    const stderr = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: false, configurable: true });
    world.sandbox.faults.add({
      operation: 'GetObject',
      match: ({ input }) => input.Key === world.keys.at(-1),
      effect: { delayMs: 5_000 }, // days are listed after 3 seconds
    });
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_INTERVALS] });
    let isOver = false;
    try {
      const run = backfill(['--yes', '--from', '2025-01-01', '--to', '2025-01-05']).finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        jest.advanceTimersByTime(30_000); // after which it says how far it is
      }
      const { complaints } = await run;
      expect(complaints.find((each) => each.includes(' of about '))).toMatch(
        /^59 of about 60 files, \d+ kB of about \d+ kB; /,
      );
    } finally {
      jest.useRealTimers();
      if (stderr === undefined) Reflect.deleteProperty(process.stderr, 'isTTY');
      else Object.defineProperty(process.stderr, 'isTTY', stderr);
    }
  });

  test('refuses an engine that there is not, and a URL that is none', async () => {
    expect(await backfill(['--yes', '--engine', 'cloud'])).toMatchObject({
      ending: 'usage',
      complaints: [expect.stringMatching(/^--engine "cloud": expected local\b/)],
    });
    expect(await runHere(['backfill', 'logs', '--yes'])).toMatchObject({ ending: 'usage' });
    expect(await runHere(['backfill', 'resume', 'nothing'])).toMatchObject({ ending: 'usage' });
  });

  test('stopped by Ctrl-C says how to go on, and gone on with ends as if nobody had stopped it', async () => {
    let calls = 0;
    let stop = () => {};
    world.sandbox.faults.add({
      operation: 'TagResource',
      match: () => {
        if (++calls === 8) stop();
        return false;
      },
      effect: { delayMs: 0 },
    });
    const stopped = await backfill(['--yes'], {
      onStart: (stopIt) => {
        stop = stopIt;
      },
    });
    expect(stopped.ending).toBe('interrupted');
    expect(stopped.stdout).toContain('stopped before the end');
    expect(stopped.complaints.at(-1)).toContain(
      `auto-tagger backfill resume ${idOf(world)} --runs ${world.runs}`,
    );
    expect(checkpointOf(world).totals.files).toBeLessThan(FEW.files);

    const { ending, stdout } = await resume();
    expect(ending).toBe('failed'); // one of them cannot be tagged
    expect(stdout).toContain('60 files');
    await expectAsUndisturbed();
  });

  test('whose credentials expire stops by itself, and leaves what it could not read to whoever goes on', async () => {
    let read = 0;
    const error = { code: 'ExpiredToken', status: 400, message: 'The provided token has expired.' };
    const mend = world.sandbox.faults.add({
      operation: 'GetObject',
      match: () => ++read > 15,
      effect: { error },
    });
    const { complaints } = await backfill(['--yes']);
    expect(complaints.filter((each) => each.includes('expired'))).toHaveLength(1);
    expect(checkpointOf(world).totals.unreadable).toBe(0);
    mend();
    await resume();
    await expectAsUndisturbed();
  });

  test('goes on with the others where an account cannot be listed, and lists it when it is gone on with', async () => {
    const error = { code: 'AccessDenied', status: 403, message: 'Access Denied' };
    const mend = world.sandbox.faults.add({
      operation: 'ListObjectsV2',
      match: ({ input: { query } }) =>
        query instanceof URLSearchParams &&
        !query.has('delimiter') &&
        query.get('prefix') === `AWSLogs/${MEMBER}/CloudTrail/eu-west-1/`,
      effect: { error },
    });
    const { ending, complaints } = await backfill(['--yes']);
    expect(ending).toBe('failed');
    expect(complaints.join('\n')).toMatch(/444455556666\/eu-west-1: cannot be listed any further/);
    expect(complaints.at(-1)).toContain('backfill resume');
    expect(checkpointOf(world).totals.files).toBe(45);
    mend();
    await resume();
    await expectAsUndisturbed();
  });

  test('is gone on with by credentials of its own account only, and by its own settings', async () => {
    process.env.CREATED_BY = 'name';
    await backfill(['--dry-run']);
    process.env.CREATED_BY = 'person';
    const { complaints } = await resume();
    expect(complaints).toContain('the settings of the run hold; passed over: CREATED_BY');
    const pointBack = pointSdkAt(world.sandbox, { ...OPERATOR, account: MEMBER }, 'eu-west-1');
    try {
      const { ending, complaints: problems } = await resume();
      expect(ending).toBe('usage');
      expect(problems.join()).toContain(
        `begun with credentials of account ${OWN}, and these are of account ${MEMBER}`,
      );
    } finally {
      pointBack();
    }
  });
});
