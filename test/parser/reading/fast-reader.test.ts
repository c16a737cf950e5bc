/**
 * What the fast reader must never get wrong: a creation that only looks like one, a creation that looks like
 * something else, and what it leaves to the general reader.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { CATALOGUED_EVENTS } from '../../../parser/catalogue/catalogue.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { readRecordsWhole, scanDocument } from '../../../parser/reading/fast-reader.ts';
import { fileBody } from '../../../parser/reading/file-body.ts';
import { WHOLE_COMPRESSED_BYTES } from '../../../parser/reading/gunzip-whole.ts';
import { openBody } from '../../../parser/reading/log-body.ts';
import { A_LOG } from '../event/verdicts.ts';
import { type Found, pieces, readers, SPLITS, WANTED, WHOLE, wantedEvents } from './reading.ts';

/** Everything that a creation needs, so that only its place keeps it from being one. */
const CREATION = {
  eventVersion: '1.09',
  userIdentity: {
    type: 'IAMUser',
    arn: 'arn:aws:iam::111122223333:user/ada',
    accountId: '111122223333',
    userName: 'ada',
  },
  eventTime: '2024-05-01T10:00:00Z',
  eventSource: 'sqs.amazonaws.com',
  eventName: 'CreateQueue',
  awsRegion: 'eu-west-1',
  requestParameters: { queueName: 'forged' },
  responseElements: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/forged' },
  eventID: '7513960c-90fe-4bb3-9c0f-3d4be5a2d3b1',
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
};
const HARMLESS = {
  ...CREATION,
  eventSource: 'sts.amazonaws.com',
  eventName: 'GetCallerIdentity',
  responseElements: null,
};
const creation = JSON.stringify(CREATION);
const list = (...records: string[]) => Buffer.from(`{"Records":[${records.join(',')}]}`);
const harmless = (parameters: string) =>
  JSON.stringify({ ...HARMLESS, requestParameters: '@' }).replace('"@"', parameters);

async function resources(document: Uint8Array): Promise<number> {
  let count = 0;
  for (const split of SPLITS) {
    for (const read of [readers.both, readers.general]) {
      const { found } = (await read(document, split, CATALOGUED_EVENTS)) as Found;
      count += found.filter((record) => readEvent(record, A_LOG).kind === 'creation').length;
    }
  }
  return count;
}

describe('a forged creation never becomes a resource', () => {
  test('though the same record in its place does, at every split and by both readers', async () => {
    expect(await resources(list(creation))).toBe(2 * SPLITS.length);
  });

  test.each([
    ['in a string', harmless(JSON.stringify(creation))],
    ['in a string that looks as if it ended', harmless(JSON.stringify(`"}},${creation},{"a":{"b":"`))],
    ['in a string behind a run of backslashes', harmless(JSON.stringify(`${'\\'.repeat(63)}"},${creation}`))],
    ['in a key', harmless(`{${JSON.stringify(creation)}:1}`)],
    ['in a nested object', harmless(creation)],
    ['in a nested object named as the list is', harmless(`{"Records":[${creation}]}`)],
    ['in arrays of arrays', harmless(`[[${creation}],[[${creation}]]]`)],
    ['in an array of arrays instead of a record', `[[${creation}]]`],
    ['in __proto__', `{"__proto__":${creation}}`],
    [
      'in an EventBridge envelope',
      JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: CREATION }),
    ],
    ['under a key that is given again', creation.replace(/}$/, ',"eventName":"GetQueueUrl"}')],
    ['under a key that is given again, escaped', creation.replace(/}$/, ',"\\u0065ventName":"GetQueueUrl"}')],
    ['under a source that is given again', creation.replace(/}$/, ',"eventSource":"sts.amazonaws.com"}')],
    ['as keys of a nested object', harmless('{"eventSource":"sqs.amazonaws.com","eventName":"CreateQueue"}')],
  ])('%s', async (_where, record) => {
    expect(await resources(list(record))).toBe(0);
    expect(await resources(list(harmless('null'), record, harmless('null')))).toBe(0);
  });
});

