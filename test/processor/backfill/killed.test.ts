/**
 * A backfill that is killed at random moments and gone on with, and its undo likewise, end as if nobody had killed them: `npm run prove`
 * does that with many times the files and more kills.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { CLEAN_ENVIRONMENT, operatorOf, ROOT } from '../../helpers/command.ts';
import { pointSdkAt } from '../../helpers/environment.ts';
import { runHere } from '../../helpers/in-process.ts';
import { size } from '../../helpers/runs.ts';
import {
  checkpointOf,
  idOf,
  jsonLinesOf,
  jsonOf,
  linesOf,
  type RunWorld,
  tagsOf,
  writesOf,
} from './kept-run.ts';
import { randomOf } from './simulated-run.ts';
import { BUCKET, OWN, ROLE, startYearsOfLogs } from './years-of-logs.ts';

const LOGS = size({ files: 80, creations: 60 }, { files: 3_000, creations: 2_000 });
const KILLS = size(2, 20);
const UNDO_KILLS = size(1, 20);
const seed = Number(process.env.PROVE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = randomOf(seed);

const folder = mkdtempSync(join(tmpdir(), 'killed-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Life {
  readonly child: ChildProcess;
  /** On stderr, so far. */
  readonly said: () => string;
}

function start({ sandbox, runs }: RunWorld, args: readonly string[]): Life {
  const child = spawn(process.execPath, ['processor/cli.ts', 'backfill', ...args, '--runs', runs], {
    cwd: ROOT,
    env: { ...CLEAN_ENVIRONMENT, ...operatorOf(sandbox, OWN, 'eu-west-1') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  return { child, said: () => said };
}

/** Calls of its work, not of its beginning. */
const WORK = new Set(['GetObject', 'TagResource', 'UntagResource']);
const isWork = (operation = '') => WORK.has(operation);
const workOf = ({ sandbox }: RunWorld) =>
  sandbox.requests.filter(({ operation }) => isWork(operation)).length;

/** `false` where it had ended before. */
async function kill({ child }: Life, world: RunWorld, afterCalls: number): Promise<boolean> {
  const { requests } = world.sandbox;
  let seen = requests.length;
  let left = afterCalls;
  const ended = once(child, 'exit');
  while (child.exitCode === null && left > 0) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    for (; seen < requests.length; seen++) if (isWork(requests[seen]?.operation)) left -= 1;
  }
  const isKilled = child.exitCode === null && child.kill('SIGKILL');
  await ended;
  return isKilled;
}

/** The same command again, killed at random moments, until it ends by itself: how often it was, and what the last one said. */
async function untilEnd(world: RunWorld, most: number, kills: number, begin: () => Life, again = begin) {
  let life = begin();
  let killed = 0;
  while (killed < kills && (await kill(life, world, 1 + random(most)))) {
    killed += 1;
    life = again();
  }
  if (life.child.exitCode === null) await once(life.child, 'exit');
  return { killed, said: life.said() };
}

/** Also where nobody heard of the answer. */
const writtenAtTheWire = (world: RunWorld) =>
  world.sandbox.requests.flatMap(({ operation, input, status }) =>
    operation === 'TagResource' && status !== 400 ? String(input.ResourceArn) : [],
  );

const intended = (world: RunWorld): ReadonlySet<string> =>
  new Set(jsonLinesOf(world, 'journal.ndjson').flatMap(({ kind, arn }) => (kind === 'intent' ? arn : [])));

test(`a run that is killed and gone on with each time ends as if nobody had killed it (seed ${seed})`, async () => {
  const whole = await startYearsOfLogs(join(folder, 'whole'), LOGS);
  const killed = await startYearsOfLogs(join(folder, 'killed'), LOGS);
  const before = tagsOf(killed);
  const restore = pointSdkAt(whole.sandbox, { type: 'IAMUser', account: OWN, userName: 'ops' }, 'eu-west-1');
  try {
    await runHere(['backfill', `s3://${BUCKET}`, '--role', ROLE, '--runs', whole.runs, '--yes']);
    const most = Math.ceil((2 * workOf(whole)) / (KILLS + 2)); // a single one comes before the end, too

    const run = await untilEnd(
      killed,
      most,
      KILLS,
      () => start(killed, [`s3://${BUCKET}`, '--role', ROLE, '--yes']),
      () => start(killed, ['resume', idOf(killed)]),
    );
    expect(run.killed > KILLS / 3 ? '' : run.said).toBe('');

    expect(tagsOf(killed)).toEqual(tagsOf(whole));
    expect(checkpointOf(killed)).toEqual(checkpointOf(whole));
    expect(jsonLinesOf(killed, 'resources.ndjson')).toEqual(jsonLinesOf(whole, 'resources.ndjson'));
    expect(linesOf(killed, 'failures.ndjson').length).toBe(linesOf(whole, 'failures.ndjson').length);
    expect(await writesOf(killed)).toEqual(await writesOf(whole));
    const intents = intended(killed);
    expect(writtenAtTheWire(killed).filter((arn) => !intents.has(arn))).toEqual([]);

    const ours = killed.arns.filter((arn) => tagsOf(killed)[arn]?.CreatedDate !== undefined);
    const corrected = ours.filter((_, index) => index % 10 === 0);
    for (const { sandbox } of [killed, whole])
      for (const arn of corrected) sandbox.putTags(arn, { CreatedBy: 'somebody who knows better' });
    const worked = workOf(whole);
    await runHere(['backfill', 'undo', idOf(whole), '--runs', whole.runs, '--yes']);
    const ofUndo = Math.ceil((2 * (workOf(whole) - worked)) / (UNDO_KILLS + 2));
    const undo = await untilEnd(killed, ofUndo, UNDO_KILLS, () =>
      start(killed, ['undo', idOf(killed), '--yes']),
    );
    expect(undo.killed > UNDO_KILLS / 3 ? '' : undo.said).toBe('');
    expect(jsonOf(killed, 'undo.json').totals).toEqual(jsonOf(whole, 'undo.json').totals);
    const after = tagsOf(killed);
    expect(after).toEqual(tagsOf(whole));
    for (const arn of corrected) {
      expect(after[arn]?.CreatedBy).toBe('somebody who knows better');
      delete after[arn];
      delete before[arn];
    }
    expect(after).toEqual(before);
  } finally {
    restore();
    await whole.sandbox.close();
    await killed.sandbox.close();
  }
});
