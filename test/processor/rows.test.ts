/**
 * The whole way for every row of the catalogue: its record in a log file in S3, the notification to the function
 * that Lambda runs, and the tags read back through the SDK.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readEvent } from '../../parser/event/event.ts';
import type { CloudTrailRecord } from '../../parser/record.ts';
import type { FileReport } from '../../processor/file/file-report.ts';
import type { handle, handler } from '../../processor/handler.ts';
import { type Identity, type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { NO_DEADLINE } from '../helpers/deadlines.ts';
import { pointSdkAt, UNPACED } from '../helpers/environment.ts';
import { ACCOUNT, fixturesIn as allIn, withValues } from '../helpers/fixtures.ts';
import { logFileOf, logKeyOf } from '../helpers/log-files.ts';
import { unbalanced } from '../helpers/reports.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import { clientsOf } from '../sandbox/clients.ts';
import { TAGGABLE } from '../sandbox/taggable.ts';

const HOME = 'eu-west-1';
const LOG_BUCKET = 'cloudtrail-logs-111122223333';
const CONTEXT = { invokedFunctionArn: `arn:aws:lambda:${HOME}:${ACCOUNT}:function:auto-tagger` };
const FUNCTION: Identity = {
  account: ACCOUNT,
  type: 'AssumedRole',
  roleName: 'auto-tagger',
  sessionName: 'auto-tagger',
};

type Fixture = ReturnType<typeof allIn>[number];

/** Of the services whose resources can be made here, and their tags read. */
const fixturesIn = (region: string): readonly Fixture[] =>
  allIn(region).filter(({ arns }) =>
    arns.every((arn) =>
      TAGGABLE.some(({ service }) => service.replace('s3-control', 's3') === arn.split(':')[2]),
    ),
  );

let sandbox: Sandbox;
let restoreEnvironment: () => void;
let invoke: typeof handler;
let invokeWith: typeof handle;

beforeAll(async () => {
  sandbox = await startSandbox({ tagging: await taggingTable() });
  restoreEnvironment = pointSdkAt(sandbox, FUNCTION, HOME, {
    LOG_BUCKETS: LOG_BUCKET,
    POWERTOOLS_METRICS_DISABLED: 'true', // its lines would stand among those of the tests
  });
  sandbox.putBucket({ name: LOG_BUCKET, account: ACCOUNT, region: HOME });
  ({ handler: invoke, handle: invokeWith } = await import('../../processor/handler.ts'));
});

afterAll(async () => {
  restoreEnvironment();
  await sandbox.close();
});

let files = 0;

/** Delivers one file with these records; the event is what S3 sends for it. */
function deliver(records: readonly unknown[], region: string) {
  const key = logKeyOf(ACCOUNT, region, files++);
  sandbox.putObject(LOG_BUCKET, key, logFileOf(records));
  return { file: `s3://${LOG_BUCKET}/${key}`, event: sandbox.s3Notification([{ bucket: LOG_BUCKET, key }]) };
}

const reportsOf = (answer: object) => (answer as { readonly reports: readonly FileReport[] }).reports;

/** Makes what the record created exist, as it would in AWS by the time that its log file is read. */
function create({ arns, region, record, onlyIn = region }: Fixture): void {
  const createdAt = Date.parse(String(record.eventTime));
  for (const arn of arns) {
    if (arn.includes(':s3:::'))
      sandbox.putBucket({ name: arn.split(':').at(-1) ?? '', account: ACCOUNT, region: onlyIn });
    else sandbox.putResource({ arn, account: ACCOUNT, region, createdAt });
  }
}

async function tagsOf(arn: string, region: string): Promise<Readonly<Record<string, string>>> {
  const clients = clientsOf(sandbox, FUNCTION, region);
  const [, , service] = arn.split(':');
  const api = TAGGABLE.find((row) => row.service === (service === 's3' ? 's3-control' : service));
  if (api === undefined) throw new Error(`no way to read the tags of ${arn}`);
  try {
    return await api.tags(clients, arn);
  } finally {
    clients.destroy();
  }
}

/** DynamoDB takes no "@" in a value (its developer guide, "Adding tags"). All other services do. */
const asTagged = (arn: string, value: string): string =>
  arn.includes(':dynamodb:') ? value.replace('@', '_') : value;

