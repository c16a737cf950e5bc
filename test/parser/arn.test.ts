/** ARNs: read, matched against the form that a row gives them, and built from ids. */
import { describe, expect, test } from '@jest/globals';
import { parseArn } from '../../parser/arn.ts';
import { asRecordTells, buildArn, matchArn } from '../../parser/catalogue/arn-template.ts';

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

  const SOME = 'arn:{Partition}:some:{Region}:{Account}:thing/{ThingName}';

  test.each(['a b', 'Ünïcode', 'a.b+c=d@e', '__proto__', '$&'])(
    'an id without a form of its own may be %j',
    (ThingName) => {
      expect(buildArn(SOME, { ...FACTS, ThingName })).toBe(
        `arn:aws:some:eu-west-1:111122223333:thing/${ThingName}`,
      );
    },
  );

  test.each(['', '*', 'a?', 'a/b', 'a:b', '..', 'a\nb', 'a\u0000', 'a\u200bb', 'x'.repeat(257), 'arn:x'])(
    'nor is it %j',
    (ThingName) => {
      expect(buildArn(SOME, { ...FACTS, ThingName })).toBeUndefined();
    },
  );

  test('a part that no record tells is a wildcard of the row, and of nothing else', () => {
    const group = 'arn:{Partition}:some:{Region}:{Account}:group:*:{ThingName}';
    const own = 'arn:aws:some:eu-west-1:111122223333:group';
    expect(buildArn(group, { ...FACTS, ThingName: 'web' })).toBe(`${own}:*:web`);
    expect(matchArn(group, `${own}:any:web`, FACTS)).toBeUndefined();
  });

  test.each([
    ['arn:aws:some:eu-west-1:111122223333:group:any:web', 'arn:aws:some:eu-west-1:111122223333:group:*:web'],
    ['arn:aws:some:eu-west-1:111122223333:group:*:web', 'arn:aws:some:eu-west-1:111122223333:group:*:web'],
    ['arn:aws:some:::x', 'arn:aws:some:::x'],
    ['', ''],
  ])('%j, named by hand, has that wildcard too', (arn, told) => {
    expect(asRecordTells('arn:{Partition}:some:{Region}:{Account}:group:*:{ThingName}', arn)).toBe(told);
    expect(asRecordTells('arn:{Partition}:some:{Region}:{Account}:group/{ThingName}', arn)).toBe(arn);
  });

  test('the rest of a form is text', () => {
    expect(matchArn('arn:{Partition}:a.b:::{ThingName}', 'arn:aws:axb:::web', FACTS)).toBeUndefined();
  });
});
