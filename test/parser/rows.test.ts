/**
 * Laws that hold for every row of the catalogue, on records made from the rows: what a row is about is found, and
 * nothing else is ever taken for it.
 */
import { describe, expect, test } from '@jest/globals';
import { recordOfRow, sampleId } from '../../fixtures/record-of-row.ts';
import { buildArn, serviceOf, variablesOf } from '../../parser/catalogue/arn-template.ts';
import { catalogue, deletions, rowsFor } from '../../parser/catalogue/catalogue.ts';
import { isId } from '../../parser/catalogue/id-forms.ts';
import type { CatalogueRow } from '../../parser/catalogue/row.ts';
import { readEvent, type Verdict } from '../../parser/event/event.ts';
import { matchRow, readArnsAndIds } from '../../parser/event/resources.ts';
import { partitionOf } from '../../parser/partition.ts';
import { valuesAt } from '../../parser/path.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import { fixturesIn } from '../helpers/fixtures.ts';

const ROWS = catalogue();
const REGIONS = ['eu-west-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'];
/** With global services and without, in two partitions: enough for what is no creation. */
const TWO_REGIONS = ['eu-west-1', 'cn-north-1'];
const OTHER_ACCOUNT = '444455556666';

const nameOf = (row: CatalogueRow) => `${row.eventSource} ${row.eventName} ${row.resourceType}`;

const read = (record: CloudTrailRecord): Verdict =>
  readEvent({ index: 0, record }, { origin: 'log', account: undefined }, { upserts: 'tag' });

/** ARN, id for the tag call and region of all that a record created, or why it created nothing. */
function said(record: CloudTrailRecord): string {
  const verdict = read(record);
  if (verdict.kind === 'deletion') return `deletion of ${verdict.deletion.names.join(', ')}`;
  if (verdict.kind === 'ignored') return `${verdict.reason}: ${verdict.detail}`;
  return verdict.creation.resources
    .map(({ arn, id, tagId = id, region }) => `${arn} ${tagId} ${region}`)
    .join(', ');
}

/** A deep copy with every text put through a function. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, change)]));
}

const CONTENT = ['requestParameters', 'responseElements', 'serviceEventDetails'] as const;

/** Changes what the call was about, and leaves who made it where. */
function withContent(record: CloudTrailRecord, change: (text: string) => string): CloudTrailRecord {
  return {
    ...record,
    ...Object.fromEntries(
      CONTENT.filter((key) => key in record).map((key) => [key, mapTexts(record[key], change)]),
    ),
  };
}

test.each(REGIONS)(
  'in %s a record of each row is a creation of its resource, in its region, with what its tag call wants',
  (region) => {
    const wrong = ROWS.flatMap((row) =>
      [false, true]
        .filter((withoutArn) => !withoutArn || row.ids !== undefined)
        .flatMap((withoutArn) => {
          const { record, arn, tagId, region: own } = recordOfRow(row, { region, withoutArn });
          const expected = `${arn} ${tagId} ${own}`;
          return said(record) === expected ? [] : [`${nameOf(row)}: ${said(record)}, expected ${expected}`];
        }),
    );
    expect(wrong).toEqual([]);
  },
);

test('a record of each row of a deletion names what is deleted', () => {
  const partition = partitionOf('eu-west-1');
  if (partition === undefined) throw new Error('no region');
  const wrong = deletions().flatMap((row) => {
    const { record, arn, region } = recordOfRow(row);
    const found = readArnsAndIds(record, row, { partition, account: '111122223333', region });
    const named = found.map((each) => each.arn).join();
    return named === arn ? [] : [`${row.eventSource} ${row.eventName}: ${named}, expected ${arn}`];
  });
  expect(wrong).toEqual([]);
});

test('a deletion that takes a name or an ARN is read by either, the ARN only in the form of its type', () => {
  const partition = partitionOf('eu-west-1');
  if (partition === undefined) throw new Error('no region');
  const facts = { partition, account: '111122223333', region: 'eu-west-1' };
  const rows = deletions().filter(({ idMayBeArn }) => idMayBeArn);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) {
    const { record, arn } = recordOfRow(row);
    const [path = ''] = Object.values(row.ids ?? {}).at(-1) ?? [];
    const named = (text: string) => readArnsAndIds(withText(record, path, text), row, facts);
    expect(named(arn).map((each) => each.arn)).toEqual([arn]);
    for (const foreign of foreignArns('eu-west-1')) expect(() => named(foreign)).toThrow('expected arn:');
  }
});

