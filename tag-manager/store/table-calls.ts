/** The calls that the store makes to its table, each through the seam of all calls, strongly consistent where it reads. */
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { readFailure } from '../calls/call-failure.ts';
import type { CallApi, Calls, Send } from '../calls/calls.ts';
import { type Item, number, text } from './items.ts';
import { KEY } from './table.ts';

export interface Table {
  readonly name: string;
  /** It is in the account that we run in. */
  readonly region: string;
}

/** All throw CallError. */
export interface TableCalls {
  get(key: Item, signal: AbortSignal): Promise<Item | undefined>;
  put(item: Item, signal: AbortSignal): Promise<void>;
  /** Puts it where the version is still that one, 0 for no item; else the answer is `false`, and nothing is put. */
  putVersion(item: Item, version: number, signal: AbortSignal): Promise<boolean>;
  /** Sets attributes of an item, which need not be there yet, and adds to those that are sets. */
  update(key: Item, set: Item, add: Item, signal: AbortSignal): Promise<void>;
  query(query: PageOfItems, signal: AbortSignal): Promise<Page>;
}

export interface PageOfItems {
  readonly partition: string;
  /** What the sort key begins with, or the first and the last. @default any */
  readonly sort?: string | readonly [first: string, last: string];
  readonly newestFirst?: boolean;
  readonly limit: number;
}

export interface Page {
  readonly items: readonly Item[];
  readonly isLast: boolean;
}

/** With a name, so that its calls take their places among all. */
const API: CallApi = { name: 'dynamodb:items', failures: [] };

export function createTableCalls({ name: TableName, region }: Table, calls: Calls): TableCalls {
  const callee = { client: DynamoDBClient, account: undefined, region, api: API };
  const make = <Output>(signal: AbortSignal, send: Send<DynamoDBClient, Output>) =>
    calls.make(callee, signal, send);

  return {
    async get(Key, signal) {
      const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
      return (await make(signal, (client, options) => client.send(command, options))).Item;
    },

    async put(Item, signal) {
      const command = new PutItemCommand({ TableName, Item });
      await make(signal, (client, options) => client.send(command, options));
    },

    async putVersion(Item, version, signal) {
      const command = new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: version === 0 ? 'attribute_not_exists(#version)' : '#version = :version',
        ExpressionAttributeNames: { '#version': 'Version' },
        ...(version > 0 && { ExpressionAttributeValues: { ':version': number(version) } }),
      });
      try {
        await make(signal, (client, options) => client.send(command, options));
        return true;
      } catch (error) {
        if (readFailure(error).error === 'ConditionalCheckFailedException') return false;
        throw error;
      }
    },

    async update(Key, set, add, signal) {
      const sets = placeholders(set, 's');
      const adds = placeholders(add, 'a');
      const clauses = [clause('SET', sets, ' = '), clause('ADD', adds, ' ')];
      const command = new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: clauses.filter((each) => each !== '').join(' '),
        ExpressionAttributeNames: Object.fromEntries(
          [...sets, ...adds].map(({ key, name }) => [`#${key}`, name]),
        ),
        ExpressionAttributeValues: Object.fromEntries(
          [...sets, ...adds].map(({ key, value }) => [`:${key}`, value]),
        ),
      });
      await make(signal, (client, options) => client.send(command, options));
    },

    async query({ partition, sort, newestFirst = false, limit }, signal) {
      const { expression, values } = sortCondition(sort);
      const command = new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: `#partition = :partition${expression}`,
        ExpressionAttributeNames: { '#partition': KEY.partition, ...(expression && { '#sort': KEY.sort }) },
        ExpressionAttributeValues: { ':partition': text(partition), ...values },
        ScanIndexForward: !newestFirst,
        Limit: limit,
      });
      const answer = await make(signal, (client, options) => client.send(command, options));
      return { items: answer.Items ?? [], isLast: answer.LastEvaluatedKey === undefined };
    },
  };
}

interface Placeholder {
  readonly key: string;
  readonly name: string;
  readonly value: AttributeValue;
}

/** Any word may be one of DynamoDB's reserved ones. */
function placeholders(attributes: Item, prefix: string): readonly Placeholder[] {
  return Object.entries(attributes).map(([name, value], at) => ({ key: `${prefix}${at}`, name, value }));
}

function clause(word: string, attributes: readonly Placeholder[], between: string): string {
  if (attributes.length === 0) return '';
  return `${word} ${attributes.map(({ key }) => `#${key}${between}:${key}`).join(', ')}`;
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
