/** How far a run is, by what its folder says: read only, and in a moment, however much the run has done. */
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { type LockOwner, lockOwner } from './lock.ts';
import { runFiles } from './run-files.ts';
import { type RunInfo, readRunInfo } from './run-info.ts';
import { sizeOf } from './whole-file.ts';

export interface RunStatus {
  readonly info: RunInfo;
  /** Absent before the first. */
  readonly checkpoint: Checkpoint | undefined;
  /** Accounts and regions that are begun, and those of them that are done. */
  readonly branches: { readonly begun: number; readonly done: number };
  readonly files: number;
  readonly bytes: number;
  /** How long the journal and the file of failures are. */
  readonly journalBytes: number;
  readonly failuresBytes: number;
  /** Who writes to the folder now; undefined where nobody does. */
  readonly writer: LockOwner | undefined;
  /** Somebody has begun to undo it. */
  readonly isUndone: boolean;
}

/** Throws RunError. */
export async function readStatus(folder: string): Promise<RunStatus> {
  const info = await readRunInfo(folder);
  const checkpoint = await readCheckpoint(folder);
  const branches = Object.values(checkpoint?.branches ?? {});
  const files = runFiles(folder);
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
  return {
    info,
    checkpoint,
    branches: { begun: branches.length, done: branches.filter(({ done }) => done).length },
    files: sum(branches.map((branch) => branch.files)),
    bytes: sum(branches.map((branch) => branch.bytes)),
    journalBytes: await sizeOf(files.journal),
    failuresBytes: await sizeOf(files.failures),
    writer: lockOwner(folder),
    isUndone: (await sizeOf(files.undo)) > 0,
  };
}
