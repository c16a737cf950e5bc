/** Contenders that are whole processes: the installed command, a loop of ours; what they answered, and the memory that they took. */
import { deepStrictEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../infra/package/build.ts';
import { creatingEvents } from '../parser/catalogue/catalogue.ts';
import { installPackage } from './installed.ts';
import { interleave } from './measure.ts';

const PEAKS = 3;

/** Of the names with a date, that which the generated files have: the loops know no others. */
const DATED = 'lambda.amazonaws.com:CreateFunction20150331';

/** What all say of the same files. */
export interface Answer {
  readonly files: number;
  readonly records: number;
  readonly creations: number;
}

export type Environment = Readonly<Record<string, string>>;

/** Path of a file beside this one. */
export const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export interface InstalledCommand {
  /** For whatever the benchmark of that name writes. */
  readonly folder: string;
  /** The file that Node runs. */
  readonly script: string;
  /** A file in the folder, not there yet. */
  readonly output: string;
}

/** Builds the command and installs it in a new folder of that name, beside those of the other benchmarks. */
export async function installCommand(parent: string, name: string): Promise<InstalledCommand> {
  const folder = join(parent, name);
  mkdirSync(folder);
  buildPackage(here('../dist'));
  const { script } = await installPackage(folder);
  return { folder, script, output: join(folder, 'output') };
}

/** A file in the folder with the names of what creates something, for the loops. */
export function writeEvents(folder: string): string {
  const path = join(folder, 'events.json');
  const names = creatingEvents().map(({ eventSource, eventName }) => `${eventSource}:${eventName}`);
  writeFileSync(path, JSON.stringify([...names, DATED]));
  return path;
}

/** Node with these arguments, stdout into the file. Throws where it does not end well. */
export function run(args: readonly string[], output: string, env: Environment = {}): void {
  const stdout = openSync(output, 'w');
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', stdout, 'pipe'],
    env: { PATH: process.env.PATH, ...env },
  });
  closeSync(stdout);
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
}

/** The sums come last. */
export function answerIn(output: string): Answer {
  const { files, records, creations } = JSON.parse(
    readFileSync(output, 'utf8').trim().split('\n').at(-1) ?? '',
  );
  return { files, records, creations };
}

/** Milliseconds of each, whose arguments for Node these are, once both have given the same answer. */
export async function compare(
  { ours, loop }: Readonly<Record<'ours' | 'loop', readonly string[]>>,
  rounds: number,
  output: string,
  env: Environment = {},
): Promise<Readonly<Record<'ours' | 'loop', number>>> {
  run(ours, output, env);
  const answer = answerIn(output);
  run(loop, output, env);
  deepStrictEqual(answer, answerIn(output));
  return interleave(
    { ours: { run: () => run(ours, output, env) }, loop: { run: () => run(loop, output, env) } },
    rounds,
  );
}

/** MiB, the worst of a few. */
export function peakOf(args: readonly string[], output: string, env: Environment = {}): number {
  const peak = `${output}.peak`;
  const peaks = Array.from({ length: PEAKS }, () => {
    run(['--import', here('peak-process.js'), ...args], output, { ...env, PEAK: peak });
    return Number(readFileSync(peak, 'utf8')) / 1024;
  });
  return Math.max(...peaks);
}
