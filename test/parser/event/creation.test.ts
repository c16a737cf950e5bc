/** From a record to what it created, or to the counted reason why it created nothing. */
import { describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { rowsFor } from '../../../parser/catalogue/catalogue.ts';
import type { IgnoredReason } from '../../../parser/event/ignored-reason.ts';
import { ACCOUNT, fixture, fixturesIn, movedTo, withValue, withValues } from '../../helpers/fixtures.ts';
import { arnsOf, creationOf, refusalOf } from './verdicts.ts';

const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2', 'cn-north-1', 'us-gov-west-1'];

describe.each(REGIONS)('fixtures in %s', (region) => {
  const cases = fixturesIn(region).map((each) => [each.name, each] as const);

  test.each(cases)('%s created what it says, in its account, region and partition', (_, expected) => {
    const creation = creationOf(expected.record);
    expect(creation.resources.map(({ arn }) => arn)).toEqual(expected.arns);
    expect(creation).toMatchObject({
      account: ACCOUNT,
      eventID: expected.record.eventID,
      eventTime: expected.record.eventTime,
      eventSource: expected.record.eventSource,
      eventName: expected.record.eventName,
      region: expected.record.awsRegion,
      sourceIP: expected.record.sourceIPAddress,
      record: expected.record,
    });
    for (const { arn } of creation.resources) expect(arn).toMatch(`arn:${creation.partition.name}:`);
    expect(new Set(creation.resources.map((each) => each.region))).toEqual(new Set([region]));
  });

  test.each(cases)('%s says who did it', (_, { record, creator }) => {
    const [arn, name, person, invokedBy] = creator;
    expect(creationOf(record).creator).toEqual({ arn, name, person, invokedBy });
  });

  test.each(cases)('%s says what it was made for, and how sure that is', (_, { record, parent }) => {
    const found = creationOf(record).parent;
    expect(found && [found.arn, found.proof]).toEqual(parent);
  });

  test.each(cases)('%s names the id that stands last in each ARN', (_, { record }) => {
    for (const { arn, id } of creationOf(record).resources) expect(arn.split(/[:/]/).at(-1)).toBe(id);
  });

  test.each(cases)('%s created each thing by a row of its own event', (_, { record }) => {
    const names = rowsFor(String(record.eventSource), String(record.eventName)).map(
      ({ eventName }) => eventName,
    );
    for (const { row } of creationOf(record).resources) expect(names).toContain(row.eventName);
  });
});

test('a creation keeps its place in the file', () => {
  expect(creationOf(fixture('sns-CreateTopic')).index).toBe(0);
});

describe('tags that the creating request set', () => {
  test.each<[name: string, tags: Record<string, string>]>([
    ['ec2-CreateVolume', { Name: 'scratch' }],
    ['ec2-CopySnapshot', {}],
    ['rds-CreateDBInstance', { Project: 'orders' }],
    ['lambda-CreateFunction20150331', { Project: 'shop' }],
    ['dynamodb-CreateTable', { Project: 'shop' }],
    ['sns-CreateTopic', { Project: 'shop' }],
    ['sqs-CreateQueue', { Project: 'shop' }],
    ['elasticache-CreateCacheCluster', { Project: 'shop' }],
    ['s3-CreateBucket', {}],
  ])('are read from %s', (name, tags) => {
    expect(creationOf(fixture(name)).requestTags).toEqual(tags);
  });

  test('are read from CreateSnapshots, one or several', () => {
    const path = 'requestParameters.CreateSnapshotsRequest.TagSpecification';
    const one = { ResourceType: 'snapshot', Tag: { Key: 'Name', Value: 'nightly', tag: 1 } };
    const two = [{ Tag: [{ Key: 'a', Value: '1' }, { Key: 'b' }] }];
    const record = fixture('ec2-CreateSnapshots');
    expect(creationOf(withValue(record, path, one)).requestTags).toEqual({ Name: 'nightly' });
    expect(creationOf(withValue(record, path, two)).requestTags).toEqual({ a: '1', b: '' });
  });

  test('are a list whose members are called otherwise by some services, or stand deeper', () => {
    const tagged = (source: string, event: string, requestParameters: unknown) => {
      const row = rowsFor(`${source}.amazonaws.com`, event).at(0);
      if (row === undefined) throw new Error(`there is no row of ${event}`);
      return creationOf({ ...recordOfRow(row).record, requestParameters }).requestTags;
    };
    const keys = { tags: [{ tagKey: 'CreatedBy', tagValue: 'eve' }, { tagKey: 'empty' }] };
    expect(tagged('kms', 'CreateKey', keys)).toEqual({ CreatedBy: 'eve', empty: '' });
    const spot = {
      SpotFleetRequestConfig: { TagSpecification: { Tag: { Key: 'CreatedBy', Value: 'eve' } } },
    };
    expect(tagged('ec2', 'RequestSpotFleet', { RequestSpotFleetRequest: spot })).toEqual({
      CreatedBy: 'eve',
    });
    const bucket = { Tags: { Tag: { Key: 'CreatedBy', Value: 'eve' } } };
    expect(tagged('s3', 'CreateBucket', { bucketName: 'logs', CreateBucketConfiguration: bucket })).toEqual({
      CreatedBy: 'eve',
    });
  });

  test('may be called key and hide none of the others', () => {
    const tags = { key: 'x', value: 'y', CreatedBy: 'eve' };
    const record = withValue(fixture('sqs-CreateQueue'), 'requestParameters.tags', tags);
    expect(creationOf(record).requestTags).toEqual(tags);
  });

  test('count for the type of resource that they were set for', () => {
    const path = 'requestParameters.tagSpecificationSet';
    const items = [
      { resourceType: 'volume', tags: [{ key: 'CreatedBy', value: 'the volume team' }] },
      { resourceType: 'instance', tags: [{ key: 'Name', value: 'web' }] },
    ];
    const record = withValue(fixture('ec2-RunInstances'), path, { items });
    expect(creationOf(record).requestTags).toEqual({ Name: 'web' });
  });

  test.each<[title: string, tags: unknown]>([
    ['a text', 'none'],
    ['a number', 7],
    ['a list of texts', ['a', 'b']],
    ['null', null],
    ['a map of numbers', { a: 1 }],
  ])('may be %s, which is no tag and no harm', (_, tags) => {
    expect(
      creationOf(withValue(fixture('sqs-CreateQueue'), 'requestParameters.tags', tags)).requestTags,
    ).toEqual({});
  });

  test('may be called __proto__ and pollute nothing', () => {
    const tags = JSON.parse('{"__proto__": "polluted", "Project": "shop"}');
    const { requestTags } = creationOf(withValue(fixture('sqs-CreateQueue'), 'requestParameters.tags', tags));
    expect(requestTags.Project).toBe('shop');
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('when the service made it', () => {
  test.each<[name: string, times: readonly (number | undefined)[]]>([
    ['ec2-RunInstances', [1741083330000, 1741083330000]],
    ['ec2-RunInstances.request-parameters', [undefined]],
    ['ec2-CreateVolume', [1741083425000]],
    ['ec2-CreateSnapshot', [1741083501274]],
    ['ec2-CopySnapshot', [undefined]],
    ['s3-CreateBucket', [undefined]],
  ])('is told by %s, or is not', (name, times) => {
    expect(creationOf(fixture(name)).resources.map(({ createdAt }) => createdAt)).toEqual(times);
  });

  test.each<unknown>(['1741083425000', null, 'Mar 4, 2025, 10:29:17 AM', {}, true])(
    '%j is no such time',
    (time) => {
      const record = withValue(fixture('ec2-CreateVolume'), 'responseElements.createTime', time);
      expect(creationOf(record).resources[0]?.createdAt).toBeUndefined();
    },
  );

  test('is not taken from another instance of the call', () => {
    const record = withValue(
      fixture('ec2-RunInstances'),
      'responseElements.instancesSet.items.0.launchTime',
      undefined,
    );
    expect(creationOf(record).resources.map(({ createdAt }) => createdAt)).toEqual([undefined, undefined]);
  });
});

/** A success in all but what is changed. */
const VOLUME = fixture('ec2-CreateVolume');
const BUCKET = fixture('s3-CreateBucket');

describe('records that made nothing', () => {
  test.each<[title: string, changes: Record<string, unknown>, reason: IgnoredReason, detail: string]>([
    [
      'a failed call',
      { errorCode: 'Client.VcpuLimitExceeded', responseElements: null },
      'failed-call',
      '"Client.VcpuLimitExceeded"',
    ],
    [
      'a failed call with a filled response',
      { errorCode: 'UnknownParameter' },
      'failed-call',
      '"UnknownParameter"',
    ],
    ['a call with nothing but a message', { errorMessage: 'Not allowed' }, 'failed-call', '"Not allowed"'],
    [
      'an empty code and a message',
      { errorCode: '', errorMessage: 'Not allowed' },
      'failed-call',
      '"Not allowed"',
    ],
    ['a null code and a message', { errorCode: null, errorMessage: 'No' }, 'failed-call', '"No"'],
    [
      'a code and a message',
      { errorCode: 'AccessDenied', errorMessage: 'User is not authorized' },
      'failed-call',
      '"AccessDenied"',
    ],
    [
      'a dry run',
      {
        errorCode: 'Client.DryRunOperation',
        errorMessage: 'Request would have succeeded',
        responseElements: null,
      },
      'failed-call',
      '"Client.DryRunOperation"',
    ],
    ['an error code of another spelling', { ErrorCode: 'AccessDenied' }, 'failed-call', '"AccessDenied"'],
    ['an error code that is a number', { errorCode: 403 }, 'failed-call', '403'],
    ['an error code that is false', { errorCode: false }, 'failed-call', 'false'],
    ['an error code that is an object', { errorCode: { code: 1 } }, 'failed-call', 'an object'],
    ['no response', { responseElements: null }, 'no-resource', 'the record holds no id or ARN of a resource'],
    [
      'neither request nor response',
      { responseElements: null, requestParameters: null },
      'no-resource',
      'the record holds no id or ARN of a resource',
    ],
    [
      'a response that is a text',
      { responseElements: 'ok' },
      'no-resource',
      'the record holds no id or ARN of a resource',
    ],
    [
      'a response that is a list',
      { responseElements: [] },
      'no-resource',
      'the record holds no id or ARN of a resource',
    ],
    [
      'a response of nothing but a message',
      { responseElements: { message: 'denied' } },
      'no-resource',
      'the record holds no id or ARN of a resource',
    ],
    [
      'the same event of another source',
      { eventSource: 'elasticache.amazonaws.com' },
      'not-in-catalogue',
      'elasticache.amazonaws.com CreateVolume',
    ],
    ['no source', { eventSource: undefined }, 'not-in-catalogue', 'eventSource or eventName is missing'],
    ['no name', { eventName: undefined }, 'not-in-catalogue', 'eventSource or eventName is missing'],
    [
      'a name that is a list',
      { eventName: ['CreateVolume'] },
      'not-in-catalogue',
      'eventSource or eventName is missing',
    ],
  ])('%s', (_, changes, reason, detail) => {
    expect(refusalOf(withValues(VOLUME, changes))).toEqual([reason, detail]);
  });

  test.each(fixturesIn('eu-west-1').map(({ name, record }) => [name, record] as const))(
    'a failure of %s, whatever the response holds',
    (_, record) => {
      expect(refusalOf({ ...record, errorCode: 'AccessDenied' })).toEqual(['failed-call', '"AccessDenied"']);
    },
  );

  test.each<[title: string, responseElements: unknown]>([
    ['an object that says so', { omitted: true, originalSize: 120000, reason: 'responseElements too large' }],
    ['a flag alone', { responseElementsOmitted: 'true' }],
    ['a flag of another name', { isTruncated: true }],
    ['a message', { message: 'The response was truncated.' }],
    ['a text', '[OMITTED]'],
    ['a text with a size', 'responseElements (131072 bytes) omitted: too large'],
  ])('a response that CloudTrail left out, with %s in its place', (_, responseElements) => {
    const detail = 'CloudTrail left out the content of responseElements, and with it the ids';
    expect(refusalOf(withValue(VOLUME, 'responseElements', responseElements))).toEqual([
      'response-omitted',
      detail,
    ]);
  });

  test('a request that CloudTrail left out, where the id stands in it', () => {
    expect(refusalOf(withValue(BUCKET, 'requestParameters', { omitted: true }))).toEqual([
      'response-omitted',
      'CloudTrail left out the content of requestParameters, and with it the ids',
    ]);
  });

  test.each<[title: string, responseElements: unknown]>([
    ['that is not truncated', { isTruncated: false, omitted: 'no' }],
    ['with content beside the flag', { isTruncated: true, groups: [{ name: 'a' }] }],
    [
      'of many fields',
      Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'omitted'].map((key) => [key, true])),
    ],
    ['that is a number', 7],
    ['with a masked text', { value: '<sensitiveDataRemoved>' }],
  ])('a response %s was not left out', (_, responseElements) => {
    expect(refusalOf(withValue(VOLUME, 'responseElements', responseElements))[0]).toBe('no-resource');
  });

  test('what is left out does not matter where the id stands elsewhere', () => {
    const queue = fixture('sqs-CreateQueue');
    expect(arnsOf(withValue(queue, 'responseElements', { omitted: true }))).toEqual(arnsOf(queue));
    const volume = withValue(VOLUME, 'responseElements.note', 'omitted: tags, too large');
    expect(arnsOf(volume)).toEqual(arnsOf(VOLUME));
  });

  test('empty errors are none', () => {
    expect(arnsOf(withValues(VOLUME, { errorCode: '', errorMessage: '' }))).toHaveLength(1);
    expect(arnsOf(withValues(VOLUME, { errorCode: null, errorMessage: null }))).toHaveLength(1);
  });

  test('a bucket is created although its response is null', () => {
    expect(BUCKET.responseElements).toBeNull();
    expect(arnsOf(BUCKET)).toEqual(['arn:aws:s3:::reports-of-the-shop']);
  });
});

describe('facts that a record may not claim', () => {
  const account = 'an account of 12 digits';
  const time = 'a time such as 2025-03-04T10:17:05Z';
  const id = 'at most 128 letters, digits, hyphens and underscores';
  const region = 'a region of aws, aws-cn, aws-us-gov';
  test.each<[title: string, changes: Record<string, unknown>, detail: string]>([
    ['an event id with a space', { eventID: 'a b' }, `eventID is "a b", expected ${id}`],
    ['an event id that is a number', { eventID: 7 }, `eventID is 7, expected ${id}`],
    ['an empty event id', { eventID: '' }, `eventID is "", expected ${id}`],
    ['an id of our own making', { eventID: 'sha256:00' }, `eventID is "sha256:00", expected ${id}`],
    ['no time', { eventTime: null }, `eventTime is missing, expected ${time}`],
    ['a time in words', { eventTime: 'yesterday' }, `eventTime is "yesterday", expected ${time}`],
    ['a time that is a number', { eventTime: 1741083425 }, `eventTime is 1741083425, expected ${time}`],
    ...[
      '2025-13-04T10:17:05Z',
      '2025-02-30T10:17:05Z',
      '2025-02-30 10:17:05.000+01:00',
      '2025-03-04T24:00:00Z',
      '2025-03-04T10:17:60Z',
      '2025-03-04T10:17:05+15:00',
      '2025-03-04T10:17:05+01:60',
      '2025-03-04T10:17:05 CET',
      '2025-03-04T10:17Z',
      '2025-03-04',
      '2025-3-4T10:17:05Z',
      '0000-01-01T00:00:00+01:00',
      '9999-12-31T23:59:59-01:00',
      ' 2025-03-04T10:17:05Z',
      '2025-03-04T10:17:05Z\n',
    ].map((text): [string, Record<string, unknown>, string] => [
      `the time ${JSON.stringify(text)}`,
      { eventTime: text },
      `eventTime is ${JSON.stringify(text)}, expected ${time}`,
    ]),
    ['no region', { awsRegion: undefined }, `awsRegion is missing, expected ${region}`],
    ...['us-iso-east-1', 'evil.com', 'us-east-1.evil', 'us-east-1@evil', 'us--1', 'us-east-1\n'].map(
      (text): [string, Record<string, unknown>, string] => [
        `the region ${JSON.stringify(text)}`,
        { awsRegion: text },
        `awsRegion is ${JSON.stringify(text)}, expected ${region}`,
      ],
    ),
    ['a masked account', { recipientAccountId: '****' }, `recipientAccountId is "****", expected ${account}`],
    ['an empty account', { recipientAccountId: '' }, `recipientAccountId is "", expected ${account}`],
    [
      'an account of 11 digits',
      { recipientAccountId: '11112222333' },
      `recipientAccountId is "11112222333", expected ${account}`,
    ],
    [
      'an account that is a number',
      { recipientAccountId: 111122223333 },
      `recipientAccountId is 111122223333, expected ${account}`,
    ],
    [
      'an account in a list',
      { recipientAccountId: [ACCOUNT] },
      `recipientAccountId is a list, expected ${account}`,
    ],
    [
      'an account and a line end',
      { recipientAccountId: `${ACCOUNT}\n` },
      String.raw`recipientAccountId is "111122223333\n", expected ${account}`,
    ],
    [
      'no account at all',
      { recipientAccountId: undefined, 'userIdentity.accountId': undefined },
      `userIdentity.accountId is missing, expected ${account}`,
    ],
    [
      'no recipient and a masked caller',
      { recipientAccountId: undefined, 'userIdentity.accountId': 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      `userIdentity.accountId is "HIDDEN_DUE_TO_SECURITY_REASONS", expected ${account}`,
    ],
  ])('%s', (_, changes, detail) => {
    expect(refusalOf(withValues(VOLUME, changes))).toEqual(['invalid', detail]);
  });

  test('a long value is cut where it is shown', () => {
    const [reason, detail] = refusalOf(withValue(VOLUME, 'eventTime', 'x'.repeat(1_000_000)));
    expect(reason).toBe('invalid');
    expect(detail.length).toBeLessThan(250);
    expect(detail).toMatch('eventTime is "xxx');
  });

  const listsIn = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

  test.each(['eventTime', 'responseElements.volumeId', 'userIdentity', 'requestParameters.x', 'x'])(
    'a nesting at %s that nobody could write as JSON again',
    (path) => {
      const detail = 'the record is nested deeper than 100 levels';
      expect(refusalOf(withValue(VOLUME, path, listsIn(300_000)))).toEqual(['invalid', detail]);
    },
  );

  test('a nesting of 100 levels is the deepest that counts', () => {
    expect(arnsOf(withValue(VOLUME, 'x', listsIn(99)))).toHaveLength(1);
    expect(refusalOf(withValue(VOLUME, 'x', listsIn(100)))[0]).toBe('invalid');
  });

  test('a nested error is shown without its depth', () => {
    expect(refusalOf(withValue(VOLUME, 'errorCode', listsIn(300_000)))).toEqual(['failed-call', 'a list']);
  });
});

describe('who did it', () => {
  test.each<[title: string, identity: unknown]>([
    ['no identity', undefined],
    ['a null', null],
    ['a text', 'anna'],
    ['an empty object', {}],
    ['nothing but a type', { type: 'Unknown' }],
    ['empty texts', { type: 'IAMUser', principalId: '', arn: '', userName: '' }],
    ['a masked name', { type: 'IAMUser', userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }],
    ['values that are no texts', { type: 'IAMUser', principalId: 7, arn: {}, userName: ['anna'] }],
  ])('%s is a counted reason', (_, identity) => {
    expect(refusalOf(withValue(VOLUME, 'userIdentity', identity))).toEqual([
      'no-creator',
      'userIdentity names nobody',
    ]);
  });
});

test('a record of another partition is read in its own', () => {
  const record = movedTo('cn-north-1', fixture('sqs-CreateQueue'));
  expect(record.responseElements).toEqual({
    queueUrl: `https://sqs.cn-north-1.amazonaws.com.cn/${ACCOUNT}/parcels`,
  });
  expect(creationOf(record).partition.dnsSuffix).toBe('amazonaws.com.cn');
});
