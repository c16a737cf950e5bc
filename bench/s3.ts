/**
 * Log files of a bucket, each answer of S3 late by what a near and a far region take: `plan s3://…` as it is installed against a loop around
 * the client of S3, whole processes, for the same answer. S3 is a process of its own, so light that nobody waits for it.
 */
import { BUCKET, bucketLoop, serveBucket } from './bucket.ts';
import type { Inputs } from './inputs.ts';
import { compare, installCommand, peakOf, writeEvents } from './processes.ts';

const FILES = 2_000;
const DELAYS_MS = [25, 100] as const;
const ROUNDS = 5;
const LOOP_OPEN = 128;

export async function benchS3(inputs: Inputs, parent: string) {
  const { folder, script, output } = await installCommand(parent, 's3');
  const ours = [script, 'plan', '--json', `s3://${BUCKET}`];
  const loop = bucketLoop(LOOP_OPEN, writeEvents(folder));
  const files = await inputs.folder(FILES);

  const ms: Record<string, { readonly ours: number; readonly loop: number }> = {};
  const peaks: number[] = [];
  for (const delayMs of DELAYS_MS) {
    const { env, stop } = await serveBucket(files, delayMs);
    try {
      ms[`${delayMs}`] = await compare({ ours, loop }, ROUNDS, output, env);
      peaks.push(peakOf(ours, output, env));
    } finally {
      await stop();
    }
  }
  const versus = (delayMs: (typeof DELAYS_MS)[number]) => {
    const { ours = Number.NaN, loop = Number.NaN } = ms[`${delayMs}`] ?? {};
    return loop / ours;
  };
  return { vsBare25: versus(25), vsBare100: versus(100), rssMiB: Math.max(...peaks), ms };
}
