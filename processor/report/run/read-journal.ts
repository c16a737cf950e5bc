/** The journal of a run, read for its speed: what is held is the writes that were under way at any time. */
import type { JournalLine } from '../../backfill/run/journal-file.ts';
import { readLines } from '../../backfill/run/line-reader.ts';
import { keptText } from '../sums/kept-text.ts';
import { addWrite, startRate, type WriteRate } from './write-rate.ts';

interface Open {
  readonly time: number;
  /** API, account and region. */
  readonly place: string;
}

/** Throws RunError, and the reason of the signal. */
export async function readRate(path: string, signal: AbortSignal): Promise<WriteRate> {
  const rate = startRate();
  const open = new Map<string, Open>();
  for await (const lines of readLines(path)) {
    signal.throwIfAborted();
    for (const { value } of lines) {
      const line = value as JournalLine;
      if (line.kind === 'intent') open.set(line.id, openOf(line));
      if (line.kind !== 'result') continue;
      const begun = open.get(line.id);
      open.delete(line.id);
      if (begun === undefined) continue;
      addWrite(rate, begun.time, line.failure?.class === 'throttled' ? begun.place : undefined);
    }
  }
  for (const { time } of open.values()) addWrite(rate, time); // how these ended, nobody told
  return rate;
}

function openOf({ at, api, account, region }: Extract<JournalLine, { kind: 'intent' }>): Open {
  const time = Date.parse(at);
  return { time: Number.isNaN(time) ? 0 : time, place: keptText(`${api} ${account} ${region}`) };
}
