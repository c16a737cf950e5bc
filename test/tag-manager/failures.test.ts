/** What a failed call means: the wire errors of each service, their class, and what becomes of the resource. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultEffect } from '../../sandbox/sandbox.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import type { FailureClass } from '../../tag-manager/calls/call-failure.ts';
import type { OutcomeName } from '../../tag-manager/outcome.ts';
import { API_OF, creationOf, EVENT_TIME, KINDS, type KindName, TAGGED_KINDS } from './creations.ts';
import {
  isWrite,
  type ManagerOptions,
  putResource,
  startTagging,
  type Tagging,
  UNENDING,
} from './tagging.ts';

let tagging: Tagging;

beforeAll(async () => {
  tagging = await startTagging();
});
afterEach(() => {
  tagging.sandbox.faults.clear();
  tagging.sandbox.deny.clear();
  tagging.sandbox.clock.run();
  for (const type of Object.keys(tagging.sandbox.taggableAfterMs))
    delete tagging.sandbox.taggableAfterMs[type];
});
afterAll(() => tagging.close());

let resources = 100;

/** Tags a resource of its own, which is there unless told otherwise. */
async function tagOne(kind: KindName, options: ManagerOptions = {}, isThere = true) {
  const id = KINDS[kind].id(resources++);
  if (isThere) putResource(tagging.sandbox, kind, id);
  const creation = creationOf(kind, id);
  let outcome = (await tagging.tag([]))[0];
  const requests = await tagging.requestsOf(async () => {
    [outcome] = await tagging.tag([creation], options);
  });
  return { outcome, requests };
}

const READS: Readonly<Record<string, string>> = {
  instance: 'DescribeTags',
  bucket: 'GetBucketTagging',
  database: 'ListTagsForResource',
  function: 'ListTags',
  table: 'ListTagsOfResource',
  topic: 'ListTagsForResource',
  queue: 'ListQueueTags',
  'cache cluster': 'ListTagsForResource',
};

const WRITES: Readonly<Record<string, string>> = {
  instance: 'CreateTags',
  bucket: 'TagResource',
  database: 'AddTagsToResource',
  function: 'TagResource',
  table: 'TagResource',
  topic: 'TagResource',
  queue: 'TagQueue',
  'cache cluster': 'AddTagsToResource',
};

/** Kinds whose answers are waited for in vain, one a protocol. */
const SLOW: ReadonlySet<KindName> = new Set(['instance', 'bucket', 'queue']);

const BY_CLASS: Readonly<Record<FailureClass, OutcomeName>> = {
  'not-found': 'gone', // the events of these tests are a day old
  throttled: 'deferred',
  'broken-answer': 'deferred',
  'clock-skew': 'deferred',
  busy: 'deferred',
  conflict: 'deferred',
  network: 'deferred',
  credentials: 'deferred',
  stopped: 'deferred',
  denied: 'failed',
  'too-many-tags': 'failed',
  'invalid-tags': 'failed',
  invalid: 'failed',
  unsupported: 'failed',
  unknown: 'failed',
};

type Row = readonly [
  code: string,
  status: number,
  failureClass: FailureClass,
  name?: string | undefined,
  message?: string,
];

