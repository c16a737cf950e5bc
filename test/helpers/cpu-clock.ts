/** How long work takes, as far as it is our doing. */

/**
 * Gives the milliseconds that the processor has worked for this process since: what other processes of a busy machine
 * take does not count, nor does waiting.
 */
export function startCpuClock(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}
