/** What a listing passes over, told to the run in its place among the files: a key counts only once all before it do. */
import type { RunWriter } from '../run/run-writer.ts';
import type { SkippedObject } from '../scope/listing-listener.ts';

interface Skipped {
  readonly key: string;
  readonly reason: SkippedObject;
}

export interface SkippedInOrder {
  /** In the order of the keys. */
  readonly onSkipped: (reason: SkippedObject, key: string) => void;
  /** Those before the key; all of them where there is none. */
  tell(before?: string): void;
}

/** A page tells of what it passes over before it gives the files between. */
export function skippedInOrder(run: Pick<RunWriter, 'skip'>, branch: string): SkippedInOrder {
  const waiting: Skipped[] = [];
  return {
    onSkipped: (reason, key) => waiting.push({ key, reason }),
    tell(before) {
      for (let [first] = waiting; first !== undefined; [first] = waiting) {
        if (before !== undefined && !isBefore(first.key, before)) return;
        waiting.shift();
        run.skip(branch, first.key, first.reason);
      }
    },
  };
}

/** S3 orders by the bytes of UTF-8. */
function isBefore(one: string, other: string): boolean {
  return Buffer.compare(Buffer.from(one), Buffer.from(other)) < 0;
}
