/**
 * The whole command as it is installed, a process each time: `plan` against a process of Node that decompresses and parses, for the
 * same answer; and how long it takes to start.
 */
import { deepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../infra/package/build.ts';
import { creatingEvents } from '../parser/catalogue/catalogue.ts';
import type { Inputs } from './inputs.ts';
import { installPackage } from './installed.ts';
import { interleave } from './measure.ts';

const ROUNDS = { start: 21, small: 11, large: 11, many: 5 } as const;
const PEAKS = 3;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Of the names with a date, that which the generated files have: the loop knows no others. */
const DATED = 'lambda.amazonaws.com:CreateFunction20150331';

const LOOP = here('loop-process.js');

/** What both say of the same files. */
interface Answer {
  readonly files: number;
  readonly records: number;
  readonly creations: number;
}

export async function benchProgram(inputs: Inputs, parent: string) {
  const folder = join(parent, 'program');
  mkdirSync(folder);
  buildPackage(here('../dist'));
  const { script } = await installPackage(folder);
  const events = join(folder, 'events.json');
  const names = creatingEvents().map(({ eventSource, eventName }) => `${eventSource}:${eventName}`);
  writeFileSync(events, JSON.stringify([...names, DATED]));

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

/** Throws where it does not end well. */
function run(args: readonly string[], output: string, env: Readonly<Record<string, string>> = {}): void {
  const stdout = openSync(output, 'w');
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', stdout, 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  closeSync(stdout);
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}

/** The sums come last. */
function answerIn(output: string): Answer {
  const { files, records, creations } = JSON.parse(
    readFileSync(output, 'utf8').trim().split('\n').at(-1) ?? '',
  );
  return { files, records, creations };
}

/** MiB, the worst of a few. */
function peakOf(args: readonly string[], output: string): number {
  const peak = `${output}.peak`;
  const peaks = Array.from({ length: PEAKS }, () => {
    run(['--import', here('peak-process.js'), ...args], output, { PEAK: peak });
    return Number(readFileSync(peak, 'utf8')) / 1024;
  });
  return Math.max(...peaks);
}
