/**
 * The log files below a folder of this machine, in the order of their whole names, folder by folder: what is held is
 * the names of the folders on the way down, never those of all files. No entry is asked for its `stat` but links.
 * It blocks the thread for a part of a folder at a time, as reading small files does.
 */
import { type Dirent, opendirSync, statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { type NotReadReason, whyNotReadIn } from '../../parser/log-key.ts';
import type { SkipReason } from '../file/totals.ts';
import { systemProblem } from './system-problem.ts';

export interface WalkListener {
  /** Of each entry that is no log file. */
  readonly onSkipped: (reason: SkipReason) => void;
  /** Of each folder that cannot be read: why, in words without its name. The others are gone on with. */
  readonly onProblem: (path: string, problem: string) => void;
}

/** Paths that are given at once. */
const BATCH = 1024;

/** Entries of one folder after which others have their turn. */
const ENTRIES_A_TURN = 8192;

interface Folder {
  /** Ends in a slash, or is empty. */
  readonly path: string;
  /** Below the folder that the walk began with, likewise. */
  readonly key: string;
  /** Sorted; those of folders end in a slash, so that files come in the order of their whole names. */
  readonly names: readonly string[];
  readonly whyNotRead: (name: string) => NotReadReason | undefined;
  at: number;
}

/** Paths in batches of some size. `root` ends in a slash, or is empty. Throws what keeps the root itself from being read. */
export async function* walkFolder(root: string, listener: WalkListener): AsyncGenerator<readonly string[]> {
  const open: Folder[] = [await openFolder(root, '', listener)];
  let batch: string[] = [];
  for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
    const name = folder.names[folder.at++];
    if (name === undefined) {
      open.pop();
    } else if (name.endsWith('/')) {
      const path = folder.path + name;
      try {
        open.push(await openFolder(path, folder.key + name, listener));
      } catch (error) {
        listener.onProblem(path, `cannot be read: ${systemProblem(error)}`);
      }
    } else {
      const reason = folder.whyNotRead(name);
      if (reason === undefined) batch.push(folder.path + name);
      else listener.onSkipped(reason);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function openFolder(path: string, key: string, listener: WalkListener): Promise<Folder> {
  const names: string[] = [];
  const folder = opendirSync(path || '.', { bufferSize: BATCH });
  try {
    for (let entry = folder.readSync(), read = 1; entry !== null; entry = folder.readSync(), read++) {
      const kind = kindOf(entry, path, listener);
      if (kind === 'file') names.push(entry.name);
      else if (kind === 'folder') names.push(`${entry.name}/`);
      else listener.onSkipped(kind);
      if (read % ENTRIES_A_TURN === 0) await turn();
    }
  } finally {
    folder.closeSync();
  }
  return { path, key, names: names.sort(), whyNotRead: whyNotReadIn(key), at: 0 };
}

function kindOf(entry: Dirent, folder: string, listener: WalkListener): 'file' | 'folder' | SkipReason {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (!entry.isSymbolicLink()) return 'other'; // whoever opened a pipe would wait for ever
  const path = folder + entry.name;
  try {
    const target = statSync(path, { throwIfNoEntry: false });
    if (target === undefined || target.isFile()) return 'file'; // that it leads nowhere is told when it is opened
    return target.isDirectory() ? 'linked-folder' : 'other';
  } catch (error) {
    listener.onProblem(path, `cannot be followed: ${systemProblem(error)}`);
    return 'other';
  }
}