describe('a wanted record is never dropped', () => {
  test.each([
    ['spaced and broken over lines', JSON.stringify(CREATION, null, 3)],
    ['with eventName last', move('eventName')],
    ['with eventSource last', move('eventSource')],
    ['with an escape in the key', creation.replace('"eventName"', '"event\\u004eame"')],
    ['with the whole key escaped', creation.replace('"eventName"', `"${escaped('eventName')}"`)],
    ['with an escape in the value', creation.replace('CreateQueue', 'Create\\u0051ueue')],
    ['with the whole value escaped', creation.replace('CreateQueue', escaped('CreateQueue'))],
    ['with an escape in the source', creation.replace('sqs.', 's\\u0071s.')],
    ['with another eventName before it', creation.replace('{', '{"eventName":"GetQueueUrl",')],
    ['with another eventName before it, escaped', creation.replace('{', '{"eventNam\\u0065":"GetQueueUrl",')],
    ['with "eventName" as a value before it', creation.replace('{', '{"a":"eventName",')],
    ['with eventName in an object before it', creation.replace('{', '{"a":{"eventName":"GetQueueUrl"},')],
    ['with space around the colon', creation.replace('"eventName":', '"eventName" \n\t :  ')],
    ['behind 100 KB of backslashes', creation.replace('{', `{"a":"${'\\\\'.repeat(50_000)}",`)],
  ])('%s', async (_how, record) => {
    expect(await resources(list(harmless('null'), record))).toBe(2 * SPLITS.length);
  });

  test.each([
    'CreateFunction20150331',
    'CreateFunction20150331v2',
    'CreateFunction20150331v12',
    'CreateFunction2020_05_31',
    'CreateFunction2020\\u005f05_31',
    'CreateFunction2015033\\u0031',
    'CreateFunction',
  ])('named %s', async (eventName) => {
    const record = `{"eventSource":"lambda.amazonaws.com","eventName":"${eventName}"}`;
    expect(await readers.fast(list(record))).toMatchObject({
      found: [{ index: 0, record: JSON.parse(record) }],
    });
  });

  test('wherever it lies relative to the blocks of 64 bytes', async () => {
    for (let shift = 0; shift < 130; shift++) {
      const record = creation.replace('{', `{"${'\\\\'.repeat(shift % 7)}${'x'.repeat(shift)}":"\\"}{",`);
      expect(await readers.fast(list(record, record), 65, CATALOGUED_EVENTS)).toMatchObject({
        records: 2,
        found: [{}, {}],
      });
    }
  });

  test('with 5,000 names wanted, of any length', async () => {
    const names = Array.from({ length: 5000 }, (_, at) => `${'Create'.repeat(at % 15)}N${at}x`);
    const wanted = wantedEvents(names.map((name) => ['a.amazonaws.com', name]));
    const records = names.map((eventName) => JSON.stringify({ eventSource: 'a.amazonaws.com', eventName }));
    for (const split of [64, WHOLE]) {
      expect(await readers.fast(list(...records), split, wanted)).toMatchObject({
        records: 5000,
        found: { length: 5000 },
      });
    }
  });
});

test('a key of one escaped character is what it says, though JSON.parse mistakes it', async () => {
  const run = '"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"';
  const document = list(
    `{${run},"\\\\":1}`,
    `{${run},"\\u003d":2}`,
    `{${run},"a":{"\\\\":1}}`,
    `{${run},"a":{"\\"" :2}}`,
  );
  for (const split of SPLITS) {
    const { found } = (await readers.both(document, split)) as Found;
    expect(found.map(({ record: { eventSource: _, eventName: __, ...rest } }) => rest)).toEqual([
      { '\\': 1 },
      { '=': 2 },
      { a: { '\\': 1 } },
      { a: { '"': 2 } },
    ]);
  }
});

describe('the fast reader keeps its documents apart', () => {
  test('when many are read at once', async () => {
    const documents = Array.from({ length: 20 }, (_, at) =>
      list(harmless('null'), move('eventName'), `{"at":${at}}`),
    );
    const alone = { found: [{ index: 1, record: CREATION }], records: 3, malformed: 0 };
    const together = documents.map((document) => readers.fast(document, 7, CATALOGUED_EVENTS));
    expect(await Promise.all(together)).toEqual(documents.map(() => alone));
  });

  test('when one is cut short where the one before it went on', async () => {
    const document = list(creation);
    await readers.fast(document, WHOLE, CATALOGUED_EVENTS);
    const reading = scanDocument(pieces(document.subarray(0, -5), WHOLE), CATALOGUED_EVENTS, DEFAULT_BOUNDS);
    expect(await Array.fromAsync(reading)).toEqual([]);
  });

  test('and parses of a thousand records only the one that is wanted', async () => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const others = Array.from({ length: 500 }, () => [
        harmless('null'),
        '{"a":{"eventName":"CreateQueue"}}',
      ]).flat();
      await readers.fast(list(...others, creation, ...others), WHOLE, CATALOGUED_EVENTS);
      expect(parse).toHaveBeenCalledTimes(1);
    } finally {
      parse.mockRestore();
    }
  });
});

