/**
 * The log files of a branch that are under way, in the order of their keys. They end in any order; what one of them came to
 * counts once all before it have ended, so that one key says how far the branch is.
 */
import { afterKey, type DoneKey, startBranch } from './branch-progress.ts';
import type { BranchProgress } from './checkpoint.ts';

export interface BranchQueue {
  readonly progress: BranchProgress;
  /** Files that have begun, and do not count yet. */
  readonly length: number;
  /** The number of the first of them; undefined where there is none. */
  readonly oldest: number | undefined;
  /** `number` goes up from file to file, over all branches. */
  begin(key: DoneKey, number: number): QueuedFile;
  /** There are no more of them. `count` is called once all count. */
  end(count?: () => void): void;
}

export interface QueuedFile {
  /** `count` is called once everything before it counts, at once or later. */
  end(count: () => void): void;
}

interface Waiting extends DoneKey {
  readonly number: number;
  count?: () => void;
}

export function createBranchQueue(before: BranchProgress = startBranch()): BranchQueue {
  const { done, ...rest } = before;
  let progress: BranchProgress = rest;
  let isListed = done ?? false;
  let countAtEnd: (() => void) | undefined;
  const waiting: Waiting[] = [];

  function countAll(): void {
    for (let [first] = waiting; first?.count !== undefined; [first] = waiting) {
      waiting.shift();
      progress = afterKey(progress, first);
      first.count();
    }
    if (!isListed || waiting.length > 0) return;
    countAtEnd?.();
    countAtEnd = undefined;
  }

  return {
    get progress() {
      return isListed && waiting.length === 0 ? { ...progress, done: true as const } : progress;
    },
    get length() {
      return waiting.length;
    },
    get oldest() {
      return waiting[0]?.number;
    },
    begin(key, number) {
      isListed = false; // more has come since
      const file: Waiting = { ...key, number };
      waiting.push(file);
      return {
        end(count) {
          file.count = count;
          countAll();
        },
      };
    },
    end(count) {
      isListed = true;
      countAtEnd = count;
      countAll();
    },
  };
}
