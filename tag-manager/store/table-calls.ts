/**
 * The calls that the store makes to its table, each through the seam of all calls, strongly consistent where it reads; and the one that reads
 * a whole table for whoever takes it elsewhere.
 */
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readFailure } from '../calls/call-failure.ts';
import type { CallApi, Calls, Send } from '../calls/calls.ts';
import type { CallRate } from '../calls/pace.ts';
import { type Item, text } from './items.ts';
import { EXPIRES_AT, INDEXES, KEY } from './table.ts';

export interface Table {
  readonly name: string;
  /** It is in the account that we run in. */
  readonly region: string;
}

/** All throw CallError. */
export interface TableCalls {
  get(key: Item, signal: AbortSignal): Promise<Item | undefined>;
  put(item: Item, signal: AbortSignal): Promise<void>;
  /** Puts it where the version is still that one, `undefined` for none; else the answer is `false`, and nothing is put. */
  putVersion(item: Item, version: AttributeValue | undefined, signal: AbortSignal): Promise<boolean>;
  /** Puts it where there is none yet that expires later, within the time of the new one; else the answer is `false`. */
  putExpired(item: Item, now: AttributeValue, signal: AbortSignal): Promise<boolean>;
  /** Of an item that need not be there yet. */
  update(key: Item, changes: Changes, signal: AbortSignal): Promise<void>;
  /** Sets attributes of an item that is there; else does nothing. */
  change(key: Item, set: Item, signal: AbortSignal): Promise<void>;
  query(query: PageOfItems, signal: AbortSignal): Promise<Page>;
  /** A moment behind the table, in no order, and paced. The page may be empty, and not the last. */
  scan(part: PartOfTable, signal: AbortSignal): Promise<Page>;
}

export interface PartOfTable {
  /** One of so many parts, counted from 0. */
  readonly part: number;
  readonly parts: number;
  /** Only items that have this attribute. */
  readonly having: string;
  /** What the page before said. @default from the first item on */
  readonly after?: Item | undefined;
}

export interface Changes {
  /** Attributes as they shall be. */
  readonly set: Item;
  /** Those that stay as they are where they are there. */
  readonly setOnce: Item;
  /** Sets that are added to. */
  readonly add: Item;
}

export interface PageOfItems {
  /** What is read in the place of the table, a moment behind it. @default the table */
  readonly index?: keyof typeof INDEXES;
  readonly partition: string;
  /** What the sort key begins with, or the first and the last. @default any */
  readonly sort?: string | readonly [first: string, last: string];
  readonly newestFirst?: boolean;
  readonly limit: number;
  /** What the page before said. @default from the first item on */
  readonly after?: Item | undefined;
}

export interface Page {
  readonly items: readonly Item[];
  readonly isLast: boolean;
  /** Where the next page begins; absent of the last. */
  readonly next: Item | undefined;
}

/** With a name, so that its calls take their places among all. */
const API: CallApi = { name: 'dynamodb:items', failures: [] };

/**
 * A page is at most 1 MB, which takes 128 read units where it need not be strongly consistent. With half of this rate, the share by default, that is
 * 1,024 units a second: a new table on demand takes 12,000, one of its partitions 3,000 (Developer Guide, "Understanding DynamoDB warm
 * throughput"), and the function needs the rest.
 */
const SCANS: CallRate = { name: 'dynamodb Scan', perSecond: 16, burst: 4, scope: 'account and region' };

