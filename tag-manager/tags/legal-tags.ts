/**
 * Tag values made to fit what each service allows. A key is never changed: keys are fixed at deployment and checked
 * then, against all services together.
 */
import type { ValueRules } from '../apis/api.ts';
import { APIS } from '../apis/apis.ts';
import type { TagSet } from './tag-set.ts';

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
export function makeLegal(wanted: TagSet, rules: ValueRules, strict = false): LegalTags {
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

function legalValue(value: string, rules: ValueRules, strict: boolean): string {
  let legal = value.toWellFormed().replace(rules.refused, '_');
  if (strict && rules.doubtful !== undefined) legal = legal.replace(rules.doubtful, '_');
  const isReserved = rules.reservedPrefixes.some((prefix) => legal.toLowerCase().startsWith(prefix));
  if (isReserved) legal = legal.replace(':', '_');
  return [...legal].slice(0, rules.maxCharacters).join('');
}

/** What is wrong with a tag key for all services together; `undefined` when nothing is. */
export function keyProblem(key: string): string | undefined {
  const rules = Object.values(APIS).map(({ keys }) => keys);
  const maxCharacters = Math.min(...rules.map((each) => each.maxCharacters));
  const reserved = new Set(rules.flatMap((each) => each.reservedPrefixes));
  if (key === '') return 'it is empty';
  if ([...key].length > maxCharacters) return `it is longer than ${maxCharacters} characters`;
  if ([...reserved].some((prefix) => key.toLowerCase().startsWith(prefix))) {
    const prefixes = [...reserved].map((prefix) => `"${prefix}"`).join(' or ');
    return `it begins with ${prefixes}, which AWS keeps for itself`;
  }
  if (rules.some(({ refused }) => key.search(refused) >= 0)) {
    return 'it may hold only letters, digits, spaces and _ . : / = + - @';
  }
  return undefined;
}
