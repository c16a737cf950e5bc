/**
 * Log files of a bucket, each answer of S3 late by what a near and a far region take: `plan s3://…` as it is installed against a loop around
 * the client of S3, whole processes, for the same answer. S3 is a process of its own, so light that nobody waits for it.
 */
import { BUCKET, bucketLoop, serveBucket } from './bucket.ts';
import type { Inputs } from './inputs.ts';
import { compare, installCommand, peakOf, writeEvents } from './processes.ts';

const FILES = 2_000;
const ROUNDS = 5;
const LOOP_OPEN = 128;

export async function benchS3(inputs: Inputs, parent: string) {
  const { folder, script, output } = await installCommand(parent, 's3');
  const ours = [script, 'plan', '--json', `s3://${BUCKET}`];
  const loop = bucketLoop(LOOP_OPEN, writeEvents(folder));
  const files = await inputs.folder(FILES);

  const late = async (delayMs: number) => {
    const { env, stop } = await serveBucket(files, delayMs);
    try {
      const ms = await compare({ ours, loop }, ROUNDS, output, env);
      return { ms, vsBare: ms.loop / ms.ours, rssMiB: peakOf(ours, output, env) };
    } finally {
      await stop();
    }
  };
  const near = await late(25);
  const far = await late(100);
  return {
    vsBare25: near.vsBare,
    vsBare100: far.vsBare,
    rssMiB: Math.max(near.rssMiB, far.rssMiB),
    ms: { 25: near.ms, 100: far.ms },
  };
}
