/** Options of the deployment, from its context and its environment. */
import { describe, expect, test } from '@jest/globals';
import { choose } from '../../infra/chosen.ts';
import { OPTIONS, readOptions, variableOf } from '../../infra/options.ts';
import type { AutoTaggerProps } from '../../infra/props.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION } from '../helpers/events.ts';
import { LOG_KEY, ORGANIZATION } from './deployments.ts';

const ALIAS = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/ours`;

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

test("what is the CDK's own is none of ours", () => {
  const ofCdk = {
    'aws:cdk:enable-path-metadata': true,
    '@aws-cdk/core:flag': true,
    'availability-zones:x': [],
  };
  expect(readOptions(ofCdk, { HOME: '/root' })).toEqual({});
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
    [
      'what is empty, as of a variable of the shell that is not set',
      { logBucketName: '', memberAccounts: '' },
      { AUTO_TAGGER_MEMBER_ROLE_EXTERNAL_ID: '' },
      /logBucketName: it is empty.*memberAccounts: it is empty.*AUTO_TAGGER_MEMBER_ROLE_EXTERNAL_ID: it is empty/,
    ],
    ['a name that no trail has', { name: 'ab' }, {}, /name: expected 3 to 32 small letters.*got "ab"/],
    ['a name with two hyphens beside each other', { name: 'a--b' }, {}, /name: expected 3 to 32/],
    ['a name that ends in one', { name: 'auto-' }, {}, /name: expected 3 to 32/],
    [
      'an alias, which no policy can name a key by',
      { alertKeyArn: ALIAS },
      {},
      /alertKeyArn: expected the ARN of a KMS key, with key/,
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

test.each(['abc', 'auto-tagger', 'a1-b2-c3', 'x'.repeat(32)])('a trail may have the name %s', (name) => {
  expect(readOptions({ name }, {})).toEqual({ name });
});

describe('props that are refused, as options are:', () => {
  test.each<readonly [string, AutoTaggerProps, RegExp]>([
    ['what is empty', { logBucketName: '' }, /logBucketName: it is empty/],
    [
      'an alias of a key',
      { queueEncryption: ALIAS },
      /queueEncryption: expected the ARN of a KMS key.*alias/,
    ],
    ['for each key', { logKeyArn: 'my-key', settingsKeyArn: ALIAS }, /logKeyArn: .*; settingsKeyArn: /],
    [
      'how long a bucket keeps files that is not ours',
      { logBucketName: 'our-logs', retention: '400-days' },
      /logBucketName: .*retention/,
    ],
    [
      'a topic that cannot know of a new bucket',
      { trigger: 'sns', topicArn: `arn:aws:sns:eu-west-1:${OTHER_ACCOUNT}:trail` },
      /topicArn: it tells of a bucket that is there already/,
    ],
    ['an organization without effect', { organizationId: ORGANIZATION }, /organizationId: it has no effect/],
    [
      'an organization that accounts take the place of',
      { organizationId: ORGANIZATION, memberRoleName: 'tagger', memberAccounts: [OTHER_ACCOUNT] },
      /organizationId: it has no effect/,
    ],
    [
      'more than what stands before AWSLogs/',
      { logPrefix: 'AWSLogs' },
      /logPrefix: it is what stands before/,
    ],
    ['the same, with more', { logPrefix: `audit/AWSLogs/${ORGANIZATION}` }, /logPrefix: it is what stands/],
    [
      'a bucket that invokes any number at once',
      { trigger: 'direct', reserveConcurrency: false },
      /reserveConcurrency: with the trigger direct nothing else limits/,
    ],
    [
      'what is about a function that is not made',
      { backfillConcurrency: 8 },
      /backfillConcurrency and backfillRateShare: they are about the function of backfills/,
    ],
    [
      'backfills that may do nothing',
      { backfillBucketName: 'our-manifests', backfillConcurrency: 0 },
      /backfillConcurrency: expected a whole number of 1 or more/,
    ],
    [
      'backfills that take all',
      { backfillBucketName: 'our-manifests', backfillRateShare: 1 },
      /backfillRateShare: expected a number above 0 and below 1/,
    ],
  ])('%s', (_, props, message) => {
    expect(() => choose(props)).toThrow(message);
  });

  test.each<readonly [string, AutoTaggerProps]>([
    ['a key that the app makes itself', { logKeyArn: `\${Token[TOKEN.123]}`, queueEncryption: LOG_KEY }],
    ['an organization of the role', { organizationId: ORGANIZATION, memberRoleName: 'tagger' }],
    ['a prefix that only looks like it', { logPrefix: 'OurAWSLogs' }],
    ['backfills of many at once', { backfillBucketName: 'our-manifests', backfillConcurrency: 100 }],
  ])('but not %s', (_, props) => {
    expect(choose(props)).toMatchObject(props);
  });
});

test('every option says what it is when absent, and what it means', () => {
  for (const option of Object.values(OPTIONS)) {
    expect(option.default).not.toBe('');
    expect(option.meaning).not.toMatch(/\.$|\n/);
  }
});
