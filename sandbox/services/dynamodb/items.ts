/**
 * The calls about items: put, get, update, delete, query, scan, with conditions. Members that the sandbox does not know are
 * refused, so that nobody relies on them. Source: Amazon DynamoDB API Reference.
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { Context, Input, Operation, Output } from '../../operation.ts';
import type { Resource } from '../../world.ts';
import {
  type Condition,
  changed as changedBy,
  type Expressions,
  expressionsOf,
  holds,
} from './expressions.ts';
import { checkSize, checkValue, compare, type Item, invalid, sizeOf } from './item.ts';
import { checkIndexKeys, type Keys, keyOf, keysOf, openItems, type Table } from './table.ts';

export const ITEM_OPERATIONS: Readonly<Record<string, Operation>> = {
  PutItem: { run: putItem, dataEvent: true },
  GetItem: { run: getItem, dataEvent: true },
  UpdateItem: { run: updateItem, dataEvent: true },
  DeleteItem: { run: deleteItem, dataEvent: true },
  Query: { run: query, dataEvent: true },
  Scan: { run: scan, dataEvent: true },
};

const ALWAYS = ['TableName', 'ExpressionAttributeNames', 'ReturnConsumedCapacity'];
const CONDITIONS = ['ConditionExpression', 'ExpressionAttributeValues', 'ReturnValues'];

function only(input: Input, members: readonly string[]): void {
  const other = Object.keys(input).find((member) => ![...ALWAYS, ...members].includes(member));
  if (other !== undefined) throw invalid(`The sandbox does not know the member ${other}`);
}

function putItem(context: Context, input: Input): Output {
  only(input, ['Item', ...CONDITIONS]);
  const table = openItems(context, input);
  const item = itemOf(input.Item, 'Item');
  return write(context, table, input, item, expressionsOf(input), () => item);
}

function updateItem(context: Context, input: Input): Output {
  only(input, ['Key', 'UpdateExpression', ...CONDITIONS]);
  const table = openItems(context, input);
  const key = keyFrom(table, input);
  const expressions = expressionsOf(input);
  const changes = expressions.changes('UpdateExpression');
  const { partition, sort } = keysOf(table);
  const part = changes.find(({ name }) => name === partition || name === sort);
  if (part !== undefined)
    throw invalid(
      `One or more parameter values were invalid: Cannot update attribute ${part.name}. This attribute is part of the key`,
    );
  return write(context, table, input, key, expressions, (old) => changedBy(old ?? key, changes));
}

function deleteItem(context: Context, input: Input): Output {
  only(input, ['Key', ...CONDITIONS]);
  const table = openItems(context, input);
  return write(context, table, input, keyFrom(table, input), expressionsOf(input), () => undefined);
}

/** Items are written one at a time, so that a condition and the write behind it are one step. */
function write(
  { world }: Context,
  table: Resource<Table>,
  input: Input,
  named: Item,
  expressions: Expressions,
  change: (old: Item | undefined) => Item | undefined,
): Output {
  const condition = expressions.condition('ConditionExpression');
  expressions.end();
  const key = keyOf(table, named);
  const { items } = table.details;
  const old = items.get(key, Number.POSITIVE_INFINITY);
  if (condition !== undefined && !holds(condition, old))
    throw new AwsError('ConditionalCheckFailedException', 400, 'The conditional request failed');
  const item = change(old);
  if (item !== undefined) {
    checkSize(item);
    checkIndexKeys(table, item);
  }
  items.put(key, item, world.clock.now());
  if (input.ReturnValues === 'ALL_OLD') return old === undefined ? {} : { Attributes: old };
  if (input.ReturnValues === 'ALL_NEW') return { Attributes: item };
  if (![undefined, 'NONE'].includes(input.ReturnValues as undefined))
    throw invalid(`The sandbox does not know ReturnValues ${String(input.ReturnValues)}`);
  return {};
}

function getItem(context: Context, input: Input): Output {
  only(input, ['Key', 'ConsistentRead', 'ProjectionExpression']);
  const table = openItems(context, input);
  const key = keyFrom(table, input);
  const expressions = expressionsOf(input);
  const projection = expressions.names('ProjectionExpression');
  expressions.end();
  const item = table.details.items.get(keyOf(table, key), readTime(context, input));
  return item === undefined ? {} : { Item: projected(item, projection) };
}

