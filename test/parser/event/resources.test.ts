/**
 * What a record says it created is believed only where it agrees with the record's own account, region and
 * partition, and where ids have the form of their type. One block an event, with the traps of its records.
 */
import { describe, expect, test } from '@jest/globals';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { ACCOUNT, fixture, withValue, withValues } from '../../helpers/fixtures.ts';
import { arnsOf, creationOf, refusalOf } from './verdicts.ts';

const OTHER = '444455556666';
const NO_RESOURCE = ['no-resource', 'the record holds no id or ARN of a resource'];

/** Ids that would do harm in a request, a shell, an XML document, a host name or a path. */
const MALICIOUS: readonly unknown[] = [
  '',
  ' ',
  '../../etc/passwd',
  '..',
  'a b',
  '$(reboot)',
  '`reboot`',
  "'; DROP TABLE x; --",
  '</Key><Key>x',
  '&Action=TerminateInstances',
  'evil.com/',
  'evil.com#',
  'a@evil.com',
  'name\n',
  'na\u0000me',
  'na\u200bme',
  'аpple', // with a Cyrillic a
  '*',
  'a/b',
  'a?b',
  'a%2Fb',
  '{Account}',
  '__proto__',
  'x'.repeat(300),
  '****',
  '<sensitiveDataRemoved>',
  42,
  true,
  [],
  {},
  ['i-0a1b2c3d4e5f60711'],
];

/** Those that a name of the service may be: they harm nobody. */
const HARMLESS: Readonly<Record<string, readonly unknown[]>> = {
  'lambda-CreateFunction20150331': ['__proto__'],
  'dynamodb-CreateTable': ['__proto__'],
  'sns-CreateTopic': ['__proto__'],
  'sqs-CreateQueue': ['__proto__'],
};

/** Where each record holds the id, once what comes before it is taken away. */
const ID_PLACES: readonly (readonly [name: string, path: string, without: readonly string[]])[] = [
  ['ec2-RunInstances.auto-scaling', 'responseElements.instancesSet.items.0.instanceId', []],
  ['ec2-RunInstances.request-parameters', 'requestParameters.instancesSet.items.0.instanceId', []],
  ['ec2-CreateVolume', 'responseElements.volumeId', []],
  ['ec2-CopyVolumes', 'responseElements.CopyVolumesResponse.volumeSet.item.volumeId', []],
  ['ec2-CreateSnapshot', 'responseElements.snapshotId', []],
  ['ec2-CreateSnapshots', 'responseElements.CreateSnapshotsResponse.snapshotSet.item.snapshotId', []],
  ['ec2-CopySnapshot', 'responseElements.snapshotId', []],
  ['ec2-CreateSecurityGroup', 'responseElements.groupId', ['responseElements.securityGroupArn']],
  ['s3-CreateBucket', 'requestParameters.bucketName', []],
  ['rds-CreateDBInstance', 'responseElements.dBInstanceIdentifier', ['responseElements.dBInstanceArn']],
  ['rds-CreateDBCluster', 'responseElements.dBClusterIdentifier', ['responseElements.dBClusterArn']],
  ['lambda-CreateFunction20150331', 'responseElements.functionName', ['responseElements.functionArn']],
  [
    'dynamodb-CreateTable',
    'responseElements.tableDescription.tableName',
    ['responseElements.tableDescription.tableArn'],
  ],
  ['sns-CreateTopic', 'requestParameters.name', ['responseElements.topicArn']],
  ['sqs-CreateQueue', 'requestParameters.queueName', ['responseElements.queueUrl']],
  ['elasticache-CreateCacheCluster', 'responseElements.cacheClusterId', ['responseElements.aRN']],
  ['elasticache-CreateReplicationGroup', 'responseElements.replicationGroupId', ['responseElements.aRN']],
];

