/**
 * Templates for tag values: literal text and named fields in braces, `{creator.name} via {eventName}`. They
 * are compiled once at start-up, where an unknown field is an error; rendering cannot fail.
 */
import type { Creation } from '../../parser/event/creation.ts';
import type { CreatedResource } from '../../parser/event/resources.ts';

/** What `CreatedBy` and `{creator}` hold. */
export type CreatedBy = 'arn' | 'name' | 'person';

export type Template = (creation: Creation, resource: CreatedResource) => string;

/** A template that names a field which does not exist. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly template: string;

  constructor(template: string, problem: string) {
    super(problem);
    this.template = template;
  }
}

/** Throws TemplateError. `env` is what `{env.NAME}` reads from, once. */
export function compileTemplate(text: string, createdBy: CreatedBy, env: NodeJS.ProcessEnv): Template {
  const parts = text.split(/(\{[^{}]*\})/).map((part) => compilePart(part, text, createdBy, env));
  return (creation, resource) => parts.map((part) => part(creation, resource)).join('');
}

/** Every field but `{env.NAME}`. */
const FIELDS: Readonly<Record<string, Template>> = {
  'creator.arn': ({ creator }) => creator.arn ?? creator.name,
  'creator.name': ({ creator }) => creator.name,
  'creator.person': ({ creator }) => creator.person,
  'creator.invokedBy': ({ creator }) => creator.invokedBy ?? '',
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

export const TEMPLATE_FIELDS: readonly string[] = ['creator', ...Object.keys(FIELDS), 'env.NAME'];

function compilePart(part: string, whole: string, createdBy: CreatedBy, env: NodeJS.ProcessEnv): Template {
  const name = /^\{([^{}]*)\}$/.exec(part)?.[1];
  if (name === undefined) {
    if (/[{}]/.test(part))
      throw new TemplateError(whole, `unpaired brace in the template ${JSON.stringify(whole)}`);
    return () => part;
  }
  if (name === 'creator') return compilePart(`{creator.${createdBy}}`, whole, createdBy, env);
  if (name.startsWith('env.')) return environmentField(name.slice('env.'.length), whole, env);
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
  if (field !== undefined) return field;
  throw new TemplateError(
    whole,
    `unknown field {${name}} in the template ${JSON.stringify(whole)}; known are ${TEMPLATE_FIELDS.join(', ')}`,
  );
}

function environmentField(name: string, whole: string, env: NodeJS.ProcessEnv): Template {
  const value = env[name];
  if (value !== undefined) return () => value;
  throw new TemplateError(
    whole,
    `the template ${JSON.stringify(whole)} names the environment variable ${name}, which is not set`,
  );
}
