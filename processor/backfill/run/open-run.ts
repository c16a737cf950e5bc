/** A run's folder, opened to be written to: the lock is taken, and the files are as its last checkpoint says. */
import { type RunningTotals, startTotals } from '../../file/totals.ts';
import { type BranchProgress, type Checkpoint, readCheckpoint, type Session } from './checkpoint.ts';
import type { JournalLine } from './journal-file.ts';
import { createKnownWrites, type KnownWrites } from './known-writes.ts';
import { readLines } from './line-reader.ts';
import { type LineWriter, openLines } from './line-writer.ts';
import { type Lock, takeLock } from './lock.ts';
import { RunError } from './run-error.ts';
import { runFiles } from './run-files.ts';
import { refuseUndone } from './run-folder.ts';
import { type RunInfo, readRunInfo } from './run-info.ts';
import { sizeOf } from './whole-file.ts';

export interface OpenedRun {
  readonly folder: string;
  readonly info: RunInfo;
  readonly lock: Lock;
  readonly journal: LineWriter;
  readonly failures: LineWriter;
  readonly resources: LineWriter;
  readonly branches: Readonly<Record<string, BranchProgress>>;
  readonly totals: RunningTotals;
  readonly writes: KnownWrites;
  /** Those before this one. */
  readonly sessions: readonly Session[];
}

/** `onLost` hears of each file that can be written to no more. Throws RunError. */
export async function openRun(
  folder: string,
  onLost: (error: Error) => void,
  now: number,
): Promise<OpenedRun> {
  const info = await readRunInfo(folder);
  const lock = takeLock(folder, now);
  try {
    return { folder, info, lock, ...(await openFiles(folder, onLost)) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openFiles(folder: string, onLost: (error: Error) => void) {
  const files = runFiles(folder);
  await refuseUndone(folder);
  const found = await readCheckpoint(folder);
  const {
    journalBytes = 0,
    failuresBytes = 0,
    resourcesBytes = 0,
    writes = [],
  }: Partial<Checkpoint> = found ?? {};
  await Promise.all([
    expectBytes(files.journal, journalBytes),
    expectBytes(files.failures, failuresBytes),
    expectBytes(files.resources, resourcesBytes),
  ]);
  const known = createKnownWrites(writes);
  const end = await readTail(files.journal, journalBytes, known);
  return {
    journal: await openLines(files.journal, end, onLost),
    failures: await openLines(files.failures, failuresBytes, onLost),
    resources: await openLines(files.resources, resourcesBytes, onLost),
    branches: found?.branches ?? {},
    totals: { ...startTotals(), ...found?.totals },
    writes: known,
    sessions: found?.sessions ?? [],
  };
}

/** What was written since the checkpoint. Gives the end of the last whole line. */
async function readTail(path: string, from: number, known: KnownWrites): Promise<number> {
  const batches = readLines(path, from);
  for (;;) {
    const next = await batches.next();
    if (next.done) return next.value;
    for (const { value } of next.value) {
      const line = value as JournalLine;
      if (line.kind === 'intent') known.intend([line], Number.POSITIVE_INFINITY);
      else if (line.kind === 'result' || line.kind === 'confirmed') known.end([line]);
    }
  }
}

async function expectBytes(path: string, bytes: number): Promise<void> {
  const size = await sizeOf(path);
  if (size >= bytes) return;
  throw new RunError(
    `${path}: expected ${bytes} bytes or more, as the checkpoint says, got ${size}: somebody else wrote to it, or the disk is damaged`,
  );
}