const NOISE = {
  eventVersion: '1.11',
  userIdentity: { type: 'AWSService', invokedBy: 'config.amazonaws.com' },
  eventTime: '2025-03-04T10:14:00Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'DescribeInstances',
  eventID: '2d2bb5c7-0d4f-4f6e-9a31-7d6a5c4b3e21',
  requestParameters: { note: '"eventName":"RunInstances"' },
  responseElements: null,
};

describe.each(['eu-west-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'])('in %s', (region) => {
  const cases = fixturesIn(region).map((each) => [each.name, each] as const);

  test.each(cases)('%s: what its record created bears who created it and when', async (_, each) => {
    const { record, arns, creator } = each;
    create(each);
    const failed = withValues(record, {
      errorCode: 'AccessDenied',
      eventID: '7b1de1f3-5b0c-4e0e-8a4e-1f2e3d4c5b6a',
    });
    const { event, file } = deliver([NOISE, failed, record, null], String(record.awsRegion));

    const reports = reportsOf(await invoke(event, CONTEXT));

    for (const arn of arns) {
      expect(await tagsOf(arn, region)).toEqual({
        CreatedBy: asTagged(arn, creator[0]),
        CreatedDate: record.eventTime,
        ManagedBy: 'auto-tagger',
      });
    }
    expect(reports).toEqual([
      expect.objectContaining({
        file,
        complete: true,
        records: 4,
        ignored: { 'not-in-catalogue': 1, 'failed-call': 1 },
        creations: 1,
        malformed: 1,
        resources: arns.length,
        outcomes: { tagged: arns.length },
        adjusted: arns.filter((arn) => asTagged(arn, creator[0]) !== creator[0]).length,
        failures: [],
      }),
    ]);
    expect(unbalanced(reports)).toEqual([]);
  });

  test('all of them in one file, and once more: nothing is written again', async () => {
    const fixtures = fixturesIn(region);
    const before = sandbox.requests.length;
    const reports = reportsOf(
      await invoke(
        deliver(
          fixtures.map(({ record }) => record),
          region,
        ).event,
        CONTEXT,
      ),
    );
    const resources = fixtures.flatMap(({ arns }) => arns).length;
    expect(reports).toMatchObject([
      {
        records: fixtures.length,
        ignored: {},
        creations: fixtures.length,
        resources,
        outcomes: { unchanged: resources },
      },
    ]);
    expect(unbalanced(reports)).toEqual([]);
    const writes = sandbox.requests
      .slice(before)
      .filter(({ operation }) => /Tag/.test(operation) && !/List|Get|Describe/.test(operation));
    expect(writes).toEqual([]);
  });
});

function isMadeForParent(record: CloudTrailRecord): boolean {
  const verdict = readEvent({ index: 0, record }, { origin: 'log', account: undefined });
  return verdict.kind === 'creation' && verdict.creation.isMadeForParent === true;
}

