/** One of the processes that large.ts measures in: reads the file named by its argument, and writes what it measured. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { CHUNK_BYTES } from '../parser/reading/gunzip.ts';
import { drainGunzip, readOurs, readWithJsonParse, readWithStreamJson } from './contenders.ts';
import { interleave, peakRssMiB } from './measure.ts';

const ROUNDS = 14;

export type LargeRun = Awaited<ReturnType<typeof measureLarge>>;

process.stdout.write(JSON.stringify(await measureLarge(process.argv[2] as string)));

async function measureLarge(path: string) {
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