test('no two variables of a row are read from the same place', () => {
  const shared = [...ROWS, ...deletions()].flatMap((row) => {
    const paths = Object.values(row.ids ?? {}).flat();
    return new Set(paths).size === paths.length ? [] : [`${row.eventSource} ${row.eventName}`];
  });
  expect(shared).toEqual([]);
});

describe.each(TWO_REGIONS)('in %s', (region) => {
  /** What the ARN of the row's record is replaced by. */
  const foreigners: readonly (readonly [name: string, of: (arn: string, row: CatalogueRow) => string])[] = [
    ['account', (arn) => arn.replace(':111122223333:', `:${OTHER_ACCOUNT}:`)],
    ['partition', (arn) => arn.replace(/^arn:[a-z-]+:/, 'arn:aws-iso:')],
    ['region', (arn) => replacePart(arn, 3, (own) => (own === '' ? 'eu-north-1' : 'eu-south-1'))],
    ['service', (arn) => replacePart(arn, 2, () => 'example')],
    ['type', (arn, row) => otherTypeOf(row, arn, region)],
  ];

  test.each(foreigners)('an ARN of another %s is invalid', (_, foreignOf) => {
    let tried = 0;
    const believed = ROWS.flatMap((row) => {
      const { record, arn } = recordOfRow(row, { region });
      const foreign = foreignOf(arn, row);
      if (foreign === arn || row.arnPaths === undefined) return [];
      tried++;
      const verdict = read(withContent(record, (text) => (text === arn ? foreign : text)));
      const isInvalid = verdict.kind === 'ignored' && verdict.reason === 'invalid';
      return isInvalid ? [] : [`${nameOf(row)} takes ${foreign}`];
    });
    expect(believed).toEqual([]);
    expect(tried).toBeGreaterThan(700);
  });

  test('an ARN in the place of an id is invalid', () => {
    const believed = ROWS.filter(({ ids }) => ids !== undefined).flatMap((row) => {
      const { record } = recordOfRow(row, { region, withoutArn: true });
      const [path = ''] = row.ids?.[variablesOf(row.arn).at(-1) ?? ''] ?? [];
      const [id] = valuesAt(record, path.replace(/\|.*$/, ''));
      return foreignArns(region).flatMap((foreign) => {
        const verdict = read(withContent(record, (text) => (text === id ? foreign : text)));
        return verdict.kind === 'creation' ? [`${nameOf(row)} takes ${foreign}`] : [];
      });
    });
    expect(believed).toEqual([]);
  });

  test('however the ARNs of a record are shuffled among its fields, only the right one of the right type is taken', () => {
    const believed = ROWS.flatMap((row) => {
      const { record, arn } = recordOfRow(row, { region });
      const places = arnPlaces(row);
      const arns = [arn, ...foreignArns(region)];
      return arns.flatMap((_, turn) => {
        const shuffled = places.reduce<CloudTrailRecord>(
          (into, place, at) => withText(into, place, arns[(at + turn) % arns.length] ?? ''),
          record,
        );
        const verdict = read(shuffled);
        if (verdict.kind !== 'creation') return [];
        return verdict.creation.resources
          .filter((each) => each.arn !== arn && FOREIGN_TYPES.get(serviceOf(each.arn)) !== row.resourceType)
          .map((each) => `${nameOf(row)} takes ${each.arn}`);
      });
    });
    expect(believed).toEqual([]);
  });
});

test.each(fixturesIn('eu-west-1'))(
  '$name: whichever fields its ARNs stand in, and others beside them, nothing but the right ones are taken',
  ({ record, arns: expected }) => {
    const found: string[] = [];
    withContent(record, (text) => {
      if (text.startsWith('arn:')) found.push(text);
      return text;
    });
    const arns = [...found, ...foreignArns('eu-west-1')];
    for (const [turn] of arns.entries()) {
      let place = turn;
      const verdict = read(
        withContent(record, (text) => (text.startsWith('arn:') ? (arns[place++ % arns.length] ?? '') : text)),
      );
      if (verdict.kind !== 'creation') continue;
      for (const { arn, row } of verdict.creation.resources) {
        const isOwn = expected.includes(arn) || FOREIGN_TYPES.get(serviceOf(arn)) === row.resourceType;
        expect([arn, isOwn]).toEqual([arn, true]);
      }
    }
  },
);