const QUERY = [
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
  'ExpressionAttributeValues',
];
const PAGE = ['IndexName', 'ConsistentRead', 'ScanIndexForward', 'Limit', 'ExclusiveStartKey'];

/** "Query", "Pagination": a page ends after 1 MB, before any filter. */
const MAX_PAGE_BYTES = 1024 * 1024;

function query(context: Context, input: Input): Output {
  only(input, [...QUERY, ...PAGE]);
  const { IndexName, ConsistentRead, ScanIndexForward = true, Limit, ExclusiveStartKey } = input;
  const table = openItems(context, input);
  if (IndexName !== undefined && ConsistentRead === true)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  if (Limit !== undefined && !(Number.isInteger(Limit) && Number(Limit) > 0))
    throw invalid('1 validation error detected: Value at "limit" failed to satisfy constraint: at least 1');
  const keys = keysOf(table, IndexName);
  const expressions = expressionsOf(input);
  const condition = keyCondition(expressions.condition('KeyConditionExpression'), keys);
  const filter = expressions.condition('FilterExpression');
  const projection = expressions.names('ProjectionExpression');
  expressions.end();

  const order = orderOf(table, keys, ScanIndexForward === true);
  const found = table.details.items
    .list(IndexName === undefined ? partitionOf(condition, keys) : undefined, readTime(context, input))
    .filter((item) => isIn(keys, item) && holds(condition, item))
    .sort(order);
  const start = ExclusiveStartKey === undefined ? undefined : itemOf(ExclusiveStartKey, 'ExclusiveStartKey');
  const left = start === undefined ? found : found.filter((item) => order(item, start) > 0);
  return answerOf(left, { table, keys, limit: Limit, filter, projection });
}

const SCAN = ['FilterExpression', 'ProjectionExpression', 'ExpressionAttributeValues'];
const SCAN_PAGE = ['IndexName', 'ConsistentRead', 'Limit', 'ExclusiveStartKey', 'Segment', 'TotalSegments'];

/** "Scan": of one segment the items whose partition keys fall into it, in an order that means nothing. */
function scan(context: Context, input: Input): Output {
  only(input, [...SCAN, ...SCAN_PAGE]);
  const { IndexName, ConsistentRead, Limit, ExclusiveStartKey, Segment, TotalSegments } = input;
  const table = openItems(context, input);
  if (IndexName !== undefined && ConsistentRead === true)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  if (Limit !== undefined && !(Number.isInteger(Limit) && Number(Limit) > 0))
    throw invalid('1 validation error detected: Value at "limit" failed to satisfy constraint: at least 1');
  const [segment, segments] = segmentOf(Segment, TotalSegments);
  const keys = keysOf(table, IndexName);
  const expressions = expressionsOf(input);
  const filter = expressions.condition('FilterExpression');
  const projection = expressions.names('ProjectionExpression');
  expressions.end();

  const places = new Map<Item, string>();
  const found = table.details.items.list(undefined, readTime(context, input)).filter((item) => {
    if (!isIn(keys, item)) return false;
    const { hash, place } = placeOf(table, keys, item);
    places.set(item, place);
    return hash % segments === segment;
  });
  const start = ExclusiveStartKey === undefined ? undefined : itemOf(ExclusiveStartKey, 'ExclusiveStartKey');
  const after = start === undefined ? '' : placeOf(table, keys, start).place;
  const left = found
    .map((item) => ({ item, place: places.get(item) ?? '' }))
    .filter(({ place }) => place > after)
    .sort((one, other) => (one.place < other.place ? -1 : 1))
    .map(({ item }) => item);
  return answerOf(left, { table, keys, limit: Limit, filter, projection });
}

/** "Parallel scan": both or none, at most a million segments. */
function segmentOf(segment: unknown, segments: unknown): readonly [number, number] {
  if (segment === undefined && segments === undefined) return [0, 1];
  const [at, of] = [Number(segment), Number(segments)];
  const isWhole = segment !== undefined && Number.isInteger(at) && Number.isInteger(of);
  if (!isWhole || of < 1 || of > 1_000_000 || at < 0 || at >= of)
    throw invalid(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present, or is no less than it',
    );
  return [at, of];
}

/** Where an item lies among all: by a hash of its partition key. */
function placeOf(table: Resource<Table>, { partition }: Keys, item: Item) {
  const digest = createHash('sha256').update(JSON.stringify(item[partition])).digest();
  return { hash: digest.readUInt32BE(0), place: digest.toString('hex') + keyOf(table, item).whole };
}

