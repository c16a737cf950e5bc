/** The ways to get at the wanted records of a file, ours and those that ours is measured against. */
import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip, gunzipSync } from 'node:zlib';
import { chain } from 'stream-chain';
import { pick } from 'stream-json/filters/pick.js';
import { parser } from 'stream-json/parser.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { CATALOGUED_EVENTS } from '../parser/catalogue/catalogue.ts';
import { fileBody } from '../parser/reading/file-body.ts';
import { readRecords } from '../parser/reading/read-records.ts';
import { type CloudTrailRecord, type IndexedRecord, isWanted } from '../parser/record.ts';

/** What the others read and decompress at once: with Node's 16 KiB they take three times as long. */
const CHUNK_BYTES = 256 * 1024;

export interface Read {
  readonly records: number;
  readonly found: readonly IndexedRecord[];
}

/** Ours, as the command line reads files: small ones whole, large ones streamed. */
export async function readOurs(path: string): Promise<Read> {
  const found: IndexedRecord[] = [];
  const reading = readRecords(fileBody(path), CATALOGUED_EVENTS);
  for (;;) {
    const { done, value } = await reading.next();
    if (done) return { records: value.records, found };
    found.push(value);
  }
}

/** Only decompression, in chunks of so many bytes. Gives the number of bytes. */
export async function drainGunzip(path: string, chunkSize = CHUNK_BYTES): Promise<number> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  let bytes = 0;
  for await (const chunk of source.pipe(createGunzip({ chunkSize }))) bytes += chunk.length;
  return bytes;
}

export function gunzipWhole(path: string): number {
  return gunzipSync(readFileSync(path)).length;
}

/** stream-json as its manual has it. */
export async function readWithStreamJson(path: string): Promise<Read> {
  const source = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const items = chain([
    source,
    createGunzip({ chunkSize: CHUNK_BYTES }),
    parser(),
    pick({ filter: 'Records' }),
    streamArray(),
  ]) as AsyncIterable<{ readonly key: number; readonly value: CloudTrailRecord }>;
  const found: IndexedRecord[] = [];
  let records = 0;
  for await (const { key, value } of items) {
    records++;
    if (isWanted(value, CATALOGUED_EVENTS)) found.push({ index: key, record: value });
  }
  return { records, found };
}

export function readWithJsonParse(path: string): Read {
  const { Records } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
    Records: CloudTrailRecord[];
  };
  const found = Records.map((record, index) => ({ index, record }));
  return {
    records: Records.length,
    found: found.filter(({ record }) => isWanted(record, CATALOGUED_EVENTS)),
  };
}
