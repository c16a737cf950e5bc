/** Names of runs, and where their folders are. A name of another form than ours is never joined to a path. */
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../../../parser/printable.ts';
import { RunError } from './run-error.ts';

/** Where runs are, unless `--runs` says otherwise. */
export const RUNS = 'runs';

/** What makes a folder that of a run. */
export const RUN_FILE = 'run.json';

const RUN_ID = /^\d{4}-\d\d-\d\dT\d{6}Z-[0-9a-f]{6}$/;

/** `2026-11-26T143012Z-ab12cd`: by name they are in the order of their times. `now` in epoch milliseconds. */
export function newRunId(now: number): string {
  const time = new Date(now)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
  return `${time}-${randomBytes(3).toString('hex')}`;
}

export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** Whether a user means a run, which there may not be: by its form, or because it is the folder of one. */
export function namesRun(text: string): boolean {
  return isRunId(text) || existsSync(join(text, RUN_FILE));
}

/** The folder of the run that a user names, by its id below `runs` or by its path. Throws RunError where there is none. */
export function findRun(named: string, runs: string = RUNS): string {
  const places = [...(isRunId(named) ? [join(runs, named)] : []), ...(named === '' ? [] : [named])];
  const found = places.find((place) => isFile(join(place, RUN_FILE)));
  if (found !== undefined) return found;
  const expected = `expected the id of a run in ${printable(runs)}, or the path of its folder`;
  const folder = places.find(isFolder);
  const why = folder === undefined ? 'no such run' : `no run: there is no ${RUN_FILE} in it`;
  throw new RunError(`${printable(named)}: ${why}; ${expected}`);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
