/** What a backfill is about, as people type it: URLs, times, patterns; what is refused, and with which words. */
import { describe, expect, test } from '@jest/globals';
import { dayAt, daysOf, folderOf } from '../../../processor/backfill/scope/days.ts';
import { refusedBySpan } from '../../../processor/backfill/scope/outside-span.ts';
import { placeOf } from '../../../processor/backfill/scope/place.ts';
import { readScope, type ScopeTexts, scopeOf } from '../../../processor/backfill/scope/scope.ts';
import { readSpan } from '../../../processor/backfill/scope/times.ts';

const NOW = Date.parse('2026-11-26T14:30:12Z');
const read = (url: string, texts: ScopeTexts = {}) => readScope(url, texts, NOW);

describe('URLs', () => {
  test.each([
    ['s3://logs', { bucket: 'logs', prefix: '' }],
    ['s3://logs/', { bucket: 'logs', prefix: '' }],
    ['s3://logs/trail/AWSLogs/', { bucket: 'logs', prefix: 'trail/AWSLogs/' }],
    ['s3://logs//odd', { bucket: 'logs', prefix: '/odd' }],
    ['s3://logs/a b+c%20ü\n', { bucket: 'logs', prefix: 'a b+c%20ü\n' }],
  ])('%j', (url, scope) => {
    expect(read(url)).toEqual(scope);
  });

  test.each([
    ['logs', '"logs": expected s3://BUCKET or s3://BUCKET/PREFIX'],
    ['https://logs.s3.amazonaws.com/', 'expected s3://BUCKET'],
    ['s3://', 'got no name of a bucket'],
    ['s3://arn:aws:s3:::logs/x', 'got no name of a bucket'],
    ['s3://127.0.0.1/x', 'got no name of a bucket'],
    [
      's3://logs/AWSLogs/*/CloudTrail',
      'without *: --account, --region, --from and --to choose what lies below',
    ],
    [`s3://logs/${'x'.repeat(1025)}`, 'expected a prefix that a key of S3 can begin with'],
    ['s3://logs/\ud800', 'expected a prefix that a key of S3 can begin with'],
    ['ftp://\u001b[2J', '"ftp://\\u001b[2J": expected s3://BUCKET'],
  ])('%j is refused', (url, message) => {
    expect(() => read(url)).toThrow(expect.objectContaining({ name: 'ScopeError' }));
    expect(() => read(url)).toThrow(message);
  });
});

