/**
 * The whole command as it is installed, a process each time: `plan` against a process of Node that decompresses and parses, for the
 * same answer; and how long it takes to start.
 */
import type { Inputs } from './inputs.ts';
import { interleave } from './measure.ts';
import { compare, here, installCommand, peakOf, run, writeEvents } from './processes.ts';

const ROUNDS = { start: 21, small: 11, large: 11, many: 5 } as const;

const LOOP = here('loop-process.js');

export async function benchProgram(inputs: Inputs, parent: string) {
  const { folder, script, output } = await installCommand(parent, 'program');
  const events = writeEvents(folder);
  const plan = (path: string) => [script, 'plan', '--json', path];
  const compareOn = (path: string, rounds: number) =>
    compare({ ours: plan(path), loop: [LOOP, path, events] }, rounds, output);

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
    small: await compareOn(small, ROUNDS.small),
    large: await compareOn(large, ROUNDS.large),
    many: await compareOn(many, ROUNDS.many),
  };
  return {
    smallVsNode: ms.small.ours / ms.small.loop,
    largeVsNode: ms.large.ours / ms.large.loop,
    manyVsNode: ms.many.ours / ms.many.loop,
    manyRssMiB: peakOf(plan(many), output),
    startVsNode: ms.start.ours / ms.start.node,
    ms,
  };
}
