/** Nothing that others wrote steers a terminal, breaks a line or hides its own end. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableJson } from '../../parser/printable.ts';
import { describe as describeValue, quote } from '../../processor/notification/show.ts';
import { fixture, withValue } from '../helpers/fixtures.ts';
import { runs } from '../helpers/runs.ts';
import { refusalOf } from './event/verdicts.ts';

const HARMFUL: readonly (readonly [what: string, character: string, escaped: string])[] = [
  ['a null', '\0', String.raw`\u0000`],
  ['a line feed', '\n', String.raw`\u000a`],
  ['an escape', '\u001b', String.raw`\u001b`],
  ['a delete', '\u007f', String.raw`\u007f`],
  ['a next line', '\u0085', String.raw`\u0085`],
  ['the C1 introducer of control sequences', '\u009b', String.raw`\u009b`],
  ['a line separator', '\u2028', String.raw`\u2028`],
  ['a paragraph separator', '\u2029', String.raw`\u2029`],
  ['a right-to-left override', '\u202e', String.raw`\u202e`],
  ['a right-to-left mark', '\u200f', String.raw`\u200f`],
  ['an isolate', '\u2066', String.raw`\u2066`],
  ['an Arabic letter mark', '\u061c', String.raw`\u061c`],
];

const UNSAFE: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
];

const harmIn = (text: string) =>
  [...text].filter((character) =>
    UNSAFE.some(([from, to]) => character.charCodeAt(0) >= from && character.charCodeAt(0) <= to),
  );

describe.each(HARMFUL)('%s', (_, character, escaped) => {
  test('is written out', () => {
    expect(printable(`a${character}b${character}`)).toBe(`a${escaped}b${escaped}`);
  });

  test('reaches no message raw, neither of a record nor of a notification', () => {
    const text = `vol-${character}`;
    for (const message of [
      ...refusalOf(withValue(fixture('ec2-CreateVolume'), 'responseElements.volumeId', text)),
      ...refusalOf({ ...fixture('ec2-CreateVolume'), errorCode: text }),
      quote(text),
      describeValue({ [text]: 1 }),
    ])
      expect(harmIn(message)).toEqual([]);
  });
});

test('all other text is left as it is', () => {
  const text = 'naïve café, Ελλάδα, 東京, שלום, 👩‍💻, "quoted" \\u009b `a` $b';
  expect(printable(text)).toBe(text);
});

test('no text at all is harmful afterwards', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => harmIn(printable(text)).length === 0),
    runs(100),
  );
});

test('a line of JSON is one line, harms nothing, and parses to the same value', () => {
  const value = fc.jsonValue({ stringUnit: 'binary' });
  fc.assert(
    fc.property(value, (any) => {
      const line = printableJson(any);
      expect(harmIn(line)).toEqual([]);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(any)));
    }),
    runs(100),
  );
  for (const [, character] of HARMFUL) {
    const object = { [`key${character}`]: [`value${character}`] };
    expect(harmIn(printableJson(object))).toEqual([]);
    expect(JSON.parse(printableJson(object))).toEqual(object);
  }
});