describe('times', () => {
  test.each([
    ['2025', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2025-03', '2025-03-01T00:00:00Z', '2025-04-01T00:00:00Z'],
    ['2025-12', '2025-12-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    ['2026-11-26', '2026-11-26T00:00:00Z', '2026-11-27T00:00:00Z'],
    ['2025-03-01T12:00Z', '2025-03-01T12:00:00Z', '2025-03-01T12:00:00Z'],
    ['2025-03-01t12:00:30.5z', '2025-03-01T12:00:30Z', '2025-03-01T12:00:30Z'],
    ['2025-03-01T00:30+02:00', '2025-02-28T22:30:00Z', '2025-02-28T22:30:00Z'],
    ['2025-03-01 00:30-0530', '2025-03-01T06:00:00Z', '2025-03-01T06:00:00Z'],
    ['90d', '2026-08-28T14:30:12Z', '2026-08-28T14:30:12Z'],
    ['12w', '2026-09-03T14:30:12Z', '2026-09-03T14:30:12Z'],
    ['6h', '2026-11-26T08:30:12Z', '2026-11-26T08:30:12Z'],
  ])('%s begins at %s, and ends before %s', (text, from, to) => {
    expect(readSpan({ from: text }, NOW)).toEqual({ from });
    expect(readSpan({ to: text }, NOW)).toEqual({ to });
  });

  test('a month is a span by itself', () => {
    expect(readSpan({ from: '2025-03', to: '2025-03' }, NOW)).toEqual({
      from: '2025-03-01T00:00:00Z',
      to: '2025-04-01T00:00:00Z',
    });
  });

  test.each([
    [{ from: '2025-02-30' }, '--from "2025-02-30": there is no such date'],
    [{ to: '2025-13' }, '--to "2025-13": there is no such date'],
    [{ from: '2025-02-29T12:00Z' }, '--from "2025-02-29T12:00Z": there is no such date'],
    [{ from: '2025-03-01T24:00Z' }, '--from "2025-03-01T24:00Z": expected a month such as 2025-03'],
    [{ from: '2025-03-01T12:00' }, 'expected Z behind the time, or an offset such as +02:00'],
    [{ from: '2025-03-01T12:00+15:00' }, 'expected a month such as 2025-03'],
    [{ from: '2025-3' }, 'expected a month such as 2025-03, a day such as 2025-03-01'],
    [{ from: '01.03.2025' }, 'expected a month such as 2025-03'],
    [{ from: '' }, '--from "": expected a month'],
    [{ from: '-90d' }, 'expected a month'],
    [{ from: '90 d' }, 'expected a month'],
    [{ from: '0d' }, '--from "0d": expected at least 1 hour, day or week'],
    [
      { from: '2026-11-27' },
      '--from "2026-11-27": lies in the future; expected a time up to now, 2026-11-26T14:30:12Z',
    ],
    [{ to: '2027' }, '--to "2027": lies in the future'],
    [
      { from: '2005-03' },
      '--from "2005-03": expected a time in 2013 or later: there was no CloudTrail before',
    ],
    [{ to: '999999w' }, 'expected a time in 2013 or later'],
    [{ from: '0025-03' }, '--from "0025-03": '],
    [
      { from: '2025-04', to: '2025-03' },
      '--from "2025-04" is not before --to "2025-03": expected the earlier time in --from',
    ],
    [{ from: '6h', to: '90d' }, '--from "6h" is not before --to "90d"'],
    [{ from: '2025-03-01T12:00Z', to: '2025-03-01T12:00Z' }, 'is not before'],
  ])('%j is refused', (texts, message) => {
    expect(() => read('s3://logs', texts)).toThrow(expect.objectContaining({ name: 'ScopeError' }));
    expect(() => read('s3://logs', texts)).toThrow(message);
  });
});

describe('accounts and regions', () => {
  test('are patterns between commas', () => {
    expect(read('s3://logs', { account: '111122223333, 4444*', region: 'eu-*,us-east-1' })).toEqual({
      bucket: 'logs',
      prefix: '',
      accounts: ['111122223333', '4444*'],
      regions: ['eu-*', 'us-east-1'],
    });
  });

  test.each([
    [{ account: '1111' }, '--account "1111" can match nothing: expected an account of 12 digits'],
    [{ region: 'eu-wst-1' }, '--region "eu-wst-1" can match nothing: expected a region such as eu-west-1'],
    [{ account: ' , ' }, '--account is empty'],
  ])('%j is refused', (texts, message) => {
    expect(() => read('s3://logs', texts)).toThrow(message);
  });
});

describe('kept as JSON', () => {
  test.each<ScopeTexts>([{}, { from: '2025', to: '90d', account: '4444*', region: 'eu-west-1' }])(
    '%j',
    (texts) => {
      const scope = read('s3://logs/x', texts);
      expect(scopeOf(JSON.parse(JSON.stringify(scope)))).toEqual(scope);
    },
  );

  test.each([
    null,
    'x',
    {},
    { bucket: 'logs' },
    { bucket: 'arn:x', prefix: '' },
    { bucket: 'logs', prefix: '', from: 'soon' },
    { bucket: 'logs', prefix: '', accounts: [] },
    { bucket: 'logs', prefix: '', regions: 'eu-west-1' },
    { bucket: 'logs', prefix: '', unknown: 1 },
    { bucket: { length: { toString: null } }, prefix: '' },
  ])('%j is none', (value) => {
    expect(scopeOf(value)).toBeUndefined();
  });
});

describe('days', () => {
  test.each([
    [{}, {}],
    [
      { from: '2025-03-01T00:00:00Z', to: '2025-04-01T00:00:00Z' },
      { first: '2025/03/01', last: '2025/04/01' },
    ],
    [
      { from: '2025-03-01T12:00:00Z', to: '2025-03-01T12:00:01Z' },
      { first: '2025/03/01', last: '2025/03/02' },
    ],
    [{ to: '2025-01-01T00:00:00Z' }, { last: '2025/01/01' }],
    [{ to: '2024-12-31T23:59:59Z' }, { last: '2025/01/01' }],
  ])('of %j are %j', (span, days) => {
    expect(daysOf(span)).toEqual(days);
  });

  test('are read off folders that name one', () => {
    expect(folderOf(dayAt('2024/02/29/x') ?? 0)).toBe('2024/02/29');
    for (const text of ['2025/02/29/', '2025/3/01/', '2025/03', 'x', '2025/03/011']) {
      expect(dayAt(text)).toBeUndefined();
    }
  });
});

describe('times of records', () => {
  const span = readSpan({ from: '2025-03', to: '2025-03' }, NOW);
  test.each([
    ['2025-02-28T23:59:59Z', 'its time, 2025-02-28T23:59:59Z, is before 2025-03-01T00:00:00Z (--from)'],
    ['2025-03-01T00:00:00Z', undefined],
    ['2025-03-31T23:59:59Z', undefined],
    ['2025-04-01T00:00:00Z', 'its time, 2025-04-01T00:00:00Z, is not before 2025-04-01T00:00:00Z (--to)'],
  ])('%s: %s', (eventTime, detail) => {
    expect(refusedBySpan({ eventTime }, span)).toEqual(detail && { reason: 'filtered-out', detail });
    expect(refusedBySpan({ eventTime }, {})).toBeUndefined();
  });
});

describe('folders', () => {
  const account = '111122223333';
  const branch = (name: string, region: string, prefix: string) => ({
    kind: 'branch',
    branch: { name, account, region, prefix },
  });
  test.each([
    ['', { kind: 'outside' }],
    ['x/', { kind: 'outside' }],
    ['AWSLogs/', { kind: 'logs' }],
    ['a/b/AWSLogs/', { kind: 'logs' }],
    ['xAWSLogs/', { kind: 'outside' }],
    ['AWSLogs//', { kind: 'outside' }],
    ['AWSLogs/x/', { kind: 'outside' }],
    ['AWSLogs/__proto__/', { kind: 'outside' }],
    ['AWSLogs/o-a1b2c3d4e5/', { kind: 'organization' }],
    ['AWSLogs/111122223333/', { kind: 'account', account }],
    ['AWSLogs/o-a1b2c3d4e5/111122223333/', { kind: 'account', account }],
    ['AWSLogs/111122223333/CloudTrail/', { kind: 'trail', account }],
    ['AWSLogs/111122223333/CloudTrail-Digest/', { kind: 'other', reason: 'digest' }],
    ['AWSLogs/111122223333/CloudTrail-Insight/us-east-1/', { kind: 'other', reason: 'insight' }],
    ['AWSLogs/111122223333/Config/', { kind: 'other', reason: 'config' }],
    ['AWSLogs/111122223333/elasticloadbalancing/', { kind: 'other', reason: 'other-service' }],
    ['AWSLogs/111122223333/constructor/', { kind: 'other', reason: 'other-service' }],
    ['AWSLogs/aws-account-id=111122223333/', { kind: 'other', reason: 'other-service' }],
    ['AWSLogs/111122223333/CloudTrail/copies/', { kind: 'outside' }],
    [
      'AWSLogs/111122223333/CloudTrail/eu-west-1/',
      branch('111122223333/eu-west-1', 'eu-west-1', 'AWSLogs/111122223333/CloudTrail/eu-west-1/'),
    ],
    [
      'AWSLogs/111122223333/CloudTrail/cn-north-1/2025/',
      branch('111122223333/cn-north-1', 'cn-north-1', 'AWSLogs/111122223333/CloudTrail/cn-north-1/'),
    ],
    [
      'AWSLogs/111122223333/CloudTrail/us-gov-west-1/',
      branch('111122223333/us-gov-west-1', 'us-gov-west-1', 'AWSLogs/111122223333/CloudTrail/us-gov-west-1/'),
    ],
    [
      'AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/',
      branch(
        'o-a1b2c3d4e5/111122223333/eu-west-1',
        'eu-west-1',
        'AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/',
      ),
    ],
    [
      'two/AWSLogs/111122223333/CloudTrail/eu-west-1/',
      branch(
        'two/AWSLogs/111122223333/eu-west-1',
        'eu-west-1',
        'two/AWSLogs/111122223333/CloudTrail/eu-west-1/',
      ),
    ],
  ])('%s', (folder, place) => {
    expect(placeOf(folder)).toEqual(place);
  });
});
