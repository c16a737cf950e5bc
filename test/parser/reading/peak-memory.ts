/** A process of its own that reads the file named by its argument, and says what came out and its peak memory. */
import { createReadStream } from 'node:fs';
import { peakRssMiB } from '../../../bench/measure.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { readRecords } from '../../../parser/reading/read-records.ts';

const path = process.argv[2] as string;
let outcome: string;
try {
  const reading = readRecords(() => createReadStream(path), CATALOGUED_EVENTS);
  let step = await reading.next();
  while (!step.done) step = await reading.next();
  outcome = JSON.stringify(step.value);
} catch (error) {
  outcome = (error as Error).message;
}
process.stdout.write(JSON.stringify({ outcome, peakMiB: peakRssMiB() }));
