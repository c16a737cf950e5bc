/**
 * What is said of every file that cannot be read, word for word, whether its bytes are in hand or arrive as a
 * stream; and that no file, however made, takes more memory than a small heap has.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { readers, SPLITS, WANTED } from './reading.ts';

const RECORD = '{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}';
const DOCUMENT = `{"Records":[${RECORD}]}`;
const FILE = gzipSync(DOCUMENT);

const FAILURES: readonly (readonly [what: string, file: Uint8Array, code: string, message: string])[] = [
  ['a file of zero bytes', Buffer.alloc(0), 'EmptyFile', 'the file is empty: 0 bytes, expected gzip data'],
  [
    'a file that is neither gzip nor JSON',
    Buffer.from('hello'),
    'NotGzip',
    'neither gzip nor JSON: begins with 68 65',
  ],
  ['one byte that is neither', Buffer.from('x'), 'NotGzip', 'neither gzip nor JSON: begins with 78'],
  [
    'gzip in gzip',
    gzipSync(FILE),
    'DoubleGzip',
    'gzip in gzip: the decompressed data are compressed once more, expected JSON',
  ],
  [
    'JSON without gzip that ends in the middle',
    Buffer.from(DOCUMENT.slice(0, 40)),
    'NotJson',
    'not JSON at byte 40: expected a string value',
  ],
  [
    'JSON without gzip that holds no records',
    Buffer.from('{"a":1}'),
    'NoRecords',
    'no records: an object with the keys "a", expected {"Records":[…]}',
  ],
  [
    'JSON and gzip behind it',
    Buffer.concat([Buffer.from(DOCUMENT), FILE]),
    'NotJson',
    'not JSON at byte 76: expected a value',
  ],
  [
    'a broken document behind a byte order mark',
    gzipSync(`\ufeff${DOCUMENT.slice(0, 40)}`),
    'NotJson',
    'not JSON at byte 43: expected a string value',
  ],
  [
    'a gzip header without data',
    FILE.subarray(0, 10),
    'TruncatedGzip',
    'truncated gzip: the data ends after 10 compressed bytes, before its checksum',
  ],
  [
    'gzip data that end in the middle',
    FILE.subarray(0, 40),
    'TruncatedGzip',
    'truncated gzip: the data ends after 40 compressed bytes, before its checksum',
  ],
  [
    'gzip data without their last byte',
    FILE.subarray(0, -1),
    'TruncatedGzip',
    `truncated gzip: the data ends after ${FILE.length - 1} compressed bytes, before its checksum`,
  ],
  [
    'a wrong checksum',
    changed(FILE, FILE.length - 8),
    'CorruptGzip',
    `corrupt gzip: incorrect data check, found after reading ${FILE.length} compressed bytes`,
  ],
  [
    'a wrong length behind the checksum',
    changed(FILE, FILE.length - 1),
    'CorruptGzip',
    `corrupt gzip: incorrect length check, found after reading ${FILE.length} compressed bytes`,
  ],
  [
    'zeros behind the gzip data',
    Buffer.concat([FILE, Buffer.alloc(5)]),
    'TrailingData',
    `trailing data: the gzip data ends after ${FILE.length} of ${FILE.length + 5} compressed bytes`,
  ],
  [
    'other bytes behind the gzip data',
    Buffer.concat([FILE, Buffer.from('hello')]),
    'CorruptGzip',
    `corrupt gzip: incorrect header check, found after reading ${FILE.length + 5} compressed bytes`,
  ],
  ['gzip of nothing', gzipSync(''), 'EmptyDocument', 'the gzip data holds 0 bytes, expected {"Records":[…]}'],
  [
    'gzip of white space',
    gzipSync(' \n\t'),
    'EmptyDocument',
    'the gzip data holds only white space (3 bytes), expected {"Records":[…]}',
  ],
  ['text', gzipSync('hello world'), 'NotJson', 'not JSON at byte 0: expected a value'],
  [
    'a document that ends behind a comma',
    gzipSync(`{"Records":[${RECORD},`),
    'NotJson',
    'not JSON at byte 75: expected a value',
  ],
  [
    'a document that ends in a string',
    gzipSync(DOCUMENT.slice(0, 40)),
    'NotJson',
    'not JSON at byte 40: expected a string value',
  ],
  [
    'a wanted record with a broken value',
    gzipSync(`{"Records":[${RECORD},{"eventName":"RunInstances","a":tru}]}`),
    'NotJson',
    'not JSON at byte 107: expected a value',
  ],
  [
    'two records without a comma',
    gzipSync(`{"Records":[${RECORD}${RECORD}]}`),
    'NotJson',
    "not JSON at byte 74: expected ','",
  ],
  [
    'an object without records',
    gzipSync('{"a":1,"b":{"Records":[]}}'),
    'NoRecords',
    'no records: an object with the keys "a", "b", expected {"Records":[…]}',
  ],
  ['an empty object', gzipSync('{}'), 'NoRecords', 'no records: an empty object, expected {"Records":[…]}'],
  ['a number', gzipSync('5'), 'NoRecords', 'no records: a number, expected {"Records":[…]}'],
  [
    'Records that is an object',
    gzipSync(`{"Records":${RECORD}}`),
    'RecordsNotArray',
    '"Records" is an object, expected {"Records":[…]}',
  ],
  [
    'Records that is null',
    gzipSync('{"Records":null}'),
    'RecordsNotArray',
    '"Records" is null, expected {"Records":[…]}',
  ],
  [
    '10 MB of nesting in a record',
    gzipSync(`{"Records":[{"a":${'['.repeat(10e6)}`),
    'TooDeep',
    'nested too deeply: more than 1048576 objects and arrays in each other',
  ],
];

describe('a file that cannot be read says why, in hand and as a stream', () => {
  test.each(FAILURES)('%s', async (_what, file, code, message) => {
    expect(await readers.file(file)).toEqual({ code, message });
    expect(await readers.stream(file)).toEqual({ code, message });
  });

  test('a document over the size cap', async () => {
    const file = gzipSync(`{"Records":[${`${RECORD},`.repeat(2000)}${RECORD}]}`);
    const bounds = { ...DEFAULT_BOUNDS, maxFileBytes: 1000 };
    const message = `too large: more than 1000 bytes after decompression, reached after reading ${file.length} compressed bytes`;
    expect(await readers.file(file, WANTED, bounds)).toEqual({ code: 'TooLarge', message });
    expect(await readers.stream(file, WANTED, bounds)).toEqual({ code: 'TooLarge', message });
  });

  test('a document over the size cap that is not compressed', async () => {
    const file = Buffer.from(`{"Records":[${`${RECORD},`.repeat(2000)}${RECORD}]}`);
    const bounds = { ...DEFAULT_BOUNDS, maxFileBytes: 1000 };
    for (const reader of [readers.file, readers.stream])
      expect(await reader(file, WANTED, bounds)).toMatchObject({ code: 'TooLarge' });
  });
});

describe('a document that something on the way has changed is read all the same', () => {
  const MARK = '\ufeff';
  const PRETTY = JSON.stringify(JSON.parse(DOCUMENT), null, 2);
  const answer = { found: [{ index: 0, record: JSON.parse(RECORD) }], records: 1, malformed: 0 };

  test.each([
    ['decompressed', Buffer.from(DOCUMENT)],
    ['decompressed and pretty', Buffer.from(`\n${PRETTY}\n`)],
    ['decompressed, an array', Buffer.from(`[${RECORD}]`)],
    ['decompressed, one record a line', Buffer.from(`${RECORD}\n`)],
    ['with a byte order mark', gzipSync(MARK + DOCUMENT)],
    ['with a byte order mark, and pretty', gzipSync(MARK + PRETTY)],
    ['decompressed, with a byte order mark', Buffer.from(MARK + DOCUMENT)],
    ['decompressed, with a byte order mark, and pretty', Buffer.from(MARK + PRETTY)],
  ])('%s', async (_what, file) => {
    expect(await readers.file(file)).toEqual(answer);
    for (const size of [1, 2, 3, 5, 1000])
      expect(await readers.stream(file, WANTED, DEFAULT_BOUNDS, size)).toEqual(answer);
  });

  test('with a byte order mark, by each of the readers, however its bytes arrive', async () => {
    const document = Buffer.from(MARK + DOCUMENT);
    for (const split of SPLITS) {
      expect(await readers.general(document, split)).toEqual(answer);
      expect(await readers.both(document, split)).toEqual(answer);
    }
    expect(await readers.fast(document)).toEqual(answer);
  });

  test('and what is broken behind a byte order mark is found however its bytes arrive', async () => {
    const message = 'not JSON at byte 43: expected a string value';
    for (const size of [1, 2, 3, 1000]) {
      const outcome = await readers.stream(
        Buffer.from(MARK + DOCUMENT.slice(0, 40)),
        WANTED,
        DEFAULT_BOUNDS,
        size,
      );
      expect(outcome).toEqual({ code: 'NotJson', message });
    }
  });

  test('but a byte order mark inside of it stays what it is', async () => {
    const record = { ...JSON.parse(RECORD), name: `a${MARK}b` };
    const file = gzipSync(JSON.stringify({ Records: [record] }));
    for (const reader of [readers.file, readers.stream])
      expect(await reader(file)).toMatchObject({ found: [{ record }] });
  });
});

describe('a bad record is counted and the rest is read', () => {
  const rest = { index: 1, record: JSON.parse(RECORD) };

  test.each([
    ['null', 'null', 1],
    ['a number', '17', 1],
    ['a string that holds a record', JSON.stringify(RECORD), 1],
    ['an array that holds a record', `[${RECORD}]`, 1],
    ['an object without eventName', '{"eventSource":"ec2.amazonaws.com"}', 0],
    ['an object whose eventName is a number', '{"eventSource":"ec2.amazonaws.com","eventName":7}', 0],
    ['a record of 5 MB', RECORD.replace('{', `{"x":"${'y'.repeat(5e6)}",`), 1],
  ])('%s', async (_what, element, malformed) => {
    const file = gzipSync(`{"Records":[${element},${RECORD}]}`);
    const answer = { found: [rest], records: 2, malformed };
    expect(await readers.file(file)).toEqual(answer);
    expect(await readers.stream(file)).toEqual(answer);
  });
});

describe('memory stays within a small heap', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bad-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const megabyte = gzipSync(Buffer.alloc(1e6, ' '));
  const tenThousand = gzipSync(`${RECORD},`.repeat(10_000));
  const emptyDocument = 'the gzip data holds only white space (300000000 bytes), expected {"Records":[…]}';

  test.each([
    ['300 MB of spaces', many(300, megabyte), emptyDocument],
    [
      '300 MB of spaces before the only record',
      Buffer.concat([gzipSync('{"Records":['), many(300, megabyte), gzipSync(`${RECORD}]}`)]),
      '{"records":1,"malformed":0,',
    ],
    [
      '1,000,000 wanted records',
      Buffer.concat([gzipSync('{"Records":['), many(100, tenThousand), gzipSync(`${RECORD}]}`)]),
      '{"records":1000001,"malformed":0,',
    ],
    ['10 MB of nesting', gzipSync(`{"Records":[${'['.repeat(10e6)}`), 'nested too deeply: more than 1048576'],
    [
      'a string of 100 MB',
      Buffer.concat([
        gzipSync('{"Records":[{"a":"'),
        many(100, gzipSync(Buffer.alloc(1e6, 'x'))),
        gzipSync('"}]}'),
      ]),
      '{"records":1,"malformed":1,',
    ],
  ])('%s', (what, file, outcome) => {
    const path = join(folder, `${what}.json.gz`);
    writeFileSync(path, file);
    const child = fileURLToPath(new URL('./peak-memory.ts', import.meta.url));
    const said = execFileSync(process.execPath, ['--no-warnings', '--max-old-space-size=64', child, path]);
    const result = JSON.parse(said.toString());
    expect(result.outcome.slice(0, outcome.length)).toBe(outcome);
    expect(result.peakMiB).toBeLessThan(250);
  });
});

function many(times: number, member: Uint8Array): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => member));
}

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
