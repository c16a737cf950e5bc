/** What is particular to a service beside tagging. */
import {
  CreateTableCommand,
  DescribeTableCommand,
  UntagResourceCommand as UntagTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AddTagsToResourceCommand as AddCacheTagsCommand,
  CreateCacheClusterCommand,
  CreateReplicationGroupCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeReplicationGroupsCommand,
  RemoveTagsFromResourceCommand as RemoveCacheTagsCommand,
} from '@aws-sdk/client-elasticache';
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  UntagResourceCommand as UntagFunctionCommand,
} from '@aws-sdk/client-lambda';
import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  RemoveTagsFromResourceCommand,
} from '@aws-sdk/client-rds';
import { CreateTopicCommand, GetTopicAttributesCommand, UntagResourceCommand } from '@aws-sdk/client-sns';
import { expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Clients, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let clients: Clients;

withSandbox('all tests', (started, clientsAs) => {
  sandbox = started;
  clients = clientsAs();
});

const Tags = [{ Key: 'a', Value: 'b' }];

test('RDS keeps identifiers in lower case, and takes each once', async () => {
  const create = (DBInstanceIdentifier: string) =>
    clients.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier,
        DBInstanceClass: 'db.t3.micro',
        Engine: 'mysql',
        Tags,
      }),
    );
  const { DBInstance } = await create('Orders');
  expect(DBInstance).toMatchObject({
    DBInstanceIdentifier: 'orders',
    DBInstanceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
    TagList: Tags,
  });
  expect(await failureOf(create('ORDERS'))).toMatchObject({
    name: 'DBInstanceAlreadyExistsFault',
    status: 400,
  });
  await clients.rds.send(
    new RemoveTagsFromResourceCommand({ ResourceName: DBInstance?.DBInstanceArn, TagKeys: ['a'] }),
  );
  expect(sandbox.tagsOf(DBInstance?.DBInstanceArn ?? '')).toEqual({});
});

test('a database tells its create time once it is available', async () => {
  sandbox.clock.set('2026-01-01T00:00:00Z');
  sandbox.taggableAfterMs['rds:cluster'] = 600_000;
  sandbox.taggableAfterMs['rds:db'] = 600_000;
  const DBClusterIdentifier = 'timed';
  const DBInstanceIdentifier = 'timed-1';
  await clients.rds.send(new CreateDBClusterCommand({ DBClusterIdentifier, Engine: 'aurora-mysql' }));
  await clients.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBClusterIdentifier,
      DBInstanceClass: 'db.r5.large',
      Engine: 'aurora-mysql',
    }),
  );
  const describe = async () => {
    const { DBClusters = [] } = await clients.rds.send(
      new DescribeDBClustersCommand({ DBClusterIdentifier }),
    );
    const { DBInstances = [] } = await clients.rds.send(
      new DescribeDBInstancesCommand({ DBInstanceIdentifier }),
    );
    return [DBClusters[0]?.ClusterCreateTime, DBInstances[0]?.InstanceCreateTime];
  };
  expect(await describe()).toEqual([undefined, undefined]);
  sandbox.clock.advance(600_000);
  const available = new Date('2026-01-01T00:10:00Z');
  expect(await describe()).toEqual([available, available]);
  await clients.rds.send(new DeleteDBClusterCommand({ DBClusterIdentifier, SkipFinalSnapshot: true }));
  expect(await failureOf(describe())).toMatchObject({ name: 'DBClusterNotFoundFault' });
  sandbox.clock.run();
});

test.each([
  ['a snapshot', 'snapshot:x', 'DBSnapshotNotFoundFault'],
  ['a subnet group', 'subgrp:x', 'DBSubnetGroupNotFoundFault'],
  ['nothing of RDS', 'thing:x', 'InvalidParameterValue'],
])('RDS names the type of what does not exist: %s', async (_, name, failure) => {
  const ResourceName = `arn:aws:rds:eu-west-1:111122223333:${name}`;
  const call = clients.rds.send(new AddTagsToResourceCommand({ ResourceName, Tags }));
  expect(await failureOf(call)).toMatchObject({ name: failure });
});

test('a Lambda function is created once, and shows its settings and tags', async () => {
  const create = () =>
    clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'worker',
        Role: 'arn:aws:iam::111122223333:role/r',
        Code: { ZipFile: Buffer.from('zip') },
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Tags: { a: 'b', Team: 'x' },
      }),
    );
  const { FunctionArn = '' } = await create();
  expect(await failureOf(create())).toMatchObject({ name: 'ResourceConflictException', status: 409 });
  await clients.lambda.send(new UntagFunctionCommand({ Resource: FunctionArn, TagKeys: ['a'] }));
  const found = await clients.lambda.send(new GetFunctionCommand({ FunctionName: FunctionArn }));
  expect(found.Tags).toEqual({ Team: 'x' });
  expect(found.Configuration).toMatchObject({
    FunctionName: 'worker',
    Runtime: 'nodejs24.x',
    State: 'Active',
  });
});