/** An index has only the items that have its keys. */
function isIn({ partition, sort }: Keys, item: Item): boolean {
  return item[partition] !== undefined && (sort === undefined || item[sort] !== undefined);
}

interface Read {
  readonly table: Resource<Table>;
  readonly keys: Keys;
  readonly limit: unknown;
  readonly filter: Condition | undefined;
  readonly projection: readonly string[] | undefined;
}

/** A page of what is left to be read: it ends before any filter. */
function answerOf(left: readonly Item[], { table, keys, limit, filter, projection }: Read): Output {
  const page = pageOf(left, Number(limit ?? Number.POSITIVE_INFINITY));
  const last = page.at(-1);
  const kept = page.filter((item) => filter === undefined || holds(filter, item));
  return {
    Items: kept.map((item) => projected(item, projection)),
    Count: kept.length,
    ScannedCount: page.length,
    // AWS also answers with a key where the limit was reached and nothing is left; so does this.
    ...(last &&
      (page.length < left.length || page.length === limit) && {
        LastEvaluatedKey: keyAttributes(table, keys, last),
      }),
  };
}

/** An equal partition key, and at most one condition on the sort key, joined by AND. */
function keyCondition(condition: Condition | undefined, keys: Keys): Condition {
  const parts = condition?.kind === 'all' ? condition.of : condition === undefined ? [] : [condition];
  const names = parts.map((part) => ('name' in part ? part.name : ''));
  const isKey = parts.some(
    (part, at) => names[at] === keys.partition && part.kind === 'compare' && part.operator === '=',
  );
  const others = parts.filter((_, at) => names[at] !== keys.partition);
  const isOdd = others.some(
    (part, at) =>
      at > 0 ||
      !('name' in part) ||
      part.name !== keys.sort ||
      !['compare', 'between', 'begins'].includes(part.kind) ||
      (part.kind === 'compare' && part.operator === '<>'),
  );
  if (condition === undefined || !isKey || isOdd || parts.length - others.length > 1)
    throw invalid('Query key condition not supported');
  return condition;
}

function partitionOf(condition: Condition, { partition }: Keys): string {
  const parts = condition.kind === 'all' ? condition.of : [condition];
  const part = parts.find((each) => each.kind === 'compare' && each.name === partition);
  return JSON.stringify(part?.kind === 'compare' ? part.value : undefined);
}

/** By sort key; items that are equal there, as indexes may have them, by the key of the table. */
function orderOf(table: Resource<Table>, { sort }: Keys, isForward: boolean) {
  return (one: Item, other: Item): number => {
    const [a, b] = [sort && one[sort], sort && other[sort]];
    const bySort = a && b ? compare(a, b) : 0;
    const order =
      bySort || Buffer.compare(Buffer.from(keyOf(table, one).whole), Buffer.from(keyOf(table, other).whole));
    return isForward ? order : -order;
  };
}

function pageOf(items: readonly Item[], limit: number): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex((item, at) => {
    bytes += sizeOf(item);
    return at >= limit || (at > 0 && bytes > MAX_PAGE_BYTES);
  });
  return end < 0 ? items : items.slice(0, end);
}

function keyAttributes(table: Resource<Table>, index: Keys, item: Item): Item {
  const { partition, sort } = keysOf(table);
  const names = [partition, sort, index.partition, index.sort].filter((name) => name !== undefined);
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

function projected(item: Item, names: readonly string[] | undefined): Item {
  if (names === undefined) return item;
  return Object.fromEntries(names.flatMap((name) => (item[name] ? [[name, item[name]]] : [])));
}

/** What is read without strong consistency is that much behind. */
function readTime({ world }: Context, { ConsistentRead }: Input): number {
  return ConsistentRead === true ? Number.POSITIVE_INFINITY : world.clock.now() - world.replicationLagMs;
}

function keyFrom(table: Resource<Table>, { Key }: Input): Item {
  const key = itemOf(Key, 'Key');
  const { partition, sort } = keysOf(table);
  if (Object.keys(key).some((name) => name !== partition && name !== sort))
    throw invalid('The provided key element does not match the schema');
  keyOf(table, key);
  return key;
}

function itemOf(value: unknown, member: string): Item {
  if (typeof value !== 'object' || value === null) throw invalid(`The parameter ${member} is required`);
  for (const [name, attribute] of Object.entries(value)) checkValue(name, attribute);
  return value as Item;
}
