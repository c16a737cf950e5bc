/** `LOG_BUCKETS`: which buckets log files may come from, whose they must be, and what is said of a list that cannot be used. */
import { describe, expect, test } from '@jest/globals';
import { readLogBuckets } from '../../../processor/file/log-buckets.ts';

const OWN = '111122223333';
const OTHER = '444455556666';

describe('a list', () => {
  const buckets = readLogBuckets(` logs, audit-logs = ${OTHER} ,,Old_Logs,`);

  test.each([
    ['logs', { kind: 'allowed', owner: OWN }],
    ['audit-logs', { kind: 'allowed', owner: OTHER }],
    ['Old_Logs', { kind: 'allowed', owner: OWN }],
    ['logs2', { kind: 'refused' }],
    ['log', { kind: 'refused' }],
    ['LOGS', { kind: 'refused' }],
    ['', { kind: 'refused' }],
    ['constructor', { kind: 'refused' }],
  ])('%j', (bucket, access) => {
    expect(buckets.accessTo(bucket, OWN)).toEqual(access);
  });

  test('names the owner of another account where our own is not known, and no other', () => {
    expect(buckets.accessTo('audit-logs', undefined)).toEqual({ kind: 'allowed', owner: OTHER });
    expect(buckets.accessTo('logs', undefined)).toEqual({ kind: 'allowed', owner: undefined });
    expect(buckets.accessTo('others', undefined)).toEqual({ kind: 'refused' });
  });
});

test('* takes any bucket, whoever owns it', () => {
  expect(readLogBuckets(' * ').accessTo('whatever', OWN)).toEqual({ kind: 'allowed', owner: undefined });
});

test.each([
  [
    'logs-*',
    '"logs-*": patterns are not taken: the names of buckets are global, so a pattern would take in buckets of strangers',
  ],
  [
    '*-logs=111122223333',
    '"*-logs=111122223333": patterns are not taken: the names of buckets are global, so a pattern would take in buckets of strangers',
  ],
  ['logs,*', '* means any bucket, so no other can be named beside it'],
  ['*,*', '* means any bucket, so no other can be named beside it'],
  [' , ', 'expected names of buckets, or * for any bucket'],
  ['arn:aws:s3:::logs', '"arn:aws:s3:::logs": expected the name of a bucket'],
  ['s3://logs', '"s3://logs": expected the name of a bucket'],
  ['logs/AWSLogs', '"logs/AWSLogs": expected the name of a bucket'],
  ['=111122223333', '"=111122223333": expected the name of a bucket'],
  ['logs=', '"logs=": expected name=account, the account in 12 digits'],
  ['logs=1111', '"logs=1111": expected name=account, the account in 12 digits'],
  ['logs=111122223333=1', '"logs=111122223333=1": expected name=account, the account in 12 digits'],
  ['logs,logs', 'the bucket logs is named twice'],
  ['logs=111122223333,logs=444455556666', 'the bucket logs is named twice'],
])('%j cannot be used', (text, message) => {
  expect(() => readLogBuckets(text)).toThrow(new Error(message));
});
