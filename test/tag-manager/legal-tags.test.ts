/** Values made legal: examples a service, and the law that the service's own published pattern takes all of them. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Creation } from '../../parser/event/creation.ts';
import type { CreatedResource } from '../../parser/event/resources.ts';
import type { ValueRules } from '../../tag-manager/apis/api.ts';
import { apiNamed, apiNames } from '../../tag-manager/apis/apis.ts';
import { KEYS_EVERYWHERE } from '../../tag-manager/apis/tag-rules.ts';
import { creatorKey } from '../../tag-manager/tags/creator-key.ts';
import { keyProblem, makeLegal } from '../../tag-manager/tags/legal-tags.ts';
import { compileTemplate } from '../../tag-manager/tags/template.ts';
import { longer, runs } from '../helpers/runs.ts';
import { API_OF, type Service } from './creations.ts';

const SERVICES = ['ec2', 's3', 'rds', 'lambda', 'dynamodb', 'sns', 'sqs', 'elasticache'] as const;

/** The pattern of `TagValue` in the service models of S3 Control, RDS and Lambda; the user guides list the same. */
const USUAL = /^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$/u;
const ANY = /^[\s\S]*$/;

/** What each service says of a value: its pattern, how short it may be, how it may not begin. */
const PUBLISHED: Readonly<Record<Service, { pattern: RegExp; min: number; reserved?: RegExp }>> = {
  ec2: { pattern: ANY, min: 0 },
  s3: { pattern: USUAL, min: 0 },
  rds: { pattern: USUAL, min: 1, reserved: /^(aws|rds):/i },
  lambda: { pattern: USUAL, min: 0 },
  dynamodb: { pattern: USUAL, min: 0 },
  sns: { pattern: USUAL, min: 0 },
  sqs: { pattern: USUAL, min: 0, reserved: /^aws:/i },
  elasticache: { pattern: ANY, min: 0 },
};

const ANY_CHARACTER: readonly Service[] = ['ec2', 'elasticache'];
const USUAL_ONLY = SERVICES.filter((service) => !ANY_CHARACTER.includes(service));

function legal(service: Service, value: string, strict = false) {
  const { tags, adjustments } = makeLegal(new Map([['Key', value]]), apiNamed(API_OF[service]), strict);
  return { value: tags.get('Key'), adjustments };
}

describe.each(SERVICES)('%s', (service) => {
  test.each([
    ['an ARN', 'arn:aws:sts::111122223333:assumed-role/Deploy/alice'],
    ['a time', '2026-11-20T10:00:00Z'],
    ['letters and digits of any script', 'Zoë Ünal 日本語 ١٢٣'],
    ['separators', 'a_b.c:d/e=f+g-h'],
    ['256 characters', 'x'.repeat(256)],
    ['256 letters outside the basic plane', '𝒳'.repeat(256)],
  ])('takes %s as it is, and reports nothing', (_, value) => {
    expect(legal(service, value)).toEqual({ value, adjustments: [] });
  });

  test.each([
    ['a line break', 'a\nb', 'a_b'],
    ['control characters', 'a\u0000b\u001fc\u007fd\u0085e', 'a_b_c_d_e'],
    ['300 characters', 'x'.repeat(300), 'x'.repeat(256)],
    ['300 letters outside the basic plane', '𝒳'.repeat(300), '𝒳'.repeat(256)],
    ['a letter outside the basic plane at the cut', `${'x'.repeat(255)}𝒳𝒳`, `${'x'.repeat(255)}𝒳`],
  ])('changes %s, and reports it', (_, from, to) => {
    expect(legal(service, from)).toEqual({ value: to, adjustments: [{ key: 'Key', from, to }] });
  });

  test('leaves no half of a surrogate pair', () => {
    const to = ANY_CHARACTER.includes(service) ? 'a\ufffdb\ufffd' : 'a_b_';
    expect(legal(service, 'a\ud800b\udc00').value).toBe(to);
  });

  test('takes whatever makeLegal gives, which changes nothing of it any more', () => {
    const codeUnits = fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
      .map((units) => String.fromCharCode(...units));
    const prefixed = fc
      .tuple(fc.constantFrom('aws:', 'AWS:', 'rds:', 'Rds:', 'aws:rds:'), fc.string())
      .map((parts) => parts.join(''));
    const long = fc.string({ unit: 'binary', maxLength: 400, size: 'max' });
    const { pattern, min, reserved } = PUBLISHED[service];
    fc.assert(
      fc.property(fc.oneof(codeUnits, prefixed, long), fc.boolean(), (value, strict) => {
        const once = legal(service, value, strict);
        if (once.value === undefined) {
          expect(min).toBe(1); // left out, and reported
          expect(once.adjustments).toEqual([{ key: 'Key', from: value, to: undefined }]);
          return;
        }
        expect(once.value).toMatch(pattern);
        expect([...once.value].length).toBeLessThanOrEqual(256);
        expect([...once.value].length).toBeGreaterThanOrEqual(min);
        expect(once.value.isWellFormed()).toBe(true);
        if (reserved !== undefined) expect(once.value).not.toMatch(reserved);
        expect(once.adjustments).toEqual(
          once.value === value ? [] : [{ key: 'Key', from: value, to: once.value }],
        );
        expect(legal(service, once.value, strict)).toEqual({ value: once.value, adjustments: [] });
      }),
      { ...runs(150), interruptAfterTimeLimit: longer(2_000) }, // finding a shorter example takes long
    );
  });
});

