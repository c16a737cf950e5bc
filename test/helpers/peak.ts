/** The most memory that this process has had at once. */
import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** In MiB. `maxRSS` of a process that another one has started begins with what that one had: only Linux tells its own. */
export function peakMiB(): number {
  const status = existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '';
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Math.round(Number(kilobytes) / 1024);
}
