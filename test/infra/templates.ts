/** Templates as data: synthesized once for a file of tests, looked into, and resolved as CloudFormation would in one account. */
import { execFileSync } from 'node:child_process';
import { ACCOUNT, REGION } from '../helpers/events.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: any property of any resource
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Deployment {
  readonly templates: Readonly<Record<string, Template>>;
  readonly findings: readonly string[];
  readonly error?: string;
}

export interface Synthesized<Name extends string> {
  readonly deployments: Readonly<Record<Name, Deployment>>;
  /** In base64. */
  readonly zip: string;
}

/** Options as they stand in the context, by the names of deployments. `checked`: against the schemas of CloudFormation, which takes seconds. */
export function synthesize<Name extends string>(
  options: Readonly<Record<Name, Readonly<Record<string, unknown>>>>,
  { checked }: { readonly checked: boolean },
): Synthesized<Name> {
  const args = ['--no-warnings', 'test/infra/synth.ts'];
  const output = execFileSync(process.execPath, args, {
    env: { ...process.env, CDK_VALIDATION: String(checked) },
    input: JSON.stringify(options),
    maxBuffer: 100 * 1024 * 1024,
  });
  return JSON.parse(output.toString());
}

/** The only one of its type, or the one whose properties fit. */
export function resource(
  template: Template,
  type: string,
  fits: (one: Resource) => boolean = () => true,
): Resource {
  const found = resources(template, type).filter(fits);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} of ${type}, expected one`);
  return only;
}

/** Which it has in the template; stands for the name of what has none. */
export function idOf({ Resources }: Template, type: string): string {
  return Object.keys(Resources).find((id) => Resources[id]?.Type === type) ?? '';
}

export function resources(template: Template, type: string): readonly Resource[] {
  return Object.values(template.Resources).filter(({ Type }) => Type === type);
}

export const STACK_ID = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/auto-tagger/0a1b2c3d-1111-2222-3333-444455556666`;

/** A name that stands for each resource, unless it has one of its own. */
const NAME_PROPERTIES = [
  'BucketName',
  'FunctionName',
  'QueueName',
  'TableName',
  'RoleName',
  'TrailName',
  'TopicName',
];

/** As CloudFormation resolves a value, with parameters as they are by default unless they are given. */
export function resolver(template: Template, given: Readonly<Record<string, string>> = {}) {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::StackId': STACK_ID,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  const nameOf = (id: string): string => {
    const { Properties = {} } = template.Resources[id] ?? {};
    const property = NAME_PROPERTIES.find((name) => name in Properties);
    return property === undefined ? id : String(resolve(Properties[property]));
  };
  const ref = (id: string): unknown => {
    const parameter = given[id] ?? template.Parameters?.[id]?.Default ?? pseudo[id];
    if (parameter !== undefined) return parameter;
    const type = template.Resources[id]?.Type;
    if (type === 'AWS::SNS::Topic') return `arn:aws:sns:${REGION}:${ACCOUNT}:${nameOf(id)}`;
    if (type === 'AWS::SQS::Queue') return `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${nameOf(id)}`;
    return nameOf(id);
  };
  const arn = (id: string): string => {
    const here = (service: string, kind = '') =>
      `arn:aws:${service}:${REGION}:${ACCOUNT}:${kind}${nameOf(id)}`;
    switch (template.Resources[id]?.Type) {
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${nameOf(id)}`;
      case 'AWS::SQS::Queue':
        return here('sqs');
      case 'AWS::DynamoDB::Table':
        return here('dynamodb', 'table/');
      case 'AWS::Lambda::Function':
        return here('lambda', 'function:');
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${ACCOUNT}:role/${nameOf(id)}`;
      default:
        return here('other');
    }
  };
  const holds = (condition: unknown): boolean => resolve(condition) === true;
  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...others] = Object.entries(value);
    // biome-ignore lint/suspicious/noExplicitAny: arguments of intrinsic functions
    const given = argument as any;
    if (others.length === 0) {
      switch (name) {
        case 'Ref':
          return ref(given);
        case 'Fn::GetAtt':
          return arn(given[0]);
        case 'Fn::Join':
          return (resolve(given[1]) as string[]).join(given[0]);
        case 'Fn::Split':
          return String(resolve(given[1])).split(given[0]);
        case 'Fn::Select':
          return (resolve(given[1]) as unknown[])[given[0]];
        case 'Fn::Sub':
          return String(given).replaceAll(/\$\{([^}]+)\}/g, (_, id) => String(ref(id)));
        case 'Fn::If':
          return resolve(holds(template.Conditions?.[given[0]]) ? given[1] : given[2]);
        case 'Fn::Equals':
          return resolve(given[0]) === resolve(given[1]);
        case 'Fn::Not':
          return !holds(given[0]);
      }
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
  }
  return resolve;
}
