/** The tag rules of a row, as all services of the sandbox check them. */
import type { TagRules } from '../rules/tag-rules.ts';
import type { TagCall, WireError } from './table.ts';

const made = new WeakMap<TagCall, TagRules>();

export function rulesOf(call: TagCall): TagRules {
  const known = made.get(call);
  if (known !== undefined) return known;
  const rules = makeRules(call);
  made.set(call, rules);
  return rules;
}

function makeRules({ limits, tooMany, invalid }: TagCall): TagRules {
  const { maxTags, maxKeyCharacters, maxValueCharacters, needsValue, refusedInKeys, refusedInValues } =
    limits;
  return {
    maxTags,
    maxKeyCharacters,
    maxValueCharacters,
    minValue: needsValue ? 1 : 0,
    refusedInKeys: new RegExp(refusedInKeys, 'u'),
    refusedInValues: new RegExp(refusedInValues, 'u'),
    reserved: beginningWith(limits.reservedKeys),
    reservedInValues: beginningWith(limits.reservedValues),
    tooMany: codeOf(tooMany),
    invalid: codeOf(invalid),
  };
}

const codeOf = ([code, status]: WireError) => [code, status] as const;

/** In any case of letters; of none of them nothing begins. */
function beginningWith(prefixes: readonly string[]): RegExp {
  return prefixes.length === 0 ? /(?!)/ : new RegExp(`^(?:${prefixes.map(RegExp.escape).join('|')})`, 'i');
}
