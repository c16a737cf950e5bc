/**
 * The contender of `program`: the loop that one writes in an afternoon. `node loop-process.js PATH EVENTS`: all log files of a folder, or
 * one; EVENTS is a file with the names of what creates something, `source:name`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const [path, eventsFile] = process.argv.slice(2);
const events = new Set(JSON.parse(readFileSync(eventsFile, 'utf8')));
const names = statSync(path).isDirectory()
  ? readdirSync(path, { recursive: true })
      .filter((name) => name.endsWith('.json.gz'))
      .map((name) => join(path, name))
  : [path];
let records = 0;
let creations = 0;
for (const name of names) {
  const { Records } = JSON.parse(gunzipSync(readFileSync(name)).toString());
  records += Records.length;
  for (const { eventSource, eventName, errorCode } of Records) {
    if (errorCode === undefined && events.has(`${eventSource}:${eventName}`)) creations++;
  }
}
process.stdout.write(`${JSON.stringify({ files: names.length, records, creations })}\n`);
