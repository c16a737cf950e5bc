/** The folder of a run: killed at any moment and gone on with, it ends as if nobody had stopped it. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCheckpoint } from '../../../processor/backfill/run/checkpoint.ts';
import { readWrites } from '../../../processor/backfill/run/journal-file.ts';
import { readLines } from '../../../processor/backfill/run/line-reader.ts';
import { openLines } from '../../../processor/backfill/run/line-writer.ts';
import { lockOwner, takeLock } from '../../../processor/backfill/run/lock.ts';
import { findRun, isRunId } from '../../../processor/backfill/run/run-id.ts';
import { readRunInfo } from '../../../processor/backfill/run/run-info.ts';
import { createRun, type RunOptions, resumeRun } from '../../../processor/backfill/run/run-writer.ts';
import { readRun } from '../../../processor/report/run/read-run.ts';
import { ROOT, runCommand } from '../../helpers/command.ts';
import { RUN_TIME, runInfo, runsFolder } from '../../helpers/run-info.ts';
import { runs, size } from '../../helpers/runs.ts';
import {
  ACCOUNT,
  type Branches,
  deadOwner,
  live,
  newWorld,
  outcomeOf,
  randomOf,
  remove,
  reportOf,
  type World,
} from './simulated-run.ts';

const base = runsFolder('run');
afterAll(() => rmSync(base, { recursive: true, force: true }));

const { signal } = new AbortController();

const OPTIONS: RunOptions = {
  rowOf: (file, { outcome, creation: { eventID }, resource: { arn } }) => ({ arn, eventID, outcome, file }),
  onLost: (problem) => {
    throw new Error(problem);
  },
  now: () => RUN_TIME,
};

async function newFolder(): Promise<string> {
  const run = await createRun(base, runInfo(), OPTIONS);
  await run.close();
  return run.folder;
}

async function linesOf(path: string): Promise<object[]> {
  const lines: object[] = [];
  for await (const batch of readLines(path)) lines.push(...batch.map(({ value }) => value));
  return lines;
}

const sorted = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).sort();

describe('killed at any moment', () => {
  /** Some resources cannot be tagged. */
  function branchesOf(random: (most: number) => number, files: number): Branches {
    let events = 0;
    const creation = () => {
      const number = events++;
      return { arn: `arn:${number}`, event: `event-${number}`, isDenied: random(10) === 0 };
    };
    const names = [`${ACCOUNT}/eu-west-1`, `${ACCOUNT}/us-east-1`, ''];
    return Object.fromEntries(
      names.map((name, branch) => [
        name,
        Array.from({ length: files }, (_, at) => {
          const day = String(1 + Math.floor(at / 2)).padStart(2, '0');
          return {
            key: `${name}/2026/03/${day}/${String(at).padStart(4, '0')}.json.gz`,
            size: 100 + at,
            creations: Array.from({ length: random(branch === 2 ? 2 : 4) }, creation),
          };
        }),
      ]),
    );
  }

  async function endOf(folder: string, world: World) {
    const checkpoint = await readCheckpoint(folder);
    const writes = [];
    for await (const batch of readWrites(join(folder, 'journal.ndjson'))) writes.push(...batch);
    return {
      totals: checkpoint?.totals,
      branches: checkpoint?.branches,
      left: checkpoint?.writes,
      resources: sorted(await linesOf(join(folder, 'resources.ndjson'))),
      failures: sorted(await linesOf(join(folder, 'failures.ndjson'))),
      journal: writes
        .filter(({ isWritten }) => isWritten === 'yes')
        .map(({ intent }) => intent.arn)
        .sort(),
      tags: [...world.tags].sort(),
    };
  }

  test('a run that is gone on with ends with the totals, lines and journal of an undisturbed one, and writes nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1 }), fc.integer({ min: 1, max: 6 }), async (seed, kills) => {
        const random = randomOf(seed);
        const branches = branchesOf(random, size(8, 20));
        const calm = { folder: await newFolder(), world: newWorld() };
        await live({ ...calm, steps: Number.POSITIVE_INFINITY, random }, branches);
        let rough = { folder: await newFolder(), world: newWorld() };
        for (let kill = 0; kill < kills; kill++) {
          const killed = await live({ ...rough, steps: random(60), random }, branches);
          if (killed === undefined) break;
          remove(rough.folder);
          rough = killed;
        }
        await live({ ...rough, steps: Number.POSITIVE_INFINITY, random }, branches);
        expect(await endOf(rough.folder, rough.world)).toEqual(await endOf(calm.folder, calm.world));
        expect(Math.max(0, ...rough.world.written.values())).toBeLessThanOrEqual(1);
        for (const { folder } of [calm, rough]) remove(folder);
      }),
      runs(25),
    );
  });
});

