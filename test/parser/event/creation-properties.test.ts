/** Laws of `readEvent`: whatever a record holds, it never throws, and what it returns can be trusted. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseArn } from '../../../parser/arn.ts';
import type { Creation } from '../../../parser/event/creation.ts';
import { readEvent } from '../../../parser/event/event.ts';
import { partitionOf } from '../../../parser/partition.ts';
import { type CloudTrailRecord, isJsonObject } from '../../../parser/record.ts';
import { EXPECTED_FIXTURES, fixture, movedTo } from '../../helpers/fixtures.ts';
import { runs } from '../../helpers/runs.ts';
import { A_LOG } from './verdicts.ts';

const RECORDS = EXPECTED_FIXTURES.flatMap(({ name }) =>
  ['eu-west-1', 'cn-north-1', 'us-gov-east-1'].map((region) => movedTo(region, fixture(name))),
);

type Path = readonly (string | number)[];

/** The paths of all values in a record, those of objects and lists too. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  const entries = Array.isArray(value)
    ? [...value.entries()]
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return [
    ...(path.length > 0 ? [path] : []),
    ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key])),
  ];
}

function replaced(from: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(from)) return from.with(Number(step), replaced(from[Number(step)], rest, value));
  const object = from as CloudTrailRecord;
  return { ...object, [step]: replaced(object[String(step)], rest, value) };
}

function at(from: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<string | number, unknown>)[step], from);
}

const hostile = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string(),
  fc.constantFrom(
    ...['../..', 'evil.com', 'us-east-1.evil', 'cn-north-1', 'EU', '444455556666', 'i-0a1b2c3d4e5f60711'],
    ...['arn:aws:iam::444455556666:role/admin', 'arn:aws:s3:::name', 'name', 'a b', '', '__proto__'],
    ...['2025-02-30T00:00:00Z', 'AccessDenied', '*', '$&', 'name\n'],
  ),
  fc.constant(JSON.parse('{"__proto__": {"instanceId": "i-0a1b2c3d4e5f60711"}, "constructor": null}')),
);

/** A value in which one character of a text is another, or a part of it stands twice. */
const altered = (value: unknown) =>
  typeof value !== 'string'
    ? hostile
    : fc.oneof(
        hostile,
        fc
          .tuple(fc.nat(value.length), fc.nat(2), fc.string({ unit: 'binary', maxLength: 4 }))
          .map(([from, cut, put]) => value.slice(0, from) + put + value.slice(from + cut)),
      );

/** A fixture in which up to three values are others. */
const alteredRecord: fc.Arbitrary<CloudTrailRecord> = fc.constantFrom(...RECORDS).chain((record) =>
  fc
    .array(
      fc
        .constantFrom(...pathsOf(record))
        .chain((path) => altered(at(record, path)).map((value) => ({ path, value }))),
      { maxLength: 3 },
    )
    .map((changes) =>
      changes.reduce<CloudTrailRecord>((changed, { path, value }) => {
        try {
          return replaced(changed, path, value) as CloudTrailRecord;
        } catch {
          return changed; // an earlier change has taken the place away
        }
      }, record),
    ),
);

const RUNS = 2000;

test('no JSON value makes it throw', () => {
  const anyRecord = fc.dictionary(
    fc.constantFrom(
      'eventSource',
      'eventName',
      'eventID',
      'awsRegion',
      'userIdentity',
      'requestParameters',
      'x',
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('s3.amazonaws.com', 'CreateBucket', 'sqs.amazonaws.com', 'CreateQueue'),
    ),
  );
  fc.assert(
    fc.property(fc.oneof(anyRecord, alteredRecord), (record) => {
      const verdict = readEvent({ index: 0, record }, A_LOG);
      if (verdict.kind === 'deletion') return verdict.deletion.names.length > 0;
      if (verdict.kind === 'ignored') return verdict.reason.length > 0 && verdict.detail.length < 1000;
      return verdict.creation.resources.length > 0 && verdict.creation.creator.name !== '';
    }),
    runs(RUNS),
  );
});