describe('with settings', () => {
  const region = 'ap-southeast-2';
  const fixtures = fixturesIn(region);

  test.each([
    ['name', 1],
    ['person', 2],
  ] as const)('CREATED_BY=%s, keys and tags of the user’s own, for every row', async (createdBy, field) => {
    const { createTaggingRuntime } = await import('../../processor/runtime/runtime.ts');
    const { readSettings } = await import('../../processor/runtime/settings.ts');
    const env = {
      CREATED_BY: createdBy,
      CREATED_BY_KEY: `owner-${createdBy}`,
      CREATED_DATE_KEY: `born-${createdBy}`,
      MANAGED_BY_KEY: `by-${createdBy}`,
      TAGS: `{"account-${createdBy}":"{account}","via-${createdBy}":"{eventName} in {region}"}`,
    };
    const runtime = createTaggingRuntime(readSettings({ LOG_BUCKETS: '*', ...UNPACED, ...env }, 'function'), {
      ownAccount: ACCOUNT,
      region: HOME,
      onRefused: () => {},
    });
    if (createdBy === 'name') fixtures.forEach(create);
    const { event } = deliver(
      fixtures.map(({ record }) => record),
      region,
    );

    const reports = reportsOf(await invokeWith(event, runtime, NO_DEADLINE));

    expect(unbalanced(reports)).toEqual([]);
    for (const { arns, creator, record } of fixtures) {
      if (createdBy === 'person' && isMadeForParent(record)) continue; // it names whoever made that, by another record
      for (const arn of arns) {
        expect(await tagsOf(arn, region)).toMatchObject({
          [`owner-${createdBy}`]: asTagged(arn, creator[field]),
          [`born-${createdBy}`]: record.eventTime,
          [`by-${createdBy}`]: 'auto-tagger',
          [`account-${createdBy}`]: ACCOUNT,
          [`via-${createdBy}`]: `${record.eventName} in ${region}`,
        });
      }
    }
    runtime.destroy();
  });

  test('what the filters leave out is counted, and is not tagged', async () => {
    const { createTaggingRuntime } = await import('../../processor/runtime/runtime.ts');
    const { readSettings } = await import('../../processor/runtime/settings.ts');
    const env = { EXCLUDE_CREATORS: '*:user/anna', INCLUDE_SERVICES: 'ec2,sns', MANAGED_BY_KEY: 'filtered' };
    const runtime = createTaggingRuntime(readSettings({ LOG_BUCKETS: '*', ...UNPACED, ...env }, 'function'), {
      ownAccount: ACCOUNT,
      region: HOME,
      onRefused: () => {},
    });
    const { event } = deliver(
      fixtures.map(({ record }) => record),
      region,
    );
    const wanted = fixtures.filter(({ name, creator }) => /^(ec2|sns)/.test(name) && creator[1] !== 'anna');

    const reports = reportsOf(await invokeWith(event, runtime, NO_DEADLINE));

    expect(reports).toMatchObject([
      { ignored: { 'filtered-out': fixtures.length - wanted.length }, creations: wanted.length },
    ]);
    expect(wanted.length).toBeGreaterThan(0);
    expect(unbalanced(reports)).toEqual([]);
    runtime.destroy();
  });
});

describe('account by account', () => {
  test('a record of another account than the key of its file is counted, and nobody is called', async () => {
    const [queue] = fixturesIn(HOME).filter(({ name }) => name === 'sqs-CreateQueue');
    const other = withValues(queue?.record ?? {}, {
      recipientAccountId: '444455556666',
      'responseElements.queueUrl': 'https://sqs.eu-west-1.amazonaws.com/444455556666/parcels',
    });
    const reports = reportsOf(await invoke(deliver([other], HOME).event, CONTEXT));
    expect(reports).toMatchObject([
      { records: 1, ignored: { 'account-differs': 1 }, creations: 0, resources: 0 },
    ]);
    expect(unbalanced(reports)).toEqual([]);
  });

  test('records of an account that we have no role for are counted', async () => {
    const [queue] = fixturesIn(HOME).filter(({ name }) => name === 'sqs-CreateQueue');
    const other = withValues(queue?.record ?? {}, {
      recipientAccountId: '444455556666',
      'responseElements.queueUrl': 'https://sqs.eu-west-1.amazonaws.com/444455556666/parcels',
    });
    const key = logKeyOf('444455556666', HOME, files++);
    sandbox.putObject(LOG_BUCKET, key, logFileOf([other]));
    const event = sandbox.s3Notification([{ bucket: LOG_BUCKET, key }]);
    const reports = reportsOf(await invoke(event, CONTEXT));
    expect(reports).toMatchObject([{ records: 1, ignored: { 'no-role': 1 }, creations: 0, resources: 0 }]);
  });
});

test('the hosts that are called come of our regions and never of a record', async () => {
  const [queue] = fixturesIn(HOME).filter(({ name }) => name === 'sqs-CreateQueue');
  if (queue === undefined) throw new Error('expected the fixture');
  create(queue);
  const record = withValues(queue.record, {
    'responseElements.queueUrl': `https://evil.example/${ACCOUNT}/parcels`,
  });
  const before = sandbox.requests.length;
  await invoke(deliver([record], HOME).event, CONTEXT);
  const called = sandbox.requests.slice(before);
  expect(called.map(({ operation }) => operation)).toContain('ListQueueTags');
  expect(JSON.stringify(called)).not.toMatch('evil.example');
});
