/** What an object is by its key, and which account's records it may hold. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLogKey, whyNotRead } from '../../parser/log-key.ts';
import { runs } from '../helpers/runs.ts';

const DAY = 'us-east-1/2026/03/17/';
const NAME = '111122223333_CloudTrail_us-east-1_20260317T0105Z_Ab3dEf6hIj9kLm2n.json.gz';
const KEY = `AWSLogs/111122223333/CloudTrail/${DAY}${NAME}`;
const LOG = {
  kind: 'log',
  account: '111122223333',
  region: 'us-east-1',
  prefix: '',
  deliveredAt: '2026-03-17T01:05:00Z',
};

function inPartition(region: string): string {
  return KEY.replaceAll('us-east-1', region);
}

describe('a log file of CloudTrail', () => {
  test.each([
    ['is known by its key', KEY, LOG],
    ['may have any prefix', `team a/logs+x/${KEY}`, { ...LOG, prefix: 'team a/logs+x' }],
    [
      'of an organization trail names the organization and the member account',
      KEY.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/'),
      { ...LOG, organizationId: 'o-a1b2c3d4e5' },
    ],
    [
      'of Control Tower has the organization before AWSLogs too',
      `o-a1b2c3d4e5/${KEY.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/')}`,
      { ...LOG, organizationId: 'o-a1b2c3d4e5', prefix: 'o-a1b2c3d4e5' },
    ],
    ['of Control Tower may have it only there', `o-a1b2c3d4e5/${KEY}`, { ...LOG, prefix: 'o-a1b2c3d4e5' }],
    ['of 2014 has no underscore before the unique part', KEY.replace('Z_', 'Z'), LOG],
    ['may come from China', inPartition('cn-north-1'), { ...LOG, region: 'cn-north-1' }],
    ['may come from GovCloud', inPartition('us-gov-west-1'), { ...LOG, region: 'us-gov-west-1' }],
    [
      'may have a prefix that names a digest folder',
      `CloudTrail-Digest/${KEY}`,
      { ...LOG, prefix: 'CloudTrail-Digest' },
    ],
    [
      'copied out of its folders is of no account: anybody may name a file so',
      `copies/${NAME}`,
      { ...LOG, account: undefined, prefix: 'copies' },
    ],
    ['may lie at the top of a bucket', NAME, { ...LOG, account: undefined }],
    [
      'of a trail whose prefix has the form of its folders',
      `AWSLogs/111122223333/${KEY}`,
      { ...LOG, prefix: 'AWSLogs/111122223333' },
    ],
    [
      'of a trail whose prefix names a digest folder of the same account',
      `p/AWSLogs/111122223333/CloudTrail-Digest/${KEY}`,
      { ...LOG, prefix: 'p/AWSLogs/111122223333/CloudTrail-Digest' },
    ],
    [
      'of an organization trail may have such a prefix too',
      `AWSLogs/111122223333/${KEY.replace('AWSLogs/', 'AWSLogs/o-a1b2c3d4e5/')}`,
      { ...LOG, organizationId: 'o-a1b2c3d4e5', prefix: 'AWSLogs/111122223333' },
    ],
    ['may have a prefix called AWSLogs', `AWSLogs/x/${KEY}`, { ...LOG, prefix: 'AWSLogs/x' }],
  ])('%s', (_, key, expected) => {
    expect(readLogKey(key)).toEqual(expected);
    expect(whyNotRead(key)).toBeUndefined();
  });
});

describe('an object that is no log file', () => {
  const digestName =
    '111122223333_CloudTrail-Digest_us-east-1_AWS-CloudTrail_us-east-1_20260317T010512Z.json.gz';
  test.each([
    ['digest', `AWSLogs/111122223333/CloudTrail-Digest/${DAY}${digestName}`],
    ['digest', `AWSLogs/111122223333/CloudTrail/${DAY}${digestName}`],
    ['digest', `AWSLogs/111122223333/CloudTrail-Digest/${DAY}${NAME}`],
    [
      'digest',
      `AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail-Digest/${DAY}${digestName.replace('Z.', 'Z_backfill.')}`,
    ],
    ['digest', digestName],
    ['insight', KEY.replaceAll('CloudTrail', 'CloudTrail-Insight')],
    ['network-activity', KEY.replaceAll('CloudTrail', 'CloudTrail-NetworkActivity')],
    ['aggregated', KEY.replaceAll('CloudTrail', 'CloudTrail-Aggregated')],
    ['config', 'AWSLogs/111122223333/Config/ConfigWritabilityCheckFile'],
    [
      'config',
      'p/AWSLogs/111122223333/Config/us-east-1/2026/3/7/ConfigHistory/111122223333_Config_us-east-1_ConfigHistory_AWS::RDS::DBInstance_20260307T010000Z_20260307T020000Z_1.json.gz',
    ],
    ['other-service', `AWSLogs/111122223333/GuardDuty/${DAY}0b1c.jsonl.gz`],
    [
      'other-service',
      `AWSLogs/111122223333/vpcflowlogs/${DAY}111122223333_vpcflowlogs_us-east-1_fl-1_20260317T0105Z_ab.log.gz`,
    ],
    ['other-service', `AWSLogs/111122223333/constructor/x.json.gz`],
    ['other-service', `AWSLogs/111122223333/AWSLogs/111122223333/GuardDuty/${DAY}0b1c.jsonl.gz`],
    [
      'other-service',
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=03/day=17/111122223333_vpcflowlogs_us-east-1_fl-1_20260317T0105Z_ab.log.gz',
    ],
    ['other-service', 'AWSLogs/aws-account-id=111122223333/aws-service=other/x.log.gz'],
    ['other-service', '111122223333_vpcflowlogs_us-east-1_fl-1_20260317T0105Z_ab.log.gz'],
    ['folder', 'AWSLogs/111122223333/CloudTrail-Digest/'],
    ['folder', 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/17/'],
    ['other', 'AWSLogs/111122223333/ELBAccessLogTestFile'],
    ['other', 'notes.txt'],
    ['other', ''],
  ])('that is %s is not read: %s', (kind, key) => {
    expect(readLogKey(key).kind).toBe(kind);
    expect(whyNotRead(key)).toBe(kind);
  });
});

describe('an object without the name of a log file', () => {
  test.each([
    'joined.json.gz',
    'athena/part-0001.gz',
    'Config_joined.json.gz',
    'constructor',
    '111122223333_constructor_x.gz',
  ])('is read if it ends in .gz, and says nothing of an account: %s', (key) => {
    expect(readLogKey(key)).toEqual({ kind: 'other' });
    expect(whyNotRead(key)).toBe(key.endsWith('.gz') ? undefined : 'other');
  });

  test.each([
    ['a renamed file', `AWSLogs/111122223333/CloudTrail/${DAY}joined.json.gz`],
    ['a file named after another account', KEY.replace('/111122223333_', '/444455556666_')],
    [
      'a file named after another region',
      KEY.replace('333_CloudTrail_us-east-1', '333_CloudTrail_eu-west-1'),
    ],
    ['a file below a folder of that name', `AWSLogs/111122223333/CloudTrail/AWSLogs/444455556666`],
    ['a folder that looks like one', KEY.replace('us-east-1/2026', 'AWSLogs/44445555666/CloudTrail')],
    ['a file directly in it', `AWSLogs/111122223333/${NAME.replace('1111', '9999')}`],
    ['a day that does not exist', KEY.replace('20260317T', '20260231T')],
    ['a region that does not exist', inPartition('xx-nowhere-1')],
  ])('belongs to the account of the folder it lies in: %s', (_, key) => {
    expect(readLogKey(key)).toEqual({ kind: 'other', account: '111122223333' });
    expect(whyNotRead(key)).toBe(key.endsWith('.gz') ? undefined : 'other');
  });
});

describe('folders of several accounts in one key make its file one of no account', () => {
  const other = (key: string) => key.replaceAll('111122223333', '444455556666');
  test.each([
    ['another account inside', `AWSLogs/444455556666/CloudTrail/${KEY}`],
    ['another account outside of all', `${other(KEY).replace(/[^/]*$/, '')}${KEY}`],
    ['another account in the middle', `AWSLogs/111122223333/AWSLogs/444455556666/${KEY}`],
    ['another account of an organization', `AWSLogs/o-a1b2c3d4e5/444455556666/${KEY}`],
    ['another account in the way of Hive', `AWSLogs/aws-account-id=444455556666/${KEY}`],
    ['a renamed file in such folders', `AWSLogs/444455556666/${KEY.replace(NAME, 'joined.json.gz')}`],
  ])('%s', (_, key) => {
    const read = readLogKey(key);
    expect(read).toMatchObject({ accountsDiffer: true });
    expect(read).not.toHaveProperty('account');
    expect(whyNotRead(key)).toBeUndefined();
  });
});

test('any key has a kind, and prefixes never change the account of a log file', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => readLogKey(key).kind !== undefined),
    runs(100),
  );
  const prefix = fc.array(fc.stringMatching(/^[a-zA-Z0-9 _.+%-]{1,20}$/), { maxLength: 5 });
  fc.assert(
    fc.property(prefix, (parts) => {
      expect(readLogKey([...parts, KEY].join('/'))).toEqual({ ...LOG, prefix: parts.join('/') });
    }),
    runs(100),
  );
});