describe.each(ID_PLACES)('an id of %s at %s', (name, path, without) => {
  const record = without.reduce((from, place) => withValue(from, place, undefined), fixture(name));

  test('makes the ARN', () => {
    expect(arnsOf(record)).toEqual(arnsOf(fixture(name)));
  });

  test.each(MALICIOUS.filter((id) => !HARMLESS[name]?.includes(id)).map((id) => [id] as const))(
    'is not %j',
    (id) => {
      const [reason, detail] = refusalOf(withValue(record, path, id));
      expect(reason).toBe('invalid');
      expect(detail).toMatch(/^(id|\w+) is .+, expected (a string|arn:aws:)/s);
    },
  );

  test('may be missing or null only where the record has it elsewhere', () => {
    for (const nothing of [undefined, null]) {
      const verdict = withValue(record, path, nothing);
      if (HAS_ANOTHER_PLACE.has(name)) expect(arnsOf(verdict)).toEqual(arnsOf(record));
      else expect(refusalOf(verdict)).toEqual(NO_RESOURCE);
    }
  });
});

/** The request names the resource too. */
const HAS_ANOTHER_PLACE = new Set([
  'rds-CreateDBInstance',
  'rds-CreateDBCluster',
  'elasticache-CreateCacheCluster',
  'elasticache-CreateReplicationGroup',
]);

const ARN_PLACES: readonly (readonly [name: string, path: string])[] = [
  ['rds-CreateDBInstance', 'responseElements.dBInstanceArn'],
  ['rds-CreateDBCluster', 'responseElements.dBClusterArn'],
  ['lambda-CreateFunction20150331', 'responseElements.functionArn'],
  ['dynamodb-CreateTable', 'responseElements.tableDescription.tableArn'],
  ['sns-CreateTopic', 'responseElements.topicArn'],
  ['elasticache-CreateCacheCluster', 'responseElements.aRN'],
  ['elasticache-CreateReplicationGroup', 'responseElements.aRN'],
];

describe.each(ARN_PLACES)('an ARN of %s at %s', (name, path) => {
  const record = fixture(name);
  const [arn = ''] = arnsOf(record);
  const [, , service] = arn.split(':');
  const form = arn.replace(/[^:/]+$/, '');

  test.each([
    ['another account', arn.replace(ACCOUNT, OTHER)],
    ['no account', arn.replace(ACCOUNT, '')],
    ['another region', arn.replace('eu-west-1', 'us-east-1')],
    ['another partition', arn.replace('arn:aws:', 'arn:aws-cn:')],
    ['another service', arn.replace(`:${service}:`, ':iam:')],
    ['another type', `${arn.split(':').slice(0, 5).join(':')}:snapshot:${arn.split(/[:/]/).at(-1)}/x`],
    ['a path behind it', `${arn}/../x`],
    ['a space', `${arn} x`],
    ['a second line', `${arn}\nx`],
    ['no name', form],
    ['no ARN', 'HIDDEN_DUE_TO_SECURITY_REASONS'],
    ['nothing', ''],
  ])('of %s is invalid', (_, other) => {
    const [reason, detail] = refusalOf(withValue(record, path, other));
    expect(reason).toBe('invalid');
    expect(detail.startsWith(`ARN is ${JSON.stringify(other)}, expected ${form}{`)).toBe(true);
  });

  test.each<[unknown, string]>([
    [42, '42'],
    [['x'], 'a list'],
    [{ arn }, 'an object'],
    [true, 'true'],
  ])('is not %j', (value, shown) => {
    expect(refusalOf(withValue(record, path, value))[1]).toMatch(`ARN is ${shown}, expected arn:aws:`);
  });
});

test('an invalid ARN is said in full, with what was expected', () => {
  const arn = `arn:aws:rds:eu-west-1:${OTHER}:db:orders`;
  expect(
    refusalOf(withValue(fixture('rds-CreateDBInstance'), 'responseElements.dBInstanceArn', arn)),
  ).toEqual(['invalid', `ARN is "${arn}", expected arn:aws:rds:eu-west-1:${ACCOUNT}:db:{DbInstanceName}`]);
});

test('an invalid id is said in full, with what was expected', () => {
  expect(refusalOf(withValue(fixture('ec2-CreateVolume'), 'responseElements.volumeId', 'vol-x'))).toEqual([
    'invalid',
    `id is "vol-x", expected arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/{VolumeId}`,
  ]);
});

