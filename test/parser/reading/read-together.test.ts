/** Small files that are decompressed together come out as each by itself does, whatever stands beside them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generateDocument } from '../../../fixtures/generate-logs.ts';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { fileBody } from '../../../parser/reading/file-body.ts';
import type { LogBody } from '../../../parser/reading/log-body.ts';
import { readRecords } from '../../../parser/reading/read-records.ts';
import { readTogether } from '../../../parser/reading/read-together.ts';
import { runs } from '../../helpers/runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'auto-tagger-together-'));

afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

function file(bytes: Uint8Array): string {
  const path = join(folder, `${count++}.json.gz`);
  writeFileSync(path, bytes);
  return path;
}

/** What is read of it, or what is wrong with it. */
async function readAll(body: LogBody) {
  const reading = readRecords(body, CATALOGUED_EVENTS, DEFAULT_BOUNDS);
  const records: unknown[] = [];
  try {
    for (;;) {
      const { done, value } = await reading.next();
      if (done) return { records, totals: value };
      records.push(value);
    }
  } catch (error) {
    return { error: (error as Error).message };
  }
}

const sound = fc
  .record({ seed: fc.nat(999), records: fc.integer({ min: 0, max: 9 }) })
  .map(({ seed, records }) => generateDocument(records, { seed, creations: Math.min(1, records) }));

const compressed = sound.map((document) => gzipSync(document));

const damaged = fc.oneof(
  fc.constant(Buffer.alloc(0)),
  sound.map((document) => Buffer.from(document)),
  compressed.map((bytes) => bytes.subarray(0, bytes.length - 5)),
  compressed.map((bytes) => Buffer.concat([bytes, Buffer.from('more')])),
  compressed.map((bytes) => Buffer.concat([bytes, Buffer.alloc(20)])),
  fc.tuple(compressed, compressed).map((members) => Buffer.concat(members)),
  fc.tuple(compressed, fc.nat()).map(([bytes, at]) => {
    const wrong = Buffer.from(bytes);
    const place = at % wrong.length;
    wrong[place] = (wrong[place] ?? 0) ^ 0x55;
    return wrong;
  }),
  fc.constant(gzipSync('[{"eventName":"RunInstances"}]')),
  fc.constant(gzipSync('')),
);

const files = (each: fc.Arbitrary<Buffer>) => fc.array(each, { minLength: 1, maxLength: 16 });

test('sound files are all read together', () => {
  fc.assert(
    fc.property(files(compressed), (contents) => {
      const read = readTogether(contents.map(file));
      expect(read.map((each) => each?.compressedBytes)).toEqual(contents.map(({ length }) => length));
    }),
    runs(10),
  );
});

test('each comes out as by itself, whatever is wrong with others', async () => {
  await fc.assert(
    fc.asyncProperty(files(fc.oneof({ weight: 3, arbitrary: compressed }, damaged)), async (contents) => {
      const paths = contents.map(file);
      const read = readTogether(paths);
      for (const [at, path] of paths.entries()) {
        const alone = await readAll(fileBody(path));
        expect(await readAll(read[at] ?? fileBody(path))).toEqual(alone);
      }
    }),
    runs(60),
  );
});

test('a file that cannot be read, and one that is large, are left to be read by themselves', () => {
  const large = gzipSync(generateDocument(3_000, { seed: 1, creations: 1 }), { level: 0 });
  const small = gzipSync(generateDocument(3, { seed: 1, creations: 1 }));
  const read = readTogether([join(folder, 'none.json.gz'), file(small), file(large), file(small)]);
  expect(read.map((each) => each !== undefined)).toEqual([false, true, false, true]);
});

/**
 * A block that is stored, which claims to be as long as all that follows it: the member of another file, up to the
 * lengths and the checksum at its end.
 */
function swallowing(next: Buffer, claimed: number): Buffer {
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const block = Buffer.alloc(5);
  block[0] = 1;
  block.writeUInt16LE(next.length, 1);
  block.writeUInt16LE(~next.length & 0xffff, 3);
  const own = Buffer.alloc(8);
  own.writeUInt32LE(claimed, 4);
  return Buffer.concat([header, block, own]);
}

test('no file takes the records of the next one for its own, whatever length it claims', async () => {
  const next = gzipSync(generateDocument(3, { seed: 5, creations: 1 }));
  for (const claimed of [0, 8, next.length, 2 ** 16, 2 ** 32 - 1]) {
    const paths = [file(swallowing(next, claimed)), file(next)];
    const read = readTogether(paths);
    expect(read[0]).toBeUndefined();
    expect(await readAll(read[1] ?? fileBody(paths[1] as string))).toEqual(await readAll(next));
  }
});
