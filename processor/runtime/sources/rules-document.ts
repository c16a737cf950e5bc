/** The rules of the organization as JSON: a list of patterns and the tags that go with them, checked as a whole. */
import { keyProblem } from '../../../tag-manager/tags/legal-tags.ts';
import type { TagRule } from '../../../tag-manager/tags/rules.ts';
import { compileTemplate, type TemplateScope } from '../../../tag-manager/tags/template.ts';
import { compilePatterns, PATTERN_NAMES, type PatternName, patternProblem } from '../../file/filters.ts';

/** Each is tried on each resource. */
const MAX_RULES = 1_000;

const MAX_NAME_CHARACTERS = 100;

interface RuleRow {
  readonly name: string | undefined;
  readonly patterns: Patterns;
  readonly tags: Readonly<Record<string, string>>;
}

type Patterns = { readonly [Name in PatternName]?: readonly string[] };

/** Throws an Error that says what is wrong, and with which rule. */
export function readRules(
  text: string,
  keys: ReadonlySet<string>,
  scope: Pick<TemplateScope, 'createdBy' | 'column'>,
): readonly TagRule[] {
  const rows = parseJson(text);
  if (!Array.isArray(rows)) throw new Error('expected a list of rules');
  if (rows.length > MAX_RULES) throw new Error(`expected at most ${MAX_RULES} rules`);
  return rows.map((row: unknown, at) => {
    try {
      return readRule(row, `rule ${at + 1}`, keys, scope);
    } catch (error) {
      throw new Error(`rule ${at + 1}: ${(error as Error).message}`, { cause: error });
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`expected a list of rules in JSON: ${(error as Error).message}`, { cause: error });
  }
}

function readRule(
  row: unknown,
  place: string,
  keys: ReadonlySet<string>,
  scope: Pick<TemplateScope, 'createdBy' | 'column'>,
): TagRule {
  const { name, tags, patterns } = readRow(row);
  const [problem] = patternProblems(patterns);
  if (problem !== undefined) throw new Error(problem);
  const templates = new Map(
    Object.entries(tags).map(([key, template]) => {
      checkKey(key, keys);
      return [key, compileTemplate(template, scope)];
    }),
  );
  if (templates.size === 0) throw new Error('tags: expected at least one');
  const matches = compilePatterns(patterns);
  return {
    label: name === undefined ? place : `${place} (${name})`,
    matches: (creation, resource) => matches({ ...creation, resources: [resource] }),
    templates,
  };
}

function readRow(row: unknown): RuleRow {
  if (!isObject(row)) throw new Error(`expected an object, got ${JSON.stringify(row)}`);
  const { name, tags, ...patterns } = row;
  const unknown = Object.keys(patterns).find((key) => !(PATTERN_NAMES as readonly string[]).includes(key));
  if (unknown !== undefined) throw new Error(`Unrecognized key: ${JSON.stringify(unknown)}`);
  if (name !== undefined && !isName(name)) {
    throw new Error(`name: expected 1 to ${MAX_NAME_CHARACTERS} characters, got ${JSON.stringify(name)}`);
  }
  const given = Object.entries(patterns).map(([key, value]) => [key, readPatterns(key, value)] as const);
  return { name, patterns: Object.fromEntries(given), tags: readTags(tags) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.length <= MAX_NAME_CHARACTERS;
}

function readPatterns(key: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const patterns = list.filter((each) => typeof each === 'string');
  if (list.length > 0 && patterns.length === list.length) return patterns;
  throw new Error(`${key}: expected a pattern, or a list of them`);
}

function readTags(tags: unknown): Readonly<Record<string, string>> {
  if (!isObject(tags)) throw new Error('tags: expected an object of key and template');
  for (const [key, template] of Object.entries(tags)) {
    if (typeof template === 'string') continue;
    throw new Error(`tags: ${key}: expected a template, which is a text, got ${JSON.stringify(template)}`);
  }
  return tags as Readonly<Record<string, string>>;
}

function patternProblems(patterns: Patterns): readonly string[] {
  return PATTERN_NAMES.flatMap((name) =>
    (patterns[name] ?? []).flatMap((pattern) => {
      const problem = patternProblem(name, pattern);
      return problem === undefined ? [] : [`${name}: ${problem}`];
    }),
  );
}

function checkKey(key: string, keys: ReadonlySet<string>): void {
  if (keys.has(key)) return;
  const why = keyProblem(key) ?? 'RULE_TAG_KEYS does not name it';
  throw new Error(`the tag key ${JSON.stringify(key)} cannot be used: ${why}`);
}
