/**
 * What rows say beside where an ARN stands: which of several kinds of an event a record is, in which region its
 * resource lies, what the tag call wants, what else the call made, and whether it created at all.
 */
import { describe, expect, test } from '@jest/globals';
import { recordOfRow } from '../../../fixtures/record-of-row.ts';
import { rowsFor } from '../../../parser/catalogue/catalogue.ts';
import type { Creation, CreationOptions } from '../../../parser/event/creation.ts';
import { readEvent } from '../../../parser/event/event.ts';
import type { CloudTrailRecord } from '../../../parser/record.ts';
import { ACCOUNT, fixture, withValue, withValues } from '../../helpers/fixtures.ts';

const SOURCE = { origin: 'log', account: undefined } as const;

function verdictOf(record: CloudTrailRecord, options?: CreationOptions): Creation | string {
  const verdict = readEvent({ index: 0, record }, SOURCE, options);
  if (verdict.kind === 'deletion') return `deletion of ${verdict.deletion.names.join(', ')}`;
  return verdict.kind === 'creation' ? verdict.creation : `${verdict.reason}: ${verdict.detail}`;
}

/** Of each resource: its ARN, the region it lies in, its id for the tag call and how it came to be. */
function resourcesOf(record: CloudTrailRecord, options?: CreationOptions) {
  const verdict = verdictOf(record, options);
  if (typeof verdict === 'string') return verdict;
  return verdict.resources.map(({ arn, region, id, tagId = id, creation }) => ({
    arn,
    region,
    tagId,
    creation,
  }));
}

const arnsOf = (record: CloudTrailRecord) => {
  const resources = resourcesOf(record);
  return typeof resources === 'string' ? resources : resources.map(({ arn }) => arn);
};

function call(
  source: string,
  eventName: string,
  content: { request?: unknown; response?: unknown; [key: string]: unknown },
  region = 'eu-west-1',
): CloudTrailRecord {
  const { request = null, response = null, ...rest } = content;
  return {
    ...fixture('sns-CreateTopic'),
    eventSource: `${source}.amazonaws.com`,
    eventName,
    awsRegion: region,
    requestParameters: request,
    responseElements: response,
    ...rest,
  };
}

const OWN = `eu-west-1:${ACCOUNT}`;
const NO_RESOURCE = 'no-resource: the record holds no id or ARN of a resource';

describe('several kinds of one event', () => {
  const classic = { request: { loadBalancerName: 'shop' }, response: { dNSName: 'shop.example.com' } };
  const arn = `arn:aws:elasticloadbalancing:${OWN}:loadbalancer/net/shop/1a2b3c4d5e6f7081`;
  const second = { request: { name: 'shop' }, response: { loadBalancers: [{ loadBalancerArn: arn }] } };

  test('a load balancer is a classic one by its name in the request', () => {
    expect(arnsOf(call('elasticloadbalancing', 'CreateLoadBalancer', classic))).toEqual([
      `arn:aws:elasticloadbalancing:${OWN}:loadbalancer/shop`,
    ]);
  });

  test('and one of the second kind by its ARN, whatever type it has', () => {
    expect(arnsOf(call('elasticloadbalancing', 'CreateLoadBalancer', second))).toEqual([arn]);
    const odd = JSON.parse(JSON.stringify(second).replace('/net/', '/other/'));
    expect(arnsOf(call('elasticloadbalancing', 'CreateLoadBalancer', odd))).toMatch(/^invalid: ARN is /);
  });

  test('a stage is of the API that the request names', () => {
    const stage = (request: object) => arnsOf(call('apigateway', 'CreateStage', { request }));
    expect(stage({ restApiId: 'a1b2', stageName: 'live' })).toEqual([
      'arn:aws:apigateway:eu-west-1::/restapis/a1b2/stages/live',
    ]);
    expect(stage({ apiId: 'a1b2', stageName: 'live' })).toEqual([
      'arn:aws:apigateway:eu-west-1::/apis/a1b2/stages/live',
    ]);
    expect(stage({ stageName: 'live' })).toBe(NO_RESOURCE);
  });

  test('a deployment of Greengrass is of one version only, whose keys differ in nothing but case', () => {
    const first = `arn:aws:greengrass:${OWN}:/greengrass/groups/g-1/deployments/d-1`;
    const ofFirst = { response: { DeploymentArn: first, DeploymentId: 'd-1' } };
    expect(arnsOf(call('greengrass', 'CreateDeployment', ofFirst))).toEqual([first]);
    expect(arnsOf(call('greengrass', 'CreateDeployment', { response: { deploymentId: 'd-2' } }))).toEqual([
      `arn:aws:greengrass:${OWN}:deployments:d-2`,
    ]);
  });

  test('an account of an organization counts when it is there', () => {
    const result = (state: string) =>
      call(
        'organizations',
        'CreateAccountResult',
        { serviceEventDetails: { createAccountStatus: { state, accountId: '444455556666' } } },
        'us-east-1',
      );
    expect(arnsOf(result('SUCCEEDED'))).toEqual([`arn:aws:organizations::${ACCOUNT}:account/*/444455556666`]);
    expect(arnsOf(result('FAILED'))).toBe(NO_RESOURCE);
  });

  test('what has neither ARN nor id is there once the call succeeded', () => {
    expect(arnsOf(call('securityhub', 'EnableSecurityHub', {}))).toEqual([
      `arn:aws:securityhub:${OWN}:hub/default`,
    ]);
  });
});

