/**
 * Templates for tag values: literal text and named fields in braces, `{creator.name} via {eventName}`. They
 * are compiled once at start-up, where an unknown field is an error; rendering cannot fail.
 */
import { creatorKey } from './creator-key.ts';
import type { CreationFacts, ResourceFacts } from './tag-facts.ts';

/** What `CreatedBy` and `{creator}` hold. */
export type CreatedBy = 'arn' | 'name' | 'person';

/** Compiled: gives the value of a tag, empty where there is nothing to be written. */
export interface Template {
  (creation: CreationFacts, resource: ResourceFacts): string;
  /** What it says of the person behind a creation: it is that person's name, has it or what is looked up by it in it, or neither. */
  readonly person: 'whole' | 'part' | 'none';
}

/** The value of a column for the first of these texts that the table has, in either case of letters. */
export type Column = (texts: readonly string[]) => string | undefined;

/** Tables of the user's own, each looked up by its first column. */
export type LookUpTable = 'account' | 'person';

/** What templates may name beside the creation and its resource. What is absent they may not. */
export interface TemplateScope {
  readonly createdBy: CreatedBy;
  /** What `{env.NAME}` reads from, once. */
  readonly env?: NodeJS.ProcessEnv;
  /** The present value of `{ssm:NAME}`; `undefined` for a parameter that is not known. */
  readonly parameter?: (name: string) => (() => string) | undefined;
  /** What `{account.COLUMN}` and `{person.COLUMN}` look up; throws an Error where they cannot. */
  readonly column?: (table: LookUpTable, column: string) => Column;
}

/** A template that names a field which does not exist. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly template: string;

  constructor(template: string, problem: string) {
    super(problem);
    this.template = template;
  }
}

/** Nothing is `undefined`: the template as a whole gives no tag, since half of a value is a wrong one. */
type Part = (creation: CreationFacts, resource: ResourceFacts) => string | undefined;

/** Throws TemplateError. */
export function compileTemplate(text: string, scope: TemplateScope): Template {
  const texts = text.split(/(\{[^{}]*\})/);
  const parts = texts.map((part) => compilePart(part, text, scope));
  const render = (creation: CreationFacts, resource: ResourceFacts) => {
    const values = parts.map((part) => part(creation, resource));
    return values.includes(undefined) ? '' : values.join('');
  };
  return Object.assign(render, { person: personIn(texts, scope) });
}

function personIn(texts: readonly string[], { createdBy }: TemplateScope): Template['person'] {
  const names = ['{creator.person}', ...(createdBy === 'person' ? ['{creator}'] : [])];
  const [only, ...more] = texts.filter((text) => text !== '');
  if (only !== undefined && more.length === 0 && names.includes(only)) return 'whole';
  const others = createdBy === 'person' ? ['{creator.key}'] : [];
  const isAsked = (text: string) => [...names, ...others].includes(text) || text.startsWith('{person.');
  return texts.some(isAsked) ? 'part' : 'none';
}

/** Every field that has one name. */
const FIELDS: Readonly<Record<string, (...about: Parameters<Template>) => string>> = {
  'creator.arn': ({ creator }) => creator.arn ?? creator.name,
  'creator.name': ({ creator }) => creator.name,
  'creator.person': ({ creator }) => creator.person,
  'creator.invokedBy': ({ creator }) => creator.invokedBy ?? '',
  parent: ({ parent }) => parent?.arn ?? '',
  eventID: ({ eventID }) => eventID,
  eventTime: ({ eventTime }) => eventTime,
  eventSource: ({ eventSource }) => eventSource,
  eventName: ({ eventName }) => eventName,
  account: ({ account }) => account,
  partition: ({ partition }) => partition.name,
  sourceIP: ({ sourceIP }) => sourceIP ?? '',
  region: (_, { region }) => region,
  resourceType: (_, { row }) => row.resourceType,
  arn: (_, { arn }) => arn,
  id: (_, { id }) => id,
};

/** Fields of which there are many, by how they begin. `undefined` for what is none. */
interface FieldFamily {
  readonly prefix: string;
  /** As the documentation names them. */
  readonly shown: string;
  compile(name: string, scope: TemplateScope): Part | string;
}

/** What a table is looked up by: the first text that it has. */
const LOOKED_UP_BY: Readonly<Record<LookUpTable, (creation: CreationFacts) => readonly string[]>> = {
  account: ({ account }) => [account],
  person: ({ creator }) => [creator.person, creator.name, creator.arn ?? ''],
};

const FAMILIES: readonly FieldFamily[] = [
  {
    prefix: 'env.',
    shown: 'env.NAME',
    compile(name, { env }) {
      if (env === undefined) return 'names an environment variable, which rules may not';
      const value = env[name];
      return value === undefined ? `names the environment variable ${name}, which is not set` : () => value;
    },
  },
  {
    prefix: 'ssm:',
    shown: 'ssm:NAME',
    compile(name, { parameter }) {
      if (parameter === undefined) return 'names a parameter of Parameter Store, which rules may not';
      return parameter(name) ?? `names the parameter ${JSON.stringify(name)}, which is not known`;
    },
  },
  { prefix: 'account.', shown: 'account.COLUMN', compile: (name, scope) => lookUp('account', name, scope) },
  { prefix: 'person.', shown: 'person.COLUMN', compile: (name, scope) => lookUp('person', name, scope) },
];

/** What a template may name, as the documentation shows it. */
export const TEMPLATE_FIELDS: readonly string[] = [
  'creator',
  'creator.key',
  ...Object.keys(FIELDS),
  ...FAMILIES.map(({ shown }) => shown),
];

function lookUp(table: LookUpTable, column: string, scope: TemplateScope): Part | string {
  try {
    const find = scope.column?.(table, column);
    return find
      ? (creation) => find(LOOKED_UP_BY[table](creation))
      : 'looks something up, and there are no tables';
  } catch (error) {
    return (error as Error).message;
  }
}

function compilePart(part: string, whole: string, scope: TemplateScope): Part {
  const name = /^\{([^{}]*)\}$/.exec(part)?.[1];
  if (name === undefined) {
    if (/[{}]/.test(part))
      throw new TemplateError(whole, `unpaired brace in the template ${JSON.stringify(whole)}`);
    return () => part;
  }
  if (name === 'creator') return compilePart(`{creator.${scope.createdBy}}`, whole, scope);
  if (name === 'creator.key') {
    const creator = compilePart('{creator}', whole, scope);
    return (creation, resource) => creatorKey(creator(creation, resource) ?? '');
  }
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) return field;
  const family = FAMILIES.find(({ prefix }) => name.startsWith(prefix) && name.length > prefix.length);
  const compiled = family?.compile(name.slice(family.prefix.length), scope);
  if (typeof compiled === 'function') return compiled;
  const quoted = JSON.stringify(whole);
  throw new TemplateError(
    whole,
    compiled === undefined
      ? `unknown field {${name}} in the template ${quoted}; known are ${TEMPLATE_FIELDS.join(', ')}`
      : `the template ${quoted} ${compiled}`,
  );
}
