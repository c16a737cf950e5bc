/** Goes before a program (`--import`): when that ends, its peak of resident memory, in KiB, is written to the file `PEAK`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  process.on('exit', () => {
    const status = readFileSync('/proc/self/status', 'utf8');
    writeFileSync(process.env.PEAK, /^VmHWM:\s*(\d+) kB$/m.exec(status)[1]);
  });
}
