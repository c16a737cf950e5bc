/**
 * A cache node that one made and that another took into a replication group, from files to tags: tags of the group are
 * written on its members too, and yet each names who made it, in whatever order the files come, with and without the store.
 */
import { describe, expect, test } from '@jest/globals';
import { type Deployment, type DeploymentOptions, deploysForEach } from '../helpers/deployment.ts';
import { ACCOUNT, REGION, s3Event } from '../helpers/events.ts';
import { fixture } from '../helpers/fixtures.ts';
import { logKeyOf } from '../helpers/log-files.ts';
import { createStack, stackArn } from '../helpers/stacks.ts';
import { putTable, TABLE_NAME } from '../tag-manager/store/stores.ts';

let deployment: Deployment;
const deploy = deploysForEach((running) => {
  deployment = running;
});

const withOrWithout = async (isStored: boolean, options: DeploymentOptions = {}) => {
  const settings = isStored ? { DYNAMODB_TABLE: TABLE_NAME } : {};
  await deploy({ ...options, settings });
  if (isStored) await putTable(deployment);
};

const at = (minute: number) => `2025-03-04T10:${String(minute).padStart(2, '0')}:00Z`;
const userArn = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;
const oursOf = (name: string, minute: number) => ({
  CreatedBy: userArn(name),
  CreatedDate: at(minute),
  ManagedBy: 'auto-tagger',
});
const arnOf = (type: string, id: string) => `arn:aws:elasticache:${REGION}:${ACCOUNT}:${type}:${id}`;
const NODE = arnOf('cluster', 'node');
const GROUP = arnOf('replicationgroup', 'group');
const REPLICA = arnOf('cluster', 'group-002');

let events = 0;

function recordOf(eventName: string, by: string, minute: number, request: object, response: object) {
  return {
    eventVersion: '1.08',
    eventID: `5b7c2d10-0000-4000-8000-${String(events++).padStart(12, '0')}`,
    eventTime: at(minute),
    eventSource: 'elasticache.amazonaws.com',
    eventName,
    awsRegion: REGION,
    recipientAccountId: ACCOUNT,
    userIdentity: { type: 'IAMUser', accountId: ACCOUNT, arn: userArn(by), userName: by },
    requestParameters: request,
    responseElements: response,
  };
}

const nodeOf = (by: string, minute: number, id = 'node') =>
  recordOf('CreateCacheCluster', by, minute, { cacheClusterId: id }, { aRN: arnOf('cluster', id) });
const groupOf = (by: string, minute: number) =>
  recordOf(
    'CreateReplicationGroup',
    by,
    minute,
    { replicationGroupId: 'group', primaryClusterId: 'Node' },
    { aRN: GROUP, memberClusters: ['node'] },
  );

/** The node, and the group that it is in beside a replica that the group has made. */
function putCaches(tags: Readonly<Record<string, string>> = {}): void {
  const { sandbox } = deployment;
  const made = (minute: number) => ({ createdAt: Date.parse(at(minute)) });
  sandbox.putResource({ arn: NODE, tags, ...made(3) });
  sandbox.putResource({ arn: REPLICA, ...made(25) });
  sandbox.putResource({ arn: GROUP, members: [NODE, REPLICA], ...made(9) });
}

let files = 0;

async function deliver(records: readonly object[], isOneProcess: boolean): Promise<void> {
  for (const record of records) {
    const key = logKeyOf(ACCOUNT, REGION, files++);
    deployment.putFile(key, [record]);
    await deployment.invoke(s3Event([key]));
    if (!isOneProcess) deployment.renew();
  }
}

const tagsOf = (arn: string) => deployment.sandbox.tagsOf(arn);

const WAYS = [
  [false, true],
  [false, false],
  [true, true],
  [true, false],
] as const;

