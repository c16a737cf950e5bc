/** Paths into records: objects, lists, either of them, any case of keys, and nothing where they lead nowhere. */
import { describe, expect, test } from '@jest/globals';
import { firstValuesAt, textAt, valuesAt } from '../../parser/path.ts';

const parsed = JSON.parse('{"__proto__": {"polluted": "yes"}, "constructor": {"name": "mine"}}');

describe('values at a path', () => {
  test.each<[title: string, from: unknown, path: string, values: readonly unknown[]]>([
    ['a key', { a: 1 }, 'a', [1]],
    ['a key in a key', { a: { b: 'x' } }, 'a.b', ['x']],
    ['false, 0 and the empty text are values', { a: [false, 0, ''] }, 'a[]', [false, 0, '']],
    ['a missing key', { a: 1 }, 'b', []],
    ['a null', { a: null }, 'a', []],
    ['a key of a null', { a: null }, 'a.b', []],
    ['a key of a text', { a: 'text' }, 'a.length', []],
    ['a key of a list', { a: [{ b: 1 }] }, 'a.b', []],
    ['a place in a list is no key', { a: ['x'] }, 'a.0', []],
    ['the elements of a list', { a: [{ b: 1 }, { b: 2 }] }, 'a[].b', [1, 2]],
    ['an object in the place of a list', { a: { b: 1 } }, 'a[].b', [1]],
    ['a text in the place of a list', { a: 'x' }, 'a[]', ['x']],
    ['an empty list', { a: [] }, 'a[]', []],
    ['nulls and texts among the elements', { a: [null, { b: 1 }, 'x', { c: 2 }] }, 'a[].b', [1]],
    ['a list in a list is not opened', { a: [[{ b: 1 }]] }, 'a[].b', []],
    ['lists in lists of objects', { a: [{ b: [1, 2] }, { b: 3 }] }, 'a[].b[]', [1, 2, 3]],
    ['a list without brackets is one value', { a: [1, 2] }, 'a', [[1, 2]]],
    ['another case of letters', { RESPONSE: { aRN: 'x' } }, 'response.arn', ['x']],
    ['the exact case before another', { ARN: 'other', arn: 'exact' }, 'arn', ['exact']],
    ['an exact null before another case', { ARN: 'other', arn: null }, 'arn', []],
    ['nothing is inherited', {}, 'constructor', []],
    ['nothing of the prototype', {}, '__proto__.toString', []],
    ['a key called constructor', parsed, 'constructor.name', ['mine']],
    ['a key called __proto__', parsed, '__proto__.polluted', ['yes']],
    ['from nothing', undefined, 'a', []],
    ['from a list', [{ a: 1 }], 'a', []],
  ])('%s', (_, from, path, values) => {
    expect(valuesAt(from, path)).toEqual(values);
  });

  test.each<[path: string, from: unknown, value: unknown]>([
    ['a|last', 'https://host/111122223333/name', 'name'],
    ['a|beforeLast', 'https://host/111122223333/name', '111122223333'],
    ['a|last', 'https://host/111122223333/name/', ''],
    ['a|last', 'name', 'name'],
    ['a|beforeLast', 'name', undefined],
    ['a|lower', 'Orders-Test', 'orders-test'],
    ['a|last|lower', 'x/NAME', 'name'],
    ['a|lower', 42, 42],
  ])('%s of %j', (path, from, value) => {
    expect(valuesAt({ a: from }, path)).toEqual([value]);
  });
});

describe('the first path that reaches any', () => {
  test.each<[title: string, from: unknown, values: readonly unknown[]]>([
    ['wins', { a: 1, b: 2 }, [1]],
    ['may be the second', { b: 2 }, [2]],
    ['wins with an empty text', { a: '', b: 2 }, ['']],
    ['is not the one that reaches a null', { a: null, b: 2 }, [2]],
    ['may be none', {}, []],
  ])('%s', (_, from, values) => {
    expect(firstValuesAt(from, ['a', 'b'])).toEqual(values);
  });
});

describe('the text at a path', () => {
  test.each<[from: unknown, text: string | undefined]>([
    ['x', 'x'],
    ['', undefined],
    [42, undefined],
    [['x'], undefined],
    [{ b: 'x' }, undefined],
    [null, undefined],
    [undefined, undefined],
  ])('of %j is %j', (a, text) => {
    expect(textAt({ a }, 'a')).toBe(text);
  });
});
