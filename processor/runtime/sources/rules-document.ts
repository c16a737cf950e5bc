/** The rules of the organization as JSON: a list of patterns and the tags that go with them, checked as a whole. */
import * as z from 'zod';
import { keyProblem } from '../../../tag-manager/tags/legal-tags.ts';
import type { TagRule } from '../../../tag-manager/tags/rules.ts';
import { compileTemplate, type TemplateScope } from '../../../tag-manager/tags/template.ts';
import { compilePatterns, PATTERN_NAMES, type PatternName, patternProblem } from '../../file/filters.ts';

/** Each is tried on each resource. */
const MAX_RULES = 1_000;

const PATTERN_LIST = z.union(
  [z.string().transform((pattern) => [pattern]), z.array(z.string()).min(1)],
  'expected a pattern, or a list of them',
);

const RULE = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  ...(Object.fromEntries(PATTERN_NAMES.map((name) => [name, PATTERN_LIST.optional()])) as Readonly<
    Record<PatternName, z.ZodOptional<typeof PATTERN_LIST>>
  >),
  tags: z.record(z.string(), z.string(), 'expected an object of key and template'),
});

type RuleRow = z.output<typeof RULE>;

/** Throws an Error that says what is wrong, and with which rule. */
export function readRules(
  text: string,
  keys: ReadonlySet<string>,
  scope: Pick<TemplateScope, 'createdBy' | 'column'>,
): readonly TagRule[] {
  const rows = z
    .array(z.unknown(), 'expected a list of rules')
    .max(MAX_RULES, `expected at most ${MAX_RULES} rules`)
    .safeParse(parseJson(text));
  if (!rows.success) throw new Error(rows.error.issues.map(({ message }) => message).join('; '));
  return rows.data.map((row, at) => {
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
  const parsed = RULE.safeParse(row);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new Error(problems.join('; '));
  }
  const { name, tags, ...patterns } = parsed.data;
  const [problem] = patternProblems(patterns);
  if (problem !== undefined) throw new Error(problem);
  const templates = new Map(
    Object.entries(tags).map(([key, template]) => {
      checkKey(key, keys);
      return [key, compileTemplate(template, scope)];
    }),
  );
  if (templates.size === 0) throw new Error('tags: expected at least one');
  const matches = compilePatterns(patterns as Patterns);
  return {
    label: name === undefined ? place : `${place} (${name})`,
    matches: (creation, resource) => matches({ ...creation, resources: [resource] }),
    templates,
  };
}

type Patterns = { readonly [Name in PatternName]?: readonly string[] };

function patternProblems(patterns: Omit<RuleRow, 'name' | 'tags'>): readonly string[] {
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
