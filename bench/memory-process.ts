/** The process that memory.ts measures: reads the file named by its argument. */
import { CATALOGUED_EVENTS } from '../parser/catalogue/catalogue.ts';
import { fileBody } from '../parser/reading/file-body.ts';
import { readRecords } from '../parser/reading/read-records.ts';
import { peakRssMiB } from './measure.ts';

const path = process.argv[2] as string;
const start = performance.now();
const reading = readRecords(fileBody(path), CATALOGUED_EVENTS);
let step = await reading.next();
while (!step.done) step = await reading.next();
const run = {
  peakRssMiB: peakRssMiB(),
  megabytes: step.value.bytes / 1e6,
  seconds: (performance.now() - start) / 1000,
};
process.stdout.write(JSON.stringify(run));
