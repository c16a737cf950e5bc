/**
 * What each service allows in tags, and values made to fit it. A key is never changed: keys are fixed at
 * deployment and checked then.
 */
import type { TaggerName } from '../../parser/catalogue/row.ts';
import type { TagSet } from './tag-set.ts';

export interface TagRules {
  /** Characters that the service refuses in values. */
  readonly refused: RegExp;
  /** An empty value is refused. */
  readonly needsValue: boolean;
  /** Beginnings that a value may not have, in any case of letters. */
  readonly reservedPrefixes: readonly string[];
  /** Characters to give up too, once the service has called the value invalid. */
  readonly doubtful?: RegExp;
}

/** Characters of Unicode code points, the same in every service (tables of the services' own user guides). */
export const MAX_VALUE_CHARACTERS = 256;

/** EC2 names 128 in its user guide and 127 in the API reference of `CreateTags`. */
export const MAX_KEY_CHARACTERS = 127;

/** The set that every service accepts: letters, white space, digits and these. */
const COMMON = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;

/** EC2 and ElastiCache accept any character; control characters only make tags unreadable. */
const CONTROL = /\p{Cc}/gu;

export const TAG_RULES: Readonly<Record<TaggerName, TagRules>> = {
  // EC2 user guide, "Tag your Amazon EC2 resources".
  ec2: { refused: CONTROL, needsValue: false, reservedPrefixes: [] },
  // Service model of S3 Control, `TagResource`.
  s3: { refused: COMMON, needsValue: false, reservedPrefixes: [] },
  // Service model of RDS, `Tag`: 1 to 256 characters; API reference: no `aws:` or `rds:` before the value.
  rds: { refused: COMMON, needsValue: true, reservedPrefixes: ['aws:', 'rds:'] },
  // Service model of Lambda, `TagValue`.
  lambda: { refused: COMMON, needsValue: false, reservedPrefixes: [] },
  // DynamoDB developer guide, "Adding tags": the list there has no "@", and e-mail addresses are common.
  dynamodb: { refused: COMMON, needsValue: false, reservedPrefixes: [], doubtful: /@/g },
  // Not stated for SNS: the set that every service accepts.
  sns: { refused: COMMON, needsValue: false, reservedPrefixes: [] },
  // SQS developer guide, "Amazon SQS standard queue quotas": neither key nor value may begin with `aws:`.
  sqs: { refused: COMMON, needsValue: false, reservedPrefixes: ['aws:'] },
  // ElastiCache user guide, "Tagging your ElastiCache resources".
  elasticache: { refused: CONTROL, needsValue: false, reservedPrefixes: [] },
};

/** A value that was changed, or a tag that was left out (`to` is `undefined`), to fit the service. */
export interface Adjustment {
  readonly key: string;
  readonly from: string;
  readonly to: string | undefined;
}

export interface LegalTags {
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
}

/** `strict` gives up the doubtful characters too. */
export function makeLegal(wanted: TagSet, rules: TagRules, strict = false): LegalTags {
  const tags = new Map<string, string>();
  const adjustments: Adjustment[] = [];
  for (const [key, from] of wanted) {
    const value = legalValue(from, rules, strict);
    const to = value === '' && rules.needsValue ? undefined : value;
    if (to !== undefined) tags.set(key, to);
    if (to !== from) adjustments.push({ key, from, to });
  }
  return { tags, adjustments };
}

function legalValue(value: string, rules: TagRules, strict: boolean): string {
  let legal = value.toWellFormed().replace(rules.refused, '_');
  if (strict && rules.doubtful !== undefined) legal = legal.replace(rules.doubtful, '_');
  const isReserved = rules.reservedPrefixes.some((prefix) => legal.toLowerCase().startsWith(prefix));
  if (isReserved) legal = legal.replace(':', '_');
  return [...legal].slice(0, MAX_VALUE_CHARACTERS).join('');
}

/** What is wrong with a tag key for all services together; `undefined` when nothing is. */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if ([...key].length > MAX_KEY_CHARACTERS) return `it is longer than ${MAX_KEY_CHARACTERS} characters`;
  if (/^(aws|rds):/i.test(key)) return 'it begins with "aws:" or "rds:", which AWS keeps for itself';
  if (key.search(COMMON) >= 0) return 'it may hold only letters, digits, spaces and _ . : / = + - @';
  return undefined;
}
