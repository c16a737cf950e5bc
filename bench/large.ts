/** One large file: what reading costs beside decompressing. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { drainGunzip, readStreamed, readWithJsonParse, readWithStreamJson } from './contenders.ts';
import { interleave, peakRssMiB } from './measure.ts';

const ROUNDS = 20;

export async function benchLarge(path: string) {
  const answer = readWithJsonParse(path);
  deepStrictEqual(await readStreamed(path), answer);
  deepStrictEqual(await readWithStreamJson(path), answer);
  const bytes = await drainGunzip(path);

  const ms = await interleave(
    {
      gunzip: { run: () => drainGunzip(path) },
      ours: { run: () => readStreamed(path) },
      jsonParse: { run: () => readWithJsonParse(path), everyRounds: 4 },
      streamJson: { run: () => readWithStreamJson(path), everyRounds: 7 },
    },
    ROUNDS,
  );
  strictEqual(await drainGunzip(path), bytes);
  return {
    vsGunzip: ms.ours / ms.gunzip,
    vsStreamJson: ms.streamJson / ms.ours,
    vsJsonParse: ms.jsonParse / ms.ours,
    megabytes: bytes / 1e6,
    records: answer.records,
    found: answer.found.length,
    ms,
    peakRssMiB: peakRssMiB(),
  };
}
