/** Options of the deployment, from its context and its environment. */
import { describe, expect, test } from '@jest/globals';
import { OPTIONS, readOptions, variableOf } from '../../infra/options.ts';

test('context and environment say the same, in texts or, in cdk.json, as they are', () => {
  const expected = {
    logBucketName: 'our-logs',
    memoryMiB: 1024,
    store: false,
    memberAccounts: ['111122223333'],
  };
  const texts = {
    logBucketName: 'our-logs',
    memoryMiB: '1024',
    store: 'false',
    memberAccounts: '111122223333',
  };
  expect(readOptions(texts, {})).toEqual(expected);
  expect(readOptions(expected, {})).toEqual(expected);
  const env = Object.entries(texts).map(([name, value]) => [variableOf(name), value]);
  expect(readOptions({}, Object.fromEntries(env))).toEqual(expected);
  expect(variableOf('memoryMiB')).toBe('AUTO_TAGGER_MEMORY_MIB');
});

test("what is the CDK's own, and what is empty, is none of ours", () => {
  const ofCdk = {
    'aws:cdk:enable-path-metadata': true,
    '@aws-cdk/core:flag': true,
    'availability-zones:x': [],
  };
  expect(readOptions({ ...ofCdk, logPrefix: '' }, { HOME: '/root' })).toEqual({});
});

describe('is refused, by its name:', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>, NodeJS.ProcessEnv, RegExp]>([
    [
      'an option that does not exist',
      { bucket: 'x' },
      {},
      /^options that cannot be used: bucket: there is no such/,
    ],
    ['a variable that does not', {}, { AUTO_TAGGER_BUCKET: 'x' }, /AUTO_TAGGER_BUCKET: there is no such/],
    [
      'a mistyped one',
      { logBuketName: 'x' },
      {},
      /logBuketName: there is no such option; did you mean logBucketName\?$/,
    ],
    [
      'a mistyped variable',
      {},
      { AUTO_TAGGER_BATCHSIZE: '5' },
      /AUTO_TAGGER_BATCHSIZE: there is no such option; did you mean AUTO_TAGGER_BATCH_SIZE\?$/,
    ],
    ['what objects inherit', { constructor: 'x' }, {}, /constructor: there is no such/],
    [
      'one that is given in both ways',
      { name: 'ours' },
      { AUTO_TAGGER_NAME: 'ours' },
      /AUTO_TAGGER_NAME: it is given/,
    ],
    [
      'an account with letters',
      { logBucketAccount: '11112222333x' },
      {},
      /expected an account of 12 digits, got "1/,
    ],
    ['a flag that is no flag', { store: 'yes' }, {}, /store: expected true or false, got "yes"/],
    [
      'half a second',
      { timeoutSeconds: '90.5' },
      {},
      /timeoutSeconds: expected a whole number from 60 to 900/,
    ],
    [
      'days that CloudWatch does not know',
      { logRetentionDays: 8 },
      {},
      /logRetentionDays: expected one of 1, 3, 5, 7/,
    ],
    [
      'an ARN of something else',
      { topicArn: 'arn:aws:sqs:eu-west-1:111122223333:x' },
      {},
      /expected an ARN of sns/,
    ],
    [
      'settings that are no JSON',
      { settings: 'DRY_RUN=true' },
      {},
      /settings: expected a JSON object of texts/,
    ],
    [
      'a setting that is no text',
      { settings: '{"DRY_RUN":true}' },
      {},
      /settings: expected a JSON object of texts/,
    ],
    [
      'an organization without its letter',
      { organizationId: 'a1b2c3d4e5f' },
      {},
      /expected the id of an organization/,
    ],
  ])('%s', (_, context, env, message) => {
    expect(() => readOptions(context, env)).toThrow(message);
  });
});

test('every option says what it is when absent, and what it means', () => {
  for (const option of Object.values(OPTIONS)) {
    expect(option.default).not.toBe('');
    expect(option.meaning).not.toMatch(/\.$|\n/);
  }
});
