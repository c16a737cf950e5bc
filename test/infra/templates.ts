/** Templates as data: looked into, and resolved as CloudFormation would in one account. */
import { ACCOUNT, REGION } from '../helpers/events.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: any property of any resource
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly Condition?: string;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: string }>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
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

/** The function that queues invoke; one of backfills may stand beside it. */
export function functionOf(template: Template): Resource {
  return resource(template, 'AWS::Lambda::Function', (one) => one !== backfillFunctionOf(template));
}

/** `undefined` where there is none. */
export function backfillFunctionOf(template: Template): Resource | undefined {
  return resources(template, 'AWS::Lambda::Function').find(({ Properties }) =>
    /-backfill$/.test(Properties.FunctionName),
  );
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
  'LogGroupName',
  'Name',
];

/** As CloudFormation resolves a value; parameters, and what AWS itself gives, are as they are by default unless they are given. */
export function resolver(template: Template, given: Readonly<Record<string, string>> = {}) {
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::AccountId': ACCOUNT,
    'AWS::Region': REGION,
    'AWS::Partition': 'aws',
    'AWS::StackId': STACK_ID,
    'AWS::URLSuffix': 'amazonaws.com',
    ...given,
  };
  const [partition, region] = [pseudo['AWS::Partition'], pseudo['AWS::Region']];
  const nameOf = (id: string): string => {
    const { Properties = {} } = template.Resources[id] ?? {};
    const property = NAME_PROPERTIES.find((name) => name in Properties);
    return property === undefined ? id : String(resolve(Properties[property]));
  };
  const ref = (id: string): unknown => {
    const parameter = given[id] ?? template.Parameters?.[id]?.Default ?? pseudo[id];
    if (parameter !== undefined) return parameter;
    const type = template.Resources[id]?.Type;
    if (type === 'AWS::SNS::Topic') return `arn:${partition}:sns:${region}:${ACCOUNT}:${nameOf(id)}`;
    if (type === 'AWS::SQS::Queue')
      return `https://sqs.${region}.${pseudo['AWS::URLSuffix']}/${ACCOUNT}/${nameOf(id)}`;
    return nameOf(id);
  };
  const arn = (id: string): string => {
    const here = (service: string, kind = '') =>
      `arn:${partition}:${service}:${region}:${ACCOUNT}:${kind}${nameOf(id)}`;
    switch (template.Resources[id]?.Type) {
      case 'AWS::S3::Bucket':
        return `arn:${partition}:s3:::${nameOf(id)}`;
      case 'AWS::SQS::Queue':
        return here('sqs');
      case 'AWS::DynamoDB::Table':
        return here('dynamodb', 'table/');
      case 'AWS::Lambda::Function':
        return here('lambda', 'function:');
      case 'AWS::Events::EventBus':
        return here('events', 'event-bus/');
      case 'AWS::KMS::Key':
        return here('kms', 'key/');
      case 'AWS::Logs::LogGroup':
        return `${here('logs', 'log-group:')}:*`;
      case 'AWS::IAM::Role':
        return `arn:${partition}:iam::${ACCOUNT}:role/${nameOf(id)}`;
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
        case 'Fn::And':
          return given.every(holds);
        case 'Fn::Not':
          return !holds(given[0]);
      }
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolve(each)]));
  }
  return resolve;
}
