/**
 * The contender of `backfill`: a bare loop of GetObject and gunzipSync, in one thread. `node backfill-loop-process.js BUCKET OPEN`,
 * with so many objects open. Prints how many there were, and their bytes.
 */
import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';

const [Bucket, open] = process.argv.slice(2);
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
let bytes = 0;
const keys = listed();

async function work() {
  for (;;) {
    const { done, value: Key } = await keys.next();
    if (done) return;
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    bytes += gunzipSync(await Body.transformToByteArray()).length;
    files++;
  }
}

await Promise.all(Array.from({ length: Number(open) }, work));
client.destroy();
process.stdout.write(`${JSON.stringify({ files, bytes })}\n`);