describe('the fast reader hands over', () => {
  const run = '{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances"}';
  test.each([
    ['another key first', `{"a":1,"Records":[${run}]}`],
    ['another key behind', `{"Records":[${run},${run}],"a":1}`],
    ['a second document', `{"Records":[${run}]}{"Records":[${run}]}`],
    ['an escaped "Records"', `{"\\u0052ecords":[${run}]}`],
    ['a bare array', `[${run}]`],
    ['an element that is no object', `{"Records":[${run},7,${run}]}`],
  ])('%s, and nothing is given twice or lost', async (_what, text) => {
    const document = Buffer.from(text);
    for (const split of SPLITS) {
      expect(await readers.fast(document, split)).toBeUndefined();
      expect(await readers.both(document, split)).toEqual(await readers.general(document, split));
    }
  });

  test('a record over its bound, and nothing is given twice or lost', async () => {
    const document = Buffer.from(`{"Records":[${run},{"a":"${'x'.repeat(1 << 20)}"},${run}]}`);
    for (const split of [1000, 64 * 1024, WHOLE]) {
      expect(await readers.fast(document, split)).toBeUndefined();
      expect(await readers.both(document, split)).toMatchObject({
        records: 3,
        malformed: 1,
        found: [{ index: 0 }, { index: 2 }],
      });
    }
  });

  test('but reads by itself what CloudTrail writes, spaced as you like, with no records too', async () => {
    for (const text of [
      '{"Records":[]}',
      ' { "Records" :\n[ ] }\n',
      `\t{"Records" : [ ${run} ,\r\n ${run} ] } `,
    ]) {
      for (const split of SPLITS)
        expect(await readers.fast(Buffer.from(text), split)).toHaveProperty('found');
    }
  });
});

describe('a small file in hand is read at once', () => {
  const document = list(creation, harmless('null'));

  test('with the same result as piece by piece', async () => {
    const file = gzipSync(document);
    const whole = readRecordsWhole(file, CATALOGUED_EVENTS, DEFAULT_BOUNDS);
    expect(whole?.totals).toEqual({
      records: 2,
      malformed: 0,
      compressedBytes: file.length,
      bytes: document.length,
    });
    expect(whole?.found).toEqual(((await readers.stream(file, CATALOGUED_EVENTS)) as Found).found);
  });

  test('of several gzip members too', () => {
    const file = Buffer.concat([gzipSync(document.subarray(0, 30)), gzipSync(document.subarray(30))]);
    expect(readRecordsWhole(file, CATALOGUED_EVENTS, DEFAULT_BOUNDS)?.found).toHaveLength(1);
  });

  test('unless it inflates to many times its size, or is damaged, or has another shape', () => {
    const spaces = gzipSync(Buffer.concat([Buffer.alloc(20e6, ' '), document]));
    const damaged = gzipSync(document).subarray(0, -1);
    for (const file of [spaces, damaged, gzipSync(`[${creation}]`), Buffer.alloc(0)]) {
      expect(readRecordsWhole(file, CATALOGUED_EVENTS, DEFAULT_BOUNDS)).toBeUndefined();
    }
  });

  test('from disk, where a large one is left to be streamed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'file-body-'));
    try {
      const files = {
        small: gzipSync(document),
        large: randomBytes(WHOLE_COMPRESSED_BYTES + 1),
        empty: Buffer.alloc(0),
      };
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
      expect(fileBody(join(folder, 'small'))).toEqual(files.small);
      expect(fileBody(join(folder, 'empty'))).toHaveLength(0);
      const large = openBody(fileBody(join(folder, 'large')));
      expect(Buffer.concat(await Array.fromAsync(large))).toEqual(files.large);
      expect(() => fileBody(join(folder, 'missing'))).toThrow('ENOENT');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('while other files are in the middle of being streamed', async () => {
    const file = gzipSync(document);
    const alone = await readers.stream(file);
    expect(await Promise.all(Array.from({ length: 20 }, () => readers.stream(file, WANTED)))).toEqual(
      Array.from({ length: 20 }, () => alone),
    );
  });
});

function move(last: keyof typeof CREATION): string {
  const { [last]: value, ...rest } = CREATION;
  return JSON.stringify({ ...rest, [last]: value });
}

function escaped(text: string): string {
  return text.replace(/./g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
