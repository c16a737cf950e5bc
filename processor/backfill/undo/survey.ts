/** What the undo of a run is about, before it is begun: how much the run has written, and in which accounts. */
import { readWrites } from '../run/journal-file.ts';
import { lockOwner, ownerText } from '../run/lock.ts';
import { RunError } from '../run/run-error.ts';
import { runFiles } from '../run/run-files.ts';

export interface Survey {
  /** Writes of tags, without those that AWS has refused. */
  readonly writes: number;
  /** Each account once, with a region in which the run wrote. */
  readonly places: readonly { readonly account: string; readonly region: string }[];
}

/** In one pass over the journal; what is held does not grow with it. Throws RunError where somebody writes to the run, and the reason of the signal. */
export async function surveyWrites(folder: string, signal: AbortSignal): Promise<Survey> {
  refuseWriter(folder);
  const regions = new Map<string, string>();
  let writes = 0;
  for await (const batch of readWrites(runFiles(folder).journal)) {
    signal.throwIfAborted();
    for (const { intent, isWritten } of batch) {
      if (isWritten === 'no') continue;
      writes += 1;
      if (!regions.has(intent.account)) regions.set(intent.account, intent.region);
    }
  }
  return { writes, places: Array.from(regions, ([account, region]) => ({ account, region })) };
}

/** Throws RunError where a process writes to the run's folder. */
export function refuseWriter(folder: string): void {
  const owner = lockOwner(folder);
  if (owner === undefined) return;
  throw new RunError(
    `${folder}: ${ownerText(owner)}, writes to this run already: wait until it has ended, or stop it`,
  );
}
