/**
 * `backfill --engine batch` against a sandbox that carries the jobs out with the real function: whatever happens in between, it ends
 * as the same run of one machine does.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { MAX_READ_BYTES } from '../../../processor/backfill/aws/run-bucket.ts';
import { type InProcessOptions, type InProcessRun, runHere } from '../../helpers/in-process.ts';
import { size } from '../../helpers/runs.ts';
import {
  BACKFILLS,
  type DeployedWorld,
  deploysBackfills,
  FUNCTION,
  FUNCTION_ROLE,
  OPERATOR,
  REGION,
  SETTINGS,
} from './deployed-backfills.ts';
import { checkpointOf, idOf, jsonLinesOf, jsonOf, pathOf, tagsOf, writesOf } from './kept-run.ts';
import { BUCKET, MEMBER, OWN, ROLE, type YearsOfLogs } from './years-of-logs.ts';

const FEW: YearsOfLogs = { files: size(60, 600), creations: size(50, 500) };

const newWorld = deploysBackfills();

const batch = (world: DeployedWorld, args: readonly string[] = [], options?: InProcessOptions) =>
  runHere(
    ['backfill', `s3://${BUCKET}`, '--engine', 'batch', '--runs', world.runs, '--yes', ...args],
    options,
  );

const again = (world: DeployedWorld, what: 'resume' | 'stop' | 'status', more: readonly string[] = []) =>
  runHere(['backfill', what, idOf(world), '--runs', world.runs, ...more]);

/** Who lists an object knows how large it is; S3 Batch Operations does not tell. */
function withoutSize(message: object): object {
  const { autoTagger } = message as { autoTagger: { location?: { size?: number } } };
  delete autoTagger.location?.size;
  return message;
}

async function endOf(world: DeployedWorld, { ending }: Pick<InProcessRun, 'ending'>) {
  const { branches, totals } = checkpointOf(world);
  for (const branch of Object.values<{ after?: string }>(branches)) delete branch.after; // none is listed in order
  return {
    ending,
    branches,
    totals,
    resources: jsonLinesOf(world, 'resources.ndjson'),
    failures: jsonLinesOf(world, 'failures.ndjson').map(withoutSize),
    writes: await writesOf(world),
    tags: tagsOf(world),
  };
}

let undisturbed: ReturnType<typeof endOf> | undefined;

/** The same log files and resources in a run of this machine. */
function localEnd() {
  undisturbed ??= (async () => {
    const world = await newWorld(FEW);
    const command = ['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', world.runs, '--yes'];
    return endOf(world, await runHere(command));
  })();
  return undisturbed;
}

/** Keys of the tasks of an event. */
const keysOf = (event: unknown) =>
  (event as { readonly tasks: readonly { readonly s3Key: string }[] }).tasks.map(({ s3Key }) => s3Key);

test('a run by S3 Batch Operations says what it will do, and ends as one of this machine; undo takes it back', async () => {
  const local = await localEnd();
  const world = await newWorld(FEW);
  const before = tagsOf(world);
  const ended = await batch(world);
  expect(ended.complaints.slice(0, 5)).toEqual([
    's3://logs/: what was created at any time, in 4 folders of accounts and regions',
    `gets the tags CreatedBy, CreatedDate, ManagedBy, as ${FUNCTION_ROLE} in account ${OWN}`,
    `in 2 accounts (${OWN}, 444455556666)`,
    `by the function of the deployment auto-tagger in ${REGION}, invoked by S3 Batch Operations; the run is kept in s3://${BACKFILLS}/runs/${idOf(world)}/`,
    `run ${idOf(world)} in ${join(world.runs, idOf(world))}`,
  ]);
  expect(await endOf(world, ended)).toEqual(local);
  const status = await again(world, 'status');
  expect(status.stdout).toContain(`nothing goes on in AWS: ${FEW.files} of ${FEW.files} files; Complete\n`);
  const made = await runHere(['who', '--creator', 'lena', pathOf(world, '')]);
  expect(made).toMatchObject({ ending: 'done', stdout: expect.stringContaining(':topic-1') });
  const report = await runHere(['report', pathOf(world, ''), '--text']);
  expect(report).toMatchObject({ ending: 'done', stdout: expect.stringContaining('resources by 1 creator') });
  const undo = ['backfill', 'undo', idOf(world), '--runs', world.runs, '--role', ROLE, '--yes'];
  expect((await runHere(undo)).stdout).toContain('resources: undone');
  expect(tagsOf(world)).toEqual(before);
});

