/**
 * The contender of `backfill` and `s3`: a loop around the client of S3 as one writes it in an afternoon, in one thread.
 * `node bucket-loop-process.js BUCKET OPEN [EVENTS]`, with so many objects open. EVENTS is a file with the names of what creates
 * something, `source:name`; without it nothing is parsed: a bare loop of GetObject and gunzipSync.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const [Bucket, open, eventsFile] = process.argv.slice(2);
const events = eventsFile && new Set(JSON.parse(readFileSync(eventsFile, 'utf8')));
const httpAgent = new Agent({ keepAlive: true, maxSockets: Number(open) });
const client = new S3Client({
  forcePathStyle: true, // names below localhost are not resolved everywhere
  requestHandler: { httpAgent },
});

async function* listed() {
  let ContinuationToken;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
    for (const { Key } of page.Contents ?? []) if (Key.endsWith('.json.gz')) yield Key;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

let files = 0;
let records = 0;
let creations = 0;
const keys = listed();

function count({ Records }) {
  records += Records.length;
  for (const { eventSource, eventName, errorCode } of Records) {
    if (errorCode === undefined && events.has(`${eventSource}:${eventName}`)) creations++;
  }
}

async function work() {
  for (;;) {
    const { done, value: Key } = await keys.next();
    if (done) return;
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const content = gunzipSync(await Body.transformToByteArray());
    files++;
    if (events) count(JSON.parse(content.toString()));
  }
}

await Promise.all(Array.from({ length: Number(open) }, work));
client.destroy();
process.stdout.write(`${JSON.stringify(events ? { files, records, creations } : { files })}\n`);
