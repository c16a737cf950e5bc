/**
 * The whole command as it is installed, a process each time: `plan` against a process of Node that decompresses and parses, for the
 * same answer; and how long it takes to start.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPackage } from '../infra/package/build.ts';
import type { Inputs } from './inputs.ts';
import { installPackage } from './installed.ts';
import { interleave } from './measure.ts';
import { answerIn, here, peakOf, run, writeEvents } from './processes.ts';

const ROUNDS = { start: 21, small: 11, large: 11, many: 5 } as const;

const LOOP = here('loop-process.js');

export async function benchProgram(inputs: Inputs, parent: string) {
  const folder = join(parent, 'program');
  mkdirSync(folder);
  buildPackage(here('../dist'));
  const { script } = await installPackage(folder);
  const events = writeEvents(folder);

  const output = join(folder, 'output');
  const plan = (path: string) => run([script, 'plan', '--json', path], output);
  const loop = (path: string) => run([LOOP, path, events], output);

  async function compare(path: string, rounds: number) {
    plan(path);
    const answer = answerIn(output);
    loop(path);
    deepStrictEqual(answer, answerIn(output));
    return interleave({ ours: { run: () => plan(path) }, loop: { run: () => loop(path) } }, rounds);
  }

  const one = await inputs.folder(1);
  const small = await inputs.folder(4_000);
  const large = await inputs.large();
  const many = await inputs.folder(40_000);
  const start = await interleave(
    {
      ours: { run: () => run([script, 'plan', one], output) },
      node: { run: () => run(['-e', '0'], output) },
    },
    ROUNDS.start,
  );
  const ms = {
    start,
    small: await compare(small, ROUNDS.small),
    large: await compare(large, ROUNDS.large),
    many: await compare(many, ROUNDS.many),
  };
  return {
    smallVsNode: ms.small.ours / ms.small.loop,
    largeVsNode: ms.large.ours / ms.large.loop,
    manyVsNode: ms.many.ours / ms.many.loop,
    manyRssMiB: peakOf([script, 'plan', '--json', many], output),
    startVsNode: ms.start.ours / ms.start.node,
    ms,
  };
}
