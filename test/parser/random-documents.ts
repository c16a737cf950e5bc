/**
 * Random documents that are as awkward as valid JSON allows: any nesting, spacing, key order and escapes,
 * repeated keys, braces and whole records inside strings, `eventName` where it does not count.
 */
import fc from 'fast-check';

const space = fc.constantFrom('', '', '', '', ' ', '\n', '\t', '\r\n', '  \n    ');

/** How a character may be written inside a string. */
const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."abcNtv {}[]:,/'_-09".split('')) },
  { weight: 2, arbitrary: fc.constantFrom('\\"', '\\\\', '\\/', '\\n', '\\t', '\\b', '\\f', '\\r') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\\u003d', '\\u0026', '\\u004e', '\\u0065', '\\u0022', '\\u005c', '\\u0000'),
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
    { weight: 3, arbitrary: fc.constant(plain) },
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

const eventName = fc
  .constantFrom(
    'RunInstances',
    'CreateFunction20150331',
    'CreateFunction20150331v2',
    'CreateFunction2020_05_31',
    'CreateQueue',
    'CreateQueueX',
    'DescribeInstances',
    'v2',
    `CreateQueue${'Very'.repeat(20)}`,
  )
  .chain(spelled);
const eventSource = fc
  .constantFrom('ec2.amazonaws.com', 'lambda.amazonaws.com', 'sqs.amazonaws.com', 's3.amazonaws.com')
  .chain(spelled);
const otherKey = fc.oneof(
  text,
  fc.constantFrom('Records', '__proto__', '', 'userName', 'EventName', 'eventNames', 'eventN'),
);

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
    object: list(fc.oneof(member(otherKey, tie('value')), named(), sourced()), '{', '}', 5),
  }),
);

/** Wanted in most cases, and then still with anything before, between and behind. */
const record = list(
  fc.oneof(
    { weight: 3, arbitrary: named() },
    { weight: 3, arbitrary: sourced() },
    { weight: 1, arbitrary: member(spelled('eventName'), value) },
    { weight: 5, arbitrary: member(otherKey, value) },
  ),
  '{',
  '}',
  8,
);

/** `{"Records":[…]}` of objects alone: what the fast reader reads by itself. */
export const deliveredDocument = documentOf(record);

/** Elements that are no objects too. */
export const oddDocument = documentOf(
  fc.oneof({ weight: 4, arbitrary: record }, { weight: 1, arbitrary: value }),
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

function documentOf(element: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(space, space, space, space, list(element, '[', ']', 6), space, space)
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
