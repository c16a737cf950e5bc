/**
 * Random documents that are as awkward as valid JSON allows: any nesting, spacing, key order and escapes,
 * repeated keys, braces and whole records inside strings, `eventName` where it does not count.
 */
import fc from 'fast-check';

const space = fc.oneof(
  { weight: 9, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '\n', '\t', '\r\n', '  \n    ') },
);

/** How a character may be written inside a string. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcNtv {}[]:,/'_-09".split('')) },
  { weight: 2, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\n', '\\t', '\\b', '\\f', '\\r') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\\u003d', '\\u0026', '\\u0022', '\\u005c', '\\u0000'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'é',
      '€',
      '😀',
      '\u2028',
      '\\ud83d\\ude00',
      '\\ud800',
      '\\udc00',
      '\u007f',
      '|',
      '~',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\\"},{\\"eventName\\":\\"RunInstances\\"',
      '\\"eventName',
      'eventName',
      '}]}',
      '},{',
    ),
  },
);

const text = fc.oneof(
  { weight: 8, arbitrary: fc.array(character, { maxLength: 12 }).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 140 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70 }).map((pairs) => '\\\\'.repeat(pairs)) },
);

/** The same text with some of its characters written as `\u` escapes. */
function spelled(plain: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 15, arbitrary: fc.constant(plain) },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.boolean(), { minLength: plain.length, maxLength: plain.length })
        .map((escaped) => plain.replace(/./g, (letter, at) => (escaped[at] ? asEscape(letter) : letter))),
    },
  );
}

function asEscape(letter: string): string {
  const hex = letter.charCodeAt(0).toString(16).padStart(4, '0');
  return `\\u${letter < 'a' ? hex.toUpperCase() : hex}`;
}

/** Wanted and unwanted ones. */
const EVENTS: readonly (readonly [source: string, name: string])[] = [
  ['ec2.amazonaws.com', 'RunInstances'],
  ['lambda.amazonaws.com', 'CreateFunction20150331'],
  ['lambda.amazonaws.com', 'CreateFunction20150331v2'],
  ['lambda.amazonaws.com', 'CreateFunction2020_05_31'],
  ['sqs.amazonaws.com', 'CreateQueue'],
  ['s3.amazonaws.com', 'CreateQueue'],
  ['ec2.amazonaws.com', 'DescribeInstances'],
  ['ec2.amazonaws.com', 'v2'],
  ['sqs.amazonaws.com', `CreateQueue${'Very'.repeat(20)}`],
];
const eventName = fc.constantFrom(...EVENTS.map(([, name]) => name)).chain(spelled);
const eventSource = fc.constantFrom(...EVENTS.map(([source]) => source)).chain(spelled);
const otherKey = fc
  .oneof(text, fc.constantFrom('Records', '__proto__', '', 'userName', 'EventName', 'eventNames', 'eventN'))
  // JSON.parse, which the readers are held to, gets such keys wrong itself: fast-reader.test.ts
  .filter((key) => !/^\\(?:u[\da-f]{4}|.)$/i.test(key));

const { value, object } = fc.letrec<{ value: string; object: string; array: string; scalar: string }>(
  (tie) => ({
    scalar: fc.oneof(
      text.map(quoted),
      fc.constantFrom(
        'null',
        'true',
        'false',
        '0',
        '-0',
        '0.0',
        '1e400',
        '-12.5E-3',
        '123456789012345678901',
      ),
      eventName.map(quoted),
      fc.constant('"eventName"'),
    ),
    value: fc.oneof({ maxDepth: 4 }, tie('scalar'), tie('object'), tie('array')),
    array: list(tie('value'), '[', ']', 4),
    object: list(
      fc.oneof({ weight: 3, arbitrary: member(otherKey, tie('value')) }, { weight: 1, arbitrary: named() }),
      '{',
      '}',
      4,
    ),
  }),
);

const anyMember = fc.oneof(
  { weight: 1, arbitrary: named() },
  { weight: 1, arbitrary: sourced() },
  { weight: 1, arbitrary: member(spelled('eventName'), value) },
  { weight: 12, arbitrary: member(otherKey, value) },
);

/** The two members that count, each in its place among others. */
const record = fc
  .tuple(fc.constantFrom(...EVENTS), fc.array(anyMember, { maxLength: 7 }), fc.nat(), fc.nat(), space, space)
  .chain(([[source, name], others, sourceAt, nameAt, before, behind]) =>
    fc
      .tuple(
        member(spelled('eventSource'), spelled(source).map(quoted)),
        member(spelled('eventName'), spelled(name).map(quoted)),
      )
      .map(([sourceMember, nameMember]) => {
        const members = others.toSpliced(sourceAt % (others.length + 1), 0, sourceMember);
        return `{${before}${members.toSpliced(nameAt % (members.length + 1), 0, nameMember).join(',')}${behind}}`;
      }),
  );

/** Records as they are, and objects that lack one thing or another. */
const element = fc.oneof({ weight: 3, arbitrary: record }, { weight: 1, arbitrary: object });

/** `{"Records":[…]}` of objects alone: what the fast reader reads by itself. */
export const deliveredDocument = documentOf(element);

/** Elements that are no objects too. */
export const oddDocument = documentOf(
  fc.oneof({ weight: 4, arbitrary: element }, { weight: 1, arbitrary: value }),
);

/** Other keys beside `Records`, before and behind it. */
export const surroundedDocument = fc
  .tuple(
    list(member(otherKeyThanRecords(), value), '', '', 2),
    oddDocument,
    list(member(otherKeyThanRecords(), object), '', '', 2),
  )
  .map(([before, document, behind]) => {
    const inner = document.trim().slice(1, -1);
    return `{${[before.trim(), inner, behind.trim()].filter((part) => part !== '').join(',')}}`;
  });

function otherKeyThanRecords() {
  return otherKey.filter((key) => !['Records', 'Events'].includes(key));
}

function documentOf(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(space, space, space, space, list(item, '[', ']', 6), space, space)
    .map(([s0, s1, s2, s3, records, s4, s5]) => `${s0}{${s1}"Records"${s2}:${s3}${records}${s4}}${s5}`);
}

function named() {
  return member(spelled('eventName'), eventName.map(quoted));
}

function sourced() {
  return member(spelled('eventSource'), eventSource.map(quoted));
}

function member(key: fc.Arbitrary<string>, of: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(key, space, space, of)
    .map(([name, s0, s1, content]) => `${quoted(name)}${s0}:${s1}${content}`);
}

function list(
  item: fc.Arbitrary<string>,
  open: string,
  close: string,
  maxLength: number,
): fc.Arbitrary<string> {
  const spaced = fc.tuple(space, item, space).map((parts) => parts.join(''));
  return fc
    .tuple(fc.array(spaced, { maxLength }), space)
    .map(([items, empty]) => `${open}${items.length > 0 ? items.join(',') : empty}${close}`);
}

function quoted(inner: string): string {
  return `"${inner}"`;
}
