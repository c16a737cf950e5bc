/** One huge file, streamed in a process of its own: how much memory that ever takes. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNS = 3;

export interface MemoryRun {
  readonly peakRssMiB: number;
  readonly megabytes: number;
  readonly seconds: number;
}

/** The worst of a few runs. */
export function benchMemory(path: string): MemoryRun {
  const child = fileURLToPath(new URL('memory-process.ts', import.meta.url));
  const runs = Array.from(
    { length: RUNS },
    () => JSON.parse(execFileSync(process.execPath, ['--no-warnings', child, path]).toString()) as MemoryRun,
  );
  return runs.reduce((one, other) => (other.peakRssMiB > one.peakRssMiB ? other : one));
}
