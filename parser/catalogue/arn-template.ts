/**
 * ARN templates of the catalogue: `arn:{Partition}:ec2:{Region}:{Account}:instance/{InstanceId}`. Built from
 * a record's own facts and ids, or matched against an ARN that the record holds. Either way the partition,
 * region and account are the record's and every id has the form of its type; anything else is `undefined`.
 */
import { idPattern } from './id-forms.ts';

/** `Partition`, `Region` and `Account`, and the ids that go with them. */
export type ArnVariables = Readonly<Record<string, string>>;

export interface ArnMatch {
  readonly arn: string;
  readonly ids: ArnVariables;
}

export function buildArn(template: string, values: ArnVariables): string | undefined {
  const arn = partsOf(template)
    .map((part) => (isVariable(part) ? (values[nameOf(part)] ?? '') : part))
    .join('');
  return matchArn(template, arn, values) === undefined ? undefined : arn;
}

/**
 * The ids in an ARN by the names of their variables. With `qualified`, a version or alias behind the ARN is
 * left out of what it returns as `arn`.
 */
export function matchArn(
  template: string,
  arn: string,
  facts: ArnVariables,
  qualified = false,
): ArnMatch | undefined {
  const groups = compiled(template, qualified).exec(arn)?.groups;
  if (groups?.arn === undefined) return undefined;
  const { arn: unqualified, ...values } = groups;
  const entries = Object.entries(values);
  if (entries.some(([name, value]) => FACTS.has(name) && value !== facts[name])) return undefined;
  return { arn: unqualified, ids: Object.fromEntries(entries.filter(([name]) => !FACTS.has(name))) };
}

/**
 * An ARN that somebody names by hand, as a record would have it: with `*`, where the form has that, in the place of the
 * part that no record tells.
 */
export function asRecordTells(template: string, arn: string): string {
  const at = template.split(PARTING).indexOf('*');
  const parts = arn.split(PARTING);
  return parts[at] ? parts.with(at, '*').join('') : arn;
}

/** With what parts them, so that they can be put together again. */
const PARTING = /([:/])/;

/** The service that an ARN or its form names. */
export function serviceOf(arn: string): string {
  return arn.split(':')[2] ?? '';
}

/** The ids that a form has, in their order. */
export function variablesOf(template: string): readonly string[] {
  return partsOf(template)
    .filter(isVariable)
    .map(nameOf)
    .filter((name) => !FACTS.has(name));
}

/** A Lambda version or alias (Lambda API reference, `TagResource`: tags belong to the function). */
const QUALIFIER = '(?::(?:\\$[A-Za-z.]{1,128}|[A-Za-z0-9_\\-]{1,128}))?';

const FACTS: ReadonlySet<string> = new Set(['Partition', 'Region', 'Account']);

/** One for each template of the catalogue; the facts of a record are compared, not compiled. */
const compiledTemplates = new Map<string, RegExp>();

function compiled(template: string, qualified: boolean): RegExp {
  const key = `${template} ${qualified}`;
  const known = compiledTemplates.get(key);
  if (known !== undefined) return known;
  const service = serviceOf(template);
  const form = partsOf(template)
    .map((part) => (isVariable(part) ? variablePattern(service, nameOf(part)) : RegExp.escape(part)))
    .join('');
  const pattern = new RegExp(`^(?<arn>${form})${qualified ? QUALIFIER : ''}$`, 'u');
  compiledTemplates.set(key, pattern);
  return pattern;
}

function variablePattern(service: string, name: string): string {
  return `(?<${name}>${FACTS.has(name) ? '[^:]*' : idPattern(service, name)})`;
}

/** Texts and variables in turn. */
function partsOf(template: string): string[] {
  return template.split(/(\{\w+\})/);
}

function isVariable(part: string): boolean {
  return part.startsWith('{');
}

function nameOf(variable: string): string {
  return variable.slice(1, -1);
}
