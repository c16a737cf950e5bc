/** What the function and the command line tell each other of a bulk run is read as it was written, and nothing else is. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ChunkLine,
  failureChunkLines,
  intentChunkLines,
  readChunkLine,
  resourceChunkLines,
  resultChunkLines,
  sumsChunkLine,
} from '../../../processor/backfill/bulk/chunk-lines.ts';
import {
  type FileSums,
  parseSums,
  printSums,
  readSums,
  reportOfSums,
  type SummedReport,
} from '../../../processor/backfill/bulk/file-sums.ts';
import {
  chunkName,
  isAttempt,
  newAttempt,
  readChunkName,
  runKeys,
} from '../../../processor/backfill/bulk/run-keys.ts';
import { addReport, startTotals } from '../../../processor/file/totals.ts';
import { runs } from '../../helpers/runs.ts';

const ATTEMPT = '0123456789ab';
const FILE = 's3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/04/x.json.gz';

const count = fc.integer({ min: 1, max: 1e9 });
const number = fc.integer({ min: 0, max: 1e9 });
const reason = fc.constantFrom('not-in-catalogue', 'filtered-out', 'invalid');
const report: fc.Arbitrary<SummedReport> = fc.record(
  {
    complete: fc.boolean(),
    compressedBytes: number,
    bytes: number,
    records: number,
    creations: number,
    malformed: number,
    resources: number,
    ignored: fc.dictionary(reason, number, { noNullPrototype: true }),
    servicesLeftOut: fc.dictionary(fc.constantFrom('iam', 'sso'), number, { noNullPrototype: true }),
    outcomes: fc.dictionary(fc.constantFrom('tagged', 'unchanged', 'deferred'), number, {
      noNullPrototype: true,
    }),
    warnings: fc.array(
      fc.record({
        reason: fc.constantFrom('invalid' as const, 'no-resource' as const),
        eventName: fc.string({ unit: 'binary' }),
        detail: fc.string({ unit: 'binary' }),
        count,
        example: fc.record({ eventID: fc.string(), index: number }),
      }),
    ),
    outside: fc.dictionary(fc.constantFrom('logs CreateLogStream', 'others'), number, {
      minKeys: 1,
      noNullPrototype: true,
    }),
    undoneDeletions: count,
    undoneMakers: count,
    namedAnew: count,
    undoneNames: count,
    itemsPassedOver: count,
    error: fc.record({
      code: fc.string(),
      message: fc.string({ unit: 'binary' }),
      class: fc.constantFrom('transient' as const, 'denied' as const, 'final' as const),
    }),
  },
  {
    requiredKeys: [
      'complete',
      'compressedBytes',
      'bytes',
      'records',
      'creations',
      'malformed',
      'resources',
      'ignored',
      'servicesLeftOut',
      'outcomes',
      'warnings',
    ],
  },
);
const sums: fc.Arbitrary<FileSums> = fc.oneof(
  report.map((each) => ({ attempt: ATTEMPT, kind: 'read', report: each }) as const),
  fc
    .constantFrom('digest', 'folder', 'other', 'out-of-scope')
    .map((each) => ({ attempt: ATTEMPT, kind: 'skipped', reason: each }) as FileSums),
  fc.constant({ attempt: ATTEMPT, kind: 'in-journal' } as const),
);

describe('the sums of a file', () => {
  test('are read as they were printed, on one line', () => {
    fc.assert(
      fc.property(sums, (each) => {
        const text = printSums(each);
        expect(text).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(parseSums(text)).toEqual(each);
      }),
      runs(200),
    );
  });

  test('of most files are a few dozen characters, and add up as the report does', () => {
    const found: SummedReport = {
      complete: true,
      compressedBytes: 1480,
      bytes: 6800,
      records: 5,
      creations: 1,
      malformed: 0,
      resources: 1,
      ignored: { 'not-in-catalogue': 4 },
      servicesLeftOut: {},
      outcomes: { tagged: 1 },
      warnings: [],
    };
    const text = printSums({ attempt: ATTEMPT, kind: 'read', report: found });
    expect(text.length).toBeLessThan(170);
    expect(addReport(startTotals(), reportOfSums({ file: FILE }, found))).toEqual({
      ...startTotals(),
      files: 1,
      records: 5,
      creations: 1,
      resources: 1,
      ignored: { 'not-in-catalogue': 4 },
      outcomes: { tagged: 1 },
    });
  });

  test.each([
    'Task timed out after 300.00 seconds',
    '',
    'null',
    '[]',
    '{"v":2,"attempt":"0123456789ab","records":5}',
    '{"v":1,"attempt":"0123456789ab","outside":{"\\u001b]0;owned\\u0007 CreateTopic":5}}',
    '{"v":1,"attempt":"0123456789ab","servicesLeftOut":{"\\u202esns":5}}',
    '{"v":1,"records":5}',
    '{"v":1,"attempt":"../../etc/pw","records":5}',
    '{"v":1,"attempt":"0123456789ab","records":-5}',
    '{"v":1,"attempt":"0123456789ab","outcomes":{"stolen":1}}',
    '{"v":1,"attempt":"0123456789ab","warnings":{"length":1e9}}',
  ])('are not taken from %j', (text) => {
    expect(parseSums(text)).toBeUndefined();
  });

  test('of another form than an object are no sums', () => {
    expect(readSums(undefined)).toBeUndefined();
  });
});

describe('a line of a chunk', () => {
  const intent = {
    id: 'i1',
    arn: 'arn:aws:sns:eu-west-1:111122223333:orders',
    resourceId: 'orders',
    type: 'sns:topic',
    account: '111122223333',
    region: 'eu-west-1',
    api: 'sns:TagResource',
    event: { id: 'e1', source: 'sns.amazonaws.com', name: 'CreateTopic', time: '2026-03-04T10:15:30Z' },
    creator: 'arn:aws:iam::111122223333:user/alice',
    before: {},
    after: { CreatedBy: 'arn:aws:iam::111122223333:user/alice' },
  };
  const row = {
    arn: intent.arn,
    type: intent.type,
    service: 'sns',
    account: intent.account,
    region: intent.region,
    outcome: 'tagged',
    reason: '',
    creator: intent.creator,
    creatorKind: 'person',
    person: 'alice',
    eventName: 'CreateTopic',
    eventTime: intent.event.time,
    eventID: 'e1',
    file: FILE,
  } as const;
  const failure = { class: 'denied', error: 'AccessDenied', message: 'no' } as const;
  const [, bucket, key] = /^s3:..([^/]+).(.*)$/.exec(FILE) ?? [];
  const message = { autoTagger: { kind: 'file', bucket, key } };
  const inJournal = { attempt: ATTEMPT, kind: 'skipped', reason: 'digest' } as const;
  const at = new Date(0).toISOString();
  const lines: readonly (readonly [string, ChunkLine])[] = [
    [
      intentChunkLines(FILE, [intent], 0),
      { kind: 'journal', line: { kind: 'intent', at, ...intent }, file: FILE },
    ],
    [
      intentChunkLines(
        FILE,
        [{ ...intent, removed: ['a'], memberOf: 'arn', name: 'n', tagId: 't', reason: 'r' }],
        0,
      ),
      {
        kind: 'journal',
        line: {
          kind: 'intent',
          at,
          ...intent,
          removed: ['a'],
          memberOf: 'arn',
          name: 'n',
          tagId: 't',
          reason: 'r',
        },
        file: FILE,
      },
    ],
    [
      resultChunkLines([{ id: 'i1' }]),
      { kind: 'journal', line: { kind: 'result', id: 'i1', outcome: 'written' } },
    ],
    [
      resultChunkLines([{ id: 'i1', failure }]),
      { kind: 'journal', line: { kind: 'result', id: 'i1', outcome: 'failed', failure } },
    ],
    [resourceChunkLines([row]), { kind: 'resource', row }],
    [failureChunkLines(FILE, [message]), { kind: 'failure', file: FILE, message }],
    [sumsChunkLine(FILE, inJournal), { kind: 'sums', file: FILE, sums: inJournal }],
  ];

  test.each(lines)('is read as it was written: %s', (text, line) => {
    expect(text.endsWith('}\n')).toBe(true);
    expect(readChunkLine(JSON.parse(text))).toEqual(line);
  });

  test.each([
    null,
    7,
    {},
    { kind: 'confirmed', id: 'i1' },
    { kind: 'intent', id: 'i1' },
    { kind: 'intent', at, ...intent, before: { a: 1 } },
    { kind: 'result', id: 'i1', outcome: 'stolen' },
    { kind: 'resource', arn: 'a' },
    { kind: 'failure', file: FILE, message: {} },
    // `replay` would do what these ask for.
    { kind: 'failure', file: FILE, message: { autoTagger: { kind: 'file', bucket: 'others', key } } },
    { kind: 'failure', file: FILE, message: { autoTagger: { kind: 'prefix', bucket, key, prefix: '' } } },
    {
      kind: 'failure',
      file: FILE,
      message: {
        autoTagger: { kind: 'creation', record: {}, location: { kind: 'event', account: '111122223333' } },
      },
    },
    { kind: 'sums', file: FILE, sums: {} },
  ])('is none: %j', (value) => {
    expect(readChunkLine(value)).toBeUndefined();
  });
});

describe('the names of objects', () => {
  test('of a run lie below its folder, chunks in the order of their times', () => {
    const keys = runKeys('2026-11-26T143012Z-ab12cd');
    expect(keys.info).toBe('runs/2026-11-26T143012Z-ab12cd/run.json');
    expect(keys.manifest(0)).toBe('runs/2026-11-26T143012Z-ab12cd/manifest-000000.csv');
    const names = [
      { at: Date.UTC(2026, 10, 26, 14, 30, 12, 5), attempt: 'ffffffffffff', number: 9 },
      { at: Date.UTC(2026, 10, 26, 14, 30, 12, 7), attempt: ATTEMPT, number: 2 },
      { at: Date.UTC(2026, 10, 26, 14, 30, 12, 7), attempt: ATTEMPT, number: 10 },
    ];
    expect(names.map(chunkName)[0]).toBe('2026-11-26T143012.005Z-ffffffffffff-000009.ndjson');
    expect(names.map(chunkName).toSorted()).toEqual(names.map(chunkName));
    expect(names.map((name) => readChunkName(chunkName(name)))).toEqual(names);
  });

  test('of an attempt are never the same', () => {
    expect(isAttempt(newAttempt())).toBe(true);
    expect(newAttempt()).not.toBe(newAttempt());
  });

  test.each(['', 'x.ndjson', '2026-11-26T993012.005Z-ffffffffffff-000009.ndjson', '../run.json'])(
    '%j is no chunk',
    (name) => {
      expect(readChunkName(name)).toBeUndefined();
    },
  );
});