test('with times the command writes the manifest, and all the same is done as here', async () => {
  const local = await newWorld(FEW);
  const args = ['--from', '2025-01-02', '--to', '2025-01-03', '--region', 'eu-*'];
  const here = ['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', local.runs, '--yes', ...args];
  const expected = await endOf(local, await runHere(here));
  const world = await newWorld(FEW);
  const ended = await batch(world, args);
  expect(ended.complaints).toContain('listing the log files of the run');
  expect(await endOf(world, ended)).toEqual(expected);
});

test('whatever fails in between: answers that are lost, temporary failures, invocations that die after they have written', async () => {
  const local = await localEnd();
  const world = await newWorld(FEW);
  const asked: Record<string, number> = {};
  world.onInvoke = async (event) => {
    const [key = ''] = keysOf(event);
    asked[key] = (asked[key] ?? 0) + 1;
    const number = Number(key.slice(-10, -8));
    const answer = await world.call(event);
    if (number % 4 === 1 && asked[key] === 1) return world.call(event); // S3 has not heard of the first
    if (number % 4 === 2 && asked[key] === 1) throw new Error('Task timed out after 300.00 seconds');
    if (number % 4 === 3 && asked[key] < 3) return { ...(answer as object), results: [] }; // as treatMissingKeysAs says
    return answer;
  };
  const first = await batch(world);
  expect(first.ending).toBe('failed'); // some topics cannot be tagged
  expect(first.complaints.join('\n')).toContain('Task timed out after 300.00 seconds');
  expect(first.complaints.at(-2)).toBe(`${FEW.files / 4} log files were not done`);
  expect(first.complaints.at(-1)).toContain(`auto-tagger backfill resume ${idOf(world)}`);
  const resumed = await again(world, 'resume');
  const { resources, ...others } = await endOf(world, resumed);
  const { resources: expected, ...alike } = local;
  expect(others).toEqual(alike);
  // A row that is made of an intent does not know what only the log file tells.
  const known = (rows: readonly object[]) => rows.map((row) => ({ ...row, creatorKind: '', person: '' }));
  expect(known(resources)).toEqual(known(expected));
  expect((await again(world, 'resume')).ending).toBe(local.ending);
});

test('a run that is stopped half way goes on with what no report tells of; who watches may leave', async () => {
  const local = await localEnd();
  const world = await newWorld(FEW);
  let invocations = 0;
  const stopped = Promise.withResolvers<void>();
  world.onInvoke = async (event) => {
    invocations += 1;
    if (invocations === 20) {
      expect((await again(world, 'stop')).complaints[0]).toContain('is being stopped');
      stopped.resolve();
    } else if (invocations > 20) await stopped.promise;
    return world.call(event);
  };
  const left = await batch(world, [], { stopsAt: /^run / });
  expect(left.ending).toBe('interrupted');
  const undo = await runHere(['backfill', 'undo', idOf(world), '--runs', world.runs, '--yes']);
  expect(undo.complaints.at(-1)).toContain('was not fetched to the end');
  const watched = await again(world, 'resume');
  world.onInvoke = world.call;
  expect(checkpointOf(world).totals.files).toBeLessThan(FEW.files);
  expect(watched.complaints.join('\n')).toContain('was cancelled');
  expect(await endOf(world, await again(world, 'resume'))).toEqual(local);
});