describe('where a resource lies', () => {
  const role = (partition: string) => ({
    response: { role: { arn: `arn:${partition}:iam::${ACCOUNT}:role/teams/build`, roleName: 'build' } },
  });

  test.each([
    ['eu-west-1', 'aws', 'us-east-1'],
    ['cn-northwest-1', 'aws-cn', 'cn-north-1'],
    ['us-gov-east-1', 'aws-us-gov', 'us-gov-west-1'],
  ])('a role that is made from %s is in the one region of IAM of %s: %s', (from, partition, region) => {
    expect(resourcesOf(call('iam', 'CreateRole', role(partition), from))).toEqual([
      {
        arn: `arn:${partition}:iam::${ACCOUNT}:role/teams/build`,
        region,
        tagId: 'build',
        creation: 'strict',
      },
    ]);
  });

  test('a service without another region stays where the record says', () => {
    const arn = `arn:aws-us-gov:globalaccelerator::${ACCOUNT}:accelerator/a1`;
    const record = call(
      'globalaccelerator',
      'CreateAccelerator',
      { response: { accelerator: { acceleratorArn: arn } } },
      'us-gov-west-1',
    );
    expect(resourcesOf(record)).toMatchObject([{ region: 'us-gov-west-1' }]);
  });

  test('a replica of a key is in the region that the request names', () => {
    const replica = (region: string) =>
      call('kms', 'ReplicateKey', {
        request: { keyId: 'mrk-1a2b', replicaRegion: region },
        response: { replicaKeyMetadata: { arn: `arn:aws:kms:us-west-2:${ACCOUNT}:key/mrk-1a2b` } },
      });
    expect(resourcesOf(replica('us-west-2'))).toMatchObject([{ region: 'us-west-2' }]);
    expect(resourcesOf(replica('eu-west-1'))).toMatch(/^invalid: ARN is .*, expected arn:aws:kms:eu-west-1:/);
    expect(resourcesOf(replica('cn-north-1'))).toMatch(
      /^invalid: requestParameters.replicaRegion is "cn-north-1"/,
    );
  });
});