test('its checkpoint tells when each process worked on it, and the report counts only these times', async () => {
  let now = RUN_TIME;
  const options = { ...OPTIONS, now: () => now };
  const first = await createRun(base, runInfo(), options);
  now += 30_000;
  await first.close();
  now += 3_600_000;
  const second = await resumeRun(first.folder, options);
  now += 12_000;
  await second.close();
  expect((await readCheckpoint(first.folder))?.sessions).toEqual([
    { begunAt: '2026-11-26T14:30:12.000Z', endedAt: '2026-11-26T14:30:42.000Z' },
    { begunAt: '2026-11-26T15:30:42.000Z', endedAt: '2026-11-26T15:30:54.000Z' },
  ]);
  const { subject } = await readRun(first.folder, { lastDay: 30_000, signal, onRows: async () => {} });
  expect(subject.speed.seconds).toBe(42);
});

describe('files end in any order', () => {
  const keyOf = (at: number) => `a/2026/03/0${at}/${at}.json.gz`;
  const ended = (at: number, outcome: 'tagged' | 'unchanged' = 'tagged') => {
    const outcomes = [outcomeOf({ arn: `arn:${at}`, event: `event-${at}`, isDenied: false }, outcome)];
    return { report: reportOf({ key: keyOf(at), size: 10 }, outcomes), outcomes, failures: [] };
  };

  test('only those count that have none open before them in their branch', async () => {
    const run = await createRun(base, runInfo(), OPTIONS);
    const files = [];
    for (const at of [1, 2, 5]) files.push(await run.begin('a', { key: keyOf(at), size: 10 }, signal));
    const other = await run.begin('b', { key: 'b/x', size: 1 }, signal);
    await files[1]?.end(ended(2));
    await run.checkpoint();
    expect(await readCheckpoint(run.folder)).toMatchObject({
      branches: { a: { files: 0 } },
      totals: { files: 0 },
    });
    expect(await linesOf(join(run.folder, 'resources.ndjson'))).toEqual([]);
    await files[0]?.end(ended(1));
    run.skip('a', 'a/2026/03/06/x.txt', 'other');
    expect(run.progressOf('a')).toMatchObject({ after: keyOf(2), files: 2, bytes: 20 });
    await files[2]?.end(ended(5, 'unchanged'));
    run.endBranch('a');
    run.endBranch('b');
    await run.close();
    expect(await readCheckpoint(run.folder)).toMatchObject({
      branches: {
        a: {
          after: 'a/2026/03/06/x.txt',
          files: 3,
          bytes: 30,
          firstDay: '2026-03-01',
          lastDay: '2026-03-05',
          gaps: [['2026-03-03', '2026-03-04']],
          gapDays: 2,
          done: true,
        },
        b: { files: 0 },
      },
      totals: { files: 3, skipped: { other: 1 }, outcomes: { tagged: 2, unchanged: 1 } },
    });
    expect(run.progressOf('b')?.done).toBeUndefined(); // one of its files has not ended
    expect(await linesOf(join(run.folder, 'resources.ndjson'))).toMatchObject([
      { arn: 'arn:1' },
      { arn: 'arn:2' },
    ]);
    expect(other).toBeDefined();
  });

  test('whoever begins waits while ten thousand stand behind one that has not ended, until it has, or all is stopped', async () => {
    const run = await createRun(base, runInfo(), OPTIONS);
    const first = await run.begin('a', { key: '00000', size: 1 }, signal);
    for (let at = 1; at < 10_000; at++) run.skip('a', String(at).padStart(5, '0'), 'other');
    let isBegun = false;
    const waiting = run.begin('a', { key: '10000', size: 1 }, signal).then(() => {
      isBegun = true;
    });
    const stop = new AbortController();
    const stopped = run.begin('a', { key: '10001', size: 1 }, stop.signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isBegun).toBe(false);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    await first.end(ended(1));
    await waiting;
    await run.close();
  });
});