function replacePart(arn: string, place: number, by: (part: string) => string): string {
  return arn
    .split(':')
    .map((part, at) => (at === place ? by(part) : part))
    .join(':');
}

/** Of the same service where it has another, else with a word before its type. */
function otherTypeOf(row: CatalogueRow, arn: string, region: string): string {
  const facts = factsOf(row, region);
  const others = ROWS.filter((each) => serviceOf(each.arn) === serviceOf(row.arn));
  const other = others
    .values()
    .map((each) => recordOfRow(each, { region }).arn)
    .find((each) => matchRow(row, each, facts) === undefined);
  return other ?? replacePart(arn, 5, (resource) => `other/${resource}/x`);
}

function factsOf(row: CatalogueRow, region: string) {
  const partition = partitionOf(region)?.name ?? '';
  return { Partition: partition, Region: row.regions?.[partition] ?? region, Account: '111122223333' };
}

/** What stands beside new things in records: their role, key, network, topic, bucket. */
function foreignArns(region: string): string[] {
  const partition = partitionOf(region)?.name ?? '';
  const arn = (rest: string) => `arn:${partition}:${rest}`;
  return [
    arn('iam::111122223333:role/service-role/build'),
    arn(`kms:${region}:111122223333:key/1a2b3c4d-1a2b-4c3d-8e4f-0123456789ab`),
    arn(`ec2:${region}:111122223333:subnet/subnet-0a1b2c3d4e5f60718`),
    arn(`sns:${region}:111122223333:alarms`),
    arn('s3:::shared-bucket'),
  ];
}

/** What these are, by the service in their ARNs. */
const FOREIGN_TYPES: ReadonlyMap<string, string> = new Map([
  ['iam', 'iam:role'],
  ['kms', 'kms:key'],
  ['ec2', 'ec2:subnet'],
  ['sns', 'sns:topic'],
  ['s3', 's3:bucket'],
]);

/** Fields of the record that hold an ARN: all that the row looks at, and some beside them. */
function arnPlaces(row: CatalogueRow): readonly string[] {
  const own = row.arnPaths ?? [];
  const beside = ['roleArn', 'kmsKeyArn', 'subnetArn', 'topicArn', 'bucketArn'];
  return [
    ...own,
    ...beside.slice(0, 3).map((name) => `responseElements.${name}`),
    ...beside.slice(3).map((name) => `requestParameters.${name}`),
  ];
}

function withText(record: CloudTrailRecord, path: string, text: string): CloudTrailRecord {
  const copy = structuredClone(record) as Record<string, unknown>;
  const steps = path.split('.');
  steps.reduce<Record<string, unknown>>((at, step, index) => {
    const key = step.replace(/\[\]$/, '');
    const isList = step.endsWith('[]');
    if (index === steps.length - 1) {
      at[key] = isList ? [text] : text;
      return at;
    }
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = isList ? [{}] : {};
    return (isList ? (at[key] as Record<string, unknown>[])[0] : at[key]) as Record<string, unknown>;
  }, copy);
  return copy;
}

const haveSameForm = (one: CatalogueRow, other: CatalogueRow) =>
  one.arn.replace(/\{\w+\}/g, '{}') === other.arn.replace(/\{\w+\}/g, '{}');

/** ARNs of other types that the row builds of ids which hold what stands between the ids of those. */
function builtOfOthers(row: CatalogueRow, group: readonly CatalogueRow[]): string[] {
  const others = group.filter(
    (other) => other.resourceType !== row.resourceType && !haveSameForm(other, row),
  );
  const parts = others.flatMap(({ arn }) => resourceOf(arn).split(/\{\w+\}/)).filter((part) => part !== '');
  const texts = new Set(
    ['/', ':', ...parts].flatMap((part) => [
      `a${part}b`,
      `a${part}b${part}c`,
      `${part.replace(/^[/:]/, '')}b`,
    ]),
  );
  const facts = factsOf(row, 'eu-west-1');
  const samples = variablesOf(row.arn).map((name) => [name, sampleId(row.arn, name)] as const);
  return samples.flatMap(([name]) =>
    [...texts]
      .filter((text) => isId(serviceOf(row.arn), name, text))
      .map((text) => buildArn(row.arn, { ...facts, ...Object.fromEntries(samples), [name]: text }) ?? '')
      .filter((arn) => others.some((other) => matchRow(other, arn, facts) !== undefined)),
  );
}