/** Wire code and status; the SDK's name for it where that differs; a message where that decides. */
const ERRORS: Readonly<Partial<Record<KindName, readonly Row[]>>> = {
  instance: [
    ['InvalidInstanceID.NotFound', 400, 'not-found'],
    ['InvalidInstanceId.NotFound', 400, 'not-found'],
    ['InvalidVolume.NotFound', 400, 'not-found'],
    ['InvalidGroup.NotFound', 400, 'not-found'],
    ['InvalidSnapshot.NotFound', 400, 'not-found'],
    ['InvalidAMIID.Unavailable', 400, 'not-found'],
    ['NatGatewayNotFound', 400, 'not-found'],
    ['InvalidPlacementGroup.Unknown', 400, 'not-found'],
    ['UnauthorizedOperation', 403, 'denied'],
    ['AuthFailure', 401, 'denied'],
    ['OptInRequired', 401, 'denied'],
    ['RequestLimitExceeded', 503, 'throttled'],
    ['EC2ThrottledException', 503, 'throttled'],
    ['TagLimitExceeded', 400, 'too-many-tags'],
    ['InvalidParameterValue', 400, 'invalid-tags'],
    [
      'InvalidParameterValue',
      400,
      'invalid',
      undefined,
      "'Created By' is not a valid tag key. Tag keys must match",
    ],
    ['TagPolicyViolation', 400, 'invalid-tags'],
    ['InvalidTagKey.Malformed', 400, 'invalid-tags'],
    ['InvalidID', 400, 'invalid'],
    ['InvalidInstanceID.Malformed', 400, 'invalid'],
    ['ConcurrentTagAccess', 400, 'conflict'],
    ['IncorrectState', 400, 'busy'],
    ['IncorrectInstanceState', 400, 'busy'],
    ['InternalError', 500, 'busy'],
    ['Unavailable', 503, 'busy'],
    ['RequestExpired', 400, 'clock-skew'],
  ],
  bucket: [
    ['NoSuchResource', 404, 'not-found'],
    ['NoSuchBucket', 404, 'not-found'],
    ['SlowDown', 503, 'throttled'],
    ['TooManyTags', 400, 'too-many-tags'],
    ['InvalidTag', 400, 'invalid-tags'],
    ['MalformedXML', 400, 'invalid'],
    ['TagPolicyException', 400, 'invalid-tags'],
    ['OperationAborted', 409, 'conflict'],
    ['InternalError', 500, 'busy'],
    ['ServiceUnavailable', 503, 'busy'],
    ['RequestTimeout', 400, 'network'],
    ['RequestTimeTooSkewed', 403, 'clock-skew'],
    ['RequestInTheFuture', 403, 'clock-skew'],
    ['ExpiredToken', 400, 'credentials'],
  ],
  database: [
    ['DBInstanceNotFound', 404, 'not-found', 'DBInstanceNotFoundFault'],
    ['DBClusterNotFoundFault', 404, 'not-found'],
    ['DBSnapshotNotFound', 404, 'not-found', 'DBSnapshotNotFoundFault'],
    ['DBParameterGroupNotFound', 404, 'not-found', 'DBParameterGroupNotFoundFault'],
    ['AccessDenied', 403, 'denied'],
    ['InvalidClientTokenId', 403, 'denied'],
    ['SignatureDoesNotMatch', 403, 'denied'],
    [
      'SignatureDoesNotMatch',
      403,
      'clock-skew',
      undefined,
      'Signature expired: 20261120T100000Z is now earlier than',
    ],
    [
      'SignatureDoesNotMatch',
      403,
      'clock-skew',
      undefined,
      'Signature not yet current: 20261120T100000Z is still',
    ],
    ['Throttling', 400, 'throttled'],
    ['InvalidParameterValue', 400, 'invalid-tags'],
    ['InvalidParameterCombination', 400, 'invalid-tags'],
    ['InvalidDBInstanceState', 400, 'busy', 'InvalidDBInstanceStateFault'],
    ['InvalidDBClusterStateFault', 400, 'busy'],
    ['InvalidDBClusterEndpointStateFault', 400, 'busy'],
    ['InternalFailure', 500, 'busy'],
    ['ExpiredToken', 403, 'credentials'],
  ],
  function: [
    ['ResourceNotFoundException', 404, 'not-found'],
    ['AccessDeniedException', 403, 'denied'],
    ['UnrecognizedClientException', 403, 'denied'],
    ['InvalidSignatureException', 403, 'denied'],
    [
      'InvalidSignatureException',
      403,
      'clock-skew',
      undefined,
      'Signature expired: 20261120T100000Z is now earlier',
    ],
    ['LimitExceededException', 400, 'too-many-tags'],
    ['TooManyRequestsException', 429, 'throttled'],
    ['InvalidParameterValueException', 400, 'invalid-tags'],
    ['ResourceConflictException', 409, 'conflict'],
    ['ServiceException', 500, 'busy'],
    ['ExpiredTokenException', 403, 'credentials'],
  ],
  table: [
    ['ResourceNotFoundException', 400, 'not-found'],
    ['AccessDeniedException', 400, 'denied'],
    ['UnrecognizedClientException', 400, 'denied'],
    ['ThrottlingException', 400, 'throttled'],
    ['LimitExceededException', 400, 'throttled'],
    ['ProvisionedThroughputExceededException', 400, 'throttled'],
    ['ValidationException', 400, 'invalid-tags'],
    ['ResourceInUseException', 400, 'busy'],
    ['InternalServerError', 500, 'busy'],
    ['ExpiredTokenException', 400, 'credentials'],
  ],
  topic: [
    ['ResourceNotFound', 404, 'not-found', 'ResourceNotFoundException'],
    ['AuthorizationError', 403, 'denied', 'AuthorizationErrorException'],
    ['AccessDenied', 403, 'denied'],
    ['Throttling', 400, 'throttled'],
    ['Throttled', 429, 'throttled', 'ThrottledException'],
    ['TagLimitExceeded', 400, 'too-many-tags', 'TagLimitExceededException'],
    ['InvalidParameter', 400, 'invalid-tags', 'InvalidParameterException'],
    ['TagPolicy', 400, 'invalid-tags', 'TagPolicyException'],
    ['ConcurrentAccess', 400, 'conflict', 'ConcurrentAccessException'],
    ['StaleTag', 400, 'conflict', 'StaleTagException'],
    ['InternalError', 500, 'busy', 'InternalErrorException'],
  ],
  queue: [
    ['QueueDoesNotExist', 400, 'not-found'],
    ['InvalidAddress', 404, 'not-found'],
    ['AccessDenied', 403, 'denied'],
    ['AccessDeniedException', 400, 'denied'],
    ['InvalidSecurity', 403, 'denied'],
    ['RequestThrottled', 403, 'throttled'],
    ['InvalidParameterValue', 400, 'invalid-tags'],
    ['UnsupportedOperation', 400, 'unsupported'],
    ['InternalFailure', 500, 'busy'],
  ],
  'cache cluster': [
    ['CacheClusterNotFound', 404, 'not-found', 'CacheClusterNotFoundFault'],
    ['ReplicationGroupNotFoundFault', 404, 'not-found'],
    ['UserNotFound', 404, 'not-found', 'UserNotFoundFault'],
    ['AccessDenied', 403, 'denied'],
    ['Throttling', 400, 'throttled'],
    ['APICallRateForCustomerExceeded', 400, 'throttled', 'APICallRateForCustomerExceededFault'],
    ['TagQuotaPerResourceExceeded', 400, 'too-many-tags'],
    ['InvalidARN', 400, 'invalid', 'InvalidARNFault'],
    ['InvalidParameterValue', 400, 'invalid-tags', 'InvalidParameterValueException'],
    ['InvalidReplicationGroupState', 400, 'busy', 'InvalidReplicationGroupStateFault'],
    ['InvalidServerlessCacheStateFault', 400, 'busy'],
    ['InvalidCacheClusterState', 400, 'busy', 'InvalidCacheClusterStateFault'],
  ],
};