describe('lines', () => {
  test('of every beginning of a file the whole lines are read, and the next one stands behind them', async () => {
    const whole = ['{"a":1}', '{"b":"ä€"}', '{"c":[2]}'].map((line) => `${line}\n`);
    const bytes = Buffer.from(whole.join(''));
    const path = join(base, 'torn.ndjson');
    for (let cut = 0; cut <= bytes.length; cut++) {
      writeFileSync(path, bytes.subarray(0, cut));
      const reading = readLines(path);
      const found: object[] = [];
      let next = await reading.next();
      for (; !next.done; next = await reading.next()) found.push(...next.value.map(({ value }) => value));
      const end = next.value;
      expect(end).toBe(bytes.subarray(0, cut).lastIndexOf(0x0a) + 1);
      const writer = await openLines(path, end, () => {});
      await writer.keep('{"z":0}\n');
      await writer.close();
      expect(await linesOf(path)).toEqual([...found, { z: 0 }]);
    }
  });

  test('that come together go out in one write, in their order', async () => {
    const path = join(base, 'many.ndjson');
    const writer = await openLines(path, 0, () => {});
    await Promise.all(Array.from({ length: 1000 }, (_, at) => writer.append(`{"at":${at}}\n`)));
    await writer.close();
    expect(await linesOf(path)).toEqual(Array.from({ length: 1000 }, (_, at) => ({ at })));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['{"a":1}\nnonsense\n{"b":2}\n', 'the line at byte 8 is no JSON object'],
    ['{"a":1}\n7\n', 'the line at byte 8 is no JSON object'],
    [`{"a":"${'x'.repeat(17_000_000)}`, 'the line at byte 0 is longer than 16777216 bytes'],
  ])('what is no line is an error that names the byte', async (text, problem) => {
    const path = join(base, 'broken.ndjson');
    writeFileSync(path, text);
    await expect(linesOf(path)).rejects.toThrow(problem);
  });

  test('a full disk is told once, a part of a line is taken back, and nothing more is written', async () => {
    const path = join(base, 'full.ndjson');
    const script = `
      import { openLines } from ${JSON.stringify(join(ROOT, 'processor/backfill/run/line-writer.ts'))};
      const writer = await openLines(${JSON.stringify(path)}, 0, () => console.log('told'));
      const line = JSON.stringify({ text: 'x'.repeat(3000) }) + '\\n';
      for (let at = 0; at < 8; at++) await writer.append(line).catch(({ code }) => console.log(code));
    `;
    // A file may have 8 blocks of 512 bytes, as if the disk had no more.
    const command = `ulimit -f 8 && exec "${process.execPath}" --input-type=module -e '${script.replaceAll("'", `'"'"'`)}'`;
    const { stdout } = await runCommand('sh', ['-c', command]);
    const [first, ...more] = stdout.trim().split('\n');
    expect(first).toBe('told');
    expect(new Set(more)).toEqual(new Set(['EFBIG']));
    expect((await linesOf(path)).length).toBeLessThan(8);
    expect(readFileSync(path).at(-1)).toBe(0x0a);
  });
});

describe('the lock', () => {
  test('a second writer is refused, with who writes and since when', async () => {
    const run = await createRun(base, runInfo(), OPTIONS);
    await expect(resumeRun(run.folder, OPTIONS)).rejects.toThrow(
      `process ${process.pid} on ${(await import('node:os')).hostname()}, since 2026-11-26T14:30:12.000Z, writes to this run already`,
    );
    expect(lockOwner(run.folder)).toMatchObject({ pid: process.pid });
    await run.close();
    expect(lockOwner(run.folder)).toBeUndefined();
    await (await resumeRun(run.folder, OPTIONS)).close();
  });

  test('of a process that has died it is taken over from, which is told', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'lock'), JSON.stringify(deadOwner()));
    const run = await resumeRun(folder, OPTIONS);
    expect(run.takenFrom).toContain(`process ${2 ** 30} on `);
    await run.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('nor does another process with its number count for it', async () => {
    const folder = await newFolder();
    const owner = { ...deadOwner(), pid: process.pid, started: 'before the last boot' };
    writeFileSync(join(folder, 'lock'), JSON.stringify(owner));
    if (!existsSync('/proc/self/stat')) return;
    const run = await resumeRun(folder, OPTIONS);
    expect(run.takenFrom).toBeDefined();
    await run.close();
  });

  test('of a process that died while it took over it is taken over from too', async () => {
    const folder = await newFolder();
    const [first, second] = [deadOwner(), deadOwner()] as { nonce: string }[];
    writeFileSync(join(folder, 'lock'), JSON.stringify(first));
    writeFileSync(join(folder, `lock.${first?.nonce}`), JSON.stringify(second));
    const lock = takeLock(folder, RUN_TIME);
    expect(() => takeLock(folder, RUN_TIME)).toThrow('writes to this run already');
    lock.release();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('of another machine nobody here can tell whether it lives, so the file is named', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'lock'), JSON.stringify({ ...deadOwner(), host: 'elsewhere' }));
    await expect(resumeRun(folder, OPTIONS)).rejects.toThrow(
      `if it is over there, delete ${join(folder, 'lock')}`,
    );
  });

  test('a file that names nobody is not taken for free', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'lock'), '');
    await expect(resumeRun(folder, OPTIONS)).rejects.toThrow(
      'names no process: if nobody writes to this run, delete it',
    );
  });
});

