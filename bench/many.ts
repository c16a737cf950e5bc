/** Many small files, one thread: what reading costs beside the file system and decompressing. */
import { deepStrictEqual } from 'node:assert/strict';
import { gunzipWhole, readOurs, readWithJsonParse } from './contenders.ts';
import { interleave, peakRssMiB } from './measure.ts';

const ROUNDS = 15;

export async function benchMany(paths: readonly string[]) {
  for (const path of paths) deepStrictEqual(await readOurs(path), readWithJsonParse(path));

  const ms = await interleave(
    {
      gunzipSync: { run: () => paths.forEach((path) => void gunzipWhole(path)) },
      ours: {
        async run() {
          for (const path of paths) await readOurs(path);
        },
      },
    },
    ROUNDS,
  );
  return {
    vsGunzipSync: ms.gunzipSync / ms.ours,
    files: paths.length,
    filesPerSecond: {
      ours: paths.length / (ms.ours / 1000),
      gunzipSync: paths.length / (ms.gunzipSync / 1000),
    },
    ms,
    peakRssMiB: peakRssMiB(),
  };
}
