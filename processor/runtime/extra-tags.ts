/** Tags of the user's own, from the several variables that give them, and which variable is to blame for one of them. */
import { TagKeyError } from '../../tag-manager/tags/tag-settings.ts';
import type { TemplateError } from '../../tag-manager/tags/template.ts';
import type { NamedSource } from './sources/live-values.ts';
import { checkParameterName } from './sources/source.ts';
import type { Values } from './variables.ts';

/** A key and its template, as a variable gives them. */
interface GivenTag {
  readonly variable: keyof Values;
  readonly key: string;
  readonly template: string;
}

/** In the order in which they are shown. */
export function extraTags(values: Values): readonly GivenTag[] {
  const { TAGS, ENVIRONMENT, TAG_KEY, TAG_VALUE, TAG_SOURCE_IP, TAG_ACCOUNT_ID } = values;
  const given: (GivenTag | undefined)[] = [
    ...Object.entries(TAGS).map(([key, template]) => ({ variable: 'TAGS' as const, key, template })),
    ENVIRONMENT === undefined
      ? undefined
      : { variable: 'ENVIRONMENT', key: 'Environment', template: ENVIRONMENT },
    TAG_KEY === undefined || TAG_VALUE === undefined
      ? undefined
      : { variable: 'TAG_VALUE', key: TAG_KEY, template: TAG_VALUE },
    TAG_SOURCE_IP ? { variable: 'TAG_SOURCE_IP', key: 'SourceIP', template: '{sourceIP}' } : undefined,
    TAG_ACCOUNT_ID ? { variable: 'TAG_ACCOUNT_ID', key: 'AccountId', template: '{account}' } : undefined,
  ];
  return given.filter((each) => each !== undefined);
}

/** The variables that may name others in templates; rules cannot. */
const TEMPLATE_VARIABLES = ['TAGS', 'ENVIRONMENT', 'TAG_VALUE'] as const satisfies readonly (keyof Values)[];

/** The environment variables that templates name by `{env.NAME}`, whatever they are called: somebody uses them. */
export function variablesNamed(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const texts = TEMPLATE_VARIABLES.map((variable) => env[variable] ?? '').join(' ');
  return new Set([...texts.matchAll(/\{env\.([^{}]*)\}/g)].map(([, name = '']) => name));
}

const PARAMETER_FIELD = /\{ssm:([^{}]*)\}/g;

/** The parameters that their templates name, by name. Throws an Error that names the variable. */
export function parametersOf(values: Values): ReadonlyMap<string, NamedSource> {
  const named = extraTags(values).flatMap(({ variable, template }) =>
    [...template.matchAll(PARAMETER_FIELD)].map(([, name = '']) => ({ variable, name })),
  );
  return new Map(
    named.map(({ variable, name }) => {
      try {
        checkParameterName(name);
      } catch (cause) {
        throw new Error(`${variable}: ${(cause as Error).message}`, { cause });
      }
      return [name, { variable, source: { kind: 'parameter', name } }];
    }),
  );
}

/** Variables that say something only together: what is wrong where one of them is not set. */
export function lonelyProblem({ TAG_KEY, TAG_VALUE, RULES, RULE_TAG_KEYS }: Values): string | undefined {
  if (TAG_KEY === undefined && TAG_VALUE !== undefined)
    return 'TAG_VALUE: it is the value of the tag TAG_KEY, which is not set';
  if (TAG_KEY !== undefined && TAG_VALUE === undefined)
    return 'TAG_KEY: it is the key of a tag whose value is TAG_VALUE, which is not set';
  if (RULES === undefined && RULE_TAG_KEYS !== undefined)
    return 'RULE_TAG_KEYS: it is about the rules of RULES, which is not set';
  if (RULES !== undefined && RULE_TAG_KEYS === undefined)
    return 'RULES: the tag keys that rules may give must be named by RULE_TAG_KEYS, which is not set';
  return undefined;
}

/** Of two that give the same key, the later one. */
export function variableOf(error: TagKeyError | TemplateError, values: Values): keyof Values {
  if (!(error instanceof TagKeyError)) {
    return extraTags(values).findLast(({ template }) => template === error.template)?.variable ?? 'TAGS';
  }
  const keys = [
    ...KEY_VARIABLES.slice(0, 3).map((variable) => ({ variable, key: values[variable] })),
    ...extraTags(values).map(({ variable, key }) => ({
      variable: variable === 'TAG_VALUE' ? ('TAG_KEY' as const) : variable,
      key,
    })),
    ...(values.RULE_TAG_KEYS ?? []).map((key) => ({ variable: 'RULE_TAG_KEYS' as const, key })),
    ...KEY_VARIABLES.slice(3).map((variable) => ({ variable, key: values[variable] })),
  ];
  return keys.findLast(({ key }) => key === error.key)?.variable ?? 'TAGS';
}

/** Of tags that are ours to write. */
const OUR_KEYS = ['CREATED_BY_KEY', 'CREATED_DATE_KEY', 'MANAGED_BY_KEY', 'SECOND_MARKER_KEY'] as const;

/** In the order in which their keys are taken; those of the user's own come between the third and the fourth. */
const KEY_VARIABLES = [...OUR_KEYS, 'SKIP_TAG'] as const;

/** That give keys of tags. */
export const TAG_VARIABLES = [
  ...OUR_KEYS,
  'TAGS',
  'ENVIRONMENT',
  'TAG_KEY',
  'TAG_VALUE',
  'TAG_SOURCE_IP',
  'TAG_ACCOUNT_ID',
  'RULE_TAG_KEYS',
] as const satisfies readonly (keyof Values)[];

/** Every key that we may write. */
export function tagKeys(values: Values): readonly string[] {
  const own = OUR_KEYS.map((variable) => values[variable]);
  return [...own, ...extraTags(values).map(({ key }) => key), ...(values.RULE_TAG_KEYS ?? [])];
}
