/** The threads of `plan`. Nothing of what they do is loaded here, so that they can be started while this one loads it. */
import { type Dirent, opendirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { ThreadSettings } from '../runtime/planning-runtime.ts';
import type { FilesDone, Showing } from './files-done.ts';
import { createPool, type Pool } from './threads/pool.ts';

/** What a thread plans with. It can be cloned. */
export interface PlanThreadData {
  readonly settings: ThreadSettings;
  readonly showing: Showing;
}

/** Paths of files in, what they came to out. */
export type PlanPool = Pool<PlanThreadData, string, FilesDone>;

/** Beside this file also where both are bundled, and end in `.mjs`. */
const WORKER = new URL(`./plan-thread${extname(import.meta.url)}`, import.meta.url);

/** Started already where there are many files below the folders among these paths. Stop it. */
export function createPlanPool(paths: readonly string[], signal: AbortSignal): PlanPool {
  const pool: PlanPool = createPool(WORKER, { signal });
  if (pool.size > 0 && areMany(paths)) pool.start();
  return pool;
}

/** A thread is ready in the time that one takes for some hundred cold files (measured). */
const MANY = 1_000;

/** Reads no more names than it takes to know. What cannot be read is told by whoever walks there. */
function areMany(paths: readonly string[]): boolean {
  const folders = [...paths];
  let names = 0;
  for (let path = folders.pop(); path !== undefined && names < MANY; path = folders.pop()) {
    for (const entry of entriesOf(path)) {
      if (entry.isDirectory()) folders.push(join(path, entry.name));
      if (++names === MANY) break;
    }
  }
  return names === MANY;
}

function* entriesOf(path: string): Generator<Dirent> {
  try {
    const folder = opendirSync(path);
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) yield entry;
    } finally {
      folder.closeSync();
    }
  } catch {
    return; // a file, a bucket, or what cannot be read
  }
}
