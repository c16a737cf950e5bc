/**
 * One large file: what reading costs beside decompressing. Measured in a few processes, one after the other, because
 * where things come to lie in memory is drawn once for each; the process in the middle counts.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LargeRun } from './large-process.ts';
import { median } from './measure.ts';

const PROCESSES = 5;

/** Of each ratio the median of the processes; everything else is that of the one in the middle by `vsGunzip`. */
export function benchLarge(path: string): LargeRun {
  const child = fileURLToPath(new URL('large-process.ts', import.meta.url));
  const node = ['--no-warnings', '--expose-gc', child, path];
  const runs = Array.from(
    { length: PROCESSES },
    () => JSON.parse(execFileSync(process.execPath, node).toString()) as LargeRun,
  ).toSorted((one, other) => one.vsGunzip - other.vsGunzip);
  const middle = runs[Math.floor(PROCESSES / 2)] as LargeRun;
  return {
    ...middle,
    vsGunzipSameChunks: median(runs.map((run) => run.vsGunzipSameChunks)),
    vsStreamJson: median(runs.map(({ vsStreamJson }) => vsStreamJson)),
    vsJsonParse: median(runs.map(({ vsJsonParse }) => vsJsonParse)),
  };
}
