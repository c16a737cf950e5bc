/** The folder of a run, as it is made: with what the run is about, and nothing yet of what it does. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from './lock.ts';
import { RunError } from './run-error.ts';
import { runFiles } from './run-files.ts';
import { isRunId } from './run-id.ts';
import { type RunInfo, writeRunInfo } from './run-info.ts';
import { sizeOf, syncFolder } from './whole-file.ts';

/** They tell who did what. */
const OWNER_ONLY = 0o700;

/** Below the folder `runs`, which need not be there; gives its path. Throws RunError, or what the disk says. */
export async function createRunFolder(runs: string, info: RunInfo): Promise<string> {
  if (!isRunId(info.id)) throw new RunError(`${JSON.stringify(info.id)} is no id of a run`);
  const folder = join(runs, info.id);
  await mkdir(runs, { recursive: true, mode: OWNER_ONLY });
  await mkdir(folder, { mode: OWNER_ONLY });
  await syncFolder(runs);
  await writeRunInfo(folder, info);
  return folder;
}

/** A run that was undone is not gone on with. Throws RunError. */
export async function refuseUndone(folder: string): Promise<void> {
  if ((await sizeOf(runFiles(folder).undo)) > 0)
    throw new RunError(`${folder}: it was undone, or a part of it: begin a new run in the place of it`);
}

/** Keeps others from writing to it; gives what lets them. Throws RunError where somebody does. */
export function lockRun(folder: string, now: number): () => void {
  const lock = takeLock(folder, now);
  return () => lock.release();
}