describe.each(WAYS)('with the store: %s, one process for all: %s', (isStored, isOneProcess) => {
  const ORDERS: readonly (readonly ('node' | 'group')[])[] = [
    ['node', 'group'],
    ['group', 'node'],
    ['node', 'group', 'group', 'node'],
    ['group', 'group', 'node', 'group'],
    ['group', 'node', 'node', 'group'],
  ];

  test.each(ORDERS.map((order) => [order.join(', '), order] as const))(
    'each names who made it, delivered as %s',
    async (_, order) => {
      await withOrWithout(isStored);
      putCaches();
      const records = { node: nodeOf('alice', 0), group: groupOf('bob', 5) };
      await deliver(
        order.map((each) => records[each]),
        isOneProcess,
      );
      expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
      expect(tagsOf(GROUP)).toEqual(oursOf('bob', 5));
      expect(tagsOf(REPLICA)).toEqual(oursOf('bob', 5));
    },
  );

  test.each([false, true])('in one file (reversed: %s)', async (isReversed) => {
    await withOrWithout(isStored);
    putCaches();
    const records = [nodeOf('alice', 0), groupOf('bob', 0)];
    const key = logKeyOf(ACCOUNT, REGION, files++);
    deployment.putFile(key, isReversed ? records.toReversed() : records);
    await deployment.invoke(s3Event([key]));
    expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
    expect(tagsOf(GROUP)).toEqual(oursOf('bob', 0));
  });

  test.each([false, true])(
    'a replica that carol added later is hers (group last: %s)',
    async (isGroupLast) => {
      await withOrWithout(isStored);
      putCaches();
      const records = [groupOf('bob', 5), nodeOf('carol', 20, 'group-002')];
      await deliver(isGroupLast ? records.toReversed() : records, isOneProcess);
      expect(tagsOf(REPLICA)).toEqual(oursOf('carol', 20));
      expect(tagsOf(GROUP)).toEqual(oursOf('bob', 5));
    },
  );

  test('where Terraform manages the group, our second marker does not stay on the node', async () => {
    await withOrWithout(isStored);
    putCaches();
    deployment.sandbox.putTags(GROUP, { ManagedBy: 'terraform' });
    await deliver([nodeOf('alice', 0), groupOf('bob', 5)], isOneProcess);
    expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
    expect(tagsOf(GROUP)).toMatchObject({ ManagedBy: 'terraform', TaggedBy: 'auto-tagger' });
  });

  test('tags of others under our keys stay, and no others come beside them', async () => {
    await withOrWithout(isStored);
    const foreign = { CreatedBy: 'platform team', Stage: 'test' };
    putCaches(foreign);
    await deliver([groupOf('bob', 5), nodeOf('alice', 0), groupOf('bob', 5)], isOneProcess);
    expect(tagsOf(NODE)).toEqual(foreign);
    expect(tagsOf(GROUP)).toEqual(oursOf('bob', 5));
  });
});

describe.each([
  ['with the store', true, false],
  ['in one process', false, true],
] as const)('interrupted after the group was tagged, %s', (_, isStored, isOneProcess) => {
  test.each([
    ['node', NODE],
    ['group-002', REPLICA],
  ])('%s names alice again after the next try', async (id, arn) => {
    await withOrWithout(isStored);
    putCaches();
    await deliver([nodeOf('alice', 0, id)], isOneProcess);
    let writes = 0;
    deployment.sandbox.faults.add({
      operation: 'AddTagsToResource',
      match: () => ++writes === 2,
      effect: { error: { code: 'Throttling', status: 400, message: 'Rate exceeded' } },
    });
    await deliver([groupOf('bob', 5)], isOneProcess);
    expect(tagsOf(arn)).toEqual(oursOf('bob', 5));
    expect(deployment.reports().at(-1)?.outcomes).toEqual({ deferred: 1 });
    deployment.advance(900);
    await deployment.poll('retry');
    expect(tagsOf(arn)).toEqual(oursOf('alice', 0));
    expect(tagsOf(GROUP)).toEqual(oursOf('bob', 5));
    expect(await deployment.count('retry')).toBe(0);
  });
});

test.each([false, true])(
  'a node whose creation comes while the tags of its group are taken off it names alice (with the store: %s)',
  async (isStored) => {
    await withOrWithout(isStored);
    putCaches();
    const { promise: isRemoving, resolve } = Promise.withResolvers<void>();
    deployment.sandbox.faults.add({
      operation: 'RemoveTagsFromResource',
      match: () => {
        resolve();
        return true;
      },
      effect: { delayMs: 300 },
    });
    const group = deliver([groupOf('bob', 5)], true);
    await isRemoving;
    await deliver([nodeOf('alice', 0)], true);
    await group;
    expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
    expect(tagsOf(GROUP)).toEqual(oursOf('bob', 5));
  },
);

