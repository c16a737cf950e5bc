/**
 * Tag values made to fit what each service allows. A key is never changed: keys are fixed at deployment and checked
 * then, by what almost all services take. The few that take less get no tag with such a key.
 */
import type { Api, KeyRules, ValueRules } from '../apis/api.ts';
import { KEYS_EVERYWHERE } from '../apis/tag-rules.ts';
import type { TagSet } from './tag-set.ts';

/** A value that was changed, or a tag that was left out (`to` is `undefined`), to fit the service. */
export interface Adjustment {
  readonly key: string;
  readonly from: string;
  readonly to: string | undefined;
}

/** What one API says of keys and values. */
export type TagRules = Pick<Api, 'keys' | 'values'>;

export interface LegalTags {
  readonly tags: TagSet;
  readonly adjustments: readonly Adjustment[];
}

/** `strict` gives up the doubtful characters too. A tag whose key the service does not take is left out. */
export function makeLegal(wanted: TagSet, { keys, values }: TagRules, strict = false): LegalTags {
  const tags = new Map<string, string>();
  const adjustments: Adjustment[] = [];
  for (const [key, from] of wanted) {
    const value = legalValue(from, values, strict);
    const isLost = (value === '' && values.needsValue) || keyProblem(key, keys) !== undefined;
    const to = isLost ? undefined : value;
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

/** What is wrong with a tag key for almost all services, or for one; `undefined` when nothing is. */
export function keyProblem(key: string, rules: KeyRules = KEYS_EVERYWHERE): string | undefined {
  const { maxCharacters, refused, reservedPrefixes } = rules;
  if (key === '') return 'it is empty';
  if ([...key].length > maxCharacters) return `it is longer than ${maxCharacters} characters`;
  if (reservedPrefixes.some((prefix) => key.toLowerCase().startsWith(prefix))) {
    const prefixes = reservedPrefixes.map((prefix) => `"${prefix}"`).join(' or ');
    return `it begins with ${prefixes}, which AWS keeps for itself`;
  }
  if (key.search(refused) < 0) return undefined;
  return rules === KEYS_EVERYWHERE
    ? 'it may hold only letters, digits, spaces and _ . : / = + - @'
    : `the service refuses the character ${JSON.stringify(key.match(refused)?.[0])}`;
}
