/**
 * The contender of `s3`: a loop around the client of S3 as one writes it in an afternoon, in one thread, with 128 objects open.
 * `node s3-loop-process.js BUCKET EVENTS`; EVENTS is a file with the names of what creates something, `source:name`.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const OPEN = 128;

const [Bucket, eventsFile] = process.argv.slice(2);
const events = new Set(JSON.parse(readFileSync(eventsFile, 'utf8')));
const httpAgent = new Agent({ keepAlive: true, maxSockets: OPEN });
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

async function work() {
  for (;;) {
    const { done, value: Key } = await keys.next();
    if (done) return;
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const { Records } = JSON.parse(gunzipSync(await Body.transformToByteArray()).toString());
    files++;
    records += Records.length;
    for (const { eventSource, eventName, errorCode } of Records) {
      if (errorCode === undefined && events.has(`${eventSource}:${eventName}`)) creations++;
    }
  }
}

await Promise.all(Array.from({ length: OPEN }, work));
client.destroy();
process.stdout.write(`${JSON.stringify({ files, records, creations })}\n`);