test('a DynamoDB table is CREATING, then ACTIVE, and tells when it was created', async () => {
  sandbox.clock.set('2026-02-03T04:05:06Z');
  sandbox.taggableAfterMs['dynamodb:table'] = 5000;
  const create = () =>
    clients.dynamodb.send(
      new CreateTableCommand({
        TableName: 'orders',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        Tags,
      }),
    );
  const { TableDescription } = await create();
  expect(await failureOf(create())).toMatchObject({ name: 'ResourceInUseException' });
  const status = async () =>
    (await clients.dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }))).Table;
  expect(await status()).toMatchObject({
    TableStatus: 'CREATING',
    CreationDateTime: new Date('2026-02-03T04:05:06Z'),
  });
  sandbox.clock.advance(5000);
  expect(await status()).toMatchObject({
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date('2026-02-03T04:05:06Z'),
  });
  const ResourceArn = TableDescription?.TableArn ?? '';
  await clients.dynamodb.send(new UntagTableCommand({ ResourceArn, TagKeys: ['a'] }));
  expect(sandbox.tagsOf(ResourceArn)).toEqual({});
  sandbox.clock.run();
});

test('creating an SNS topic again gives the same topic; with other tags it is refused', async () => {
  const create = (Value: string) =>
    clients.sns.send(new CreateTopicCommand({ Name: 'orders', Tags: [{ Key: 'a', Value }] }));
  const { TopicArn } = await create('b');
  expect(TopicArn).toBe('arn:aws:sns:eu-west-1:111122223333:orders');
  expect((await create('b')).TopicArn).toBe(TopicArn);
  expect(await failureOf(create('c'))).toMatchObject({ name: 'InvalidParameterException' });
  await clients.sns.send(new UntagResourceCommand({ ResourceArn: TopicArn, TagKeys: ['a'] }));
  expect(sandbox.tagsOf(TopicArn ?? '')).toEqual({});
  const { Attributes } = await clients.sns.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({ TopicArn, Owner: '111122223333' });
});

test('tags of an ElastiCache replication group reach its member clusters', async () => {
  const { ReplicationGroup } = await clients.elasticache.send(
    new CreateReplicationGroupCommand({
      ReplicationGroupId: 'Sessions',
      ReplicationGroupDescription: 'd',
      NumCacheClusters: 2,
    }),
  );
  expect(ReplicationGroup?.MemberClusters).toEqual(['sessions-001', 'sessions-002']);
  const arns = ['replicationgroup:sessions', 'cluster:sessions-001', 'cluster:sessions-002'].map(
    (name) => `arn:aws:elasticache:eu-west-1:111122223333:${name}`,
  );
  expect(ReplicationGroup?.ARN).toBe(arns[0]);
  await clients.elasticache.send(new AddCacheTagsCommand({ ResourceName: arns[0], Tags }));
  expect(arns.map((arn) => sandbox.tagsOf(arn))).toEqual([{ a: 'b' }, { a: 'b' }, { a: 'b' }]);
  await clients.elasticache.send(new RemoveCacheTagsCommand({ ResourceName: arns[0], TagKeys: ['a'] }));
  expect(arns.map((arn) => sandbox.tagsOf(arn))).toEqual([{}, {}, {}]);
  await clients.elasticache.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: 'sessions' }));
  expect(arns.filter((arn) => sandbox.hasResource(arn))).toEqual([]);
});

test('a replication group that is being created answers by its state, and tells its create time after', async () => {
  sandbox.clock.set('2026-01-01T00:00:00Z');
  sandbox.taggableAfterMs['elasticache:replicationgroup'] = 60_000;
  const create = new CreateReplicationGroupCommand({
    ReplicationGroupId: 'slow',
    ReplicationGroupDescription: 'd',
  });
  const { ReplicationGroup } = await clients.elasticache.send(create);
  const tag = () =>
    clients.elasticache.send(new AddCacheTagsCommand({ ResourceName: ReplicationGroup?.ARN, Tags }));
  expect(await failureOf(tag())).toMatchObject({ name: 'InvalidReplicationGroupStateFault' });
  sandbox.clock.advance(60_000);
  await tag();
  const { ReplicationGroups } = await clients.elasticache.send(
    new DescribeReplicationGroupsCommand({ ReplicationGroupId: 'slow' }),
  );
  expect(ReplicationGroups?.[0]?.ReplicationGroupCreateTime).toEqual(new Date('2026-01-01T00:01:00Z'));
  sandbox.clock.run();
});

test('ElastiCache takes a cluster id once', async () => {
  const create = () => clients.elasticache.send(new CreateCacheClusterCommand({ CacheClusterId: 'cache' }));
  await create();
  expect(await failureOf(create())).toMatchObject({ name: 'CacheClusterAlreadyExistsFault' });
  const { CacheClusters } = await clients.elasticache.send(
    new DescribeCacheClustersCommand({ CacheClusterId: 'cache' }),
  );
  expect(CacheClusters?.[0]).toMatchObject({ CacheClusterStatus: 'available' });
});
