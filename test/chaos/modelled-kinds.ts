/** Kinds that the sandbox models: made by calls of SDK clients, whose records the sandbox's own CloudTrail writes. */
import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateVolumeCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateFunctionCommand, DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { CreateDBInstanceCommand, DeleteDBInstanceCommand } from '@aws-sdk/client-rds';
import { type BucketLocationConstraint, CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import { CreateTopicCommand, DeleteTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, DeleteQueueCommand } from '@aws-sdk/client-sqs';
import type { Call, Kind, Tags } from './kinds.ts';

const USUAL = { tellsTime: false, copies: false, isModelled: true, takesTags: true } as const;

export const MODELLED_KINDS: readonly Kind[] = [
  {
    ...USUAL,
    name: 'topic',
    naming: 'reusable',
    creation: 'idempotent',
    async create({ clients, name, tags, ...call }) {
      await clients.sns.send(new CreateTopicCommand({ Name: name, Tags: listOf(tags) }));
      return { arn: arnOf(call, 'sns', name) };
    },
    async remove({ clients }, TopicArn) {
      await clients.sns.send(new DeleteTopicCommand({ TopicArn }));
      return {};
    },
  },
  {
    ...USUAL,
    name: 'queue',
    naming: 'reusable',
    creation: 'idempotent',
    tellsTime: true,
    reusableAfterSeconds: 60, // Amazon SQS API reference, `DeleteQueue`
    async create({ clients, name, tags, ...call }) {
      await clients.sqs.send(new CreateQueueCommand({ QueueName: name, tags }));
      return { arn: arnOf(call, 'sqs', name) };
    },
    async remove({ clients, name, place }) {
      const QueueUrl = `https://sqs.${place.region}.amazonaws.com/${place.account}/${name}`;
      await clients.sqs.send(new DeleteQueueCommand({ QueueUrl }));
      return {};
    },
  },
  bucket('bucket', 'strict', ['eu-west-1', 'us-west-2']),
  bucket('bucket of us-east-1', 'idempotent', ['us-east-1']),
  {
    ...USUAL,
    name: 'table',
    naming: 'reusable',
    creation: 'strict',
    tellsTime: true,
    async create({ clients, name, tags, ...call }) {
      const arn = arnOf(call, 'dynamodb', `table/${name}`);
      const command = new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        Tags: listOf(tags),
      });
      await unlessThere(clients.dynamodb.send(command), 'ResourceInUseException');
      return { arn };
    },
    async remove({ clients, name }) {
      await clients.dynamodb.send(new DeleteTableCommand({ TableName: name }));
      return {};
    },
  },
  {
    ...USUAL,
    name: 'database',
    naming: 'reusable',
    creation: 'strict',
    tellsTime: true,
    async create({ clients, name, tags, ...call }) {
      const command = new CreateDBInstanceCommand({
        DBInstanceIdentifier: name,
        DBInstanceClass: 'db.t4g.micro',
        Engine: 'postgres',
        Tags: listOf(tags),
      });
      await unlessThere(clients.rds.send(command), 'DBInstanceAlreadyExistsFault');
      return { arn: arnOf(call, 'rds', `db:${name}`) };
    },
    async remove({ clients, name }) {
      const command = new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true });
      await clients.rds.send(command);
      return {};
    },
  },
  {
    ...USUAL,
    name: 'function',
    naming: 'reusable',
    creation: 'strict',
    async create({ clients, name, tags, ...call }) {
      const command = new CreateFunctionCommand({
        FunctionName: name,
        Role: `arn:aws:iam::${call.place.account}:role/lambda`,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Code: { ZipFile: Buffer.from('zip') },
        Tags: tags,
      });
      await unlessThere(clients.lambda.send(command), 'ResourceConflictException');
      return { arn: arnOf(call, 'lambda', `function:${name}`) };
    },
    async remove({ clients, name }) {
      await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
      return {};
    },
  },
  {
    ...USUAL,
    name: 'volume',
    naming: 'unique',
    creation: 'idempotent',
    async create({ clients, name, tags, ...call }) {
      const command = new CreateVolumeCommand({
        AvailabilityZone: `${call.place.region}a`,
        Size: 8,
        ClientToken: name,
        TagSpecifications: specificationOf('volume', tags),
      });
      const { VolumeId } = await clients.ec2.send(command);
      return { arn: arnOf(call, 'ec2', `volume/${VolumeId}`) };
    },
    remove: () => Promise.reject(new Error('a volume stays')),
  },
  {
    ...USUAL,
    name: 'instance',
    naming: 'unique',
    creation: 'idempotent',
    async create({ clients, name, tags, ...call }) {
      const command = new RunInstancesCommand({
        ImageId: 'ami-0123456789abcdef0',
        MinCount: 1,
        MaxCount: 1,
        ClientToken: name,
        TagSpecifications: specificationOf('instance', tags),
      });
      const { Instances = [] } = await clients.ec2.send(command);
      return { arn: arnOf(call, 'ec2', `instance/${Instances[0]?.InstanceId}`) };
    },
    remove: () => Promise.reject(new Error('an instance stays')),
  },
];

/** Outside of us-east-1 a second call fails (Amazon S3 API reference, `CreateBucket`). */
function bucket(name: string, creation: Kind['creation'], regions: readonly string[]): Kind {
  return {
    ...USUAL,
    name,
    naming: 'reusable',
    creation,
    regions,
    takesTags: false,
    async create({ clients, name: Bucket, place: { region } }) {
      const LocationConstraint = region as BucketLocationConstraint;
      const CreateBucketConfiguration = region === 'us-east-1' ? undefined : { LocationConstraint };
      const command = new CreateBucketCommand({ Bucket, CreateBucketConfiguration });
      await unlessThere(clients.s3.send(command), 'BucketAlreadyOwnedByYou');
      return { arn: `arn:aws:s3:::${Bucket}` };
    },
    async remove({ clients, name: Bucket }) {
      await clients.s3.send(new DeleteBucketCommand({ Bucket }));
      return {};
    },
  };
}

/** That a strict call fails where the name is taken is part of the history. */
async function unlessThere(sending: Promise<unknown>, error: string): Promise<void> {
  await sending.catch((failure: Error) => {
    if (failure.name !== error) throw failure;
  });
}

function arnOf({ place }: Pick<Call, 'place'>, service: string, resource: string): string {
  return `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
}

/** An empty list would be a parameter too. */
function listOf(tags: Tags): { Key: string; Value: string }[] | undefined {
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length === 0 ? undefined : list;
}

function specificationOf(ResourceType: 'volume' | 'instance', tags: Tags) {
  const list = listOf(tags);
  return list === undefined ? undefined : [{ ResourceType, Tags: list }];
}
