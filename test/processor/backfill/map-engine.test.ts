/**
 * A backfill by the state machine of a deployment: the same logs end as they do by this machine, also where batches fail, where it is
 * stopped and gone on with, and where AWS reads the log files from a list or an inventory.
 */
import { rmSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { backfillDefinition } from '../../../infra/backfill-definition.ts';
import { readWrites } from '../../../processor/backfill/run/journal-file.ts';
import { type InProcessOptions, type InProcessRun, runHere } from '../../helpers/in-process.ts';
import { putInventory } from '../../helpers/inventory.ts';
import { BACKFILLS, type DeployedWorld, deploysBackfills, FUNCTION, REGION } from './deployed-backfills.ts';
import { checkpointOf, idOf, jsonLinesOf, jsonOf, linesOf, pathOf, tagsOf } from './kept-run.ts';
import { BUCKET, OWN, ROLE } from './years-of-logs.ts';

const MACHINE = `arn:aws:states:${REGION}:${OWN}:stateMachine:auto-tagger-backfill`;
const LOGS = { files: 120, creations: 90 };

interface World extends DeployedWorld {
  /** Stands before the function: what it throws or waits for, the function does. */
  before: (event: Event, call: number) => Promise<void> | void;
  calls: number;
}

interface Event {
  readonly Items: readonly { readonly Key?: string; readonly UrlEncodedKey?: string }[];
}

const newDeployed = deploysBackfills();

async function newWorld(): Promise<World> {
  const world: World = Object.assign(await newDeployed(LOGS), { before: () => {}, calls: 0 });
  world.onInvoke = async (event) => {
    await world.before(event as Event, world.calls++);
    return world.call(event);
  };
  const definition = backfillDefinition({
    functionArn: FUNCTION,
    partition: 'aws',
    bucketName: BACKFILLS,
    concurrency: 2,
  });
  world.sandbox.putResource({ arn: MACHINE, details: { definition } });
  return world;
}

/** All that a run leaves, but ids and times. */
async function endOf(world: World, { ending }: InProcessRun) {
  const writes: string[] = [];
  for await (const page of readWrites(pathOf(world, 'journal.ndjson'))) {
    for (const { intent, isWritten } of page) {
      const { arn, event, before, after, creator } = intent;
      writes.push(JSON.stringify([arn, event.id, creator, isWritten, before, after]));
    }
  }
  const { totals, branches } = checkpointOf(world);
  const facts = Object.entries(branches as Record<string, { files: number; bytes: number; done?: boolean }>);
  return {
    ending,
    totals: { ...totals, warnings: [] },
    branches: facts.map(([name, { files, bytes, done }]) => [name, files, bytes, done]).sort(),
    resources: jsonLinesOf(world, 'resources.ndjson'),
    failures: linesOf(world, 'failures.ndjson').length,
    writes: [...new Set(writes)].sort(),
    tags: tagsOf(world),
  };
}

const url = `s3://${BUCKET}`;
const local = (world: World, args: readonly string[] = []) =>
  runHere(['backfill', url, '--role', ROLE, '--runs', world.runs, '--yes', ...args]);
const map = (world: World, args: readonly string[] = [], options?: InProcessOptions) =>
  runHere(['backfill', url, '--engine', 'map', '--runs', world.runs, '--yes', ...args], options);
const command = (world: World, name: string, ...args: readonly string[]) =>
  runHere(['backfill', name, idOf(world), '--runs', world.runs, ...args]);

let undisturbed: ReturnType<typeof endOf> | undefined;

function byLocal() {
  undisturbed ??= (async () => {
    const world = await newWorld();
    return endOf(world, await local(world));
  })();
  return undisturbed;
}

const sourcesOf = (world: World) =>
  jsonOf(world, 'engine.json').jobs.map(
    ({ input }: { input: { sources?: { from: string }[]; redrive?: string } }) =>
      input.sources?.map(({ from }) => from) ?? 'redrive',
  );

test('a run by the map ends as one by this machine', async () => {
  const expected = await byLocal();
  expect(expected.totals.outcomes.tagged).toBeGreaterThan(80);
  const world = await newWorld();
  const before = tagsOf(world);
  const run = await map(world);
  expect(await endOf(world, run)).toEqual(expected);
  expect(sourcesOf(world)).toEqual([['listing', 'listing', 'listing', 'listing']]);
  expect(world.calls).toBe(4);
  await command(world, 'undo', '--yes');
  expect(tagsOf(world)).toEqual(before);
});

test('calls that fail are tried again, and what a call wrote before it died counts', async () => {
  const expected = await byLocal();
  const world = await newWorld();
  const { sandbox } = world;
  sandbox.faults.add({
    service: 'sns',
    operation: 'TagResource',
    times: 3,
    effect: { error: { code: 'InternalError', status: 500, message: 'again' } },
  });
  const died = new Set<string>();
  world.before = (event) => {
    const first = JSON.stringify(event.Items[0]);
    if (died.size >= 2 || died.has(first)) return;
    died.add(first);
    throw new Error('the environment died');
  };
  expect(await endOf(world, await map(world))).toEqual(expected);
});

test('where the function fails for good, the execution ends, and is redriven when that is mended', async () => {
  const expected = await byLocal();
  const world = await newWorld();
  let isMended = false;
  world.before = (_, call) => {
    if (!isMended && call > 1) throw new Error('no permission to read');
  };
  const failed = await map(world);
  expect(failed.complaints.at(-1)).toMatch(/what is left is done by: auto-tagger backfill resume/);
  expect(failed.complaints.join('\n')).toMatch(/too many of its batches failed/);
  expect(failed.complaints.join('\n')).toMatch(/no permission to read/);
  isMended = true;
  const resumed = await command(world, 'resume');
  expect(sourcesOf(world).at(-1)).toBe('redrive');
  expect(await endOf(world, resumed)).toEqual(expected);
});

test('it is stopped from elsewhere, asked how far it is, and gone on with', async () => {
  const expected = await byLocal();
  const world = await newWorld();
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  world.before = (_, call) => (call > 1 ? held : undefined);
  const watching = map(world);
  while (world.calls < 3) await new Promise((next) => setTimeout(next, 10));
  const status = await command(world, 'status');
  expect(status.stdout).toMatch(/RUNNING/);
  expect((await command(world, 'stop')).ending).toBe('done');
  letGo();
  const stopped = await watching;
  expect(stopped.complaints.join('\n')).toMatch(/was stopped/);
  expect(stopped.complaints.at(-1)).toMatch(/what is left is done by: auto-tagger backfill resume/);
  expect(await endOf(world, await command(world, 'resume'))).toEqual(expected);
  expect(sourcesOf(world).at(-1)).toBe('redrive');
});

test('what cannot be redriven any more is begun anew, over what is left', async () => {
  const expected = await byLocal();
  const world = await newWorld();
  world.before = (_, call) => {
    if (call > 1) throw new Error('broken');
  };
  await map(world);
  const done = world.calls;
  world.before = () => {};
  world.sandbox.clock.set(Date.now() + 15 * 24 * 60 * 60 * 1000);
  const resumed = await command(world, 'resume');
  expect(sourcesOf(world).at(-1)).toEqual(['manifest']);
  expect(await endOf(world, resumed)).toEqual(expected);
  expect(world.calls - done).toBe(1); // sixty log files
});

test('a scope with times is listed here, and read from the list', async () => {
  const times = ['--from', '2025-01-05', '--to', '2025-01-12'];
  const one = await newWorld();
  const expected = await endOf(one, await local(one, times));
  const world = await newWorld();
  expect(await endOf(world, await map(world, times))).toEqual(expected);
  expect(sourcesOf(world)).toEqual([['manifest']]);
});

test('a bucket of another region is listed here', async () => {
  const world = await newWorld();
  world.sandbox.faults.add({
    service: 's3',
    operation: 'ListObjectsV2',
    match: ({ input }) => (input.query as URLSearchParams).get('max-keys') === '1',
    effect: { error: { code: 'PermanentRedirect', status: 301, message: 'it lies elsewhere' } },
  });
  expect(await endOf(world, await map(world))).toEqual(await byLocal());
  expect(sourcesOf(world)).toEqual([['manifest']]);
});

test('an inventory says what to read, and what of it is none of the scope is passed over', async () => {
  const expected = await byLocal();
  const world = await newWorld();
  const { sandbox } = world;
  const keys = [...world.keys, 'notes.txt'];
  const put = (facts: object = {}) =>
    putInventory(sandbox, { bucket: BACKFILLS, sourceBucket: BUCKET, keys }, facts);
  const from = ['--inventory', `s3://${BACKFILLS}/${put()}`];
  for (const [facts, message] of [
    [{ sourceBucket: 'others' }, /it is of the bucket others/],
    [{ fileFormat: 'Parquet' }, /expected an inventory as CSV, got Parquet/],
    [{ fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker' }, /lists all versions/],
    [{ fileSchema: 'Bucket, Size' }, /it has no Key/],
  ] as const) {
    put(facts);
    const refused = await map(world, from);
    expect(refused.complaints.join('\n')).toMatch(message);
    rmSync(world.runs, { recursive: true, force: true });
  }
  put();
  const ended = await endOf(world, await map(world, from));
  expect(ended.totals.skipped).toEqual({ ...expected.totals.skipped, other: 1 });
  expect({ ...ended, totals: { ...ended.totals, skipped: {} } }).toEqual({
    ...expected,
    totals: { ...expected.totals, skipped: {} },
  });
  expect(sourcesOf(world)).toEqual([['inventory']]);
});
