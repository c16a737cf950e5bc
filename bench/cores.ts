/** Many small files in one thread and in two: whether reading scales as well as bare decompressing does. */
import { availableParallelism } from 'node:os';
import { inThreads } from '../processor/cli/threads/in-threads.ts';
import { createPool, type Pool } from '../processor/cli/threads/pool.ts';
import type { ReadingWork } from './cores-worker.ts';
import { interleave } from './measure.ts';

const READS = 200_000;
const ROUNDS = 3;
const WALK_BATCH = 1024;
const WORKER = new URL('cores-worker.ts', import.meta.url);

export async function benchCores(paths: readonly string[]) {
  const run = (work: ReadingWork, threads: number) => ({ run: () => readAll(paths, work, threads) });
  const ms = await interleave(
    { bare1: run('bare', 1), ours1: run('ours', 1), bare2: run('bare', 2), ours2: run('ours', 2) },
    ROUNDS,
  );
  const ours = ms.ours1 / ms.ours2;
  const bare = ms.bare1 / ms.bare2;
  return { vsBare: ours / bare, speedUp: { ours, bare }, reads: READS, cores: availableParallelism(), ms };
}

async function readAll(paths: readonly string[], work: ReadingWork, threads: number): Promise<void> {
  const pool: Pool<ReadingWork, string, number> = createPool(WORKER, { size: threads });
  pool.begin(work);
  let reads = 0;
  for await (const each of inThreads(pool, repeated(paths))) {
    if (!each.ok) throw new Error(`${each.item} was not read`);
    reads += each.result;
  }
  await pool.stop();
  if (reads !== READS) throw new Error(`${reads} of ${READS} files were read`);
}

/** As a walk gives them. */
async function* repeated(paths: readonly string[]): AsyncGenerator<readonly string[]> {
  const all = Array.from({ length: READS }, (_, read) => paths[read % paths.length] as string);
  for (let at = 0; at < READS; at += WALK_BATCH) yield all.slice(at, at + WALK_BATCH);
}
