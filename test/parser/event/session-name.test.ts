/** Which session names are taken for a person's; in doubt none is. */
import { describe, expect, test } from '@jest/globals';
import { isPersonalName } from '../../../parser/event/session-name.ts';
import { startCpuClock } from '../../helpers/cpu-clock.ts';

describe('a person', () => {
  test.each([
    'jane@example.com',
    'jane.doe+aws@example.co.uk',
    'j-1@example.com',
    'jane',
    'Jane',
    'jane.doe',
    'Jane-Doe',
    'jane_doe',
    'jane.maria.van.doe',
    'jdoe2',
    'jane.doe12',
    'josé.garcía',
    'ada',
    'Abe',
  ])('%s', (session) => {
    expect(isPersonalName(session)).toBe(true);
  });
});

describe('no person', () => {
  test.each([
    ['an instance', 'i-0a1b2c3d4e5f60711'],
    ['an instance of old', 'i-1a2b3c4d'],
    ['a service', 'AutoScaling'],
    ['a service', 'AWSCloudFormation'],
    ['a service', 'AmazonSSM'],
    ['a service', 'CodeBuild'],
    ['a service', 'ElasticMapReduce'],
    ['a service', 'StepFunctions'],
    ['a service', 'SageMaker'],
    ['a service', 'AWSBackup-AWSBackupDefaultServiceRole'],
    ['the default of boto', 'botocore-session-1741083330'],
    ['the default of an SDK', 'aws-go-sdk-1680000000000000000'],
    ['the default of an SDK', 'aws-sdk-js-session-1741083330000'],
    ['a random id', '0123456789abcdef0123456789abcdef'],
    ['a random id that is all letters', 'deadbeefcafe'],
    ['a UUID', '5f0c7d2e-1b3a-4c5d-8e9f-0a1b2c3d4e5f'],
    ['a time', '1741083330123'],
    ['a tool', 'GitHubActions'],
    ['a tool', 'terraform'],
    ['a tool', 'gitlab'],
    ['a tool', 'Jenkins'],
    ['a task', 'deploy'],
    ['a task', 'nightly.build'],
    ['a task', 'release-pipeline'],
    ['a function', 'orders-lambda'],
    ['a bot', 'release-bot'],
    ['a number in the middle', 'ip-10-0-0-1'],
    ['a long number', 'job4711'],
    ['two at signs', 'jane@doe@example.com'],
    ['a space', 'jane doe'],
    ['an equal sign', 'user=jane'],
    ['a line end', 'jane\n'],
    ['nothing', ''],
  ])('%s: %s', (_, session) => {
    expect(isPersonalName(session)).toBe(false);
  });

  test('a name of a million letters is answered at once', () => {
    const cpuMs = startCpuClock();
    for (const session of ['a'.repeat(1e6), `${'a.'.repeat(5e5)}!`, `${'a'.repeat(1e6)}@`, '@'.repeat(1e6)]) {
      expect(isPersonalName(session)).toBe(false);
    }
    expect(cpuMs()).toBeLessThan(30_000); // a pattern that tries again at each letter takes hours
  });
});
