/**
 * ARN templates of the catalogue: `arn:{Partition}:ec2:{Region}:{Account}:instance/{InstanceId}`. Built from
 * a record's own facts and ids, or matched against an ARN that the record holds. Either way the partition,
 * region and account are the record's and every id has the form of its type; anything else is `undefined`.
 */
import { ID_FORMS } from './id-forms.ts';

/** `Partition`, `Region` and `Account`, and the ids that go with them. */
export type ArnVariables = Readonly<Record<string, string>>;

const VARIABLE = /\{(\w+)\}/g;

export function buildArn(template: string, values: ArnVariables): string | undefined {
  const arn = template.replace(VARIABLE, (_, name: string) => values[name] ?? '');
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
): { readonly arn: string; readonly ids: ArnVariables } | undefined {
  const form = template.replace(VARIABLE, (_, name: string) => variablePattern(name, facts));
  const match = new RegExp(`^(?<arn>${form})${qualified ? QUALIFIER : ''}$`).exec(arn);
  if (match?.groups?.arn === undefined) return undefined;
  const { arn: unqualified, ...ids } = match.groups;
  return { arn: unqualified, ids };
}

/** A Lambda version or alias (Lambda API reference, `TagResource`: tags belong to the function). */
const QUALIFIER = '(?::(?:\\$[A-Za-z.]{1,128}|[A-Za-z0-9_-]{1,128}))?';

const FACTS: ReadonlySet<string> = new Set(['Partition', 'Region', 'Account']);

function variablePattern(name: string, facts: ArnVariables): string {
  if (FACTS.has(name)) return RegExp.escape(facts[name] ?? '');
  const form = ID_FORMS[name];
  if (form === undefined) throw new Error(`the catalogue has no form for {${name}}: add it to ID_FORMS`);
  return `(?<${name}>${form})`;
}
