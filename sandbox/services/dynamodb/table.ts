/**
 * A table and the items in it. Each item keeps what it was a while ago, because an eventually consistent read, and every
 * read of an index, may show that. Source: Amazon DynamoDB Developer Guide, "Read consistency" and "Using Global Secondary
 * Indexes": indexes are updated asynchronously, and take no strongly consistent reads.
 */
import { AwsError } from '../../aws-error.ts';
import type { Context, Input } from '../../operation.ts';
import type { Resource } from '../../world.ts';
import { ownResource } from '../common.ts';
import { type AttributeValue, checkValue, type Item, invalid, typeOf } from './item.ts';

export interface Table {
  readonly id: string;
  readonly settings: Input;
  readonly items: Items;
  /** The attribute of UpdateTimeToLive. */
  expiresBy?: string | undefined;
  /** By UpdateContinuousBackups. */
  canBeRecovered?: boolean;
}

/** Names of the attributes that are the key; a table or index may have no sort key. */
export interface Keys {
  readonly partition: string;
  readonly sort: string | undefined;
}

/** Texts: of the partition key, and of the whole key. */
export interface Key {
  readonly partition: string;
  readonly whole: string;
}

export interface Items {
  get(key: Key, at: number): Item | undefined;
  /** As they were at a time, with no order: those of a partition, or all. */
  list(partition: string | undefined, at: number): readonly Item[];
  put(key: Key, item: Item | undefined, now: number): void;
}

interface Version {
  readonly item: Item | undefined;
  readonly at: number;
}

/** Longer than anybody lets indexes lag. */
const KEPT_MS = 60_000;

export function createItems(): Items {
  const partitions = new Map<string, Map<string, readonly Version[]>>();
  const then = (versions: readonly Version[] = [], at: number) =>
    versions.findLast((version) => version.at <= at)?.item;
  return {
    get: ({ partition, whole }, at) => then(partitions.get(partition)?.get(whole), at),
    list(partition, at) {
      const one = partition === undefined ? [...partitions.values()] : [partitions.get(partition)];
      const found = one.flatMap((items) => [...(items?.values() ?? [])]);
      return found.map((versions) => then(versions, at)).filter((item) => item !== undefined);
    },
    put({ partition, whole }, item, now) {
      const items = partitions.get(partition) ?? new Map<string, readonly Version[]>();
      partitions.set(partition, items);
      const before = (items.get(whole) ?? []).filter(({ at }) => at < now);
      const firstKept = Math.max(
        0,
        before.findLastIndex(({ at }) => at <= now - KEPT_MS),
      );
      items.set(whole, [...before.slice(firstKept), { item, at: now }]);
    },
  };
}

/** A table may be named by its ARN, too. */
export function tableArn(call: { partition: string; region: string; account: string }, name: string): string {
  return name.startsWith('arn:')
    ? name
    : `arn:${call.partition}:dynamodb:${call.region}:${call.account}:table/${name}`;
}

export function tableNotFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', 400, `Requested resource not found${message}`);
}

/** For calls about items; a table that is being created has none yet. */
export function openItems(context: Context, input: Input): Resource<Table> {
  const table = ownResource<Table>(context, tableArn(context, String(input.TableName)));
  if (!table?.details.items || !context.world.isTaggable(table)) throw tableNotFound('');
  return table;
}

interface KeyElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly KeyElement[];
}

/** Of the table, or of the index of that name. */
export function keysOf({ details }: Resource<Table>, index?: unknown): Keys {
  const { KeySchema = [] } = details.settings as { readonly KeySchema?: readonly KeyElement[] };
  if (index === undefined) return keysIn(KeySchema);
  const found = indexesOf(details.settings).find(({ IndexName }) => IndexName === index);
  if (found === undefined) throw invalid(`The table does not have the specified index: ${String(index)}`);
  return keysIn(found.KeySchema);
}

function indexesOf(settings: Input): readonly Index[] {
  return (settings.GlobalSecondaryIndexes ?? []) as readonly Index[];
}

function keysIn(schema: readonly KeyElement[]): Keys {
  const named = (type: string) => schema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  const partition = named('HASH');
  if (partition === undefined)
    throw invalid('No Hash Key specified in schema. All tables must have exactly one hash key');
  return { partition, sort: named('RANGE') };
}

/** Every attribute of a key is defined, and every one that is defined is of a key. */
export function checkSchema(settings: Input): void {
  const { KeySchema, AttributeDefinitions = [] } = settings as {
    readonly KeySchema?: readonly KeyElement[];
    readonly AttributeDefinitions?: readonly { readonly AttributeName: string }[];
  };
  if (KeySchema === undefined) return;
  const schemas = [KeySchema, ...indexesOf(settings).map((index) => index.KeySchema)];
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  const defined = new Set(AttributeDefinitions.map(({ AttributeName }) => AttributeName));
  if (used.symmetricDifference(defined).size > 0) {
    throw invalid(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${[...used].join(', ')}], AttributeDefinitions: [${[...defined].join(', ')}]`,
    );
  }
}

/** Throws where the item has no whole key, or one of a wrong type. */
export function keyOf(table: Resource<Table>, item: Item): Key {
  const { partition, sort } = keysOf(table);
  const first = JSON.stringify(keyValue(table, partition, item[partition]));
  const second = sort === undefined ? '' : JSON.stringify(keyValue(table, sort, item[sort]));
  return { partition: first, whole: first + second };
}

function keyValue({ details }: Resource<Table>, name: string, value: AttributeValue | undefined) {
  if (value === undefined)
    throw invalid(`One or more parameter values were invalid: Missing the key ${name} in the item`);
  checkValue(name, value);
  const definitions = details.settings.AttributeDefinitions as readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  const expected = definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType;
  if (typeOf(value) !== expected)
    throw invalid(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${expected} actual: ${typeOf(value)}`,
    );
  if (value.S === '')
    throw invalid(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  const limit =
    name === keysOf({ details } as Resource<Table>).partition ? MAX_PARTITION_BYTES : MAX_SORT_BYTES;
  if (Buffer.byteLength(String(value.S ?? value.N)) > limit)
    throw invalid(
      `One or more parameter values were invalid: Size of key ${name} has exceeded the maximum size limit`,
    );
  return value;
}

/** "Quotas in Amazon DynamoDB", partition keys and sort keys. */
const MAX_PARTITION_BYTES = 2048;
const MAX_SORT_BYTES = 1024;

/** What an item has in the key of an index must be of its type. */
export function checkIndexKeys(table: Resource<Table>, item: Item): void {
  for (const { KeySchema } of indexesOf(table.details.settings)) {
    for (const { AttributeName } of KeySchema) {
      if (item[AttributeName] !== undefined) keyValue(table, AttributeName, item[AttributeName]);
    }
  }
}
