/**
 * Damaged files. What the fast reader yields of one is right, record by record; broken structure and a broken
 * gzip layer are errors by both readers; and nothing crashes, hangs or grows. The fast reader may pass over
 * damage inside a record that nobody wants: so it is held to a plain walk over the bytes, not to the general
 * reader's word.
 */
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { runs } from '../../helpers/runs.ts';
import { deliveredDocument } from './random-documents.ts';
import { expectEqual, type Reading, readers, WHOLE } from './reading.ts';

/** The same documents each time, unless others are asked for. */
const { numRuns: CASES, seed: SEED } = { seed: 20_240_607, ...runs(2_000) };

/** Flips, cuts, inserts and repeats, a few of them, anywhere. */
const damage = fc.array(
  fc.record({
    how: fc.constantFrom('flip', 'cut', 'insert', 'repeat'),
    perMille: fc.integer({ min: 0, max: 1000 }),
    length: fc.integer({ min: 1, max: 40 }),
    byte: fc.constantFrom(...Buffer.from('"\\{}[],:x \n\u0000'), 0xff),
  }),
  { minLength: 1, maxLength: 4 },
);
type Damage = readonly { how: string; perMille: number; length: number; byte: number }[];

function damaged(bytes: Uint8Array, damages: Damage): Buffer {
  let result = Buffer.from(bytes);
  for (const { how, perMille, length, byte } of damages) {
    const at = Math.floor((perMille / 1000) * result.length);
    const [head, tail] = [result.subarray(0, at), result.subarray(at)];
    if (how === 'flip') result = Buffer.concat([head, Buffer.from([byte]), tail.subarray(1)]);
    if (how === 'cut') result = Buffer.concat([head, tail.subarray(length)]);
    if (how === 'insert') result = Buffer.concat([head, Buffer.from([byte]), tail]);
    if (how === 'repeat') result = Buffer.concat([head, tail.subarray(0, length), tail]);
  }
  return result;
}

/**
 * The elements of `{"Records":[{…},{…}]}` as byte ranges, found one character at a time; `undefined` where
 * the structure is not that.
 */
function elementsOf(document: Buffer): readonly string[] | undefined {
  const text = document.toString('latin1');
  const opening = /^[ \n\r\t]*\{[ \n\r\t]*"Records"[ \n\r\t]*:[ \n\r\t]*\[/.exec(text)?.[0];
  if (opening === undefined) return undefined;
  const elements: string[] = [];
  let between = '';
  let depth = 0;
  let start = 0;
  for (let at = opening.length; at < text.length; at++) {
    const character = text[at] as string;
    if (depth === 0 && character !== '{') between += character;
    else if (character === '{' && depth++ === 0) start = at;
    else if (character === '"') at = stringEnd(text, at);
    else if (character === '}' && --depth === 0) {
      elements.push(Buffer.from(text.slice(start, at + 1), 'latin1').toString('utf8'));
      between += '#';
    }
  }
  const skeleton = between.replace(/[ \n\r\t]/g, '');
  const isSound = /^(#(,#)*)?\]\}$/.test(skeleton) && depth === 0;
  return isSound ? elements : undefined;
}

/** Where the string that begins here ends; the end of the text if it does not. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function parsesTo(element: string | undefined, record: CloudTrailRecord): boolean {
  return element !== undefined && JSON.stringify(JSON.parse(element)) === JSON.stringify(record);
}

function failed(outcome: Reading): boolean {
  return 'code' in outcome;
}

describe('of damaged files', () => {
  let memoryBefore = 0;
  beforeAll(async () => {
    memoryBefore = await memoryHeld();
  });

  test('damaged JSON gives only records that stand in it, and none where its structure is broken', async () => {
    let broken = 0;
    let passedOver = 0;
    await fc.assert(
      fc.asyncProperty(
        deliveredDocument,
        damage,
        fc.constantFrom(7, 64, WHOLE),
        async (text, damages, split) => {
          const document = damaged(Buffer.from(text), damages);
          const elements = elementsOf(document);
          const fast = await readers.fast(document, split);
          const general = await readers.general(document, split);
          const both = await readers.both(document, split);
          if (fast === undefined) {
            broken++;
            expectEqual('code' in both ? both.code : both, 'code' in general ? general.code : general);
            return;
          }
          if (failed(general)) passedOver++;
          expectEqual(both, fast);
          if (!('found' in fast)) throw new Error('the fast reader has no errors of its own');
          expect(fast.records).toBe(elements?.length);
          for (const { index, record } of fast.found)
            if (!parsesTo(elements?.[index], record)) expect(record).toEqual(elements?.[index]);
          if ('found' in general) expectEqual(general, fast);
        },
      ),
      { numRuns: CASES, seed: SEED },
    );
    expect(broken).toBeGreaterThan(CASES / 10);
    expect(passedOver).toBeGreaterThan(0);
  });

  test('damaged gzip data is the same error, or the same records, in hand and as a stream', async () => {
    let errors = 0;
    await fc.assert(
      fc.asyncProperty(deliveredDocument, damage, async (text, damages) => {
        const file = damaged(gzipSync(text), damages);
        const atOnce = await readers.file(file);
        expectEqual(await readers.stream(file), atOnce);
        if (failed(atOnce)) errors++;
      }),
      { numRuns: CASES / 8, seed: SEED },
    );
    expect(errors).toBeGreaterThan(CASES / 10);
  });

  test('a file cut at any byte is an error, of its gzip layer or of its JSON', async () => {
    const document = Buffer.from(`{"Records":[{"eventName":"RunInstances","a":{"b":"\\"}"}},{"c":[{}]}]}`);
    const file = gzipSync(document);
    for (let end = 0; end < file.length; end++) {
      expect(await readers.file(file.subarray(0, end))).toHaveProperty(
        'code',
        end === 0 ? 'EmptyFile' : 'TruncatedGzip',
      );
    }
    for (let end = 0; end < document.length; end++) {
      expect(await readers.file(gzipSync(document.subarray(0, end)))).toHaveProperty(
        'code',
        end === 0 ? 'EmptyDocument' : 'NotJson',
      );
    }
  });

  test('and the readers hold on to nothing', async () => {
    expect((await memoryHeld()) - memoryBefore).toBeLessThan(4 * 1024 * 1024);
  });
});

/**
 * Bytes of buffers that something still refers to. V8 gives the memory of buffers back in a thread of its own, which
 * may be late on a busy machine.
 */
async function memoryHeld(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let times = 0; times < 3; times++) {
    collect();
    await setTimeout(50);
  }
  return process.memoryUsage().arrayBuffers;
}