/** Names of groups may hold nearly every character of ASCII, and their form has a `*` of its own. */
const A_GROUP = /:autoScalingGroup:\*:autoScalingGroupName\/[ -)+-9;->@-~]+$/;

describe('every ARN that it returns', () => {
  test('parses, and is of the record: its partition, its account or none, its region or none', () => {
    let creations = 0;
    fc.assert(
      fc.property(alteredRecord, (record) => {
        for (const { creation, resource } of created(record)) {
          creations++;
          const arn = parseArn(resource.arn);
          expect(arn).toBeDefined();
          expect(arn?.partition).toBe(creation.partition.name);
          expect(arn?.service).toBe(String(record.eventSource).replace('.amazonaws.com', ''));
          expect([creation.account, '']).toContain(arn?.account);
          expect([resource.region, '']).toContain(arn?.region);
          expect(creation.partition.regions.test(resource.region)).toBe(true);
          expect(creation.account).toMatch(/^\d{12}$/);
        }
      }),
      runs(RUNS),
    );
    expect(creations).toBeGreaterThan(runs(RUNS).numRuns / 4); // not one that passes because nothing is created
  });

  test('holds no character that an ARN may not hold, and stands once in its creation', () => {
    fc.assert(
      fc.property(alteredRecord, (record) => {
        const arns = created(record).map(({ resource }) => resource.arn);
        for (const arn of arns)
          expect(arn.replace(A_GROUP, '')).toMatch(/^arn:[a-z0-9:-]+:[^\p{C}\p{Zl}\p{Zp}*?]+$/u);
        expect(new Set(arns).size).toBe(arns.length);
      }),
      runs(RUNS),
    );
  });
});

test('what something was made for is of its own account and partition, never itself, and vouched for by a key of AWS alone', () => {
  fc.assert(
    fc.property(alteredRecord, fc.boolean(), (record, withoutKeysOfAws) => {
      const text = JSON.stringify(record);
      const read = withoutKeysOfAws ? JSON.parse(text.replaceAll('"aws:', '"AWS:')) : record;
      for (const { creation, resource } of created(read)) {
        const { parent, account, partition } = creation;
        if (parent === undefined) continue;
        expect(parent.account).toBe(account);
        expect(partitionOf(parent.region)).toBe(partition);
        expect(parent.arn.split(':').slice(0, 5)).toEqual(
          expect.arrayContaining(['arn', partition.name, parent.region, account]),
        );
        expect(parent.arn).not.toBe(resource.name ?? resource.arn);
        if (withoutKeysOfAws) expect(parent.proof).not.toBe('vouched');
      }
    }),
    runs(RUNS),
  );
});

test('the case of keys below the first level makes no difference', () => {
  const recase = (value: unknown, upper: readonly boolean[], depth = 0): unknown => {
    if (Array.isArray(value)) return value.map((element) => recase(element, upper, depth));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        depth === 0
          ? key
          : [...key]
              .map((letter, index) => (upper[index] ? letter.toUpperCase() : letter.toLowerCase()))
              .join(''),
        recase(inner, upper, depth + 1),
      ]),
    );
  };
  // Keys of tags are told apart by case, and so is what they name.
  const comparable = (record: CloudTrailRecord) =>
    created(record).map(
      ({ creation: { requestTags: _, record: __, parent: ___, isMadeForParent: ____, ...creation } }) =>
        creation,
    );
  fc.assert(
    fc.property(
      fc.constantFrom(...RECORDS),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      (record, upper) => {
        const before = comparable(record);
        expect(before.length).toBeGreaterThan(0);
        expect(comparable(recase(record, upper) as CloudTrailRecord)).toEqual(before);
      },
    ),
    runs(100),
  );
});

function created(
  record: CloudTrailRecord,
): { creation: Creation; resource: Creation['resources'][number] }[] {
  const verdict = readEvent({ index: 0, record }, A_LOG);
  if (verdict.kind !== 'creation') return [];
  return verdict.creation.resources.map((resource) => ({ creation: verdict.creation, resource }));
}
