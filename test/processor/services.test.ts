/** `SERVICES`: which services are tagged, and which are left out until they are named. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_SERVICES, readServices } from '../../processor/file/services.ts';

describe('SERVICES', () => {
  test('names services by their IAM prefix, in any case of letters', () => {
    const services = readServices(' EC2, kms');
    expect(['ec2', 'kms', 's3'].filter(services)).toEqual(['ec2', 'kms']);
  });

  test('all leaves out those whose tags decide about access, until they are named too', () => {
    expect(['ec2', 'iam', 'organizations', 'sso', 'kms'].filter(readServices('all'))).toEqual(['ec2', 'kms']);
    expect(['iam', 'organizations', 'sso'].filter(readServices('all,iam'))).toEqual(['iam']);
  });

  test('by default is the services that are proven from the record to the tag', () => {
    const services = readServices(DEFAULT_SERVICES);
    expect(['dynamodb', 'ec2', 'elasticache', 'lambda', 'rds', 's3', 'sns', 'sqs'].every(services)).toBe(
      true,
    );
    expect(['kms', 'iam', 'sso'].some(services)).toBe(false);
  });

  test.each([
    ['', 'expected names of services, or all'],
    [',', 'expected names of services, or all'],
    ['ec3', 'nothing of a service "ec3" is tagged'],
    ['all,ec3', 'nothing of a service "ec3" is tagged'],
  ])('%j is refused with a word', (text, problem) => {
    expect(() => readServices(text)).toThrow(problem);
  });
});
