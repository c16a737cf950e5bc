/**
 * Histories that take the metadata store, from log files to tags. Each file comes to an environment of its own, which
 * knows nothing of the others: what is known of them is in the table.
 */
import { describe, expect, test } from '@jest/globals';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, LOG_BUCKET, REGION, s3Event, secondsAgo } from '../helpers/events.ts';
import { EXPECTED_FIXTURES, fixture, withValues } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { createChangeSet, createStack, stackArn } from '../helpers/stacks.ts';
import { taggingTable } from '../helpers/tagging-table.ts';
import { itemsOfPartition, putItem, putTable, stateOf, TABLE_NAME } from '../tag-manager/store/stores.ts';

let deployment: Deployment;
const deploy = deploysForEach((running) => {
  deployment = running;
});

const withStore = async (options: DeploymentOptions = {}) => {
  await deploy({ ...options, settings: { DYNAMODB_TABLE: TABLE_NAME, ...options.settings } });
  await putTable(deployment);
};

const at = (minute: number) => `2025-03-04T10:${String(minute).padStart(2, '0')}:00Z`;
const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const oursOf = (name: string, minute: number) => ({
  CreatedBy: userArn(name),
  CreatedDate: at(minute),
  ManagedBy: 'auto-tagger',
});

interface Call {
  readonly eventSource: string;
  readonly eventName: string;
  readonly by: string;
  readonly minute: number;
  readonly requestParameters?: object;
  readonly responseElements?: object | null;
}

let events = 0;

function recordOf({ by, minute, requestParameters = {}, responseElements = null, ...call }: Call) {
  return {
    eventVersion: '1.11',
    eventID: `7d0e1f8c-0000-4000-8000-${String(events++).padStart(12, '0')}`,
    eventTime: at(minute),
    awsRegion: REGION,
    recipientAccountId: ACCOUNT,
    sourceIPAddress: '192.0.2.7',
    userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: userArn(by), userName: by },
    requestParameters,
    responseElements,
    ...call,
  };
}

const sns = { eventSource: 'sns.amazonaws.com' };
const topicArn = (name: string) => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;
const createTopic = (name: string, by: string, minute: number, more: object = {}) =>
  recordOf({
    ...sns,
    eventName: 'CreateTopic',
    by,
    minute,
    requestParameters: { name, ...more },
    responseElements: { topicArn: topicArn(name) },
  });
const deleteTopic = (name: string, by: string, minute: number) =>
  recordOf({ ...sns, eventName: 'DeleteTopic', by, minute, requestParameters: { topicArn: topicArn(name) } });

let files = 0;

/** One file a record, each to an environment that has just begun. */
async function deliver(...records: readonly object[]): Promise<void> {
  for (const record of records) {
    const key = logKeyOf(ACCOUNT, REGION, files++);
    deployment.putFile(key, [record]);
    deployment.renew();
    await deployment.invoke(s3Event([key]));
  }
}

const tagsOf = (arn: string) => deployment.sandbox.tagsOf(arn);

const SIX_ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

const inOrder = <Value>(values: readonly Value[], order: readonly number[]) =>
  order.flatMap((place) => values[place] ?? []);

describe('a topic of alice, deleted, and made anew by bob', () => {
  test.each(SIX_ORDERS.map((order) => [order.join(' '), order] as const))(
    'in the order %s is bob’s',
    async (_, order) => {
      await withStore();
      deployment.putResources([topicArn('news')]);
      const history = [
        createTopic('news', 'alice', 0),
        deleteTopic('news', 'alice', 10),
        createTopic('news', 'bob', 20),
      ];
      await deliver(...inOrder(history, order));
      expect(tagsOf(topicArn('news'))).toEqual(oursOf('bob', 20));
    },
  );

  test('is alice’s until the deletion arrives, however late, and then bob’s', async () => {
    await withStore();
    deployment.putResources([topicArn('news')]);
    await deliver(createTopic('news', 'alice', 0), createTopic('news', 'bob', 20));
    expect(tagsOf(topicArn('news'))).toEqual(oursOf('alice', 0));
    await deliver(deleteTopic('news', 'alice', 10));
    expect(tagsOf(topicArn('news'))).toEqual(oursOf('bob', 20));
    expect(await stateOf(deployment, { account: ACCOUNT, arn: topicArn('news') })).toMatchObject({
      User: { S: userArn('bob') },
      Action: { S: 'CreateTopic' },
    });
  });
});