function resourceOf(arn: string): string {
  return arn.split(':').slice(5).join(':');
}

describe('ARNs of rows', () => {
  test('a type has no form that another type of its service fits into, but where they share their ARNs', () => {
    const groups = Map.groupBy(ROWS, ({ arn }) => serviceOf(arn));
    const taken = [...groups.values()].flatMap((group) =>
      group.flatMap((row) =>
        group
          .filter((other) => other.resourceType !== row.resourceType && !haveSameForm(other, row))
          .filter((other) => matchRow(row, recordOfRow(other).arn, factsOf(row, 'eu-west-1')) !== undefined)
          .map((other) => `${row.resourceType} takes ${other.resourceType}`),
      ),
    );
    expect(taken).toEqual([
      'comprehend:document-classifier takes comprehend:entity-recognizer', // ImportModel imports either
    ]);
  });

  test('an id that is made of the parts of other ARNs builds no ARN of another type', () => {
    const groups = [...Map.groupBy(ROWS, ({ arn }) => serviceOf(arn)).values()];
    const built = groups.flatMap((group) =>
      group.filter(({ ids }) => ids !== undefined).flatMap((row) => builtOfOthers(row, group)),
    );
    expect(built).toEqual([]);
  });

  test.each<[source: string, event: string, resource: string]>([
    ['amplify', 'CreateBranch', 'apps/d1a2b3c4d5e6f7/branches/feature/login'],
    ['app-integrations', 'CreateEventIntegration', 'event-integration/orders/created'],
    ['budgets', 'CreateBudget', 'budget/Team A/B'],
    ['cognito-identity', 'CreateIdentityPool', 'identitypool/eu-west-1:1a2b3c4d-1a2b-4c3d-8e4f-0123456789ab'],
    ['glue', 'CreateSchema', 'schema/default-registry/orders'],
    ['iotsecuredtunneling', 'OpenTunnel', 'tunnel/a+b=:c'],
    ['iottwinmaker', 'CreateEntity', 'workspace/site/entity/pump:1'],
    ['logs', 'PutDestination', 'destination:a/b'],
    ['resource-groups', 'CreateGroup', 'group/app/0123456789abcdefghijklmnop'],
    ['ssm', 'CreateOpsMetadata', 'opsmetadata/aws/ssm/shop/appmanager'],
  ])('%s %s: the form takes %s', (source, event, resource) => {
    const [row] = rowsFor(`${source}.amazonaws.com`, event);
    if (row === undefined) throw new Error(`there is no row of ${event}`);
    const own = factsOf(row, 'eu-west-1');
    const start = row.arn
      .split(':', 5)
      .join(':')
      .replace(/\{(\w+)\}/g, (_, name: 'Partition') => own[name]);
    expect(matchRow(row, `${start}:${resource}`, own)?.arn).toBe(`${start}:${resource}`);
  });

  test('every id has a sample of its form, and no form takes what parts or widens an ARN', () => {
    const variables = new Set(
      ROWS.flatMap(({ arn, otherArns = [] }) =>
        [arn, ...otherArns].flatMap((form) => variablesOf(form).map((name) => `${serviceOf(form)} ${name}`)),
      ),
    );
    const harmful = ['', '*', 'a*', 'a?', 'a\nb', 'a\u0000', 'a\u200bb', '.', '..', 'arn:aws:iam::1:role/x'];
    const taken = [...variables].flatMap((each) => {
      const [service = '', name = ''] = each.split(' ');
      expect(isId(service, name, sampleId(`arn:aws:${service}`, name))).toBe(true);
      return harmful
        .filter((text) => isId(service, name, text))
        .map((text) => `${each} takes ${JSON.stringify(text)}`);
    });
    expect(taken).toEqual([]);
  });
});
