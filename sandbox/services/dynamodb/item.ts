/**
 * Items of a table: attribute values as they are on the wire, their size, their order, and what makes a key.
 * Source: Amazon DynamoDB Developer Guide, "Supported data types and naming rules", "DynamoDB item sizes and formats".
 */
import { AwsError } from '../../aws-error.ts';

/** One member, named by its type; nested values are kept as they came. */
export type AttributeValue = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, AttributeValue>>;

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', 400, message);
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: (value) => typeof value === 'string',
  N: (value) => typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)),
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => value === true,
  SS: (value) => isSet(value, 'S'),
  NS: (value) => isSet(value, 'N'),
  L: (value) => Array.isArray(value) && value.every(isValue),
  M: (value) => typeof value === 'object' && value !== null && Object.values(value).every(isValue),
};

/** Sets are not empty, and hold nothing twice. */
function isSet(value: unknown, type: 'S' | 'N'): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((each) => TYPES[type]?.(each) ?? false)
  );
}

function isValue(value: unknown): value is AttributeValue {
  if (typeof value !== 'object' || value === null) return false;
  const [member, ...more] = Object.entries(value);
  return member !== undefined && more.length === 0 && (TYPES[member[0]]?.(member[1]) ?? false);
}

export function checkValue(name: string, value: unknown): asserts value is AttributeValue {
  if (isValue(value)) return;
  throw invalid(
    `One or more parameter values were invalid: ${name} is no attribute value: ${JSON.stringify(value)}`,
  );
}

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0] ?? '';
}

/** "Quotas in Amazon DynamoDB": 400 KB, names counted. */
const MAX_ITEM_BYTES = 400 * 1024;

export function checkSize(item: Item): void {
  if (sizeOf(item) > MAX_ITEM_BYTES) throw invalid('Item size has exceeded the maximum allowed size');
}

/** Names and values in UTF-8; a list or map is three bytes, and one for each of its elements. */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(value),
    0,
  );
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + bytesOf(each), 3);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).reduce((sum, [, each]) => sum + bytesOf(each), 0);
  return 1;
}

/** Numbers by value, texts by their bytes; other types have no order. */
export function compare(one: AttributeValue, other: AttributeValue): number {
  if ('N' in one && 'N' in other) return Number(one.N) - Number(other.N);
  if ('S' in one && 'S' in other)
    return Buffer.compare(Buffer.from(String(one.S)), Buffer.from(String(other.S)));
  return Number.NaN;
}

export function isEqual(one: AttributeValue, other: AttributeValue): boolean {
  return (
    typeOf(one) === typeOf(other) &&
    (compare(one, other) === 0 || JSON.stringify(one) === JSON.stringify(other))
  );
}
