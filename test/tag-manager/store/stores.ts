/** Metadata stores on the sandbox's DynamoDB, in a table that is made of the store's own description of it. */
import {
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { canHaveCreated } from '../../../parser/event/possible-resource.ts';
import { canBeParent } from '../../../parser/parents/possible-parent.ts';
import { type Calls, createCalls } from '../../../tag-manager/calls/calls.ts';
import type { Name } from '../../../tag-manager/ownership/name-event.ts';
import { createDynamoDbStore, type Store, type StoreOptions } from '../../../tag-manager/store/dynamodb.ts';
import { EXPIRES_AT, stateKey, TABLE } from '../../../tag-manager/store/table.ts';
import { compileTagSettings, type TagOptions } from '../../../tag-manager/tags/tag-settings.ts';
import { ACCOUNT, REGION } from '../creations.ts';
import { NOW, OPTIONS, type Tagging, taggerOf } from '../tagging.ts';

export const TABLE_NAME = 'auto-tagger';

type OnSandbox = Pick<Tagging, 'sandbox'>;

export function openStore({ sandbox }: OnSandbox, options: Partial<StoreOptions> = {}): Store {
  const credentials = sandbox.credentials(taggerOf(ACCOUNT));
  const calls = createCalls({
    credentialsFor: () => async () => credentials,
    concurrency: 16,
    limits: { maxAttempts: 1, connectionTimeoutMs: 1_000, requestTimeoutMs: 5_000 },
  });
  return storeOn(calls, options);
}

/** For a store beside a tag manager of the same options. */
export function settingsWith(options: Partial<TagOptions>): Pick<StoreOptions, 'settings'> {
  return { settings: compileTagSettings({ ...OPTIONS, ...options }, {}) };
}

export function storeOn(calls: Calls, options: Partial<StoreOptions> = {}): Store {
  return createDynamoDbStore({
    table: { name: TABLE_NAME, region: REGION },
    calls,
    settings: compileTagSettings(OPTIONS, {}),
    canHaveCreated,
    canBeParent,
    fileTtlHours: 24,
    now: () => NOW,
    ...options,
  });
}

function clientOf({ sandbox }: OnSandbox): DynamoDBClient {
  const credentials = sandbox.credentials(taggerOf(ACCOUNT));
  return new DynamoDBClient({ endpoint: sandbox.endpoint, region: REGION, credentials, maxAttempts: 1 });
}

export async function putTable(tagging: OnSandbox): Promise<void> {
  const client = clientOf(tagging);
  await client.send(new CreateTableCommand({ TableName: TABLE_NAME, ...TABLE }));
  client.destroy();
}

export type Item = Readonly<Record<string, AttributeValue>>;

export async function stateOf(tagging: OnSandbox, { arn, account }: Name): Promise<Item | undefined> {
  const client = clientOf(tagging);
  const Key = { ResourceId: { S: arn }, Event: { S: stateKey(account) } };
  const { Item } = await client.send(
    new GetItemCommand({ TableName: TABLE_NAME, Key, ConsistentRead: true }),
  );
  client.destroy();
  return Item;
}

/** As somebody does who may write to the table. */
export async function putItem(tagging: OnSandbox, Item: Item): Promise<void> {
  const client = clientOf(tagging);
  await client.send(new PutItemCommand({ TableName: TABLE_NAME, Item }));
  client.destroy();
}

/** Of an index, by the attribute that is its partition key. */
export async function itemsOf(
  tagging: OnSandbox,
  IndexName: string,
  attribute: string,
  value: string,
): Promise<readonly Item[]> {
  const client = clientOf(tagging);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      IndexName,
      KeyConditionExpression: '#k = :v',
      ExpressionAttributeNames: { '#k': attribute },
      ExpressionAttributeValues: { ':v': { S: value } },
    }),
  );
  client.destroy();
  return Items;
}

/** All items of a name, strongly consistent, by their sort key. */
export async function itemsOfPartition(tagging: OnSandbox, resourceId: string): Promise<readonly Item[]> {
  const client = clientOf(tagging);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: TABLE_NAME,
      ConsistentRead: true,
      KeyConditionExpression: '#k = :v',
      ExpressionAttributeNames: { '#k': 'ResourceId' },
      ExpressionAttributeValues: { ':v': { S: resourceId } },
    }),
  );
  client.destroy();
  return Items;
}

/** When it expires, in seconds since 1970; `undefined` for what lasts. */
export function expiryOf(item: Item): number | undefined {
  const seconds = item[EXPIRES_AT]?.N;
  return seconds === undefined ? undefined : Number(seconds);
}

/** As DynamoDB does some time after they have expired. */
export async function deleteExpiring(tagging: OnSandbox, resourceId: string): Promise<void> {
  const items = await itemsOfPartition(tagging, resourceId);
  const client = clientOf(tagging);
  for (const { ResourceId, Event, ...rest } of items) {
    if (expiryOf(rest) === undefined || !ResourceId || !Event) continue;
    await client.send(new DeleteItemCommand({ TableName: TABLE_NAME, Key: { ResourceId, Event } }));
  }
  client.destroy();
}
