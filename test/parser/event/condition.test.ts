/** Conditions on a record: something stands at a path, this text stands there, or nothing does. */
import { expect, test } from '@jest/globals';
import { holds } from '../../../parser/event/condition.ts';

const record = {
  requestParameters: { restApiId: 'a1', empty: null, list: [{ kind: 'x' }, { kind: 'x' }], flag: false },
  responseElements: { version: 1, state: 'SUCCEEDED', size: 'a=b' },
};

test.each([
  'requestParameters.restApiId',
  'requestParameters.RESTAPIID',
  'requestParameters.flag',
  'requestParameters.flag=false',
  'requestParameters.list[].kind=x',
  'responseElements.version=1',
  'responseElements.state=SUCCEEDED',
  'responseElements.size=a=b',
  '!requestParameters.apiId',
  '!requestParameters.empty',
  '!responseElements.version=2',
  '!responseElements.missing=',
])('%s holds', (condition) => {
  expect(holds(record, condition)).toBe(true);
});

test.each([
  'requestParameters.apiId',
  'requestParameters.empty',
  'requestParameters.list[].kind=y',
  'responseElements.version=2',
  'responseElements.version=',
  'responseElements.state=FAILED',
  'responseElements.missing=',
  '!requestParameters.restApiId',
  '!responseElements.version=1',
])('%s does not', (condition) => {
  expect(holds(record, condition)).toBe(false);
});

test('a list that differs in it has not this text', () => {
  expect(holds({ a: [{ b: '1' }, { b: '2' }] }, 'a[].b=1')).toBe(false);
});
