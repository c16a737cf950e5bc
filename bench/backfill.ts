/**
 * A backfill of a bucket, each answer of S3 late by what a region nearby takes: the installed command, which keeps a run on the disk and tags
 * nothing, against a bare loop of GetObject and `gunzipSync` with as many objects open; whole processes.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { MAX_OPEN_FILES } from '../processor/runtime/planning-runtime.ts';
import { BUCKET, bucketLoop, serveBucket } from './bucket.ts';
import type { Inputs } from './inputs.ts';
import { interleave } from './measure.ts';
import { answerIn, installCommand, run } from './processes.ts';

const FILES = 4_000;
const DELAY_MS = 20;
const ROUNDS = 5;

/** Of whom nothing is: no tags are read, which the loop does not either. */
const NOBODY = 'nobody@example.com';

export async function benchBackfill(inputs: Inputs, parent: string) {
  const { folder, script, output } = await installCommand(parent, 'backfill');
  const { env, stop } = await serveBucket(await inputs.folder(FILES), DELAY_MS);
  const what = [`s3://${BUCKET}`, '--dry-run', '--creator', NOBODY, '--runs', join(folder, 'runs')];
  const backfill = () => run([script, 'backfill', '--json', ...what], output, env);
  const loop = () => run(bucketLoop(MAX_OPEN_FILES), output, env);
  try {
    backfill();
    const { files } = answerIn(output);
    loop();
    deepStrictEqual(files, answerIn(output).files);
    const ms = await interleave({ ours: { run: backfill }, loop: { run: loop } }, ROUNDS);
    return { filesPerSecond: (files / ms.ours) * 1000, vsBare: ms.loop / ms.ours, ms };
  } finally {
    await stop();
  }
}