test('a key pair that was made anew under its old name is tagged, and is of who made it anew', async () => {
  await withStore();
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:key-pair/laptop`;
  const [old, anew] = ['key-00000000000000001', 'key-00000000000000002'] as const;
  const create = (keyPairId: string, by: string, minute: number) =>
    recordOf({
      eventSource: 'ec2.amazonaws.com',
      eventName: 'CreateKeyPair',
      by,
      minute,
      responseElements: { keyName: 'laptop', keyPairId },
    });
  deployment.sandbox.putResource({ arn, account: ACCOUNT, region: REGION, id: old });
  await deliver(create(old, 'alice', 0));
  expect(tagsOf(arn)).toEqual(oursOf('alice', 0));
  deployment.sandbox.putResource({ arn, account: ACCOUNT, region: REGION, id: anew });
  await deliver(create(anew, 'bob', 20));
  expect(tagsOf(arn)).toEqual(oursOf('bob', 20));
});

const ssm = { eventSource: 'ssm.amazonaws.com' };
const parameterArn = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/app/key`;
const putParameter = (by: string, minute: number, version = 1) =>
  recordOf({
    ...ssm,
    eventName: 'PutParameter',
    by,
    minute,
    requestParameters: { name: '/app/key', type: 'String' },
    responseElements: { version },
  });
const deleteParameter = (by: string, minute: number) =>
  recordOf({ ...ssm, eventName: 'DeleteParameter', by, minute, requestParameters: { name: '/app/key' } });

test.each(SIX_ORDERS.map((order) => [order.join(' '), order] as const))(
  'a parameter that was deleted and put anew, in the order %s, is of who put it anew',
  async (_, order) => {
    await withStore({ sandbox: { tagging: await taggingTable() } });
    deployment.sandbox.putResource({ arn: parameterArn, account: ACCOUNT, region: REGION, id: '/app/key' });
    const history = [putParameter('alice', 0), deleteParameter('alice', 10), putParameter('bob', 20)];
    await deliver(...inOrder(history, order), putParameter('carol', 30, 2));
    expect(tagsOf(parameterArn)).toEqual(oursOf('bob', 20));
  },
);

test('of two callers of CreateQueue within a second it is the same one in either order', async () => {
  const createQueue = (name: string, by: string) =>
    recordOf({
      eventSource: 'sqs.amazonaws.com',
      eventName: 'CreateQueue',
      by,
      minute: 0,
      requestParameters: { queueName: name },
      responseElements: { queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}` },
    });
  await withStore();
  const arnOf = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  for (const name of ['one', 'two'])
    deployment.sandbox.putResource({ arn: arnOf(name), createdAt: Date.parse(at(0)) });
  await deliver(createQueue('one', 'alice'), createQueue('one', 'bob'));
  const [alices, bobs] = [createQueue('two', 'alice'), createQueue('two', 'bob')];
  await deliver(bobs, alices);
  expect(tagsOf(arnOf('one'))).toEqual(oursOf('alice', 0));
  expect(tagsOf(arnOf('two'))).toEqual(oursOf('alice', 0));
});

test('what a person corrected stays, and is reported', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  const alices = createTopic('news', 'alice', 0);
  await deliver(alices);
  deployment.sandbox.putTags(topicArn('news'), { CreatedBy: 'team-blue' });
  await deliver(alices, createTopic('news', 'bob', 20));
  expect(tagsOf(topicArn('news'))).toEqual({ ...oursOf('alice', 0), CreatedBy: 'team-blue' });
  expect(deployment.reports().map(({ outcomes }) => outcomes)).toEqual([
    { tagged: 1 },
    { kept: 1 },
    { kept: 1 },
  ]);
});

test('what a person corrected beside the time of a repeat stays when the creation arrives', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  await deliver(createTopic('news', 'app', 20));
  deployment.sandbox.putTags(topicArn('news'), { CreatedBy: 'team-blue' });
  await deliver(createTopic('news', 'alice', 0));
  expect(tagsOf(topicArn('news'))).toEqual({ ...oursOf('app', 20), CreatedBy: 'team-blue' });
});

test('tags like ours that the creating request set are kept, and are not taken for ours', async () => {
  await withStore();
  const forged = oursOf('somebody-else', 0);
  deployment.sandbox.putResource({ arn: topicArn('news'), account: ACCOUNT, region: REGION, tags: forged });
  const tags = Object.entries(forged).map(([key, value]) => ({ key, value }));
  await deliver(createTopic('news', 'mallory', 0, { tags }), createTopic('news', 'bob', 20));
  expect(tagsOf(topicArn('news'))).toEqual(forged);
  expect(deployment.reports().map(({ outcomes }) => outcomes)).toEqual([{ kept: 1 }, { kept: 1 }]);
  const state = await stateOf(deployment, { account: ACCOUNT, arn: topicArn('news') });
  expect(state).toMatchObject({ Outcome: { S: 'kept' } });
  expect(state).not.toHaveProperty('User');
});

test('tags like ours that nobody recorded are kept too', async () => {
  await withStore();
  const planted = oursOf('eve', 0);
  deployment.sandbox.putResource({ arn: topicArn('news'), account: ACCOUNT, region: REGION, tags: planted });
  await deliver(createTopic('news', 'alice', 20));
  expect(tagsOf(topicArn('news'))).toEqual(planted);
});

test('what is tagged by hand is in no event, and gives way to the creation', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  const name = { account: ACCOUNT, arn: topicArn('news') };
  await deployment.invoke({ resourceId: topicArn('news'), user: 'team-blue' });
  expect(tagsOf(topicArn('news'))).toMatchObject({ CreatedBy: 'team-blue' });
  const items = await itemsOfPartition(deployment, topicArn('news'));
  expect(items.map(({ Event }) => Event?.S)).toEqual([`${ACCOUNT}#state`]);
  expect(await stateOf(deployment, name)).toMatchObject({ EventId: { S: 'by-hand' } });
  await deliver(createTopic('news', 'alice', 0));
  expect(tagsOf(topicArn('news'))).toEqual(oursOf('alice', 0));
});

test('what the table says of a topic and cannot be is passed over, counted and named; all else is decided', async () => {
  await withStore();
  deployment.putResources([topicArn('news'), topicArn('other'), topicArn('more')]);
  await deliver(createTopic('other', 'alice', 0));
  const [alices] = await itemsOfPartition(deployment, topicArn('other'));
  // Whoever may write to the table has her event of one topic tell of another, ten times, the earliest.
  for (let at = 0; at < 10; at++) {
    await putItem(deployment, {
      ...alices,
      ResourceId: { S: topicArn('news') },
      Event: { S: `${ACCOUNT}#event#2025-03-04T09:00:0${at}Z#${alices?.Id?.S}` },
      At: { S: `2025-03-04T09:00:0${at}Z` },
    });
  }
  await deliver(createTopic('news', 'bob', 20), createTopic('more', 'bob', 20));
  expect(tagsOf(topicArn('news'))).toEqual(oursOf('bob', 20));
  expect(tagsOf(topicArn('other'))).toEqual(oursOf('alice', 0));
  const [, report, other] = deployment.reports();
  expect(report).toMatchObject({
    outcomes: { tagged: 1 },
    itemsPassedOver: 10,
    remarks: [
      {
        arn: topicArn('news'),
        outcome: 'items-passed-over',
        reason: expect.stringMatching(/^10 items of the metadata store passed over; .*:news .*:other/),
      },
    ],
  });
  expect(other).not.toHaveProperty('itemsPassedOver');
  await deliver(deleteTopic('news', 'bob', 30));
  expect(deployment.reports().at(-1)).toMatchObject({ complete: true, itemsPassedOver: 10 });
});

test('while the store fails nothing is tagged; it is done once the store is back', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  const mend = deployment.sandbox.faults.add({
    service: 'dynamodb',
    effect: { error: { code: 'ProvisionedThroughputExceededException', status: 400, message: 'slow down' } },
  });
  await deliver(createTopic('news', 'alice', 0));
  expect(tagsOf(topicArn('news'))).toEqual({});
  expect(deployment.reports()).toMatchObject([
    {
      outcomes: { deferred: 1 },
      failures: [{ class: 'throttled', message: expect.stringContaining('metadata store') }],
    },
  ]);
  mend();
  deployment.advance(60);
  await deployment.poll('retry');
  expect(tagsOf(topicArn('news'))).toEqual(oursOf('alice', 0));
});

test('a deletion that the store could not take comes again', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  await deliver(createTopic('news', 'alice', 0), createTopic('news', 'bob', 20));
  const mend = deployment.sandbox.faults.add({ service: 'dynamodb', effect: { reset: true } });
  await deliver(deleteTopic('news', 'alice', 10));
  expect(tagsOf(topicArn('news'))).toEqual(oursOf('alice', 0));
  mend();
  deployment.advance(60);
  await deployment.poll('retry');
  expect(tagsOf(topicArn('news'))).toEqual(oursOf('bob', 20));
});

describe('who made a stack', () => {
  const PERSONS = { settings: { CREATED_BY: 'person' } };
  const stackName = { account: ACCOUNT, arn: stackArn('web') };
  const eventsOfStack = () => itemsOfPartition(deployment, stackName.arn);

  test('is kept, and nothing is tagged for it', async () => {
    await withStore(PERSONS);
    const requests = await deployment.requestsOf(() =>
      deliver(createStack('web'), createStack('web', 'bob')),
    );
    expect(requests.filter(({ service }) => !['dynamodb', 's3', 'sts'].includes(service))).toEqual([]);
    expect(await eventsOfStack()).toMatchObject([
      { Kind: { S: 'creation' }, CreatedBy: { S: 'anna' } },
      { Kind: { S: 'creation' }, CreatedBy: { S: 'bob' } },
    ]);
    expect(deployment.reports().at(-1)).toMatchObject({
      complete: true,
      ignored: { 'untagged-parent': 1 },
      creations: 0,
      outcomes: {},
    });
  });

  test('is kept by the file alone where nothing else is in it, and by a change set', async () => {
    await withStore(PERSONS);
    await deliver(createChangeSet('web', 'UPDATE', 'bob'), createChangeSet('web', 'CREATE'));
    expect(await eventsOfStack()).toMatchObject([{ CreatedBy: { S: 'anna' } }]);
  });

  test.each([
    ['nobody asks for persons', {}],
    ['its account is excluded', { CREATED_BY: 'person', EXCLUDE_ACCOUNTS: ACCOUNT }],
  ])('is not kept where %s', async (_, settings) => {
    await withStore({ settings });
    await deliver(createStack('web'));
    expect(await eventsOfStack()).toEqual([]);
  });

  test.each([
    ['first', false],
    ['last', true],
  ])(
    'is behind the queue that CloudFormation makes with a role of its own, where the stack comes %s',
    async (_, isReversed) => {
      await withStore(PERSONS);
      const eventTime = secondsAgo(60);
      const queue = withValues(fixture('sqs-CreateQueue.service-role'), {
        eventTime,
        'requestParameters.tags': { 'aws:cloudformation:stack-id': stackName.arn },
      });
      const [arn = ''] =
        EXPECTED_FIXTURES.find(({ name }) => name === 'sqs-CreateQueue.service-role')?.arns ?? [];
      deployment.sandbox.putResource({ arn, createdAt: Date.parse(eventTime) });
      const records = [createStack('web', 'anna', { eventTime: secondsAgo(90) }), queue];
      await deliver(...(isReversed ? records.toReversed() : records));
      deployment.advance(900);
      await deployment.poll('retry');
      expect(tagsOf(arn)).toMatchObject({ CreatedBy: 'anna', CreatedDate: eventTime });
    },
  );

  test('is kept at a later try where the table could not be written to', async () => {
    await withStore(PERSONS);
    const mend = deployment.sandbox.faults.add({ service: 'dynamodb', effect: { reset: true } });
    await deliver(createStack('web'));
    mend();
    expect(deployment.reports().at(-1)).toMatchObject({
      complete: true,
      undoneMakers: 1,
      failures: [{ arn: stackName.arn, outcome: 'undone-maker', class: 'network' }],
    });
    expect(await eventsOfStack()).toEqual([]);
    expect(await deployment.count('retry')).toBe(1);
    deployment.advance(900);
    await deployment.poll('retry');
    expect(await eventsOfStack()).toMatchObject([{ CreatedBy: { S: 'anna' } }]);
    expect([await deployment.count('retry'), await deployment.count('failure')]).toEqual([0, 0]);
  });
});

test('a file that was done is in the table', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  await deliver(createTopic('news', 'alice', 0));
  const key = logKeyOf(ACCOUNT, REGION, files - 1);
  const items = await itemsOfPartition(deployment, `s3://${LOG_BUCKET}/${key}`);
  expect(items).toMatchObject([
    {
      Event: { S: 'file' },
      Counts: { M: { records: { N: '1' }, tagged: { N: '1' } } },
      ExpiresAt: { N: expect.any(String) },
    },
  ]);
});

test('a dry run reads the table and writes nothing to it', async () => {
  await withStore();
  deployment.putResources([topicArn('news')]);
  await deliver(createTopic('news', 'bob', 20));
  const key = logKeyOf(ACCOUNT, REGION, files++);
  deployment.putFile(key, [createTopic('news', 'alice', 0)]);
  deployment.renew({ DRY_RUN: 'true' });
  const requests = await deployment.requestsOf(() => deployment.invoke(s3Event([key])));
  expect(requests.map(({ operation }) => operation)).toContain('Query');
  expect(
    requests.filter(({ operation }) => ['UpdateItem', 'PutItem', 'TagResource'].includes(operation)),
  ).toEqual([]);
  expect(deployment.reports().at(-1)).toMatchObject({ outcomes: { 'would-tag': 1 } });
});

test('without DYNAMODB_TABLE no table is asked', async () => {
  await deploy();
  deployment.putResources([topicArn('news')]);
  const requests = await deployment.requestsOf(() => deliver(createTopic('news', 'alice', 0)));
  expect(requests.filter(({ service }) => service === 'dynamodb')).toEqual([]);
});

test('tags that older rules gave are known for ours when another creation takes the name over', async () => {
  const rules = (team: string) => ({
    RULES: JSON.stringify([{ tags: { Team: team } }]),
    RULE_TAG_KEYS: 'Team',
  });
  await withStore({ settings: rules('red') });
  const arn = topicArn('ruled');
  deployment.sandbox.putResource({ arn });
  const repeat = createTopic('ruled', 'bob', 5);
  const both = [repeat, createTopic('ruled', 'alice', 1)];
  for (const [records, team] of [
    [[repeat], 'red'],
    [both, 'blue'],
  ] as const) {
    const key = logKeyOf(ACCOUNT, REGION, files++);
    deployment.putFile(key, records);
    deployment.renew(rules(team));
    await deployment.invoke(s3Event([key]));
  }
  expect(deployment.sandbox.tagsOf(arn)).toEqual({ ...oursOf('alice', 1), Team: 'blue' });
});