/** Names that nobody has listed: the status decides. */
const UNLISTED: readonly Row[] = [
  ['SomethingNew', 400, 'invalid'],
  ['SomethingNew', 403, 'denied'],
  ['SomethingNew', 429, 'throttled'],
  ['SomethingNew', 500, 'busy'],
  ['SomethingNew', 503, 'busy'],
];

const page = (status: number, body: string) => ({ status, contentType: 'text/html; charset=utf-8', body });

/** What a proxy or a portal answers: well-formed pages, broken ones, with any status. */
const NOT_OF_AWS: readonly (readonly [string, ReturnType<typeof page>])[] = [
  ['with a page to log in', page(200, '<html><body><p>Please log in</p></body></html>')],
  ['with a page that is no XML', page(200, '<!DOCTYPE html><html><body>Please log in<br></body></html>')],
  ['with a page that forbids', page(403, '<html><body>Blocked by the proxy</body></html>')],
  ['with a page that asks for a password', page(407, '<html><body>Proxy authentication</body></html>')],
  ['with a page that says nobody is there', page(502, '<html><body>Bad gateway<hr></body></html>')],
];

describe.each(TAGGED_KINDS)('a %s', (kind) => {
  const rows = [...(ERRORS[kind] ?? []), ...UNLISTED].map(
    ([code, status, failureClass, name = code, message = `that is ${code}`]) =>
      [code, status, failureClass, name, message] as const,
  );

  // S3's denials have a fallback, and a question behind them: s3.test.ts.
  const writeRows = rows.filter(([, , failureClass]) => !(kind === 'bucket' && failureClass === 'denied'));

  test.each(writeRows)(
    'whose write fails with %s (%i) is %s',
    async (code, status, failureClass, name, message) => {
      const effect = { error: { code, status, message } };
      tagging.sandbox.faults.add({ operation: WRITES[kind] ?? '', effect });
      const { outcome } = await tagOne(kind);
      expect(outcome).toMatchObject({
        outcome: BY_CLASS[failureClass],
        failure: { class: failureClass, error: name, message },
      });
    },
  );

  test.each(rows)(
    'whose read fails with %s (%i) is %s, and is not written',
    async (code, status, failureClass, _, message) => {
      const effect = { error: { code, status, message } };
      tagging.sandbox.faults.add({ operation: READS[kind] ?? '', effect });
      const { outcome, requests } = await tagOne(kind);
      expect(outcome).toMatchObject({
        outcome: BY_CLASS[failureClass],
        failure: { class: failureClass, message },
      });
      expect(requests.filter(isWrite)).toEqual([]);
    },
  );

  test('has a case here for every name in the row of its API', () => {
    const proven = rows.map(([, , failureClass, name]) => `${name} is ${failureClass}`);
    const named = apiNamed(API_OF[KINDS[kind].tagger]).failures.flatMap((row) =>
      row.names.map((name) => `${name} is ${row.class}`),
    );
    expect(named.filter((each) => !proven.includes(each))).toEqual([]);
  });

  describe.each(['read', 'write'] as const)('whose %s is answered by something else than AWS', (which) => {
    test.each(NOT_OF_AWS)('%s, is deferred, and never counts as tagged', async (_, answer) => {
      const operation = (which === 'read' ? READS : WRITES)[kind] ?? '';
      tagging.sandbox.faults.add({ operation, effect: { answer } });
      const { outcome, requests } = await tagOne(kind);
      expect(outcome).toMatchObject({ outcome: 'deferred' });
      expect(['broken-answer', 'busy']).toContain(outcome?.failure?.class);
      if (which === 'read') expect(requests.filter(isWrite)).toEqual([]);
    });
  });

  test('whose tags come cut off, though the answer itself is whole, is deferred and not written', async () => {
    const body = '<?xml version="1.0"?><Response><tagSet><item><key>CreatedBy</ke';
    const cut = kind === 'function' || kind === 'table' || kind === 'queue' ? '{"Tags":[{"Key":"Cre' : body;
    const answer = { status: 200, contentType: 'text/plain', body: cut };
    tagging.sandbox.faults.add({ operation: READS[kind] ?? '', effect: { answer } });
    const { outcome, requests } = await tagOne(kind);
    expect(outcome).toMatchObject({ outcome: 'deferred', failure: { class: 'broken-answer' } });
    expect(requests.filter(isWrite)).toEqual([]);
  });

  const BROKEN: readonly (readonly [string, FaultEffect])[] = [
    ['is reset', { reset: true }],
    ['is reset after it has taken effect', { reset: true, applied: true }],
    // The time limit is the same for all: three kinds are enough to wait for.
    ...(SLOW.has(kind) ? [['never comes', { stall: true }] as const] : []),
    ['is a 500', { error: { code: 'InternalFailure', status: 500, message: 'sorry' } }],
  ];
  const limits = { maxAttempts: 2, requestTimeoutMs: 400 };

  test.each(BROKEN)('whose write %s is tried as often as told, then deferred', async (_, effect) => {
    tagging.sandbox.faults.add({ operation: WRITES[kind] ?? '', effect });
    const { outcome, requests } = await tagOne(kind, { limits });
    expect(outcome?.outcome).toBe('deferred');
    expect(['network', 'busy']).toContain(outcome?.failure?.class);
    expect(requests.filter(isWrite)).toHaveLength(2);
  });

  test.each(BROKEN)('whose first write %s is tagged by the second', async (_, effect) => {
    tagging.sandbox.faults.add({ operation: WRITES[kind] ?? '', effect, times: 1 });
    const { outcome, requests } = await tagOne(kind, { limits });
    expect(outcome).toMatchObject({ outcome: 'tagged', failure: undefined });
    expect(requests.filter(isWrite)).toHaveLength(2);
  });

  test('whose tags are cut off in the middle is deferred, and is not written', async () => {
    tagging.sandbox.faults.add({ operation: READS[kind] ?? '', effect: { resetAfterBytes: 10 } });
    const id = KINDS[kind].id(resources++);
    putResource(tagging.sandbox, kind, id, { tags: { CreatedBy: 'somebody' } });
    let outcome = (await tagging.tag([]))[0];
    const requests = await tagging.requestsOf(async () => {
      [outcome] = await tagging.tag([creationOf(kind, id)]);
    });
    expect(requests.filter(isWrite)).toEqual([]);
    expect(outcome).toMatchObject({ outcome: 'deferred', failure: { class: 'network' } });
  });

  const { graceSeconds } = creationOf(kind, KINDS[kind].id(0)).resources[0]?.row ?? { graceSeconds: 0 };

  test.each([
    {
      when: 'a second before its grace is over',
      age: graceSeconds - 1,
      becomes: 'deferred',
      reason: 'not found: it may still be being created',
    },
    {
      when: 'when its grace is over',
      age: graceSeconds,
      becomes: 'gone',
      reason: 'not found: it was deleted',
    },
  ])('that is not there is $becomes $when', async ({ age, becomes, reason }) => {
    const now = Date.parse(EVENT_TIME) + age * 1000;
    const { outcome } = await tagOne(kind, { now }, false);
    expect(outcome).toMatchObject({ outcome: becomes, reason, failure: { class: 'not-found' } });
  });

  const TYPES: Readonly<Record<string, string>> = {
    instance: 'ec2:instance',
    bucket: 's3:bucket',
    database: 'rds:db',
    function: 'lambda:function',
    table: 'dynamodb:table',
    topic: 'sns:topic',
    queue: 'sqs:queue',
    'cache cluster': 'elasticache:cluster',
  };

  test('that is still being created is deferred, and tagged once it is there', async () => {
    const now = Date.parse(EVENT_TIME) + 60_000;
    tagging.sandbox.clock.set(EVENT_TIME);
    tagging.sandbox.taggableAfterMs[TYPES[kind] ?? ''] = 90_000;
    const id = KINDS[kind].id(resources++);
    putResource(tagging.sandbox, kind, id);
    const manager = tagging.manager({ now });
    expect(await manager.tag({ creations: [creationOf(kind, id)] }, UNENDING)).toMatchObject({
      outcomes: [{ outcome: 'deferred' }],
    });
    tagging.sandbox.clock.advance(90_000);
    expect(await manager.tag({ creations: [creationOf(kind, id)] }, UNENDING)).toMatchObject({
      outcomes: [{ outcome: 'tagged' }],
    });
  });
});