test('whoever may not ask for the members leaves the group untagged, so that nothing of theirs is lost', async () => {
  await deploy();
  putCaches(oursOf('alice', 0));
  deployment.sandbox.faults.add({
    operation: 'DescribeReplicationGroups',
    effect: { error: { code: 'AccessDenied', status: 403, message: 'not authorized' } },
  });
  await deliver([groupOf('bob', 5)], true);
  expect(tagsOf(GROUP)).toEqual({});
  expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
  expect(deployment.reports().at(-1)?.outcomes).toEqual({ failed: 1 });
});

describe('a node that a stack made, in a group that bob made', () => {
  const byStack = () => ({
    ...nodeOf('nobody', 0),
    userIdentity: fixture('sqs-CreateQueue.service-role').userIdentity,
    requestParameters: {
      cacheClusterId: 'node',
      tags: [{ key: 'aws:cloudformation:stack-id', value: stackArn('web') }],
    },
  });
  const ORDERS = [
    ['stack', 'node', 'group'],
    ['stack', 'group', 'node'],
    ['node', 'stack', 'group'],
    ['node', 'group', 'stack'],
    ['group', 'node', 'stack'],
    ['group', 'stack', 'node'],
  ] as const;

  test.each(ORDERS.map((order) => [order.join(', '), order] as const))(
    'names who made the stack, delivered as %s',
    async (_, order) => {
      await deploy({ settings: { DYNAMODB_TABLE: TABLE_NAME, CREATED_BY: 'person' } });
      await putTable(deployment);
      putCaches();
      const records = { stack: createStack('web'), node: byStack(), group: groupOf('bob', 5) };
      await deliver(
        order.map((each) => records[each]),
        false,
      );
      while ((await deployment.count('retry')) > 0) {
        deployment.advance(60);
        await deployment.poll('retry');
      }
      expect(tagsOf(NODE)).toMatchObject({ CreatedBy: 'anna', CreatedDate: at(0) });
      expect(tagsOf(GROUP)).toMatchObject({ CreatedBy: 'bob', CreatedDate: at(5) });
      expect(tagsOf(REPLICA)).toMatchObject({ CreatedBy: 'bob' });
    },
  );

  test('gets the person behind it back at once, also where an attempt ended half way', async () => {
    await deploy({ settings: { DYNAMODB_TABLE: TABLE_NAME, CREATED_BY: 'person' } });
    await putTable(deployment);
    putCaches();
    await deliver([createStack('web'), byStack()], false);
    deployment.sandbox.putTags(NODE, { CreatedBy: 'bob', CreatedDate: at(5) });
    await deliver([groupOf('bob', 5)], false);
    expect(tagsOf(NODE)).toMatchObject({ CreatedBy: 'anna', CreatedDate: at(0) });
  });

  test('its members are judged again after its tags were written, and not where they were there', async () => {
    await deploy({ settings: { DYNAMODB_TABLE: TABLE_NAME } });
    await putTable(deployment);
    putCaches();
    const namesSent = () => deployment.sent('retry').filter(({ kind }) => kind === 'names');
    await deliver([nodeOf('alice', 0), groupOf('bob', 5)], true);
    expect(namesSent()).toMatchObject([{ names: [{ arn: NODE }, { arn: REPLICA }] }]);
    deployment.sandbox.putResource({ arn: NODE, createdAt: Date.parse(at(3)) }); // as if nothing had been written
    for (const [variable, value] of [
      ['EXCLUDE_CREATORS', 'alice'],
      ['EXCLUDE_CREATORS', 'arn:*:user/alice'],
      ['EXCLUDE_EVENTS', 'CreateCacheCluster'],
      ['INCLUDE_REGIONS', 'us-*'],
      ['INCLUDE_SERVICES', 'sqs'],
      ['EXCLUDE_ACCOUNTS', ACCOUNT],
    ] as const) {
      deployment.renew({ [variable]: value });
      await deployment.send('retry', {
        autoTagger: { kind: 'names', names: [{ account: ACCOUNT, arn: NODE, partition: 'aws' }] },
      });
      await deployment.poll('retry');
      expect([variable, value, tagsOf(NODE)]).toEqual([variable, value, {}]);
    }
    deployment.renew();
    deployment.advance(60);
    await deployment.poll('retry');
    expect(tagsOf(NODE)).toEqual(oursOf('alice', 0));
    expect(tagsOf(REPLICA)).toEqual(oursOf('bob', 5));
    await deliver([groupOf('bob', 5)], true);
    expect(namesSent()).toHaveLength(1);
  });
});
