/**
 * A backfill of a bucket, each answer of S3 late by what a region nearby takes: the installed command, which keeps a run on the disk and tags
 * nothing, against a bare loop of GetObject and `gunzipSync` with as many objects open; whole processes.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../infra/package/build.ts';
import { MAX_OPEN_FILES } from '../processor/runtime/planning-runtime.ts';
import type { Inputs } from './inputs.ts';
import { installPackage } from './installed.ts';
import { interleave } from './measure.ts';

const FILES = 4_000;
const DELAY_MS = 20;
const ROUNDS = 5;
const BUCKET = 'log-files';

/** Of whom nothing is: no tags are read, which the loop does not either. */
const NOBODY = 'nobody@example.com';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export async function benchBackfill(inputs: Inputs, parent: string) {
  const folder = join(parent, 'backfill');
  mkdirSync(folder);
  buildPackage(here('../dist'));
  const { script } = await installPackage(folder);
  const server = spawn(
    process.execPath,
    [here('bucket-server-process.js'), await inputs.folder(FILES), String(DELAY_MS)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [port] = await once(server.stdout, 'data');
  const env = {
    AWS_ENDPOINT_URL: `http://localhost:${String(port).trim()}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  const what = [`s3://${BUCKET}`, '--dry-run', '--creator', NOBODY, '--runs', join(folder, 'runs')];
  const backfill = () => run([script, 'backfill', '--json', ...what], env);
  const loop = () => run([here('backfill-loop-process.js'), BUCKET, String(MAX_OPEN_FILES)], env);
  try {
    const files = backfill();
    deepStrictEqual(files, loop());
    const ms = await interleave({ ours: { run: backfill }, loop: { run: loop } }, ROUNDS);
    return { filesPerSecond: (files / ms.ours) * 1000, vsBare: ms.loop / ms.ours, ms };
  } finally {
    server.stdin.end();
    await once(server, 'exit');
  }
}

/** How many files it has read, by what it says last. Throws where it does not end well. */
function run(args: readonly string[], env: Readonly<Record<string, string>>): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return Number(JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}').files);
}
