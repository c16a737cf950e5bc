/**
 * One large file: what reading costs beside decompressing. Measured in a few processes, one after the other, because
 * where things come to lie in memory is drawn once for each; the process in the middle counts.
 */

import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CHUNK_BYTES } from '../parser/reading/gunzip.ts';
import { drainGunzip, readOurs, readWithJsonParse, readWithStreamJson } from './contenders.ts';
import { interleave, median, peakRssMiB } from './measure.ts';

const ROUNDS = 14;
const PROCESSES = 5;

export type LargeRun = Awaited<ReturnType<typeof measureLarge>>;

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

export async function measureLarge(path: string) {
  const answer = readWithJsonParse(path);
  deepStrictEqual(await readOurs(path), answer);
  deepStrictEqual(await readWithStreamJson(path), answer);
  const bytes = await drainGunzip(path);

  const ms = await interleave(
    {
      gunzip: { run: () => drainGunzip(path) },
      gunzipSameChunks: { run: () => drainGunzip(path, CHUNK_BYTES) },
      ours: { run: () => readOurs(path) },
      jsonParse: { run: () => readWithJsonParse(path), everyRounds: 4 },
      streamJson: { run: () => readWithStreamJson(path), everyRounds: 7 },
    },
    ROUNDS,
  );
  strictEqual(await drainGunzip(path), bytes);
  return {
    vsGunzip: ms.ours / ms.gunzip,
    vsGunzipSameChunks: ms.ours / ms.gunzipSameChunks,
    vsStreamJson: ms.streamJson / ms.ours,
    vsJsonParse: ms.jsonParse / ms.ours,
    megabytes: bytes / 1e6,
    records: answer.records,
    found: answer.found.length,
    ms,
    peakRssMiB: peakRssMiB(),
  };
}