test.each(USUAL_ONLY)('%s takes only letters, digits, separators and _ . : / = + - @', (service) => {
  expect(legal(service, 'arn:aws:iam::1:user/a,b$c%d*e(f)😀#g@h').value).toBe(
    'arn:aws:iam::1:user/a_b_c_d_e_f___g@h',
  );
});

test.each(ANY_CHARACTER)('%s takes any character that can be seen', (service) => {
  const value = 'arn:aws:iam::1:user/a,b$c%d*e(f)😀#g@h';
  expect(legal(service, value)).toEqual({ value, adjustments: [] });
});

test.each([
  ['rds', 'aws:a', 'aws_a'],
  ['rds', 'RDS:a:b', 'RDS_a:b'],
  ['rds', 'rds:aws:', 'rds_aws:'],
  ['rds', 'my-rds:a', 'my-rds:a'],
  ['sqs', 'Aws:a', 'Aws_a'],
  ['sqs', 'rds:a', 'rds:a'],
  ['s3', 'aws:a', 'aws:a'],
] as const)('in %s the value %j becomes %j', (service, from, to) => {
  expect(legal(service, from).value).toBe(to);
});

test.each(SERVICES)('%s gets an empty value only if it takes one', (service) => {
  const needsValue = service === 'rds';
  expect(legal(service, '')).toEqual(
    needsValue
      ? { value: undefined, adjustments: [{ key: 'Key', from: '', to: undefined }] }
      : { value: '', adjustments: [] },
  );
});

test.each(SERVICES)(
  '%s gives up an @ only once its value was refused, and only where it is doubtful',
  (service) => {
    expect(legal(service, 'a@b').value).toBe('a@b');
    const isDoubtful = service === 'dynamodb' || service === 'sns';
    expect(legal(service, 'a@b', true).value).toBe(isDoubtful ? 'a_b' : 'a@b');
  },
);

describe('a tag key', () => {
  test.each([
    'CreatedBy',
    'created by',
    'cost:owner/team=a+b-c.d_e@f',
    'Größe',
    'x'.repeat(127),
    '𝒳'.repeat(127),
  ])('%j can be used', (key) => {
    expect(keyProblem(key)).toBeUndefined();
  });

  test.each([
    ['', 'it is empty'],
    ['x'.repeat(128), 'it is longer than 127 characters'],
    ['aws:CreatedBy', 'it begins with "aws:" or "rds:", which AWS keeps for itself'],
    ['AWS:CreatedBy', 'it begins with "aws:" or "rds:", which AWS keeps for itself'],
    ['rds:CreatedBy', 'it begins with "aws:" or "rds:", which AWS keeps for itself'],
    ['Created,By', 'it may hold only letters, digits, spaces and _ . : / = + - @'],
    ['Created\nBy', 'it may hold only letters, digits, spaces and _ . : / = + - @'],
    ['Created\ud800', 'it may hold only letters, digits, spaces and _ . : / = + - @'],
  ])('%j cannot: %s', (key, problem) => {
    expect(keyProblem(key)).toBe(problem);
  });
});

describe('the key of a creator', () => {
  test('is taken as it is by every service', () => {
    // JSON shows no regular expressions.
    const nameOf = ({ refused, doubtful, ...rest }: ValueRules) =>
      JSON.stringify([`${refused}`, `${doubtful}`, rest]);
    const all = apiNames().map((name) => apiNamed(name).values);
    const rules = [...new Map(all.map((values) => [nameOf(values), values])).values()];
    expect(rules.length).toBeGreaterThan(10);
    const creators = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        'aws:root',
        'RDS:x',
        `arn:aws:iam::111122223333:user/${'a/'.repeat(300)}`,
        'zoë@example.com',
      ),
    );
    fc.assert(
      fc.property(creators, (creator) => {
        const key = creatorKey(creator);
        for (const values of rules) {
          const legal = makeLegal(new Map([['Key', key]]), { keys: KEYS_EVERYWHERE, values }, true);
          expect(legal).toEqual({ tags: new Map([['Key', key]]), adjustments: [] });
        }
      }),
      runs(100),
    );
  });

  test.each([
    ['arn:aws:iam::111122223333:user/alice', 'arn:aws:iam::111122223333:user/alice'],
    ['alice.b@example.com', 'alice_b_example_com'],
    ['aws:x', 'aws_x'],
  ])('of %s is %s', (creator, key) => {
    expect(creatorKey(creator)).toBe(key);
  });

  test('tells apart whom a mere replacement would not', () => {
    const keys = ['田中', '山本', `${'a'.repeat(300)}b`, `${'a'.repeat(300)}c`].map(creatorKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toMatch(/^__-[0-9a-f]{8}$/);
  });

  test('is a field of templates, of whatever CreatedBy holds', () => {
    const creation = { creator: { arn: 'arn:x', name: 'alice@example.com' } } as unknown as Creation;
    const resource = {} as unknown as CreatedResource;
    const keyBy = (createdBy: 'arn' | 'name') =>
      compileTemplate('{creator.key}', { createdBy })(creation, resource);
    expect([keyBy('arn'), keyBy('name')]).toEqual(['arn:x', 'alice_example_com']);
  });
});
