/** How many log files of a run are open at once. */
import type { OpenFiles } from '../../backfill/engine.ts';
import { MAX_OPEN_FILES } from '../../runtime/planning-runtime.ts';

/** First come, first served. */
export function createOpenFiles(): OpenFiles {
  const waiting: (() => void)[] = [];
  let places = MAX_OPEN_FILES;
  return {
    async enter() {
      if (places === 0) await new Promise<void>((resolve) => waiting.push(resolve));
      else places -= 1;
    },
    leave() {
      const next = waiting.shift();
      if (next === undefined) places += 1;
      else next();
    },
  };
}
