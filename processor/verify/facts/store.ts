/** The table of the metadata store, and the topic of alerts. */
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DescribeTableCommandOutput,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { parseArn } from '../../../parser/arn.ts';
import { mapAnswer } from '../answer.ts';
import type { Asker } from '../asker.ts';
import type { TableDescription, TableFacts, TopicFacts } from './facts.ts';

export async function lookUpTable({ ask }: Asker, TableName: string): Promise<TableFacts> {
  const [description, expiry, recovery] = await Promise.all([
    ask('dynamodb:DescribeTable', DynamoDBClient, (client, options) =>
      client.send(new DescribeTableCommand({ TableName }), options),
    ),
    ask('dynamodb:DescribeTimeToLive', DynamoDBClient, (client, options) =>
      client.send(new DescribeTimeToLiveCommand({ TableName }), options),
    ),
    ask('dynamodb:DescribeContinuousBackups', DynamoDBClient, (client, options) =>
      client.send(new DescribeContinuousBackupsCommand({ TableName }), options),
    ),
  ]);
  return {
    name: TableName,
    description: mapAnswer(description, descriptionOf),
    expiry: mapAnswer(
      expiry,
      ({ TimeToLiveDescription: { TimeToLiveStatus = '', AttributeName = '' } = {} }) => ({
        status: TimeToLiveStatus,
        attribute: AttributeName,
      }),
    ),
    recovery: mapAnswer(recovery, ({ ContinuousBackupsDescription: backups }) => ({
      status: backups?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus ?? 'DISABLED',
    })),
  };
}

function descriptionOf({ Table = {} }: DescribeTableCommandOutput): TableDescription {
  const { TableStatus = '', KeySchema = [], GlobalSecondaryIndexes = [] } = Table;
  const indexes = GlobalSecondaryIndexes.map(
    ({ IndexName = '', KeySchema: keys = [] }) => [IndexName, keyNames(keys)] as const,
  );
  return { status: TableStatus, keys: keyNames(KeySchema), indexes: Object.fromEntries(indexes) };
}

/** The partition key comes first. */
function keyNames(schema: readonly KeySchemaElement[]): readonly string[] {
  return schema
    .toSorted(({ KeyType }) => (KeyType === 'HASH' ? -1 : 1))
    .flatMap(({ AttributeName }) => AttributeName ?? []);
}

export async function lookUpTopic({ ask }: Asker, arn: string): Promise<TopicFacts> {
  const answer = await ask(
    'sns:GetTopicAttributes',
    SNSClient,
    (client, options) => client.send(new GetTopicAttributesCommand({ TopicArn: arn }), options),
    parseArn(arn)?.region,
  );
  const attributes = mapAnswer(answer, ({ Attributes: told = {} }) => ({
    confirmed: Number(told.SubscriptionsConfirmed ?? 0),
    pending: Number(told.SubscriptionsPending ?? 0),
    keyId: told.KmsMasterKeyId,
  }));
  return { arn, attributes };
}
