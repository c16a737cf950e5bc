/** Which regions are taken for regions: a region chooses the host that is called. */
import { describe, expect, test } from '@jest/globals';
import { partitionOf } from '../../parser/partition.ts';

describe('the partition of a region', () => {
  test.each([
    ...['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-2', 'eu-north-1', 'eu-south-2'].map((region) => [
      region,
      'aws',
    ]),
    ...['ap-southeast-7', 'ap-northeast-3', 'ap-east-2', 'ap-south-1', 'sa-east-1', 'ca-west-1'].map(
      (region) => [region, 'aws'],
    ),
    ...['me-south-1', 'me-central-1', 'af-south-1', 'il-central-1', 'mx-central-1'].map((region) => [
      region,
      'aws',
    ]),
    ['cn-north-1', 'aws-cn'],
    ['cn-northwest-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-gov-east-1', 'aws-us-gov'],
  ])('%s is of %s', (region, partition) => {
    expect(partitionOf(region)?.name).toBe(partition);
  });

  test.each([
    ['of a partition that we do not serve', 'us-iso-east-1'],
    ['of a partition that we do not serve', 'us-isob-east-1'],
    ['of a partition that we do not serve', 'eu-isoe-west-1'],
    ['of a partition that we do not serve', 'eusc-de-east-1'],
    ['a host', 'evil.com'],
    ['a region and a host', 'us-east-1.evil'],
    ['a region and a host', 'us-east-1.evil.com'],
    ['a region in a path', '/us-east-1'],
    ['a region and a port', 'us-east-1:8080'],
    ['a user and a host', 'us-east-1@evil.com'],
    ['a query', 'us-east-1?x=1'],
    ['a second line', 'us-east-1\nevil'],
    ['a line end', 'us-east-1\n'],
    ['capitals', 'US-EAST-1'],
    ['an availability zone', 'us-east-1a'],
    ['no direction', 'us--1'],
    ['no number', 'us-east-'],
    ['too long a number', 'us-east-100'],
    ['two numbers', 'us-east-1-1'],
    ['an alias', 'EU'],
    ['global', 'global'],
    ['aws-global', 'aws-global'],
    ['empty', ''],
  ])('%s: %j is of none', (_, region) => {
    expect(partitionOf(region)).toBeUndefined();
  });
});