test('the grace is ten minutes where tagging works at once, an hour where resources take their time', () => {
  const graces = Object.fromEntries(
    TAGGED_KINDS.map((kind) => [kind, creationOf(kind, KINDS[kind].id(0)).resources[0]?.row.graceSeconds]),
  );
  expect(graces).toEqual({
    instance: 600,
    bucket: 600,
    function: 600,
    topic: 600,
    queue: 600,
    database: 3600,
    table: 3600,
    'cache cluster': 3600,
  });
});

describe('credentials', () => {
  test.each([
    'CredentialsProviderError',
    'TokenProviderError',
    'ProviderError',
    'ExpiredTokenException',
    'TokenRefreshRequired',
    'IDPCommunicationErrorException',
  ])('that cannot be had, with %s, defer the resource', async (name) => {
    const noCredentials = async () => {
      throw Object.assign(new Error('the role session is over'), { name });
    };
    const { outcome, requests } = await tagOne('queue', { credentialsFor: () => noCredentials });
    expect(outcome).toMatchObject({
      outcome: 'deferred',
      failure: { class: 'credentials', message: 'the role session is over' },
    });
    expect(requests).toEqual([]);
  });

  test.each(TAGGED_KINDS)(
    'that are not there for the account of a %s fail it, and throw nothing',
    async (kind) => {
      const credentialsFor = () => {
        throw new RangeError('there are no credentials for the account');
      };
      const { outcome } = await tagOne(kind, { credentialsFor });
      expect(outcome).toMatchObject({
        outcome: 'failed',
        failure: { class: 'unknown', error: 'RangeError' },
      });
    },
  );

  test('that AWS does not know are denied', async () => {
    const unknown = async () => ({ accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'secret' });
    const { outcome } = await tagOne('queue', { credentialsFor: () => unknown });
    expect(outcome).toMatchObject({ outcome: 'failed', failure: { class: 'denied' } });
  });
});