test('a kill between the begin of a job and its name begins no second one; while AWS cannot be asked, the run goes on', async () => {
  const local = await localEnd();
  const world = await newWorld(FEW);
  world.sandbox.faults.add({
    service: 's3-control',
    operation: 'DescribeJob',
    times: 1,
    effect: { error: { code: 'AccessDenied', status: 403, message: 'Access Denied' } },
  });
  const first = await batch(world);
  expect(first.ending).toBe('access');
  expect(first.complaints.join('\n')).toContain('what was begun goes on in AWS');
  const path = pathOf(world, 'engine.json');
  const engine = jsonOf(world, 'engine.json');
  const [{ id, ...job }] = engine.jobs;
  writeFileSync(path, JSON.stringify({ ...engine, jobs: [job], wholeRounds: 0 }));
  expect(await endOf(world, await again(world, 'resume'))).toEqual(local);
  expect(jsonOf(world, 'engine.json').jobs).toEqual([{ ...job, id }]);
});

test('whoever writes into the bucket makes undo touch no tags but those of our keys, keeps it from nothing, and gives replay nothing to do', async () => {
  const world = await newWorld({ files: 6, creations: 6 });
  const before = tagsOf(world);
  await batch(world);
  const victim = `arn:aws:sns:${REGION}:${OWN}:victim`;
  world.sandbox.putResource({ arn: victim, tags: { Environment: 'prod' } });
  const forge = (id: string, more: object) => [
    {
      ...{ kind: 'intent', at: '2026-03-04T10:15:30.000Z', id, arn: victim, resourceId: victim },
      ...{ type: 'sns:topic', account: OWN, region: REGION, api: 'sns:TagResource', creator: 'mallory' },
      event: { id, source: 'sns.amazonaws.com', name: 'CreateTopic', time: '2026-03-04T10:15:30Z' },
      ...{ before: {}, after: {}, ...more },
    },
    { kind: 'result', id, outcome: 'written' },
  ];
  const file = `s3://${BUCKET}/x.json.gz`;
  const lines = [
    ...forge('f1', { before: { Environment: 'dev' }, after: { Environment: 'prod' } }),
    ...forge('f2', { before: { Role: 'admin' }, removed: ['Role'] }),
    ...forge('f3', { arn: `${victim}-2`, api: 'nobody:TagResource', after: { CreatedBy: 'x' } }),
    ...forge('f4', { arn: `${victim}-3`, account: 'x', after: { CreatedBy: 'x' } }),
    { kind: 'failure', file, message: { autoTagger: { kind: 'prefix', bucket: 'of-mallory', prefix: '' } } },
  ];
  const journal = `runs/${idOf(world)}/journal/2026-11-26T143012.123Z-0123456789ab`;
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  world.sandbox.putObject(BACKFILLS, `${journal}-000000.ndjson`, text);
  world.sandbox.putObject(BACKFILLS, `${journal}-000001.ndjson`, Buffer.alloc(MAX_READ_BYTES + 1, 'x'));
  const fetched = await again(world, 'resume');
  expect(fetched.complaints.join('\n')).toContain('2 lines of the journal in');
  expect(readFileSync(pathOf(world, 'failures.ndjson'), 'utf8')).not.toContain('of-mallory');
  const undone = await runHere([
    ...['backfill', 'undo', idOf(world), '--runs', world.runs, '--role', ROLE, '--yes'],
  ]);
  expect(undone.ending).toBe('failed');
  expect(undone.stdout).toContain('failures: NotOfTheRun 3');
  expect(undone.complaints.join('\n')).toContain('the journal tells of the tag "Environment", and the run');
  expect(world.sandbox.tagsOf(victim)).toEqual({ Environment: 'prod' });
  expect(tagsOf(world)).toEqual(before);
});

