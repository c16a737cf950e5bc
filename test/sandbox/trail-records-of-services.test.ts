/** Records of the simulated CloudTrail are spelled as each service spells them. */
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateCacheClusterCommand, CreateReplicationGroupCommand } from '@aws-sdk/client-elasticache';
import { CreateFunctionCommand, ListTagsCommand, TagResourceCommand } from '@aws-sdk/client-lambda';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  DeleteDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ALICE, type Clients, failureOf } from './clients.ts';
import { withSandbox } from './with-sandbox.ts';

let sandbox: Sandbox;
let alice: Clients;

withSandbox('each test', (started, clientsAs) => {
  sandbox = started;
  sandbox.clock.set('2026-03-04T05:06:07.890Z');
  alice = clientsAs(ALICE);
});

const last = () => sandbox.trail.records.at(-1);
const Tags = [{ Key: 'Name', Value: 'a=b' }];

describe('records', () => {
  const table = new CreateTableCommand({
    TableName: 'orders',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    Tags,
  });

  test('of RDS are flat, with only the first letter made small', async () => {
    const MasterUserPassword = 'secret';
    await alice.rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'Orders',
        DBInstanceClass: 'db.t3.micro',
        Engine: 'mysql',
        AllocatedStorage: 10,
        StorageEncrypted: false,
        MasterUserPassword,
        Tags: [{ Key: 'port', Value: '1' }],
      }),
    );
    expect(last()).toMatchObject({
      requestParameters: {
        dBInstanceIdentifier: 'Orders',
        allocatedStorage: 10,
        storageEncrypted: false,
        masterUserPassword: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        tags: [{ key: 'port', value: '1' }],
      },
      responseElements: {
        dBInstanceArn: 'arn:aws:rds:eu-west-1:111122223333:db:orders',
        dbiResourceId: expect.stringMatching(/^db-/),
        dBInstanceStatus: 'creating',
      },
    });
    await alice.rds.send(new CreateDBClusterCommand({ DBClusterIdentifier: 'c', Engine: 'aurora-mysql' }));
    expect(last()?.responseElements).toMatchObject({
      dBClusterArn: 'arn:aws:rds:eu-west-1:111122223333:cluster:c',
      dbClusterResourceId: expect.stringMatching(/^cluster-/),
    });
    await failureOf(alice.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: 'none' })));
    expect(last()).toMatchObject({ errorCode: 'DBInstanceNotFoundFault' });
  });

  test('of Lambda carry the version of the API in their names, and neither code nor variables', async () => {
    const { FunctionArn = '' } = await alice.lambda.send(
      new CreateFunctionCommand({
        FunctionName: 'f',
        Role: 'arn:aws:iam::111122223333:role/r',
        Code: { ZipFile: Buffer.from('zip') },
        Runtime: 'nodejs24.x',
        Handler: 'a.b',
        Environment: { Variables: { SECRET: 'x' } },
        Tags: { Name: 'n' },
      }),
    );
    expect(last()).toMatchObject({
      eventName: 'CreateFunction20150331',
      requestParameters: { functionName: 'f', code: {}, environment: {}, tags: { Name: 'n' } },
      responseElements: { functionArn: FunctionArn, environment: {} },
    });
    expect(JSON.stringify(last())).not.toContain('SECRET');
    await alice.lambda.send(new TagResourceCommand({ Resource: FunctionArn, Tags: { CreatedBy: 'a' } }));
    expect(last()).toMatchObject({
      eventName: 'TagResource20170331v2',
      requestParameters: { resource: FunctionArn, tags: { CreatedBy: 'a' } },
      responseElements: null,
    });
    await alice.lambda.send(new ListTagsCommand({ Resource: FunctionArn }));
    expect(last()).toMatchObject({ eventName: 'ListTags20170331', readOnly: true });
  });

  test('of the other services name what was created where AWS does', async () => {
    await alice.dynamodb.send(table);
    expect(last()).toMatchObject({
      apiVersion: '2012-08-10',
      requestParameters: { tableName: 'orders', tags: [{ key: 'Name', value: 'a=b' }] },
      responseElements: {
        tableDescription: {
          tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders',
          tableStatus: 'CREATING',
          creationDateTime: 'Mar 4, 2026, 5:06:07 AM',
        },
      },
    });
    await alice.sns.send(new CreateTopicCommand({ Name: 't', Attributes: { DisplayName: 'd' }, Tags }));
    expect(last()).toMatchObject({
      requestParameters: {
        name: 't',
        attributes: { DisplayName: 'd' },
        tags: [{ key: 'Name', value: 'a=b' }],
      },
      responseElements: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:t' },
    });
    const { QueueUrl } = await alice.sqs.send(
      new CreateQueueCommand({ QueueName: 'q', tags: { Name: 'n' } }),
    );
    expect(last()).toMatchObject({
      requestParameters: { queueName: 'q', tags: { Name: 'n' } },
      responseElements: { queueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/q' },
      resources: [{ type: 'AWS::SQS::Queue', ARN: 'arn:aws:sqs:eu-west-1:111122223333:q' }],
    });
    await alice.elasticache.send(new CreateCacheClusterCommand({ CacheClusterId: 'c', NumCacheNodes: 1 }));
    expect(last()).toMatchObject({
      requestParameters: { cacheClusterId: 'c', numCacheNodes: 1 },
      responseElements: { aRN: 'arn:aws:elasticache:eu-west-1:111122223333:cluster:c' },
    });
    await alice.elasticache.send(
      new CreateReplicationGroupCommand({
        ReplicationGroupId: 'g',
        ReplicationGroupDescription: 'd',
        NumCacheClusters: 1,
      }),
    );
    expect(last()).toMatchObject({
      responseElements: {
        aRN: 'arn:aws:elasticache:eu-west-1:111122223333:replicationgroup:g',
        memberClusters: ['g-001'],
      },
    });
    const before = sandbox.trail.records.length;
    await alice.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'data event' }));
    expect(sandbox.trail.records).toHaveLength(before);
  });
});