test('a table whose value is refused for its @ is tagged without it, and the change is reported', async () => {
  const id = KINDS.table.id(resources++);
  const arn = putResource(tagging.sandbox, 'table', id);
  const by = 'arn:aws:sts::111122223333:assumed-role/Admin/alice@example.com';
  const creation = creationOf('table', id, { by });
  const [outcome] = await tagging.tag([creation]);
  const to = by.replace('@', '_');
  expect(outcome).toMatchObject({
    outcome: 'tagged',
    adjustments: [{ key: 'CreatedBy', from: by, to }],
    failure: undefined,
  });
  expect(outcome?.tags.get('CreatedBy')).toBe(to);
  expect(tagging.sandbox.tagsOf(arn).CreatedBy).toBe(to);
  expect(await tagging.tag([creation])).toMatchObject([{ outcome: 'unchanged' }]);
});

test('a table without an @ to give up is refused once', async () => {
  const effect = { error: { code: 'ValidationException', status: 400, message: 'no' } };
  tagging.sandbox.faults.add({ operation: 'TagResource', effect });
  const { outcome, requests } = await tagOne('table');
  expect(outcome?.outcome).toBe('failed');
  expect(requests.filter(isWrite)).toHaveLength(1);
});

test('an endless message is cut', async () => {
  const effect = { error: { code: 'AccessDenied', status: 403, message: 'no '.repeat(10_000) } };
  tagging.sandbox.faults.add({ operation: 'TagQueue', effect });
  const { outcome } = await tagOne('queue');
  expect(outcome?.failure?.message).toBe('no '.repeat(10_000).slice(0, 500));
});
