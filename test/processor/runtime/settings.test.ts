/** Environment variables: their defaults, what they may hold, and exactly what is said of those that may not. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../parser/bounds.ts';
import { TRIGGER_MODES } from '../../../processor/notification/callers.ts';
import { readSettings as readFor, SettingsError } from '../../../processor/runtime/settings.ts';
import { tagsFor } from '../../../tag-manager/tags/tag-settings.ts';
import { ACCOUNT, fixture } from '../../helpers/fixtures.ts';
import { creationOf } from '../../parser/event/verdicts.ts';

const QUEUE_URL = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/retries`;

const readSettings = (env: NodeJS.ProcessEnv) => readFor({ AWS_REGION: 'eu-west-1', ...env }, 'command-line');

const CREATION = creationOf(fixture('ec2-RunInstances'));

/** The tags that a creation would get with these settings. */
function tagsWith(env: NodeJS.ProcessEnv): Record<string, string> {
  const [resource] = CREATION.resources;
  if (resource === undefined) throw new Error('expected a resource');
  return Object.fromEntries(tagsFor(CREATION, resource, readSettings(env).tags).tags);
}

function messageOf(failing: () => unknown): string {
  try {
    failing();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected it to throw');
}

const DEFAULT_TAGS = {
  CreatedBy: `arn:aws:sts::${ACCOUNT}:assumed-role/AWSReservedSSO_Developer_4f1d2c3b5a697887/mia@example.com`,
  CreatedDate: '2025-03-04T10:15:30Z',
  ManagedBy: 'auto-tagger',
};

describe('without any variable', () => {
  test('the settings are the defaults', () => {
    expect(readSettings({})).toMatchObject({
      tags: { onExisting: 'keep', dryRun: false },
      planning: { bounds: DEFAULT_BOUNDS, upserts: 'leave' },
      concurrency: 16,
      pace: { share: 0.5, handlers: 1, factor: 1 },
    });
    expect(tagsWith({})).toEqual(DEFAULT_TAGS);
    expect(readSettings({}).filter(CREATION)).toBeUndefined();
  });

  test('an empty variable is an absent one', () => {
    const names = [
      'CREATED_BY',
      'CREATED_BY_KEY',
      'TAGS',
      'ON_EXISTING',
      'DRY_RUN',
      'CONCURRENCY',
      'OPEN_FILES',
      'RATE_SHARE',
      'RESERVED_CONCURRENCY',
      'RATE_FACTOR',
      'MAX_FILE_BYTES',
    ];
    const env = Object.fromEntries(
      [...names, 'INCLUDE_REGIONS', 'EXCLUDE_CREATORS'].map((name) => [name, '']),
    );
    expect(tagsWith(env)).toEqual(DEFAULT_TAGS);
    expect(readSettings(env).filter(CREATION)).toBeUndefined();
  });

  test('variables of others do not matter', () => {
    expect(tagsWith({ PATH: '/bin', AWS_REGION: 'nowhere', OTHER: 'nobody' })).toEqual(DEFAULT_TAGS);
  });
});

describe('a variable that can be used', () => {
  test.each<[env: NodeJS.ProcessEnv, tags: Record<string, string>]>([
    [{ CREATED_BY: 'arn' }, DEFAULT_TAGS],
    [{ CREATED_BY: 'name' }, { ...DEFAULT_TAGS, CreatedBy: 'mia@example.com' }],
    [{ CREATED_BY: 'person' }, { ...DEFAULT_TAGS, CreatedBy: 'mia@example.com' }],
    [
      { CREATED_BY_KEY: 'owner', CREATED_DATE_KEY: 'born', MANAGED_BY_KEY: 'by', CREATED_BY: 'name' },
      { owner: 'mia@example.com', born: '2025-03-04T10:15:30Z', by: 'auto-tagger' },
    ],
    [{ TAGS: '{}' }, DEFAULT_TAGS],
    [
      { TAGS: '{"Environment":"{env.STAGE}","AccountId":"{account}"}', STAGE: 'test' },
      { ...DEFAULT_TAGS, Environment: 'test', AccountId: ACCOUNT },
    ],
    [{ TAGS: '{"Empty":"{creator.invokedBy}"}' }, DEFAULT_TAGS],
    [{ ENVIRONMENT: 'production' }, { ...DEFAULT_TAGS, Environment: 'production' }],
    [
      { ENVIRONMENT: '{env.STAGE}-{region}', STAGE: 'test' },
      { ...DEFAULT_TAGS, Environment: 'test-eu-west-1' },
    ],
    [
      { TAG_KEY: 'CostCentre', TAG_VALUE: '4711' },
      { ...DEFAULT_TAGS, CostCentre: '4711' },
    ],
    [
      { TAG_SOURCE_IP: 'true', TAG_ACCOUNT_ID: 'true' },
      { ...DEFAULT_TAGS, SourceIP: '203.0.113.24', AccountId: ACCOUNT },
    ],
    [{ TAG_SOURCE_IP: 'false', TAG_ACCOUNT_ID: 'false' }, DEFAULT_TAGS],
  ])('%j gives the tags that it says', (env, tags) => {
    expect(tagsWith(env)).toEqual(tags);
  });

  test.each<[env: NodeJS.ProcessEnv, settings: object]>([
    [{ ON_EXISTING: 'overwrite' }, { tags: { onExisting: 'overwrite' } }],
    [{ ON_EXISTING: 'keep' }, { tags: { onExisting: 'keep' } }],
    [{ DRY_RUN: 'true' }, { tags: { dryRun: true } }],
    [{ DRY_RUN: 'false' }, { tags: { dryRun: false } }],
    [{ TRIGGER_MODE: 'auto' }, { triggerMode: 'auto' }],
    [{ RETRY_QUEUE_URL: QUEUE_URL }, { retryQueueUrl: QUEUE_URL, failureQueueUrl: undefined }],
    [{ FAILURE_QUEUE_URL: QUEUE_URL }, { retryQueueUrl: undefined, failureQueueUrl: QUEUE_URL }],
    [
      { SNS_TOPIC_ARN: `arn:aws:sns:us-east-1:${ACCOUNT}:alerts` },
      { alertTopic: `arn:aws:sns:us-east-1:${ACCOUNT}:alerts` },
    ],
    [{ DYNAMODB_TABLE: 'tagger' }, { store: { table: 'tagger', fileTtlHours: 24 } }],
    [{ DYNAMODB_TABLE: 'tagger', FILE_TTL_HOURS: '1' }, { store: { table: 'tagger', fileTtlHours: 1 } }],
    [{}, { store: undefined, memberRole: undefined }],
    [
      { MEMBER_ROLE_NAME: 'auto-tagger' },
      { memberRole: { name: 'auto-tagger', externalId: undefined, sessionName: 'auto-tagger' } },
    ],
    [
      {
        MEMBER_ROLE_NAME: 'team/cost/Tagger@1',
        MEMBER_ROLE_EXTERNAL_ID: 'orders:7/x',
        MEMBER_ROLE_SESSION_NAME: 'tags',
      },
      { memberRole: { name: 'team/cost/Tagger@1', externalId: 'orders:7/x', sessionName: 'tags' } },
    ],
    [{ CONCURRENCY: '1' }, { concurrency: 1 }],
    [{ CONCURRENCY: '64' }, { concurrency: 64 }],
    [{ OPEN_FILES: '1000' }, { openFiles: 1_000 }],
    [{ RATE_SHARE: '0.25' }, { pace: { share: 0.25 } }],
    [{ RATE_SHARE: '1' }, { pace: { share: 1 } }],
    [{ RESERVED_CONCURRENCY: '4' }, { pace: { handlers: 4 } }],
    [{ RATE_FACTOR: '3' }, { pace: { factor: 3 } }],
    [{ MAX_FILE_BYTES: '1000000' }, { planning: { bounds: { ...DEFAULT_BOUNDS, maxFileBytes: 1_000_000 } } }],
  ])('%j is read', (env, settings) => {
    expect(readSettings(env)).toMatchObject(settings);
  });

  test.each([
    ['ACCOUNTS', '111122223333', '444455556666', 'account'],
    ['REGIONS', 'eu-*', 'us-east-1', 'region'],
    ['SERVICES', 'ec2', 'lambda', 'service'],
    ['SERVICES', 'EC2.amazonaws.com', 's3.amazonaws.com', 'service'],
    ['EVENTS', 'Run*', 'CreateVolume', 'event'],
    ['CREATORS', '*@example.com', 'other', 'creator'],
  ])('INCLUDE_%s=%s filters, and so does EXCLUDE_%s', (name, pattern, other, subject) => {
    expect(readSettings({ [`INCLUDE_${name}`]: pattern }).filter(CREATION)).toBeUndefined();
    expect(readSettings({ [`INCLUDE_${name}`]: other }).filter(CREATION)).toBe(
      `its ${subject} is not included`,
    );
    expect(readSettings({ [`EXCLUDE_${name}`]: pattern }).filter(CREATION)).toBe(
      `its ${subject} is excluded`,
    );
    expect(readSettings({ [`EXCLUDE_${name}`]: other }).filter(CREATION)).toBeUndefined();
  });

  test('patterns stand between commas, with spaces or nothing around them', () => {
    const { filter } = readSettings({ INCLUDE_SERVICES: ' lambda , ec2,,' });
    expect(filter(CREATION)).toBeUndefined();
  });
});

describe('a variable that cannot be used is named', () => {
  const fields =
    'known are creator, creator.key, creator.arn, creator.name, creator.person, creator.invokedBy, parent, eventID, eventTime, ' +
    'eventSource, eventName, account, partition, sourceIP, region, resourceType, arn, id, env.NAME, ssm:NAME, account.COLUMN, person.COLUMN';
  test.each<[env: NodeJS.ProcessEnv, problem: string]>([
    // What `"$A,$B"` makes of variables that are not set: a filter was meant.
    [{ INCLUDE_SERVICES: ' , ,' }, 'INCLUDE_SERVICES: expected patterns between commas'],
    [{ EXCLUDE_CREATORS: ',' }, 'EXCLUDE_CREATORS: expected patterns between commas'],
    [{ CREATED_BY: 'ARN' }, 'CREATED_BY: expected arn, name or person, got "ARN"'],
    [{ ON_EXISTING: 'replace' }, 'ON_EXISTING: expected keep or overwrite, got "replace"'],
    [{ DRY_RUN: 'yes' }, 'DRY_RUN: expected true or false, got "yes"'],
    [{ DRY_RUN: 'TRUE' }, 'DRY_RUN: expected true or false, got "TRUE"'],
    [{ CONCURRENCY: '0' }, 'CONCURRENCY: expected a whole number from 1 to 9999999999999, got "0"'],
    [{ OPEN_FILES: '0' }, 'OPEN_FILES: expected a whole number from 1 to 1000, got "0"'],
    [{ OPEN_FILES: '1001' }, 'OPEN_FILES: expected a whole number from 1 to 1000, got "1001"'],
    [{ RATE_SHARE: '0' }, 'RATE_SHARE: expected a number above 0 and at most 1, as 0.5, got "0"'],
    [{ RATE_SHARE: '50' }, 'RATE_SHARE: expected a number above 0 and at most 1, as 0.5, got "50"'],
    [{ RATE_SHARE: '50%' }, 'RATE_SHARE: expected a number above 0 and at most 1, as 0.5, got "50%"'],
    [{ RATE_SHARE: '0,5' }, 'RATE_SHARE: expected a number above 0 and at most 1, as 0.5, got "0,5"'],
    [
      { RESERVED_CONCURRENCY: '0' },
      'RESERVED_CONCURRENCY: expected a whole number from 1 to 9999999999999, got "0"',
    ],
    [{ CONCURRENCY: '-1' }, 'CONCURRENCY: expected a whole number from 1 to 9999999999999, got "-1"'],
    [{ CONCURRENCY: '1.5' }, 'CONCURRENCY: expected a whole number from 1 to 9999999999999, got "1.5"'],
    [{ CONCURRENCY: '1e3' }, 'CONCURRENCY: expected a whole number from 1 to 9999999999999, got "1e3"'],
    [{ CONCURRENCY: 'many' }, 'CONCURRENCY: expected a whole number from 1 to 9999999999999, got "many"'],
    [
      { TRIGGER_MODE: 'cron' },
      `TRIGGER_MODE: expected ${TRIGGER_MODES.slice(0, -1).join(', ')} or ${TRIGGER_MODES.at(-1)}, got "cron"`,
    ],
    [
      { MAX_FILE_BYTES: '2 GiB' },
      'MAX_FILE_BYTES: expected a whole number from 1 to 9999999999999, got "2 GiB"',
    ],
    [
      { DYNAMODB_TABLE: 'my table' },
      'DYNAMODB_TABLE: expected the name of a DynamoDB table, 3 to 255 letters, digits, dots, hyphens or underscores, got "my table"',
    ],
    [{ FILE_TTL_HOURS: '48' }, 'FILE_TTL_HOURS: it is about the table of DYNAMODB_TABLE, which is not set'],
    ...['arn:aws:iam::111122223333:role/x', '/x', 'x/', 'a//b', 'a b', 'a*', 'x'.repeat(65)].map(
      (name): [NodeJS.ProcessEnv, string] => [
        { MEMBER_ROLE_NAME: name },
        `MEMBER_ROLE_NAME: expected the name of a role, with its path if it has one, such as auto-tagger or team/auto-tagger, got "${name}"`,
      ],
    ),
    [
      { MEMBER_ROLE_NAME: 'x', MEMBER_ROLE_EXTERNAL_ID: '?' },
      'MEMBER_ROLE_EXTERNAL_ID: expected 2 to 1224 letters, digits or any of _ + = , . @ : / -',
    ],
    [
      { MEMBER_ROLE_NAME: 'x', MEMBER_ROLE_SESSION_NAME: 'a b' },
      'MEMBER_ROLE_SESSION_NAME: expected 2 to 64 letters, digits or any of _ + = , . @ -, got "a b"',
    ],
    [
      { MEMBER_ROLE_EXTERNAL_ID: 'orders-7' },
      'MEMBER_ROLE_EXTERNAL_ID: it is about the role of MEMBER_ROLE_NAME, which is not set',
    ],
    [
      { MEMBER_ROLE_SESSION_NAME: 'tags' },
      'MEMBER_ROLE_SESSION_NAME: it is about the role of MEMBER_ROLE_NAME, which is not set',
    ],
    [
      { MEMBER_ROLENAME: 'x' },
      'MEMBER_ROLENAME: is no variable of auto-tagger; did you mean MEMBER_ROLE_NAME?',
    ],
    [{ TAG_KEY: 'Team' }, 'TAG_KEY: it is the key of a tag whose value is TAG_VALUE, which is not set'],
    [{ TAG_VALUE: 'blue' }, 'TAG_VALUE: it is the value of the tag TAG_KEY, which is not set'],
    [
      { TAG_KEY: 'aws:x', TAG_VALUE: 'blue' },
      'TAG_KEY: the tag key "aws:x" cannot be used: it begins with "aws:" or "rds:", which AWS keeps for itself',
    ],
    [
      { TAG_KEY: 'Team', TAG_VALUE: '{squad}' },
      `TAG_VALUE: unknown field {squad} in the template "{squad}"; ${fields}`,
    ],
    [{ TAG_SOURCE_IP: 'yes' }, 'TAG_SOURCE_IP: expected true or false, got "yes"'],
    [
      { TAGS: '{"Environment":"test"}', ENVIRONMENT: 'production' },
      'ENVIRONMENT: the tag key "Environment" cannot be used: it is given twice',
    ],
    [{ ENVIRONMENT: '{stage}' }, `ENVIRONMENT: unknown field {stage} in the template "{stage}"; ${fields}`],
    [
      { ENVIRONMENT: 'x', SECOND_MARKER_KEY: 'Environment' },
      'SECOND_MARKER_KEY: the tag key "Environment" cannot be used: it is given twice',
    ],
    [
      { ENVIRONMENT: 'x', SKIP_TAG: 'Environment' },
      'SKIP_TAG: the tag key "Environment" cannot keep us off: we write it ourselves',
    ],
    ...[
      'alerts',
      'arn:aws:sns:eu-west-1:111122223333:alerts.fifo',
      'arn:aws:sns:eu-west-1:1111:alerts',
      'arn:aws-cn:sns:eu-west-1:111122223333:alerts',
      'arn:aws:sqs:eu-west-1:111122223333:alerts',
    ].map((arn): [NodeJS.ProcessEnv, string] => [
      { SNS_TOPIC_ARN: arn },
      `SNS_TOPIC_ARN: expected the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:111122223333:alerts, got "${arn}"`,
    ]),
    [{ TAGS: '[]' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: '"text"' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: 'null' }, 'TAGS: expected a JSON object of key and template'],
    [{ TAGS: '{"Team":7}' }, 'TAGS: Team: expected a template, which is a text, got 7'],
    [{ TAGS: '{"Team":"{squad}"}' }, `TAGS: unknown field {squad} in the template "{squad}"; ${fields}`],
    [
      { TAGS: '{"Team":"{toString}"}' },
      `TAGS: unknown field {toString} in the template "{toString}"; ${fields}`,
    ],
    [{ TAGS: '{"Team":"{creator"}' }, 'TAGS: unpaired brace in the template "{creator"'],
    [
      { TAGS: '{"Stage":"{env.STAGE}"}' },
      'TAGS: the template "{env.STAGE}" names the environment variable STAGE, which is not set',
    ],
    [{ TAGS: '{"CreatedBy":"me"}' }, 'TAGS: the tag key "CreatedBy" cannot be used: it is given twice'],
    [
      { CREATED_BY_KEY: 'ManagedBy' },
      'MANAGED_BY_KEY: the tag key "ManagedBy" cannot be used: it is given twice',
    ],
    [
      { CREATED_BY_KEY: 'aws:createdBy' },
      'CREATED_BY_KEY: the tag key "aws:createdBy" cannot be used: it begins with "aws:" or "rds:", which AWS keeps for itself',
    ],
    [
      { TAGS: '{"a*b":"x"}' },
      'TAGS: the tag key "a*b" cannot be used: it may hold only letters, digits, spaces and _ . : / = + - @',
    ],
    [{ TAGS: '{"":"x"}' }, 'TAGS: the tag key "" cannot be used: it is empty'],
    [
      { CREATED_DATE_KEY: 'k'.repeat(128) },
      `CREATED_DATE_KEY: the tag key "${'k'.repeat(128)}" cannot be used: it is longer than 127 characters`,
    ],
    [
      { CREATED_BY: 'me', CONCURRENCY: 'x' },
      'CREATED_BY: expected arn, name or person, got "me"; CONCURRENCY: expected a whole number from 1 to 9999999999999, got "x"',
    ],
  ])('%j', (env, problem) => {
    const read = () => readSettings(env);
    expect(read).toThrow(SettingsError);
    expect(messageOf(read)).toBe(`settings that cannot be used: ${problem}`);
  });

  test('JSON that does not parse is said to be none, with what the parser says', () => {
    expect(() => readSettings({ TAGS: '{"Team":' })).toThrow(
      /^settings that cannot be used: TAGS: expected a JSON object of key and template: .+JSON/,
    );
  });
});

describe('a filter that can match nothing stops the start', () => {
  const region = 'expected a region such as eu-west-1, or a pattern such as eu-*';
  const account = 'expected an account of 12 digits, or digits and *';
  const service = 'expected a service of which something is tagged, such as ec2';
  const event =
    'expected an event that creates something we tag, such as RunInstances, or a pattern such as Create*';

  test.each([
    ['REGIONS', 'eu-west', region],
    ['REGIONS', 'eu-west-1a', region],
    ['REGIONS', 'europe', region],
    ['REGIONS', 'eu_*', region],
    ['REGIONS', '*-middle-*', region],
    ['ACCOUNTS', '1111', account],
    ['ACCOUNTS', '1111-2222-3333', account],
    ['ACCOUNTS', 'production', account],
    ['ACCOUNTS', '1111222233334*', account],
    ['SERVICES', 'lamda', service],
    ['SERVICES', 'ec2.amazonaws.org', service],
    ['SERVICES', 'amazonaws*', service],
    ['EVENTS', 'RunInstance', event],
    ['EVENTS', 'DescribeInstances', event],
    ['EVENTS', 'Delete*', event],
  ])('INCLUDE_%s=%s', (name, pattern, expected) => {
    for (const direction of ['INCLUDE', 'EXCLUDE']) {
      const message = messageOf(() => readSettings({ [`${direction}_${name}`]: pattern }));
      const problem = `${direction}_${name}: "${pattern}" can match nothing: ${expected}`;
      expect(message).toBe(`settings that cannot be used: ${problem}`);
    }
  });

  test('each of a list is named', () => {
    expect(messageOf(() => readSettings({ INCLUDE_SERVICES: 'ec2,ec3,s4' }))).toBe(
      `settings that cannot be used: INCLUDE_SERVICES: "ec3" can match nothing: ${service}; INCLUDE_SERVICES: "s4" can match nothing: ${service}`,
    );
  });

  test.each([
    ['REGIONS', 'eu-west-1,EU-*,us-gov-*,cn-north-1,ap-southeast-9,*-12,*'],
    ['ACCOUNTS', '111122223333,1111*,*3333,*,111122223333*'],
    ['SERVICES', 'ec2,EC2.amazonaws.com,lambda.amazonaws.com.cn,s*,*.amazonaws.com'],
    [
      'EVENTS',
      'runinstances,CreateFunction,CreateFunction20150331,CreateFunction2015*,CreateFunction20150331v2,Create*,*',
    ],
    ['CREATORS', 'anybody,*'],
  ])('INCLUDE_%s=%s can match', (name, patterns) => {
    expect(() => readSettings({ [`INCLUDE_${name}`]: patterns })).not.toThrow();
  });
});

describe('what is trusted', () => {
  const forFunction = (env: NodeJS.ProcessEnv) =>
    readFor({ AWS_REGION: 'eu-west-1', LOG_BUCKETS: 'logs', ...env }, 'function');
  const problemOf = (env: NodeJS.ProcessEnv) =>
    messageOf(() => forFunction(env)).replace('settings that cannot be used: ', '');

  test('the function must know the buckets, or be set on purpose to take any', () => {
    const missing =
      'LOG_BUCKETS: is not set: name the buckets that log files may come from, or set it to * to take log files from any bucket';
    expect(problemOf({ LOG_BUCKETS: undefined })).toBe(missing);
    expect(problemOf({ LOG_BUCKETS: '' })).toBe(missing);
    const access = (env: NodeJS.ProcessEnv) => forFunction(env).logBuckets.accessTo('others', ACCOUNT);
    expect(access({})).toEqual({ kind: 'refused' });
    expect(access({ LOG_BUCKETS: '*' })).toEqual({ kind: 'allowed', owner: undefined });
  });

  test('on the command line any bucket will do, unless some are named', () => {
    const access = (env: NodeJS.ProcessEnv) => readSettings(env).logBuckets.accessTo('others', ACCOUNT);
    expect(access({})).toEqual({ kind: 'allowed', owner: undefined });
    expect(access({ LOG_BUCKETS: 'logs' })).toEqual({ kind: 'refused' });
  });

  test('a list of buckets that cannot be used is said', () => {
    expect(problemOf({ LOG_BUCKETS: 'logs-*' })).toMatch(/^LOG_BUCKETS: "logs-\*": patterns are not taken/);
  });

  test('queues of events are ARNs, or URLs that become ARNs', () => {
    const arn = `arn:aws:sqs:eu-west-1:${ACCOUNT}:events`;
    const fifo = `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/more.fifo`;
    expect(forFunction({}).eventQueues).toEqual([]);
    expect(forFunction({ EVENT_QUEUES: ` ${arn}, ${fifo},` }).eventQueues).toEqual([
      arn,
      `arn:aws:sqs:eu-west-1:${ACCOUNT}:more.fifo`,
    ]);
  });

  test.each([
    ['events', 'expected the URL of a queue'],
    ['arn:aws:sqs:eu-west-1:1111:events', 'expected the ARN or the URL of an SQS queue'],
    ['arn:aws:sqs:eu-west-1:111122223333:*', 'expected the ARN or the URL of an SQS queue'],
    ['arn:aws:sns:eu-west-1:111122223333:events', 'expected the ARN or the URL of an SQS queue'],
    ['arn:aws-cn:sqs:eu-west-1:111122223333:events', 'expected the ARN or the URL of an SQS queue'],
    ['arn:aws:sqs:us-east-1:111122223333:events', 'the queue is in us-east-1, expected one in eu-west-1'],
  ])('EVENT_QUEUES=%s is refused', (text, problem) => {
    expect(problemOf({ EVENT_QUEUES: text })).toContain(problem);
  });

  test('our own queues are known by their ARNs', () => {
    const FAILURE_QUEUE_URL = QUEUE_URL.replace('retries', 'failures');
    expect(forFunction({ RETRY_QUEUE_URL: QUEUE_URL, FAILURE_QUEUE_URL }).ownQueues).toEqual([
      `arn:aws:sqs:eu-west-1:${ACCOUNT}:retries`,
      `arn:aws:sqs:eu-west-1:${ACCOUNT}:failures`,
    ]);
  });

  test.each(['RETRY_QUEUE_URL', 'FAILURE_QUEUE_URL'])(
    '%s is one of SQS, in reach of the function',
    (name) => {
      const far = QUEUE_URL.replace('eu-west-1', 'us-east-1');
      expect(problemOf({ [name]: far })).toBe(
        `${name}: the queue is in us-east-1, expected one in eu-west-1, the region of the function`,
      );
      expect(() => readSettings({ [name]: far })).not.toThrow();
      expect(problemOf({ [name]: 'https://evil.example/111122223333/q' })).toMatch(
        /^RETRY|FAILURE_QUEUE_URL: evil\.example is no host of SQS/,
      );
      expect(problemOf({ [name]: `${QUEUE_URL}.fifo` })).toBe(
        `${name}: expected a standard queue, got a FIFO queue`,
      );
      const AWS_ENDPOINT_URL = 'http://localhost:4566';
      const local = `http://localhost:4566/${ACCOUNT}/retries`;
      expect(() => forFunction({ [name]: local, AWS_ENDPOINT_URL })).not.toThrow();
      expect(() => forFunction({ [name]: local, AWS_ENDPOINT_URL_SQS: AWS_ENDPOINT_URL })).not.toThrow();
    },
  );
});
