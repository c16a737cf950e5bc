/**
 * Rules of the organization's own: ordered rows of what a creation must be like, and the tags that its resource gets
 * then. Which row gives a tag is told with the tag.
 */
import type { CreationFacts, ResourceFacts } from './tag-facts.ts';
import type { Template } from './template.ts';

/** One row. */
export interface TagRule {
  /** What plans call it: `rule 2`. */
  readonly label: string;
  matches(creation: CreationFacts, resource: ResourceFacts): boolean;
  /** By tag key. */
  readonly templates: ReadonlyMap<string, Template>;
}

/** The rules as they are at present; their keys never change. */
export interface TagRules {
  /** The only keys that a rule may give. */
  readonly keys: ReadonlySet<string>;
  /** First things first. */
  current(): readonly TagRule[];
}

/** Where nobody has set any. */
export const NO_RULES: TagRules = { keys: new Set(), current: () => [] };

/** A value, and the rule that gave it. */
export interface RuledTag {
  readonly value: string;
  readonly rule: string;
}

/** By tag key: the first rule that matches, and whose template does not render empty, gives the value. */
export function tagsByRules(
  { keys, current }: TagRules,
  creation: CreationFacts,
  resource: ResourceFacts,
): ReadonlyMap<string, RuledTag> {
  const tags = new Map<string, RuledTag>();
  for (const rule of current()) {
    if (tags.size === keys.size) break;
    const isNeeded = rule.templates.keys().some((key) => !tags.has(key));
    if (!isNeeded || !rule.matches(creation, resource)) continue;
    for (const [key, template] of rule.templates) {
      if (tags.has(key)) continue;
      const value = template(creation, resource);
      if (value !== '') tags.set(key, { value, rule: rule.label });
    }
  }
  return tags;
}
