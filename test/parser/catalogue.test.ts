/** The catalogue is plain data, keyed by source and name, and every row of it has a fixture. */
import { describe, expect, test } from '@jest/globals';
import { CATALOGUE, CATALOGUED_EVENTS, rowsFor } from '../../parser/catalogue/catalogue.ts';
import { ID_FORMS } from '../../parser/catalogue/id-forms.ts';
import { ACCOUNT, EXPECTED_FIXTURES, fixture, fixtureNames } from '../helpers/fixtures.ts';

const shortSource = (eventSource: unknown) => String(eventSource).replace('.amazonaws.com', '');

describe('rows', () => {
  test('the events of the first release are in the catalogue, each under its own source', () => {
    const events = CATALOGUE.map((row) => `${shortSource(row.eventSource)} ${row.eventName}`);
    expect(events).toEqual(
      expect.arrayContaining([
        'ec2 RunInstances',
        'ec2 CreateVolume',
        'ec2 CreateSnapshot',
        'ec2 CreateSnapshots',
        'ec2 CopySnapshot',
        'ec2 CopyVolumes',
        'ec2 CreateSecurityGroup',
        's3 CreateBucket',
        'rds CreateDBInstance',
        'rds CreateDBCluster',
        'lambda CreateFunction',
        'dynamodb CreateTable',
        'sns CreateTopic',
        'sqs CreateQueue',
        'elasticache CreateCacheCluster',
        'elasticache CreateReplicationGroup',
      ]),
    );
  });

  test('no two rows make the same type of resource of the same event', () => {
    const keys = CATALOGUE.map((row) => `${row.eventSource} ${row.eventName} ${row.resourceType}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test.each(CATALOGUE.map((row) => [`${row.eventSource} ${row.eventName}`, row] as const))(
    '%s is plain data',
    (_, row) => {
      expect(JSON.parse(JSON.stringify(row))).toEqual(row);
    },
  );

  test.each(CATALOGUE.map((row) => [row.arn, row] as const))(
    'every variable of %s has a form, and the record has a place for each',
    (arn, row) => {
      const variables = [...arn.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      const ids = variables.filter((name) => !['Partition', 'Region', 'Account'].includes(name));
      expect(ids.filter((name) => ID_FORMS[name] === undefined)).toEqual([]);
      expect(Object.keys(row.ids ?? {})).toEqual(expect.arrayContaining(ids));
    },
  );
});

describe('look-up', () => {
  test.each([
    ['lambda.amazonaws.com', 'CreateFunction20150331', 1],
    ['lambda.amazonaws.com', 'CreateFunction20150331v2', 1],
    ['lambda.amazonaws.com', 'CreateFunction', 1],
    ['lambda.amazonaws.com', 'CreateFunctionUrlConfig', 0],
    ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2', 0],
    ['lambda.amazonaws.com', 'CreateFunction2015033', 0],
    ['lambda.amazonaws.com', '20150331', 0],
    ['cloudfront.amazonaws.com', 'CreateFunction2020_05_31', 0],
    ['glue.amazonaws.com', 'CreateTable', 0],
    ['cassandra.amazonaws.com', 'CreateTable', 0],
    ['timestream.amazonaws.com', 'CreateTable', 0],
    ['s3tables.amazonaws.com', 'CreateTable', 0],
    ['kafka-cluster.amazonaws.com', 'CreateTopic', 0],
    ['mediaconvert.amazonaws.com', 'CreateQueue', 0],
    ['pcs.amazonaws.com', 'CreateQueue', 0],
    ['deadline.amazonaws.com', 'CreateQueue', 0],
    ['elasticache.amazonaws.com', 'CreateSnapshot', 0],
    ['fsx.amazonaws.com', 'CreateSnapshot', 0],
    ['memorydb.amazonaws.com', 'CreateSnapshot', 0],
    ['s3.amazonaws.com', 'RunInstances', 0],
    ['ec2.amazonaws.com', 'runinstances', 0],
    ['ec2.amazonaws.com', '__proto__', 0],
    ['', 'constructor', 0],
  ])('%s %s has %i rows', (eventSource, eventName, rows) => {
    expect(rowsFor(eventSource, eventName)).toHaveLength(rows);
    expect(CATALOGUED_EVENTS.has(eventSource, eventName)).toBe(rows > 0);
  });

  test('the pairs that are listed for the readers are those that the look-up knows', () => {
    expect(CATALOGUED_EVENTS.pairs).toHaveLength(CATALOGUE.length);
    const unknown = CATALOGUED_EVENTS.pairs.filter(
      (pair) => !CATALOGUED_EVENTS.has(pair.eventSource, pair.eventName),
    );
    expect(unknown).toEqual([]);
  });
});

describe('fixtures', () => {
  test('every row has a fixture under its own name', () => {
    const plain = fixtureNames().filter((name) => !name.includes('.'));
    const covered = new Set(
      plain.flatMap((name) => {
        const { eventSource, eventName } = fixture(name);
        return rowsFor(String(eventSource), String(eventName));
      }),
    );
    expect(CATALOGUE.filter((row) => !covered.has(row))).toEqual([]);
  });

  test('every fixture is expected to say something, and nothing is expected of a missing one', () => {
    expect(EXPECTED_FIXTURES.map(({ name }) => name).sort()).toEqual([...fixtureNames()].sort());
  });

  test.each(fixtureNames())('%s is named after its record, whose event is in the catalogue', (name) => {
    const { eventSource, eventName } = fixture(name);
    expect(name.split('.')[0]).toBe(`${shortSource(eventSource)}-${eventName}`);
    expect(rowsFor(String(eventSource), String(eventName))).not.toEqual([]);
  });

  test.each(fixtureNames())('%s is of our account, and has its keys in the order of real records', (name) => {
    const record = fixture(name);
    expect(record.recipientAccountId).toBe(ACCOUNT);
    expect(REAL_KEY_ORDER.filter((key) => Object.hasOwn(record, key))).toEqual(Object.keys(record));
  });

  test('no event id stands in two fixtures', () => {
    const ids = fixtureNames().map((name) => fixture(name).eventID);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

const REAL_KEY_ORDER = [
  ...[
    'eventVersion',
    'userIdentity',
    'eventTime',
    'eventSource',
    'eventName',
    'awsRegion',
    'sourceIPAddress',
  ],
  ...[
    'userAgent',
    'errorCode',
    'errorMessage',
    'requestParameters',
    'responseElements',
    'additionalEventData',
  ],
  ...['requestID', 'eventID', 'readOnly', 'resources', 'eventType', 'apiVersion', 'managementEvent'],
  ...['recipientAccountId', 'eventCategory', 'tlsDetails', 'sessionCredentialFromConsole'],
];