test('what was fetched stays where the bucket holds less of it than before, or a report that nobody can read', async () => {
  const world = await newWorld({ files: 6, creations: 6 });
  const before = tagsOf(world);
  await batch(world);
  const journal = readFileSync(pathOf(world, 'journal.ndjson'), 'utf8');
  const { id } = jsonOf(world, 'engine.json').jobs[0];
  const manifest = `runs/${idOf(world)}/report/job-${id}/manifest.json`;
  const [{ Key }] = JSON.parse(world.sandbox.getObject(BACKFILLS, manifest).toString()).Results;
  world.sandbox.putObject(BACKFILLS, Key, `"${'x'.repeat(200_000)}`);
  const unreadable = await again(world, 'resume');
  expect(unreadable.ending).toBe('usage');
  expect(unreadable.complaints.at(-1)).toContain('it is no report as S3 writes it');
  world.sandbox.putBucket({ name: 'others', account: OWN, region: REGION });
  const Environment = { Variables: { ...SETTINGS, BACKFILL_BUCKET: 'others' } };
  world.sandbox.changeResource(FUNCTION, { Environment });
  const gone = await again(world, 'resume');
  expect(gone.ending).toBe('usage');
  expect(gone.complaints.at(-1)).toMatch(/tells of 0 writes, and \d+ were fetched before/);
  expect(readFileSync(pathOf(world, 'journal.ndjson'), 'utf8')).toBe(journal);
  await runHere(['backfill', 'undo', idOf(world), '--runs', world.runs, '--role', ROLE, '--yes']);
  expect(tagsOf(world)).toEqual(before);
});

test('of a bucket of another account, which S3 makes no manifest of, the command lists the log files', async () => {
  const logs = { files: 2, creations: 2, owner: MEMBER };
  const world = await newWorld(logs, { ...SETTINGS, LOG_BUCKETS: `${BUCKET}=${MEMBER}` });
  const { ending, complaints } = await batch(world);
  expect(complaints).toContain('listing the log files of the run');
  expect(ending).toBe('done');
});

test('Ctrl-C while the log files are listed ends the command, and the run is begun by going on', async () => {
  const world = await newWorld({ files: 2, creations: 2 });
  const left = await batch(world, ['--from', '2025-01-01'], { stopsAt: /^listing the log files/ });
  expect(left.ending).toBe('interrupted');
  expect(left.complaints.at(-1)).toContain('nothing was begun in AWS yet');
  expect((await again(world, 'resume')).ending).toBe('done');
});

test('while AWS answers now and then only, the watching goes on', async () => {
  const world = await newWorld({ files: 2, creations: 2 });
  const asked = Promise.withResolvers<void>();
  world.onInvoke = async (event) => {
    world.sandbox.faults.add({
      service: 's3-control',
      operation: 'DescribeJob',
      times: 1,
      match() {
        asked.resolve();
        return true;
      },
      effect: { error: { code: 'ResourceInUse', status: 400, message: 'not now' } },
    });
    await asked.promise;
    return world.call(event);
  };
  const { ending, complaints } = await batch(world);
  expect(ending).toBe('done');
  expect(complaints.join('\n')).toContain('is asked again: ResourceInUse: not now');
});

test.each([
  [['--services', 'sns'], '--services: with --engine batch the deployed function decides'],
  [['--deployment', 'other'], 'there is no function other-backfill in account'],
  [['--verify-digests'], '--verify-digests: --engine local alone asks digests'],
])('%j is refused before anything is begun', async (args, problem) => {
  const world = await newWorld({ files: 1, creations: 1 });
  const { ending, complaints } = await batch(world, args);
  expect(ending).toBe('usage');
  expect(complaints.join('\n')).toContain(problem);
  expect(existsSync(world.runs)).toBe(false);
});

test('settings of the environment that the function decides otherwise are refused', async () => {
  const world = await newWorld({ files: 1, creations: 1 });
  process.env.SKIP_TAG = 'keep';
  const { ending, complaints } = await batch(world);
  expect(ending).toBe('usage');
  expect(complaints.at(-1)).toContain(
    'SKIP_TAG: with --engine batch the settings of the deployed function hold',
  );
});

