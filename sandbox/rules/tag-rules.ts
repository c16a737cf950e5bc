/**
 * What each service allows in tags: one row a tagging API. Sources: the API references' Tag types, and the tagging
 * pages of the user guides (Using_Tags, USER_Tagging, configuration-tags, Tagging, quotas-queues, Tagging-Resources).
 */
import { AwsError } from '../aws-error.ts';

export type Tag = { readonly Key: string; readonly Value?: string | undefined };

type Code = readonly [code: string, status: number, trailCode?: string];

export interface TagRules {
  readonly maxTags: number;
  readonly minValue: 0 | 1;
  /** @default 128 */
  readonly maxKeyCharacters?: number;
  /** @default 256 */
  readonly maxValueCharacters?: number;
  /** Absent: any character. */
  readonly characters?: RegExp;
  /** A character that is refused, where keys and values differ. */
  readonly refusedInKeys?: RegExp;
  readonly refusedInValues?: RegExp;
  readonly reserved: RegExp;
  /** Whether values, too, must not begin with a reserved prefix. */
  readonly reservedValues?: true;
  /** Beginnings of values, where they are others than those of keys. */
  readonly reservedInValues?: RegExp;
  /** The most bytes that all keys and values may have together. */
  readonly maxBytes?: number;
  readonly tooMany: Code;
  readonly invalid: Code;
}

const MAX_KEY = 128;
const MAX_VALUE = 256;
const USUAL = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const AWS_PREFIX = /^aws:/i;

const usual = {
  maxTags: 50,
  minValue: 0,
  characters: USUAL,
  reserved: AWS_PREFIX,
} as const satisfies Partial<TagRules>;

export const TAG_RULES = {
  ec2: {
    maxTags: 50,
    minValue: 0,
    reserved: AWS_PREFIX,
    tooMany: ['TagLimitExceeded', 400],
    invalid: ['InvalidParameterValue', 400],
  },
  // More than 50 answers BadRequest: as clients of the API report it; AWS's pages do not name the code.
  s3: { ...usual, tooMany: ['BadRequest', 400], invalid: ['InvalidTag', 400] },
  's3-control': { ...usual, tooMany: ['TooManyTags', 400], invalid: ['InvalidTag', 400] },
  rds: {
    ...usual,
    minValue: 1,
    reserved: /^(?:aws|rds):/i,
    reservedValues: true,
    tooMany: ['InvalidParameterValue', 400],
    invalid: ['InvalidParameterValue', 400],
  },
  lambda: {
    ...usual,
    tooMany: ['InvalidParameterValueException', 400],
    invalid: ['InvalidParameterValueException', 400],
  },
  // The developer guide lists no `@` and allows 10 KB for all tags of a table together.
  dynamodb: {
    ...usual,
    characters: /^[\p{L}\p{Z}\p{N}_.:/=+-]*$/u,
    maxBytes: 10_240,
    tooMany: ['ValidationException', 400],
    invalid: ['ValidationException', 400],
  },
  sns: {
    ...usual,
    tooMany: ['TagLimitExceeded', 400, 'TagLimitExceededException'],
    invalid: ['InvalidParameter', 400, 'InvalidParameterException'],
  },
  sqs: {
    ...usual,
    reservedValues: true,
    tooMany: ['InvalidParameterValue', 400],
    invalid: ['InvalidParameterValue', 400],
  },
  elasticache: {
    maxTags: 50,
    minValue: 0,
    reserved: AWS_PREFIX,
    tooMany: ['TagQuotaPerResourceExceeded', 400],
    invalid: ['InvalidParameterValue', 400, 'InvalidParameterValueException'],
  },
} as const satisfies Record<string, TagRules>;

/** Throws the service's error for the first tag that its rules forbid. */
export function checkTags(rules: TagRules, tags: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const tag of tags) {
    const problem =
      problemOf(rules, tag) ?? (seen.has(tag.Key) ? `Duplicate tag key: ${tag.Key}` : undefined);
    if (problem !== undefined) throw toError(rules.invalid, problem);
    seen.add(tag.Key);
  }
}

/** What a resource's tags become when these are added; throws the service's error where that breaks its rules. */
export function addedTags(
  rules: TagRules,
  tags: ReadonlyMap<string, string>,
  added: readonly Tag[],
): ReadonlyMap<string, string> {
  checkTags(rules, added);
  const sum = new Map(tags);
  for (const { Key, Value = '' } of added) sum.set(Key, Value);
  checkCount(rules, sum);
  return sum;
}

/** Throws where a resource would have more tags than the service allows. Tags of AWS's own do not count. */
export function checkCount(rules: TagRules, tags: ReadonlyMap<string, string>): void {
  const own = [...tags.keys()].filter((key) => !AWS_PREFIX.test(key));
  const tooMany = `The number of tags exceeds the limit of ${rules.maxTags} tags`;
  if (own.length > rules.maxTags) throw toError(rules.tooMany, tooMany);
  if (rules.maxBytes === undefined) return;
  const bytes = [...tags].reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > rules.maxBytes)
    throw toError(rules.tooMany, `The tags have ${bytes} bytes, over ${rules.maxBytes}`);
}

function problemOf(rules: TagRules, { Key, Value = '' }: Tag): string | undefined {
  const keyLength = [...(Key ?? '')].length;
  const valueLength = [...Value].length;
  const { maxKeyCharacters = MAX_KEY, maxValueCharacters = MAX_VALUE } = rules;
  if (keyLength < 1 || keyLength > maxKeyCharacters)
    return `Tag key is invalid: ${keyLength} characters, expected 1 to ${maxKeyCharacters}`;
  if (valueLength < rules.minValue || valueLength > maxValueCharacters) {
    return `Tag value is invalid: ${valueLength} characters, expected ${rules.minValue} to ${maxValueCharacters}`;
  }
  if (rules.reserved.test(Key)) return `Tag keys starting with 'aws:' are reserved for internal use: ${Key}`;
  if (rules.reservedValues && rules.reserved.test(Value)) return `Tag value has a reserved prefix: ${Value}`;
  if (rules.reservedInValues?.test(Value)) return `Tag value has a reserved prefix: ${Value}`;
  if ((rules.characters && !rules.characters.test(Key)) || rules.refusedInKeys?.test(Key))
    return `The TagKey you have provided is invalid: ${Key}`;
  if ((rules.characters && !rules.characters.test(Value)) || rules.refusedInValues?.test(Value))
    return `The TagValue you have provided is invalid: ${Value}`;
  return undefined;
}

function toError([code, status, trailCode]: Code, message: string): AwsError {
  return new AwsError(code, status, message, trailCode === undefined ? {} : { trailCode });
}
