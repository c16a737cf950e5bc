/**
 * Runs contenders one after the other, round by round, so that whatever else the machine does falls on all of
 * them alike, and gives the median of each.
 */

import { readFileSync } from 'node:fs';

export interface Contender {
  readonly run: () => unknown;
  /** Slow ones need not run in every round. @default 1 */
  readonly everyRounds?: number;
}

/** Milliseconds, by the contenders' names. The first round warms up and does not count. */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
): Promise<Readonly<Record<Name, number>>> {
  const times = new Map<Name, number[]>();
  const named = Object.entries(contenders) as [Name, Contender][];
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { run, everyRounds = 1 }] of named) {
      if (round > 0 && round % everyRounds !== 0) continue;
      globalThis.gc?.(); // nobody pays for the garbage of the one before
      const start = performance.now();
      await run();
      if (round > 0) times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    }
  }
  return Object.fromEntries(named.map(([name]) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Peak resident memory of this process so far. Linux's `getrusage` hands a process the peak of the one that
 * started it (so it is what a large parent took); the kernel's own mark begins anew with the program.
 */
export function peakRssMiB(): number {
  const mark = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(mark)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) / 1024;
}
