/** ARNs: read, matched against the form that a row gives them, and built from ids. */
import { describe, expect, test } from '@jest/globals';
import { parseArn } from '../../parser/arn.ts';
import { buildArn, matchArn } from '../../parser/catalogue/arn-template.ts';

describe('reading an ARN', () => {
  test('its parts are told apart, and the resource keeps its colons and slashes', () => {
    expect(parseArn('arn:aws-cn:lambda:cn-north-1:111122223333:function:name:1')).toEqual({
      partition: 'aws-cn',
      service: 'lambda',
      region: 'cn-north-1',
      account: '111122223333',
      resource: 'function:name:1',
    });
  });

  test('a bucket has neither region nor account', () => {
    expect(parseArn('arn:aws:s3:::name')).toMatchObject({ region: '', account: '', resource: 'name' });
  });

  test.each([
    '',
    'arn',
    'arn:aws:s3::',
    'arn:aws:s3:::',
    'arn::s3:::name',
    'arn:aws::::name',
    'urn:aws:s3:::name',
    'i-0a1b2c3d',
  ])('%j is none', (text) => {
    expect(parseArn(text)).toBeUndefined();
  });
});

const FACTS = { Partition: 'aws', Region: 'eu-west-1', Account: '111122223333' };
const FUNCTION = 'arn:{Partition}:lambda:{Region}:{Account}:function:{FunctionName}';
const OWN = 'arn:aws:lambda:eu-west-1:111122223333:function:';

describe('matching an ARN with its form', () => {
  test('gives the ids that stand in it', () => {
    expect(matchArn(FUNCTION, `${OWN}name`, FACTS)).toEqual({
      arn: `${OWN}name`,
      ids: { FunctionName: 'name' },
    });
  });

  test.each([
    ['another partition', 'arn:aws-cn:lambda:eu-west-1:111122223333:function:name'],
    ['another service', 'arn:aws:ec2:eu-west-1:111122223333:function:name'],
    ['another region', 'arn:aws:lambda:us-east-1:111122223333:function:name'],
    ['another account', 'arn:aws:lambda:eu-west-1:444455556666:function:name'],
    ['no account', 'arn:aws:lambda:eu-west-1::function:name'],
    ['another type', 'arn:aws:lambda:eu-west-1:111122223333:layer:name'],
    ['a path', `${OWN}../name`],
    ['a second line', `${OWN}name\nx`],
    ['text before it', ` ${OWN}name`],
    ['a version, where none is expected', `${OWN}name:1`],
  ])('refuses %s', (_, arn) => {
    expect(matchArn(FUNCTION, arn, FACTS)).toBeUndefined();
  });

  test('the facts are text, not patterns', () => {
    expect(matchArn(FUNCTION, `${OWN}name`, { ...FACTS, Region: '.*' })).toBeUndefined();
  });

  test.each([
    ['name', 'name'],
    ['name:1', 'name'],
    ['name:$LATEST', 'name'],
    ['name:blue-2', 'name'],
  ])('leaves the version or alias of %s out', (qualified, name) => {
    expect(matchArn(FUNCTION, OWN + qualified, FACTS, true)?.arn).toBe(OWN + name);
  });

  test.each(['name:', 'name:1:2', 'name:$', 'name:$a b', 'name:a b'])(
    '%s has no such version',
    (qualified) => {
      expect(matchArn(FUNCTION, OWN + qualified, FACTS, true)).toBeUndefined();
    },
  );
});

describe('building an ARN', () => {
  test('puts the ids in their places', () => {
    expect(buildArn(FUNCTION, { ...FACTS, FunctionName: 'name' })).toBe(`${OWN}name`);
  });

  test.each(['', 'a b', 'a/b', 'a:b', '{Account}', '$&'])('refuses %j for a name', (FunctionName) => {
    expect(buildArn(FUNCTION, { ...FACTS, FunctionName })).toBeUndefined();
  });

  test('refuses to leave an id out', () => {
    expect(buildArn(FUNCTION, FACTS)).toBeUndefined();
  });

  test('a variable without a form is a fault of the catalogue', () => {
    expect(() => buildArn('arn:{Partition}:x:::{Nonsense}', { ...FACTS, Nonsense: 'x' })).toThrow(
      'the catalogue has no form for {Nonsense}: add it to ID_FORMS',
    );
  });
});