describe('a folder that is not as it was left', () => {
  test('of a later version is refused, in words', async () => {
    const folder = await newFolder();
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...runInfo(), version: 2 }));
    await expect(resumeRun(folder, OPTIONS)).rejects.toThrow(
      'has version 2, and this auto-tagger knows up to 1',
    );
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...runInfo(), engine: 'steam' }));
    await expect(readRunInfo(folder)).rejects.toThrow('run.json: engine is not as auto-tagger writes it');
    writeFileSync(join(folder, 'run.json'), '{');
    await expect(readRunInfo(folder)).rejects.toThrow('run.json: expected JSON, got ');
  });

  test('with a shorter file than its checkpoint says is refused', async () => {
    const run = await createRun(base, runInfo(), OPTIONS);
    const file = await run.begin('a', { key: 'a', size: 1 }, signal);
    const outcomes = [outcomeOf({ arn: 'arn:1', event: 'e', isDenied: false }, 'tagged')];
    await file.end({ report: reportOf({ key: 'a', size: 1 }, outcomes), outcomes, failures: [] });
    await run.close();
    truncateSync(join(run.folder, 'resources.ndjson'), 3);
    await expect(resumeRun(run.folder, OPTIONS)).rejects.toThrow(
      /resources.ndjson: expected \d+ bytes or more, as the checkpoint says, got 3/,
    );
    expect(lockOwner(run.folder)).toBeUndefined();
  });

  test('that was undone is not gone on with', async () => {
    const folder = await newFolder();
    appendFileSync(join(folder, 'undo.ndjson'), '{}\n');
    await expect(resumeRun(folder, OPTIONS)).rejects.toThrow(
      'it was undone, or a part of it: begin a new run',
    );
  });

  test('whose disk is full: no tag is written, it is said once, and the run ends', async () => {
    const told: string[] = [];
    const run = await createRun(base, runInfo(), { ...OPTIONS, onLost: (problem) => told.push(problem) });
    mkdirSync(join(run.folder, 'checkpoint.json.new')); // it cannot be written
    await run.checkpoint();
    expect(told).toEqual([expect.stringMatching(/cannot be written to: .*The run stops/)]);
    await expect(run.journal.intend([])).rejects.toThrow('EISDIR');
    await run.checkpoint();
    await run.close();
    expect(told).toHaveLength(1);
    expect(lockOwner(run.folder)).toBeUndefined();
  });
});

describe('who names a run', () => {
  test('by its id or its path finds it; by what is neither is told what was expected', async () => {
    const folder = await newFolder();
    const id = folder.slice(base.length + 1);
    expect(isRunId(id)).toBe(true);
    expect(findRun(id, base)).toBe(folder);
    expect(findRun(folder)).toBe(folder);
    for (const named of ['', '../x', '2026-11-26T143012Z-ab12cd', `${id}/..`, `${id}\u001b[31m`])
      expect(() => findRun(named, join(base, 'none'))).toThrow('expected the id of a run in');
    mkdirSync(join(base, 'empty'));
    expect(() => findRun(join(base, 'empty'))).toThrow('no run: there is no run.json in it');
    await expect(createRun(base, runInfo({ id: '../evil' }), OPTIONS)).rejects.toThrow('is no id of a run');
  });

  test('its folder and files are for their owner alone', async () => {
    const folder = await newFolder();
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
    expect(readFileSync(join(folder, 'run.json'), 'utf8')).toContain('"engine":"local"');
  });
});
