/**
 * Log files of a bucket, each answer of S3 late by what a near and a far region take: `plan s3://…` as it is installed against a loop around
 * the client of S3, whole processes, for the same answer. S3 is a process of its own, so light that nobody waits for it.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from '../infra/package/build.ts';
import type { Inputs } from './inputs.ts';
import { installPackage } from './installed.ts';
import { interleave } from './measure.ts';
import { answerIn, type Environment, here, peakOf, run, writeEvents } from './processes.ts';

const FILES = 2_000;
const DELAYS_MS = [25, 100] as const;
const ROUNDS = 5;
const BUCKET = 'log-files';

export async function benchS3(inputs: Inputs, parent: string) {
  const folder = join(parent, 's3');
  mkdirSync(folder);
  buildPackage(here('../dist'));
  const { script } = await installPackage(folder);
  const loop = [here('s3-loop-process.js'), BUCKET, writeEvents(folder)];
  const plan = [script, 'plan', '--json', `s3://${BUCKET}`];
  const output = join(folder, 'output');
  const files = await inputs.folder(FILES);

  const ms: Record<string, { readonly ours: number; readonly loop: number }> = {};
  const peaks: number[] = [];
  for (const delayMs of DELAYS_MS) {
    const server = await startServer(files, delayMs);
    try {
      const { env } = server;
      ms[`${delayMs}`] = await compare(plan, loop, output, env);
      peaks.push(peakOf(plan, output, env));
    } finally {
      server.process.stdin?.end();
      await once(server.process, 'exit');
    }
  }
  const versus = (delayMs: (typeof DELAYS_MS)[number]) => {
    const { ours = Number.NaN, loop = Number.NaN } = ms[`${delayMs}`] ?? {};
    return loop / ours;
  };
  return { vsBare25: versus(25), vsBare100: versus(100), rssMiB: Math.max(...peaks), ms };
}

async function compare(plan: readonly string[], loop: readonly string[], output: string, env: Environment) {
  run(plan, output, env);
  const answer = answerIn(output);
  run(loop, output, env);
  deepStrictEqual(answer, answerIn(output));
  return interleave(
    { ours: { run: () => run(plan, output, env) }, loop: { run: () => run(loop, output, env) } },
    ROUNDS,
  );
}

async function startServer(
  folder: string,
  delayMs: number,
): Promise<{ process: ChildProcess; env: Environment }> {
  const server = spawn(process.execPath, [here('s3-server-process.js'), folder, String(delayMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  return {
    process: server,
    env: {
      AWS_ENDPOINT_URL: `http://localhost:${String(port).trim()}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  };
}