describe('a list that is long', () => {
  const BYTES = 12 * 1024 * 1024;
  const folder = mkdtempSync(join(tmpdir(), 'list-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'list.csv');
  const name = 'manifest-000000.csv';

  async function openBucket() {
    const world = await newWorld({ files: 1, creations: 1 });
    writeFileSync(path, Buffer.alloc(BYTES, 'logs,AWSLogs/a.json.gz\n'));
    const { openRunBucket } = await import('../../../processor/backfill/aws/run-bucket.ts');
    const { createCalls } = await import('../../../tag-manager/calls/calls.ts');
    const credentials = world.sandbox.credentials(OPERATOR);
    const limits = { maxAttempts: 3, connectionTimeoutMs: 3_000, requestTimeoutMs: 10_000 };
    const calls = createCalls({ credentialsFor: () => async () => credentials, concurrency: 1, limits });
    const stop = new AbortController();
    const bucket = openRunBucket(
      { bucket: BACKFILLS, account: OWN, region: REGION },
      'run',
      calls,
      stop.signal,
    );
    const called = () => world.sandbox.requests.map(({ operation }) => operation);
    const stayed = async () => {
      const { ListMultipartUploadsCommand, S3Client } = await import('@aws-sdk/client-s3');
      const command = new ListMultipartUploadsCommand({ Bucket: BACKFILLS });
      const callee = { client: S3Client, account: undefined, region: REGION };
      const { signal } = new AbortController();
      return (await calls.make(callee, signal, (client, options) => client.send(command, options))).Uploads;
    };
    return { world, bucket, stop, called, stayed };
  }

  const error = { code: 'InternalError', status: 500, message: 'We encountered an internal error.' };

  test('goes in parts, each of which is sent again where it fails', async () => {
    const { world, bucket, called } = await openBucket();
    world.sandbox.faults.add({ operation: 'UploadPart', times: 1, effect: { error } });
    world.sandbox.faults.add({ operation: 'UploadPart', times: 1, effect: { reset: true } });
    const etag = await bucket.put(name, { path, bytes: BYTES });
    expect(etag).toMatch(/^[0-9a-f]{32}-3$/);
    expect(world.sandbox.getObject(BACKFILLS, `runs/run/${name}`).equals(readFileSync(path))).toBe(true);
    expect(called().sort()).toEqual([
      'CompleteMultipartUpload',
      'CreateMultipartUpload',
      ...Array.from({ length: 5 }, () => 'UploadPart'),
    ]);
  });

  test.each(['UploadPart', 'CompleteMultipartUpload'])(
    'leaves no parts where %s is refused',
    async (operation) => {
      const { world, bucket, called, stayed } = await openBucket();
      world.sandbox.faults.add({
        operation,
        effect: { error: { ...error, code: 'AccessDenied', status: 403 } },
      });
      const failure = { class: 'denied', error: 'AccessDenied' };
      await expect(bucket.put(name, { path, bytes: BYTES })).rejects.toMatchObject({ failure });
      expect(called().at(-1)).toBe('AbortMultipartUpload');
      expect(await stayed()).toBeUndefined();
    },
  );

  test('ends when it is stopped, and leaves no parts', async () => {
    const { world, bucket, stop, called, stayed } = await openBucket();
    world.sandbox.faults.add({ operation: 'UploadPart', effect: { stall: true } });
    const sent = bucket.put(name, { path, bytes: BYTES });
    sent.catch(() => {}); // it is looked at below
    while (!called().includes('UploadPart')) await new Promise(setImmediate);
    stop.abort(new Error('stopped'));
    await expect(sent).rejects.toMatchObject({ failure: { message: 'stopped' } });
    expect(called().at(-1)).toBe('AbortMultipartUpload');
    expect(await stayed()).toBeUndefined();
  });
});
