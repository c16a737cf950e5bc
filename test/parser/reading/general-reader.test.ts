/** The general reader on every shape that holds records, at every split, and on what is out of bounds. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { readers, SPLITS, WANTED } from './reading.ts';

const RUN = { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances', eventID: '1' };
const OTHER = { eventSource: 'ec2.amazonaws.com', eventName: 'DescribeInstances', eventID: '2' };
const QUEUE = { eventSource: 'sqs.amazonaws.com', eventName: 'CreateQueue', eventID: '3' };
const envelope = (detail: unknown) => ({
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.ec2',
  detail,
});
const lookup = (record: unknown) => ({ EventName: 'x', CloudTrailEvent: JSON.stringify(record) });

const run = { index: 0, record: RUN };
const queue = { index: 2, record: QUEUE };
const three = { found: [run, queue], records: 3, malformed: 0 };
const delivered = { Records: [RUN, OTHER, QUEUE] };

const SHAPES: readonly (readonly [shape: string, document: string, answer: object])[] = [
  ['as CloudTrail writes it', JSON.stringify(delivered), three],
  ['pretty-printed', JSON.stringify(delivered, null, 4), three],
  ['with a newline at the end', `${JSON.stringify(delivered)}\n`, three],
  [
    'with other keys before and behind',
    JSON.stringify({ a: [1, { Records: [RUN] }], ...delivered, b: { c: 1 } }),
    three,
  ],
  ['an empty list', '{"Records":[]}', { found: [], records: 0, malformed: 0 }],
  ['a bare array', JSON.stringify([RUN, OTHER, QUEUE]), three],
  ['one record a line', [RUN, OTHER, QUEUE].map((record) => JSON.stringify(record)).join('\n'), three],
  ['one record by itself', JSON.stringify(RUN), { found: [run], records: 1, malformed: 0 }],
  ['an EventBridge envelope', JSON.stringify(envelope(RUN)), { found: [run], records: 1, malformed: 0 }],
  [
    'one envelope a line',
    [envelope(RUN), OTHER, envelope(QUEUE)].map((one) => JSON.stringify(one)).join('\r\n'),
    three,
  ],
  ['an array of envelopes', JSON.stringify([envelope(RUN), envelope(OTHER), envelope(QUEUE)]), three],
  [
    'what lookup-events prints',
    JSON.stringify({ Events: [lookup(RUN), lookup(OTHER), lookup(QUEUE)], NextToken: 'x' }),
    three,
  ],
  [
    'two documents in a row',
    JSON.stringify({ Records: [RUN, OTHER] }) + JSON.stringify({ Records: [QUEUE] }),
    three,
  ],
  [
    'an envelope as an element of Records is a record as it stands',
    JSON.stringify({ Records: [envelope(RUN)] }),
    { found: [], records: 1, malformed: 0 },
  ],
  [
    'elements that are no records',
    JSON.stringify({ Records: [null, OTHER, QUEUE, 5, 'x', [RUN]] }),
    { found: [queue], records: 6, malformed: 4 },
  ],
  [
    'a lookup event that does not parse',
    JSON.stringify({ Events: [lookup(RUN), { CloudTrailEvent: '{' }] }),
    { found: [run], records: 2, malformed: 1 },
  ],
];

describe('the general reader', () => {
  test.each(SHAPES)('reads %s', async (_shape, document, answer) => {
    for (const split of SPLITS) {
      expect(await readers.general(Buffer.from(document), split)).toEqual(answer);
      expect(await readers.both(Buffer.from(document), split)).toEqual(answer);
    }
  });

  test('takes a record at the size bound and passes over one above it, white space not counted', async () => {
    const sized = (bytes: number) =>
      `{"eventSource":"ec2.amazonaws.com","eventName":"RunInstances","x":"${'y'.repeat(bytes - 69)}"}`;
    const bounds = { ...DEFAULT_BOUNDS, maxRecordBytes: 200 };
    const document = Buffer.from(
      `{"Records":[${sized(200)},   ${sized(300)},${sized(100).replace(',', `,${' '.repeat(500)}`)}]}`,
    );
    for (const split of SPLITS) {
      const outcome = await readers.general(document, split, WANTED, bounds);
      expect(outcome).toMatchObject({ found: [{ index: 0 }, { index: 2 }], records: 3, malformed: 1 });
      expect(await readers.both(document, split, WANTED, bounds)).toEqual(outcome);
    }
  });

  test('gives characters that a chunk cuts in two', async () => {
    const document = Buffer.from(JSON.stringify({ Records: [{ ...RUN, name: 'é€😀' }] }));
    for (const split of SPLITS) {
      expect(await readers.general(document, split)).toMatchObject({ found: [{ record: { name: 'é€😀' } }] });
    }
  });
});
