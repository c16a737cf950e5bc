/**
 * What the archive costs the function: a log file of 1,000 creations dealt with by the function as it is deployed, in a process of its
 * own, with the archive and without, in turn. The start of the process, which both have, is measured with a file of none and taken off.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { functionZip } from '../infra/bundle.ts';
import type { AutoTaggerProps } from '../infra/props.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { type Invocation, invoke, unpack } from './deployed.ts';
import { deployInto, messagesOf } from './deployment.ts';
import { ACCOUNT, HOME_REGION, LOG_BUCKET, putLoad } from './pace-load.ts';

const CREATIONS = 1_000;
const ROUNDS = 3;
const BUCKET = 'pace-archive';

/** As fast as the sandbox is, and without the store: all that takes longer would make the part of the archive smaller. */
const WITHOUT: AutoTaggerProps = {
  timeoutSeconds: 900,
  store: false,
  settings: { RATE_FACTOR: '1000000' },
};
const WITH: AutoTaggerProps = { ...WITHOUT, archive: true, archiveBucketName: BUCKET };

/** Milliseconds, each the median of the rounds. */
export async function benchArchive() {
  const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-archive-'));
  try {
    unpack(functionZip(), folder);
    const starts: Invocation[] = [];
    const without: Invocation[] = [];
    const archived: Invocation[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      starts.push(await run(folder, WITHOUT, 0));
      without.push(await run(folder, WITHOUT, CREATIONS));
      archived.push(await run(folder, WITH, CREATIONS));
    }
    return {
      wall: partOf('ms', starts, without, archived),
      processor: partOf('processorMs', starts, without, archived),
      rssMiB: { without: medianOf(without, 'peakRssMiB'), archived: medianOf(archived, 'peakRssMiB') },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Figure = 'ms' | 'processorMs' | 'peakRssMiB';

/** `part`: of the time of the function, at most 0.1. */
function partOf(
  figure: Figure,
  starts: readonly Invocation[],
  without: readonly Invocation[],
  archived: readonly Invocation[],
) {
  const start = medianOf(starts, figure);
  const handlerMs = medianOf(without, figure) - start;
  const archiveMs = medianOf(archived, figure) - start - handlerMs;
  return { handlerMs, archiveMs, part: archiveMs / handlerMs };
}

function medianOf(invocations: readonly Invocation[], figure: Figure): number {
  const sorted = invocations.map((each) => each[figure]).toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

async function run(folder: string, props: AutoTaggerProps, creations: number): Promise<Invocation> {
  const sandbox = await startSandbox({ records: false, throttle: false });
  try {
    const invoked = await deployInto(sandbox, folder, props);
    sandbox.putBucket({ name: BUCKET, account: ACCOUNT, region: HOME_REGION });
    const [[key = ''] = []] = putLoad(sandbox, CREATIONS, 1, CREATIONS);
    if (creations === 0) sandbox.putObject(LOG_BUCKET, key, gzipSync('{"Records":[]}'));
    const invocation = await invoke(invoked, messagesOf([key]));
    if (props === WITH) checkArchive(sandbox.requests);
    return invocation;
  } finally {
    await sandbox.close();
  }
}

function checkArchive(requests: Awaited<ReturnType<typeof startSandbox>>['requests']): void {
  const puts = requests.filter(
    ({ operation, input }) => operation === 'PutObject' && input.Bucket === BUCKET,
  );
  if (puts.length !== 1) throw new Error(`expected one object in the archive, got ${puts.length}`);
}