export function createTableCalls({ name: TableName, region }: Table, calls: Calls): TableCalls {
  // Whoever has no table does not load its client.
  const sdk = import('./dynamodb-client.ts');
  sdk.catch(() => {}); // each call tells
  const make = async <Output>(signal: AbortSignal, send: Send<DynamoDBClient, Output>, rate?: CallRate) => {
    const { DynamoDBClient: client } = await sdk;
    return calls.make({ client, account: undefined, region, api: API, ...(rate && { rate }) }, signal, send);
  };

  return {
    async get(Key, signal) {
      const command = new (await sdk).GetItemCommand({ TableName, Key, ConsistentRead: true });
      return (await make(signal, (client, options) => client.send(command, options))).Item;
    },

    async put(Item, signal) {
      const command = new (await sdk).PutItemCommand({ TableName, Item });
      await make(signal, (client, options) => client.send(command, options));
    },

    async putVersion(Item, version, signal) {
      const command = new (await sdk).PutItemCommand({
        TableName,
        Item,
        ConditionExpression: version === undefined ? 'attribute_not_exists(#version)' : '#version = :version',
        ExpressionAttributeNames: { '#version': 'Version' },
        ...(version && { ExpressionAttributeValues: { ':version': version } }),
      });
      return onCondition(() => make(signal, (client, options) => client.send(command, options)));
    },

    async putExpired(Item, now, signal) {
      const command = new (await sdk).PutItemCommand({
        TableName,
        Item,
        // What expires later than ours would was not written by us.
        ConditionExpression: 'attribute_not_exists(#expires) OR #expires < :now OR #expires > :end',
        ExpressionAttributeNames: { '#expires': EXPIRES_AT },
        ExpressionAttributeValues: { ':now': now, ':end': Item[EXPIRES_AT] ?? now },
      });
      return onCondition(() => make(signal, (client, options) => client.send(command, options)));
    },

    async update(Key, changes, signal) {
      const command = new (await sdk).UpdateItemCommand({ TableName, Key, ...updateOf(changes) });
      await make(signal, (client, options) => client.send(command, options));
    },

    async change(Key, set, signal) {
      const { ExpressionAttributeNames, ...update } = updateOf({ set, setOnce: {}, add: {} });
      const command = new (await sdk).UpdateItemCommand({
        TableName,
        Key,
        ...update,
        ConditionExpression: 'attribute_exists(#partition)',
        ExpressionAttributeNames: { ...ExpressionAttributeNames, '#partition': KEY.partition },
      });
      await onCondition(() => make(signal, (client, options) => client.send(command, options)));
    },

    async query({ index, partition, sort, newestFirst = false, limit, after }, signal) {
      const { expression, values } = sortCondition(sort);
      const keys = index === undefined ? KEY : INDEXES[index];
      const command = new (await sdk).QueryCommand({
        TableName,
        ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: `#partition = :partition${expression}`,
        ExpressionAttributeNames: { '#partition': keys.partition, ...(expression && { '#sort': keys.sort }) },
        ExpressionAttributeValues: { ':partition': text(partition), ...values },
        ScanIndexForward: !newestFirst,
        Limit: limit,
        ...(after && { ExclusiveStartKey: after }),
      });
      const answer = await make(signal, (client, options) => client.send(command, options));
      return pageOf(answer);
    },

    async scan({ part, parts, having, after }, signal) {
      const command = new (await sdk).ScanCommand({
        TableName,
        Segment: part,
        TotalSegments: parts,
        FilterExpression: 'attribute_exists(#having)',
        ExpressionAttributeNames: { '#having': having },
        ...(after && { ExclusiveStartKey: after }),
      });
      return pageOf(await make(signal, (client, options) => client.send(command, options), SCANS));
    },
  };
}

interface Answer {
  readonly Items?: readonly Item[] | undefined;
  readonly LastEvaluatedKey?: Item | undefined;
}

function pageOf({ Items = [], LastEvaluatedKey: next }: Answer): Page {
  return { items: Items, isLast: next === undefined, next };
}

/** Whether the condition was met. */
async function onCondition(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (readFailure(error).error === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** Any word may be one of DynamoDB's reserved ones, so each name is a placeholder too. */
function updateOf({ set, setOnce, add }: Changes) {
  const given = [
    ...Object.entries(set).map(([name, value]) => ({ kind: 'set' as const, name, value })),
    ...Object.entries(setOnce).map(([name, value]) => ({ kind: 'setOnce' as const, name, value })),
    ...Object.entries(add).map(([name, value]) => ({ kind: 'add' as const, name, value })),
  ].map((each, at) => ({ ...each, key: `c${at}` }));
  const sets = given.flatMap(({ kind, key }) => {
    if (kind === 'add') return [];
    return [kind === 'set' ? `#${key} = :${key}` : `#${key} = if_not_exists(#${key}, :${key})`];
  });
  const adds = given.flatMap(({ kind, key }) => (kind === 'add' ? [`#${key} :${key}`] : []));
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
  ];
  return {
    UpdateExpression: clauses.join(' '),
    ExpressionAttributeNames: Object.fromEntries(given.map(({ key, name }) => [`#${key}`, name])),
    ExpressionAttributeValues: Object.fromEntries(given.map(({ key, value }) => [`:${key}`, value])),
  };
}

function sortCondition(sort: PageOfItems['sort']): { readonly expression: string; readonly values: Item } {
  if (sort === undefined) return { expression: '', values: {} };
  if (typeof sort === 'string')
    return { expression: ' AND begins_with(#sort, :sort)', values: { ':sort': text(sort) } };
  const [first, last] = sort;
  return {
    expression: ' AND #sort BETWEEN :first AND :last',
    values: { ':first': text(first), ':last': text(last) },
  };
}