describe('ids of EC2', () => {
  const volume = (id: string) => withValue(fixture('ec2-CreateVolume'), 'responseElements.volumeId', id);

  test.each(['vol-1a2b3c4d', 'vol-0b1c2d3e4f5061721'])('%s has 8 or 17 digits', (id) => {
    expect(arnsOf(volume(id))).toEqual([`arn:aws:ec2:eu-west-1:${ACCOUNT}:volume/${id}`]);
  });

  test.each([
    'vol-1a2b3c4',
    'vol-1a2b3c4d5',
    'vol-0b1c2d3e4f50617212',
    'VOL-1a2b3c4d',
    'vol-1A2B3C4D',
    'i-1a2b3c4d',
    'snap-1a2b3c4d',
    '1a2b3c4d',
  ])('%s is none of a volume', (id) => {
    expect(refusalOf(volume(id))[0]).toBe('invalid');
  });
});

describe('RunInstances', () => {
  const ITEMS = 'responseElements.instancesSet.items';
  const record = fixture('ec2-RunInstances');
  const instance = (id: string) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/${id}`;

  test('all instances count, not the first alone', () => {
    const items = Array.from({ length: 50 }, (_, at) => ({
      instanceId: `i-0a1b2c3d4e5f6${String(at).padStart(4, '0')}`,
    }));
    expect(arnsOf(withValue(record, ITEMS, items))).toEqual(
      items.map(({ instanceId }) => instance(instanceId)),
    );
  });

  test('a single instance may stand there without a list', () => {
    expect(arnsOf(withValue(record, ITEMS, { instanceId: 'i-1a2b3c4d' }))).toEqual([instance('i-1a2b3c4d')]);
  });

  test('the same id twice is one instance', () => {
    const items = [{ instanceId: 'i-1a2b3c4d' }, { instanceId: 'i-1a2b3c4e' }, { instanceId: 'i-1a2b3c4d' }];
    expect(arnsOf(withValue(record, ITEMS, items))).toEqual([instance('i-1a2b3c4d'), instance('i-1a2b3c4e')]);
  });

  test('one bad id makes the whole record invalid', () => {
    const items = [{ instanceId: 'i-1a2b3c4d' }, { instanceId: 'vol-1a2b3c4d' }];
    expect(refusalOf(withValue(record, ITEMS, items))).toEqual([
      'invalid',
      `id is "vol-1a2b3c4d", expected ${instance('{InstanceId}')}`,
    ]);
  });

  test('the response counts before the request', () => {
    const changed = withValue(record, 'requestParameters.instancesSet.items.0.instanceId', 'i-1a2b3c4d');
    expect(arnsOf(changed)).toEqual(arnsOf(record));
  });

  test('several ids may stand in the request', () => {
    const items = [{ instanceId: 'i-1a2b3c4d' }, { instanceId: 'i-1a2b3c4e' }];
    const changed = withValue(
      fixture('ec2-RunInstances.request-parameters'),
      'requestParameters.instancesSet.items',
      items,
    );
    expect(arnsOf(changed)).toEqual(items.map(({ instanceId }) => instance(instanceId)));
  });

  test('neither network interfaces nor image nor `resources` are taken for instances', () => {
    const changed = withValues(record, {
      [ITEMS]: [
        { networkInterfaceSet: { items: [{ networkInterfaceId: 'eni-1a2b3c4d' }] }, imageId: 'ami-1a2b3c4d' },
      ],
      resources: [{ ARN: instance('i-1a2b3c4d'), accountId: ACCOUNT, type: 'AWS::EC2::Instance' }],
    });
    expect(refusalOf(changed)).toEqual(NO_RESOURCE);
  });

  test.each<[title: string, items: unknown]>([
    ['an empty list', []],
    ['a null', null],
    ['a list of nulls', [null, null]],
    ['a text', 'i-1a2b3c4d'],
    ['a list of texts', ['i-1a2b3c4d']],
    ['a list of lists', [[{ instanceId: 'i-1a2b3c4d' }]]],
  ])('%s holds no instance', (_, items) => {
    expect(refusalOf(withValue(record, ITEMS, items))).toEqual(NO_RESOURCE);
  });
});

describe('snapshots', () => {
  test('their ARNs have no account', () => {
    expect(arnsOf(fixture('ec2-CreateSnapshot'))).toEqual([
      'arn:aws:ec2:eu-west-1::snapshot/snap-0c1d2e3f405162731',
    ]);
  });

  test('CreateSnapshots has an object for one and a list for several', () => {
    const path = 'responseElements.CreateSnapshotsResponse.snapshotSet.item';
    const one = fixture('ec2-CreateSnapshots');
    const list = withValue(one, path, [{ snapshotId: 'snap-0c1d2e3f405162732' }]);
    expect(arnsOf(list)).toEqual(arnsOf(one));
    expect(arnsOf(fixture('ec2-CreateSnapshots.several'))).toHaveLength(3);
  });

  test('CreateSnapshots may come without its wrapper', () => {
    const record = withValue(fixture('ec2-CreateSnapshots'), 'responseElements', {
      snapshotSet: { items: [{ snapshotId: 'snap-1a2b3c4d' }, { snapshotId: 'snap-1a2b3c4e' }] },
    });
    expect(arnsOf(record)).toEqual([
      'arn:aws:ec2:eu-west-1::snapshot/snap-1a2b3c4d',
      'arn:aws:ec2:eu-west-1::snapshot/snap-1a2b3c4e',
    ]);
  });

  test.each([[''], [null], [{}], [{ item: '' }], [{ item: [] }], [{ item: {} }]])(
    'a snapshotSet of %j holds none',
    (snapshotSet) => {
      const record = withValue(fixture('ec2-CreateSnapshots'), 'responseElements', {
        CreateSnapshotsResponse: { snapshotSet },
      });
      expect(refusalOf(record)).toEqual(NO_RESOURCE);
    },
  );

  test('CopySnapshot never takes the snapshot that was copied', () => {
    const record = fixture('ec2-CopySnapshot');
    expect(record.requestParameters).toMatchObject({ sourceSnapshotId: 'snap-0fedcba9876543210' });
    expect(JSON.stringify(arnsOf(record))).not.toMatch('snap-0fedcba9876543210');
    expect(refusalOf(withValue(record, 'responseElements', null))).toEqual(NO_RESOURCE);
  });
});

test('CopyVolumes never takes the volume that was copied', () => {
  for (const name of ['ec2-CopyVolumes', 'ec2-CopyVolumes.unwrapped']) {
    expect(JSON.stringify(fixture(name).requestParameters)).toMatch('vol-0b1c2d3e4f5061721');
    expect(refusalOf(withValue(fixture(name), 'responseElements', null))).toEqual(NO_RESOURCE);
  }
});

describe('CreateBucket', () => {
  const LOCATION = 'requestParameters.CreateBucketConfiguration.LocationConstraint';
  const record = fixture('s3-CreateBucket');
  const regionOf = (changed: CloudTrailRecord) => creationOf(changed).resources.map(({ region }) => region);

  test.each<[title: string, changed: CloudTrailRecord, region: string]>([
    ['without a configuration, in us-east-1', fixture('s3-CreateBucket.us-east-1'), 'us-east-1'],
    ['EU, which is eu-west-1', fixture('s3-CreateBucket.EU'), 'eu-west-1'],
    ['in the casing of 2019', fixture('s3-CreateBucket.2019'), 'eu-west-1'],
    ["another region than the record's", withValue(record, LOCATION, 'ap-southeast-2'), 'ap-southeast-2'],
    ['an empty one', withValue(record, LOCATION, ''), 'eu-west-1'],
    ['null', withValue(record, LOCATION, null), 'eu-west-1'],
    [
      'a configuration that is null',
      withValue(record, 'requestParameters.CreateBucketConfiguration', null),
      'eu-west-1',
    ],
  ])('its region: %s', (_, changed, region) => {
    expect(regionOf(changed)).toEqual([region]);
  });

  test.each<[title: string, location: unknown, shown: string]>([
    ['of another partition', 'cn-north-1', '"cn-north-1"'],
    ['of another partition', 'us-gov-west-1', '"us-gov-west-1"'],
    ['of a partition that is not ours', 'us-iso-east-1', '"us-iso-east-1"'],
    ['a host', 'evil.com', '"evil.com"'],
    ['a region and a host', 'us-east-1.evil.com', '"us-east-1.evil.com"'],
    ['a property of objects', 'constructor', '"constructor"'],
    ['a property of objects', '__proto__', '"__proto__"'],
    ['an alias that is none', 'eu', '"eu"'],
    ['a number', 1, '1'],
    ['a list', ['eu-west-1'], 'a list'],
  ])('a region %s is invalid', (_, location, shown) => {
    expect(refusalOf(withValue(record, LOCATION, location))).toEqual([
      'invalid',
      `${LOCATION} is ${shown}, expected a region of partition aws`,
    ]);
  });

  test('EU is no region of China', () => {
    const changed = withValues(record, { awsRegion: 'cn-north-1', [LOCATION]: 'EU' });
    expect(refusalOf(changed)[1]).toBe(`${LOCATION} is "EU", expected a region of partition aws-cn`);
  });

  test('its host may be a text or a list, and says nothing', () => {
    for (const host of ['evil.com', ['evil.com'], null, 7]) {
      const changed = withValues(record, { 'requestParameters.Host': host, 'requestParameters.host': host });
      expect(arnsOf(changed)).toEqual(arnsOf(record));
    }
  });

  test.each(['abc', 'my.bucket-1', 'Old_Style_Name', 'a'.repeat(255)])('%s may be its name', (name) => {
    expect(arnsOf(withValue(record, 'requestParameters.bucketName', name))).toEqual([`arn:aws:s3:::${name}`]);
  });

  test.each(['ab', '-abc', 'abc.', 'a/b/c', 'arn:aws:s3:::abc', 'a'.repeat(256)])('%s may not', (name) => {
    expect(refusalOf(withValue(record, 'requestParameters.bucketName', name))[0]).toBe('invalid');
  });
});

describe('databases and caches', () => {
  test.each(['rds-CreateDBInstance.2016', 'elasticache-CreateCacheCluster.2014'])(
    '%s holds no ARN: it is built of the identifier, in lower case',
    (name) => {
      const record = fixture(name);
      expect(JSON.stringify(record.responseElements)).not.toMatch(/arn:aws:(rds|elasticache)/);
      const request = withValue(record, 'responseElements', null);
      expect(arnsOf(request)).toEqual(arnsOf(record));
    },
  );

  test('the ARN of the response counts, not the identifier as the caller wrote it', () => {
    const record = fixture('rds-CreateDBInstance');
    expect(record.requestParameters).toMatchObject({ dBInstanceIdentifier: 'Orders-Test' });
    expect(arnsOf(record)).toEqual([`arn:aws:rds:eu-west-1:${ACCOUNT}:db:orders-test`]);
  });

  test('neither the key nor the resource id of a cluster is taken for it', () => {
    const record = withValues(fixture('rds-CreateDBCluster'), {
      'responseElements.dBClusterArn': undefined,
      'responseElements.dBClusterIdentifier': undefined,
      'requestParameters.dBClusterIdentifier': undefined,
    });
    expect(record.responseElements).toMatchObject({ kmsKeyId: expect.stringMatching('arn:aws:kms') });
    expect(refusalOf(record)).toEqual(NO_RESOURCE);
  });

  test('the member clusters of a replication group are not its own resources', () => {
    expect(arnsOf(fixture('elasticache-CreateReplicationGroup'))).toEqual([
      `arn:aws:elasticache:eu-west-1:${ACCOUNT}:replicationgroup:carts`,
    ]);
  });
});

describe('CreateFunction', () => {
  const record = fixture('lambda-CreateFunction20150331');
  const ARN = 'responseElements.functionArn';

  test('of the ARNs beside it, neither role nor runtime is taken', () => {
    expect(record.responseElements).toMatchObject({
      role: expect.stringMatching('arn:aws:iam'),
      runtimeVersionConfig: { runtimeVersionArn: expect.stringMatching('arn:aws:lambda') },
    });
    expect(arnsOf(record)).toEqual([`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:resize-images`]);
    const without = withValues(record, { [ARN]: undefined, 'responseElements.functionName': undefined });
    expect(refusalOf(without)).toEqual(NO_RESOURCE);
  });

  test.each(['1', '42', '$LATEST', '$LATEST.PUBLISHED', 'blue'])(
    'the qualifier %s is left out: tags belong to the function',
    (qualifier) => {
      const [arn = ''] = arnsOf(record);
      const creation = creationOf(withValue(record, ARN, `${arn}:${qualifier}`));
      expect(creation.resources).toMatchObject([{ arn, id: 'resize-images' }]);
    },
  );

  test.each(['$', '$LATEST PUBLISHED', '$LATEST/x', 'a.b', '1:2', ''])('%j is no qualifier', (qualifier) => {
    const [arn = ''] = arnsOf(record);
    expect(refusalOf(withValue(record, ARN, `${arn}:${qualifier}`))[0]).toBe('invalid');
  });

  test('a published version is the same function', () => {
    const published = fixture('lambda-CreateFunction20150331.published');
    expect(published.responseElements).toMatchObject({
      functionArn: expect.stringMatching(/:send-receipts:1$/),
    });
    expect(arnsOf(published)).toEqual([`arn:aws:lambda:eu-west-1:${ACCOUNT}:function:send-receipts`]);
  });

  test.each([
    ['lambda.amazonaws.com', 'CreateFunctionUrlConfig'],
    ['cloudfront.amazonaws.com', 'CreateFunction2015'],
  ])('%s %s is another event', (eventSource, eventName) => {
    expect(refusalOf({ ...record, eventSource, eventName })).toEqual([
      'not-in-catalogue',
      `${eventSource} ${eventName}`,
    ]);
  });
});

describe('CreateQueue', () => {
  const record = fixture('sqs-CreateQueue');
  const withUrl = (url: unknown) => withValue(record, 'responseElements.queueUrl', url);
  const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:`;

  test.each([
    `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/parcels`,
    `https://eu-west-1.queue.amazonaws.com/${ACCOUNT}/parcels`,
    `https://test-sqs.amazon.com/${ACCOUNT}/parcels`,
    `http://evil.com/${ACCOUNT}/parcels`,
    `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/parcels`,
  ])('the host of %s is not looked at', (url) => {
    expect(arnsOf(withUrl(url))).toEqual([`${QUEUE}parcels`]);
  });

  test.each<[title: string, url: unknown, detail: string]>([
    [
      'of another account',
      `https://sqs.eu-west-1.amazonaws.com/${OTHER}/parcels`,
      `Account is "${OTHER}", expected ${ACCOUNT}`,
    ],
    [
      'with a path too long',
      `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/x/parcels`,
      `Account is "x", expected ${ACCOUNT}`,
    ],
    [
      'that leaves the account',
      `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/../parcels`,
      `Account is "..", expected ${ACCOUNT}`,
    ],
    [
      'without a name',
      `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/`,
      `id is "", expected ${QUEUE}{QueueName}`,
    ],
    [
      'with a query',
      `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/parcels?Action=x`,
      `id is "parcels?Action=x", expected ${QUEUE}{QueueName}`,
    ],
    ['without an account', 'parcels', `Account is missing, expected ${ACCOUNT}`],
    ['masked', 'HIDDEN_DUE_TO_SECURITY_REASONS', `Account is missing, expected ${ACCOUNT}`],
    ['that is a number', 42, `Account is 42, expected ${ACCOUNT}`],
  ])('a URL %s is invalid', (_, url, detail) => {
    expect(refusalOf(withUrl(url))).toEqual(['invalid', detail]);
  });

  test('without a response the request names the queue', () => {
    expect(arnsOf(withValue(record, 'responseElements', null))).toEqual([`${QUEUE}parcels`]);
  });

  test('a fifo queue keeps its ending', () => {
    expect(arnsOf(withUrl(`https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/parcels.fifo`))).toEqual([
      `${QUEUE}parcels.fifo`,
    ]);
  });
});

test('keys count in any case of letters, as services differ in it', () => {
  const record = withValue(fixture('elasticache-CreateCacheCluster'), 'responseElements', {
    ARN: `arn:aws:elasticache:eu-west-1:${ACCOUNT}:cluster:baskets`,
  });
  expect(arnsOf(record)).toEqual([`arn:aws:elasticache:eu-west-1:${ACCOUNT}:cluster:baskets`]);
});

test('keys called __proto__ are keys like any other', () => {
  const record = withValue(
    fixture('ec2-CreateVolume'),
    'responseElements',
    JSON.parse('{"__proto__": {"volumeId": "vol-1a2b3c4d"}}'),
  );
  expect(refusalOf(record)).toEqual(NO_RESOURCE);
});
