/** Branches worked on side by side, begun in their order. */
import { type Ahead, createAhead } from './ahead.ts';
import type { FoundBranch } from './find-branches.ts';

/** More of them let more accounts be tagged at once, each at its own rate; a page of keys of each is held, 400 KB. */
const BRANCHES_AT_ONCE = 16;
const PAGES_AHEAD = 32;

/** `ahead` is what all of them share who list ahead. Throws what `work` throws. */
export async function eachBranch(
  branches: readonly FoundBranch[],
  work: (branch: FoundBranch, ahead: Ahead) => Promise<void>,
): Promise<void> {
  const ahead = createAhead(PAGES_AHEAD);
  const left = branches.values();
  const nextBranches = async () => {
    for (const branch of left) await work(branch, ahead);
  };
  await Promise.all(Array.from({ length: BRANCHES_AT_ONCE }, nextBranches));
}
