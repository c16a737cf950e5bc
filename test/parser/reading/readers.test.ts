/**
 * The fast reader, the general reader and JSON.parse must say the same of every valid document, however its
 * bytes arrive. One case is one document at one split.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { generateDocument, generateSmallDocuments } from '../../../fixtures/generate-logs.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { runs } from '../../helpers/runs.ts';
import { deliveredDocument, oddDocument, surroundedDocument } from './random-documents.ts';
import { expectEqual, expected, readers, SPLITS, WANTED, WHOLE } from './reading.ts';

/** The same documents each time, unless others are asked for. */
const { numRuns: RANDOM_CASES, seed: SEED } = { seed: 20_240_607, ...runs(10_000) };
const FIXTURES = new URL('../../../fixtures/records/', import.meta.url);
const REAL_LOGS = new URL('../../../../shared/real-logs/', import.meta.url);

let cases = 0;
let readByFastAlone = 0;

async function expectSame(document: Uint8Array, splits: readonly number[] = SPLITS, wanted = WANTED) {
  const answer = expected(document, wanted);
  for (const split of splits) {
    cases++;
    const fast = await readers.fast(document, split, wanted);
    if (fast !== undefined) readByFastAlone++;
    expectEqual(fast ?? answer, answer);
    expectEqual(await readers.general(document, split, wanted), answer);
    if (fast === undefined) expectEqual(await readers.both(document, split, wanted), answer);
  }
}

/** A large document by single bytes takes long, and shows no more than a small one. */
function splitsOf({ length }: Uint8Array): readonly number[] {
  return length > 100_000 ? [65, 64 * 1024, WHOLE] : SPLITS;
}

function share(of: number) {
  return { numRuns: Math.ceil((RANDOM_CASES * of) / SPLITS.length), seed: SEED };
}

describe('the two readers and JSON.parse agree', () => {
  test('on random documents of records', async () => {
    const before = { cases, readByFastAlone };
    await fc.assert(
      fc.asyncProperty(deliveredDocument, (text) => expectSame(Buffer.from(text))),
      share(0.7),
    );
    expect(readByFastAlone - before.readByFastAlone).toBe(cases - before.cases);
  });

  test('on random documents with elements that are no records', () =>
    fc.assert(
      fc.asyncProperty(oddDocument, (text) => expectSame(Buffer.from(text))),
      share(0.2),
    ));

  test('on random documents with other keys around the records', () =>
    fc.assert(
      fc.asyncProperty(surroundedDocument, (text) => expectSame(Buffer.from(text))),
      share(0.15),
    ));

  afterAll(() => expect(cases).toBeGreaterThanOrEqual(RANDOM_CASES));
});

describe('on the files of this project', () => {
  const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.json'));
  const fixtures = names.map((name) => readFileSync(new URL(name, FIXTURES), 'utf8'));

  test('the readers agree on every fixture, by itself and all together', async () => {
    expect(fixtures.length).toBeGreaterThan(10);
    for (const record of [...fixtures, fixtures.join(',')]) {
      const document = Buffer.from(`{"Records":[${record}]}`);
      const splits = splitsOf(document);
      await expectSame(document, splits, CATALOGUED_EVENTS);
      await expectSame(
        Buffer.from(JSON.stringify(JSON.parse(document.toString()))),
        splits,
        CATALOGUED_EVENTS,
      );
    }
  });

  test('the readers agree on generated files', async () => {
    for (const document of generateSmallDocuments(20, { seed: SEED, creations: 0.2 })) {
      await expectSame(Buffer.from(document), SPLITS, CATALOGUED_EVENTS);
    }
    const large = Buffer.from(generateDocument(1000, { seed: SEED, creations: 0.05 }));
    await expectSame(large, splitsOf(large), CATALOGUED_EVENTS);
  });
});

describe('on files that CloudTrail has written', () => {
  const files = listReal();
  if (files.length === 0) {
    console.warn('Skipped: the readers on real files, because ../shared/real-logs is not there.');
    test.skip('the readers agree on every one (skipped: ../shared/real-logs is not there)', () => {});
  } else {
    test('the readers agree on every one', async () => {
      for (const file of files) {
        const document = gunzipSync(readFileSync(new URL(file, REAL_LOGS)));
        await expectSame(document, splitsOf(document), CATALOGUED_EVENTS);
      }
    }, 120_000);
  }
});

function listReal(): readonly string[] {
  try {
    return readdirSync(REAL_LOGS, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.gz'),
    );
  } catch {
    return [];
  }
}