describe('what the tag call wants', () => {
  test('of a role it is the name without its path', () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/a/b/build`;
    expect(resourcesOf(call('iam', 'CreateRole', { response: { role: { arn } } }))).toMatchObject([
      { arn, tagId: 'build' },
    ]);
  });

  test.each([
    ['/shop/key', 'shop/key'],
    ['key', 'key'],
    ['/key', 'key'],
  ])('of the parameter %s it is this name, and the ARN has %s', (name, inArn) => {
    const record = call('ssm', 'PutParameter', { request: { name }, response: { version: 1 } });
    expect(resourcesOf(record)).toMatchObject([
      { arn: `arn:aws:ssm:${OWN}:parameter/${inArn}`, tagId: name },
    ]);
  });

  const keyPair = (keyPairId?: unknown) =>
    call('ec2', 'CreateKeyPair', { request: { keyName: 'ops' }, response: { keyName: 'ops', keyPairId } });

  test('of a key pair it is its id, which old records do not have', () => {
    expect(resourcesOf(keyPair('key-0a1b2c3d4e5f60718'))).toMatchObject([
      { arn: `arn:aws:ec2:${OWN}:key-pair/ops`, tagId: 'key-0a1b2c3d4e5f60718' },
    ]);
    expect(resourcesOf(keyPair())).toBe(NO_RESOURCE);
  });

  test('an id of another type is not it', () => {
    expect(resourcesOf(keyPair('i-0a1b2c3d4e5f60718'))).toBe(
      'invalid: KeyPairId is "i-0a1b2c3d4e5f60718", expected an id of ec2:key-pair',
    );
  });
});

describe('what the same call made', () => {
  const record = fixture('ec2-RunInstances');
  const enis = (from: CloudTrailRecord) => {
    const arns = arnsOf(from);
    return typeof arns === 'string' ? arns : arns.filter((arn) => arn.includes(':network-interface/'));
  };

  test('network interfaces of the instances it launched', () => {
    expect(enis(record)).toHaveLength(2);
  });

  test('but not one that was there before and was handed to it', () => {
    const given = { items: [{ networkInterfaceId: 'eni-0f1e2d3c4b5a69780', deviceIndex: 0 }] };
    expect(enis(withValue(record, 'requestParameters.networkInterfaceSet', given))).toEqual([
      `arn:aws:ec2:${OWN}:network-interface/eni-0f1e2d3c4b5a69781`,
    ]);
  });

  test('they have the tags that the request set on their type, not those of the instances', () => {
    const items = [
      { resourceType: 'instance', tags: [{ key: 'CreatedBy', value: 'eve' }] },
      { resourceType: 'network-interface', tags: [{ key: 'Name', value: 'front' }] },
    ];
    const verdict = verdictOf(withValue(record, 'requestParameters.tagSpecificationSet', { items }));
    if (typeof verdict === 'string') throw new Error(verdict);
    expect(verdict.requestTags).toEqual({ CreatedBy: 'eve' });
    const tags = verdict.resources.map(({ row, requestTags }) => [row.resourceType, requestTags]);
    expect(tags).toEqual([
      ['ec2:instance', undefined],
      ['ec2:instance', undefined],
      ['ec2:network-interface', { Name: 'front' }],
      ['ec2:network-interface', { Name: 'front' }],
    ]);
  });

  test('they are marked as made on the way, and the instances are not', () => {
    const verdict = verdictOf(record);
    if (typeof verdict === 'string') throw new Error(verdict);
    const marks = verdict.resources.map(({ isIndirect }) => isIndirect);
    expect(marks).toEqual([undefined, undefined, true, true]);
  });

  test('nothing of them where the call repeated a client token: they were there by then', () => {
    const changed = (seconds: number) => ({
      ...record,
      eventTime: new Date(Date.parse(record.eventTime as string) + seconds * 1000).toISOString(),
    });
    expect(enis(changed(30))).toHaveLength(2);
    expect(enis(changed(90))).toEqual([]);
    expect(arnsOf(changed(90))).toHaveLength(2);
  });

  test('an interface without an instance is nothing of a launch', () => {
    const changed = JSON.parse(JSON.stringify(record).replaceAll('"instanceId"', '"x"'));
    expect(arnsOf(changed)).toBe(NO_RESOURCE);
  });
});

describe('is it new?', () => {
  const put = (version?: unknown) =>
    call('ssm', 'PutParameter', { request: { name: '/shop/key' }, response: { version } });
  const MAY_BE =
    'may-be-update: PutParameter also updates what exists, and the record does not tell which it did';

  test('a parameter with its first version is, and a second put would fail', () => {
    expect(resourcesOf(put(1))).toMatchObject([{ creation: 'strict' }]);
  });

  test.each([2, '2', undefined, null, 0])('with version %j it may be an update', (version) => {
    expect(resourcesOf(put(version))).toBe(MAY_BE);
    expect(resourcesOf(put(version), { upserts: 'leave' })).toBe(MAY_BE);
    expect(resourcesOf(put(version), { upserts: 'tag' })).toMatchObject([{ creation: 'upsert' }]);
  });

  test('a certificate is, unless the import was into one that is there', () => {
    const arn = `arn:aws:acm:${OWN}:certificate/1a2b3c4d-1a2b-4c3d-8e4f-0123456789ab`;
    const imported = (request: object) =>
      resourcesOf(call('acm', 'ImportCertificate', { request, response: { certificateArn: arn } }));
    expect(imported({})).toMatchObject([{ arn, creation: 'strict' }]);
    expect(imported({ certificateArn: arn })).toMatch(/^may-be-update: /);
  });

  test('what nothing proves never is', () => {
    const alarm = call('monitoring', 'PutMetricAlarm', { request: { alarmName: 'too slow: checkout' } });
    expect(resourcesOf(alarm)).toMatch(/^may-be-update: /);
    expect(resourcesOf(alarm, { upserts: 'tag' })).toMatchObject([
      { arn: `arn:aws:cloudwatch:${OWN}:alarm:too slow: checkout`, creation: 'upsert' },
    ]);
  });

  test('an upsert that names nothing is no update either', () => {
    expect(resourcesOf(call('ssm', 'PutParameter', { response: { version: 2 } }))).toBe(NO_RESOURCE);
  });

  test.each([
    ['us-east-1', undefined, 'idempotent'],
    ['us-east-1', 'eu-west-1', 'strict'],
    ['eu-west-1', 'EU', 'strict'],
    ['us-west-2', 'us-west-2', 'strict'],
    ['us-gov-west-1', undefined, 'strict'],
  ])('a bucket made from %s in %s is %s', (region, LocationConstraint, creation) => {
    const record = withValues(fixture('s3-CreateBucket'), {
      awsRegion: region,
      'requestParameters.CreateBucketConfiguration': { LocationConstraint },
    });
    expect(resourcesOf(record)).toMatchObject([{ creation }]);
  });
});

describe('deletions', () => {
  test.each([
    [
      'lambda',
      'DeleteFunction20150331',
      { functionName: 'shop' },
      [`lambda:eu-west-1:${ACCOUNT}:function:shop`],
    ],
    ['s3', 'DeleteBucket', { bucketName: 'shop' }, ['s3:::shop']],
    [
      'monitoring',
      'DeleteAlarms',
      { alarmNames: ['slow', 'late'] },
      [`cloudwatch:eu-west-1:${ACCOUNT}:alarm:slow`, `cloudwatch:eu-west-1:${ACCOUNT}:alarm:late`],
    ],
  ])('%s %s names what it deletes', (source, eventName, request, arns) => {
    const record = call(source, eventName, { request });
    expect(verdictOf(record)).toBe(`deletion of ${arns.map((arn) => `arn:aws:${arn}`).join(', ')}`);
    expect(verdictOf({ ...record, errorCode: 'AccessDenied' })).toBe('failed-call: "AccessDenied"');
  });

  test('what has ids that are never used again is none of ours', () => {
    expect(verdictOf(call('ec2', 'TerminateInstances', {}))).toMatch(/^not-in-catalogue: /);
  });
});

test('a record that a row is made into has what each kind of row says of it', () => {
  const [row] = rowsFor('ssm.amazonaws.com', 'PutParameter');
  if (row === undefined) throw new Error('no row of PutParameter');
  const { record, arn, tagId } = recordOfRow(row, {
    account: '444455556666',
    region: 'us-west-2',
    number: 7,
  });
  expect(resourcesOf(record)).toEqual([{ arn, region: 'us-west-2', tagId, creation: 'strict' }]);
  expect(arn).toBe('arn:aws:ssm:us-west-2:444455556666:parameter/sample000007');
});
