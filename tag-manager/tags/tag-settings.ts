/**
 * Which tags a created resource gets: the three of ours under keys that the user may rename, and tags of the
 * user's own, by template and by rule.
 */
import { keyProblem } from './legal-tags.ts';
import { NO_RULES, type TagRules, tagsByRules } from './rules.ts';
import type { CreationFacts, ResourceFacts } from './tag-facts.ts';
import type { TagSet } from './tag-set.ts';
import { compileTemplate, type Template, type TemplateScope } from './template.ts';

/** The value of `ManagedBy`, which tells our tags from those of others. */
export const MANAGED_BY = 'auto-tagger';

export interface TagKeys {
  readonly createdBy: string;
  readonly createdDate: string;
  readonly managedBy: string;
  /** Marks our tags where `managedBy` is another tool's. */
  readonly secondMarker: string;
}

export interface TagSettings {
  readonly keys: TagKeys;
  /** A resource with a tag of this key is left alone. */
  readonly skipKey: string | undefined;
  /** What to do about tags that others wrote, or corrected, under our keys. */
  readonly onExisting: 'keep' | 'overwrite';
  /** Everything but the writing. */
  readonly dryRun: boolean;
  /** A value for every key that is always written, ours first. */
  readonly templates: ReadonlyMap<string, Template>;
  readonly rules: TagRules;
  /** Whether any tag can name the person behind a creation. Rules may be changed to do so as long as they have keys. */
  readonly asksPerson: boolean;
}

export interface TagOptions {
  readonly keys: TagKeys;
  readonly createdBy: TemplateScope['createdBy'];
  /** Tags of the user's own: keys and templates. */
  readonly extra: readonly (readonly [key: string, template: string])[];
  /** @default none */
  readonly rules?: TagRules;
  readonly skipKey?: string | undefined;
  readonly onExisting: 'keep' | 'overwrite';
  readonly dryRun: boolean;
}

/** A tag key that no service would take, or that is given twice. */
export class TagKeyError extends Error {
  override readonly name = 'TagKeyError';
  readonly key: string;

  constructor(key: string, problem: string) {
    super(`the tag key ${JSON.stringify(key)} ${problem}`);
    this.key = key;
  }
}

/**
 * Throws TagKeyError or TemplateError, so that a wrong setting stops the start and not the first tag call. `scope` is what
 * the templates may name.
 */
export function compileTagSettings(
  options: TagOptions,
  scope: Omit<TemplateScope, 'createdBy'>,
): TagSettings {
  const { keys, createdBy, extra, rules = NO_RULES, skipKey, onExisting, dryRun } = options;
  const templates = new Map<string, Template>();
  const texts: TagOptions['extra'] = [
    [keys.createdBy, '{creator}'],
    [keys.createdDate, '{eventTime}'],
    [keys.managedBy, MANAGED_BY],
    ...extra,
  ];
  for (const [key, text] of texts) {
    checkKey(key, templates);
    templates.set(key, compileTemplate(text, { ...scope, createdBy }));
  }
  for (const key of rules.keys) checkKey(key, templates);
  const written = new Set([...templates.keys(), ...rules.keys]);
  checkKey(keys.secondMarker, written);
  if (skipKey !== undefined && (written.has(skipKey) || skipKey === keys.secondMarker)) {
    throw new TagKeyError(skipKey, 'cannot keep us off: we write it ourselves');
  }
  const asksPerson = rules.keys.size > 0 || templates.values().some(({ person }) => person !== 'none');
  return { keys, skipKey, onExisting, dryRun, templates, rules, asksPerson };
}

function checkKey(key: string, given: Pick<ReadonlySet<string>, 'has'>): void {
  const problem = given.has(key) ? 'it is given twice' : keyProblem(key);
  if (problem !== undefined) throw new TagKeyError(key, `cannot be used: ${problem}`);
}

/** Every key that we may write, which are those that a policy has to name. */
export function keysWritten({
  keys,
  templates,
  rules,
}: Pick<TagSettings, 'keys' | 'templates' | 'rules'>): readonly string[] {
  return [...templates.keys(), ...rules.keys, keys.secondMarker];
}

/** Whether tags of that key may be ours, the second marker aside. */
export function isWritten(key: string, { templates, rules }: TagSettings): boolean {
  return templates.has(key) || rules.keys.has(key);
}

/** Tags as the settings want them, and by key the rule that gave one. */
export interface WantedTags {
  readonly tags: TagSet;
  readonly rules: ReadonlyMap<string, string>;
}

/** Not yet made legal. A template of the user's that renders empty gives no tag. */
export function tagsFor(creation: CreationFacts, resource: ResourceFacts, settings: TagSettings): WantedTags {
  const tags = new Map<string, string>();
  for (const [key, template] of settings.templates) {
    const value = template(creation, resource);
    if (value !== '') tags.set(key, value);
  }
  const rules = new Map<string, string>();
  for (const [key, { value, rule }] of tagsByRules(settings.rules, creation, resource)) {
    tags.set(key, value);
    rules.set(key, rule);
  }
  return { tags, rules };
}
